//! Compresses answers for clients that take that, unless a handler has done so.
//!
//! A layer around every route would wrap every answer in the state of an encoder, six kilobytes that are copied several times on their
//! way; only those that are compressed here pay for that.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Request, header};
use tower::{ServiceExt as _, service_fn};
use tower_http::compression::Compression;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

/// What a client takes, of the headers of its request.
pub fn accepted(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let first = values.next()?;
    let all = values.fold(first.as_bytes().to_vec(), |all, next| [&all, b", ".as_slice(), next.as_bytes()].concat());
    HeaderValue::from_bytes(&all).ok()
}

/// The answer as a client that takes `accepted` gets it. Caches are told that others may get it otherwise.
pub async fn compress(accepted: Option<HeaderValue>, mut response: Response) -> Response {
    let headers = response.headers();
    // Font files are compressed already.
    let may_be = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
    if headers.contains_key(header::CONTENT_ENCODING) || !may_be.should_compress(&response) {
        return response;
    }
    match accepted {
        Some(accepted) => Box::pin(encode(accepted, response)).await,
        None => {
            let varies = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"accept-encoding");
            if !response.headers().get_all(header::VARY).iter().any(varies) {
                response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
            }
            response
        }
    }
}

async fn encode(accepted: HeaderValue, response: Response) -> Response {
    // The status is kept: the encoder answers 406 to a client that takes no encoding at all, but the call has had its effect.
    let status = response.status();
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, accepted);
    let mut response = Some(response);
    let answered = service_fn(move |_: Request<Body>| {
        ready(Ok::<_, Infallible>(response.take().expect("a service that is used once is called once")))
    });
    let Ok(encoded) = Compression::new(answered).oneshot(request).await;
    let mut encoded = encoded.into_response();
    *encoded.status_mut() = status;
    encoded
}

#[cfg(test)]
mod tests {
    use http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};

    use super::*;

    fn answer(bytes: usize) -> Response {
        ([(CONTENT_TYPE, "text/html")], "x".repeat(bytes)).into_response()
    }

    async fn outcome(accepted: Option<&'static str>, response: Response) -> (Option<String>, Option<String>, usize) {
        let compressed = compress(accepted.map(HeaderValue::from_static), response).await;
        let text = |name| compressed.headers().get(&name).map(|value| value.to_str().unwrap().to_owned());
        let (encoding, vary) = (text(CONTENT_ENCODING), text(VARY));
        (encoding, vary, axum::body::to_bytes(compressed.into_body(), usize::MAX).await.unwrap().len())
    }

    #[tokio::test]
    async fn an_answer_is_compressed_once_and_for_those_who_take_it() {
        let (encoding, vary, bytes) = outcome(Some("gzip, br"), answer(5_000)).await;
        assert!(matches!(encoding.as_deref(), Some("br" | "gzip")) && vary.is_some() && bytes < 500);
        let plain = (None, Some("accept-encoding".to_owned()), 5_000);
        assert_eq!(outcome(None, answer(5_000)).await, plain);
        assert_eq!(outcome(Some("identity"), answer(5_000)).await, plain);
        let refusing = compress(Some(HeaderValue::from_static("*;q=0")), answer(5_000)).await;
        assert_eq!(refusing.status(), http::StatusCode::OK, "what was done is not refused afterwards");
        assert_eq!(outcome(Some("gzip"), answer(5)).await, (None, None, 5));
        let mut packed = answer(5_000);
        packed.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert_eq!(outcome(Some("gzip"), packed).await, (Some("gzip".to_owned()), None, 5_000));
    }
}
