//! A client of the site with the credentials of one person, and the responses it gets.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt as _;
use kernel::PersonId;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::contract;

/// A client with or without credentials. API calls carry the token, pages the cookie.
#[derive(Debug, Clone)]
pub struct TestCaller {
    /// For failure messages: `support`.
    pub name: &'static str,
    /// `None` for an anonymous client.
    pub person: Option<PersonId>,
    pub(crate) token: Option<String>,
    pub(crate) cookie: Option<String>,
    /// Where the client connects from; nowhere in particular if `None`.
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) router: Router,
}

/// A response of the site.
#[derive(Debug, Clone)]
pub struct TestResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestCaller {
    /// The person's id; panics for an anonymous client.
    pub fn id(&self) -> PersonId {
        self.person.expect("this caller is somebody")
    }

    /// Sends `GET`.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.call("GET", path, None, &[]).await
    }

    /// Sends `POST` with JSON, and an idempotency key derived from the request where the call requires one.
    pub async fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.call("POST", path, Some(body), &[]).await
    }

    /// The same person in a browser: calls carry the cookie, those of the API too.
    pub fn by_cookie(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same person at another server.
    pub fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    /// The same person at another address, such as `192.0.2.7`.
    pub fn from(&self, address: &str) -> Self {
        let address: IpAddr = address.parse().expect("an address");
        Self { peer: Some((address, 4_711).into()), ..self.clone() }
    }

    /// The same person, signed in with the tokens of an answer.
    pub fn with_tokens(&self, answer: &Value) -> Self {
        let token = answer["access_token"].as_str().expect("an access token").to_owned();
        Self { token: Some(token), ..self.clone() }
    }

    /// Sends any request. Headers given here replace the default ones; one without a value is left out.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> TestResponse {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "stagedoor.test");
        let key = format!("test-{}", uuid::Uuid::from_u128(key_of(path, body)).simple());
        let mut defaults = vec![("sec-fetch-site", "same-origin".to_owned()), ("idempotency-key", key)];
        match (&self.token, &self.cookie) {
            (Some(token), _) if path.starts_with("/api/") => {
                defaults.push(("authorization", format!("Bearer {token}")))
            }
            (_, Some(cookie)) => defaults.push(("cookie", format!("{}={cookie}", entry::SESSION_COOKIE))),
            _ => {}
        }
        if body.is_some() {
            defaults.push(("content-type", "application/json".to_owned()));
        }
        for (name, value) in defaults.iter().filter(|(name, _)| !headers.iter().any(|(own, _)| own == name)) {
            request = request.header(*name, value);
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let request = request.header(header::CONTENT_LENGTH, bytes.len()).body(Body::from(bytes)).expect("a request");
        let answer = send(&self.router, self.peer, request).await;
        contract::check(method, path, &answer);
        answer
    }
}

/// Sends a request to the site in this process.
pub(crate) async fn send(router: &Router, peer: Option<SocketAddr>, mut request: Request<Body>) -> TestResponse {
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body in memory can be read").to_bytes().to_vec();
    TestResponse { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl TestResponse {
    /// The JSON of a success; panics for a refusal, whose fields would all read as missing.
    pub fn json(&self) -> Value {
        assert!(self.status < 400, "refused with {}: {}", self.status, self.text());
        self.parsed().unwrap_or_else(|| panic!("not JSON: {}", self.text()))
    }

    /// The document of a refusal; panics for a success.
    pub fn problem(&self) -> Value {
        assert!(self.status >= 400, "not refused, but {}: {}", self.status, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        self.parsed().unwrap_or_else(|| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn parsed(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The stable code of a problem; empty for other responses.
    pub fn code(&self) -> String {
        self.parsed().and_then(|body| body["code"].as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// The body without what differs between two responses to the same request.
    pub fn timeless(&self) -> String {
        if let Some(mut json) = self.parsed() {
            json.as_object_mut().map(|object| object.remove("request_id"));
            return json.to_string();
        }
        let id = self.header("x-request-id");
        if id.is_empty() { self.text() } else { self.text().replace(&id, "") }
    }
}

/// The idempotency key: equal for equal requests.
fn key_of(path: &str, body: Option<&Value>) -> u128 {
    let text = format!("{path} {}", body.map(Value::to_string).unwrap_or_default());
    let hash = kernel::secret::sha256(text.as_bytes());
    u128::from_le_bytes(hash[..16].try_into().expect("sixteen bytes"))
}
