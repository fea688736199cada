//! Caches public answers as bytes for a few seconds, plain and compressed, so that one query serves many readers.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use entry::{Answer, Problem};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kernel::secret::sha256;
use moka::future::Cache;
use serde::Serialize;
use tokio::sync::Mutex;

/// Changes of the catalog show after this long at the latest.
const FRESH_FOR: Duration = Duration::from_secs(3);
/// Memory for answers, in bytes.
const BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Addresses with a renewal that others may share.
const RENEWALS_MAX: u64 = 256;
/// What other caches are told.
const CACHE_CONTROL: &str = "public, max-age=5";

/// Answers by the address that asks for them.
pub(super) struct ReadyAnswers {
    kept: Cache<String, Arc<Ready>>,
    renewals: Cache<String, Arc<Mutex<Option<Renewal>>>>,
    /// Whether a task is scheduled that frees expired answers.
    is_clearing: Arc<AtomicBool>,
}

/// The last answer that was made for `no-cache`.
struct Renewal {
    began: Instant,
    ready: Arc<Ready>,
}

/// One answer.
struct Ready {
    plain: Bytes,
    /// Made on first use.
    compressed: OnceLock<Bytes>,
    etag: HeaderValue,
    /// What both are sent with.
    headers: HeaderMap,
}

impl Default for ReadyAnswers {
    fn default() -> Self {
        let weight =
            |key: &String, ready: &Arc<Ready>| u32::try_from(key.len() + ready.plain.len() * 3 / 2).unwrap_or(u32::MAX);
        Self {
            kept: Cache::builder().max_capacity(BYTES_MAX).time_to_live(FRESH_FOR).weigher(weight).build(),
            renewals: Cache::builder().max_capacity(RENEWALS_MAX).time_to_idle(FRESH_FOR).build(),
            is_clearing: Arc::default(),
        }
    }
}

impl ReadyAnswers {
    /// The answer kept for `address`, or a new one; `Cache-Control: no-cache` asks for a new one. Of many who ask for the same
    /// at once, one makes it.
    pub(super) async fn answer<T: Serialize, Making: Future<Output = Answer<T>> + Send>(
        &self,
        headers: &HeaderMap,
        address: &str,
        make: impl FnOnce() -> Making + Send,
    ) -> Answer<Response> {
        if wants_new(headers) {
            self.clear_later();
            // Boxed, like the maker below: the future is large, and most requests find an answer ready.
            return Ok(Box::pin(self.renew(address, make)).await?.response(headers));
        }
        if let Some(ready) = self.kept.get(address).await {
            return Ok(ready.response(headers));
        }
        self.clear_later();
        // `try_get_with` runs one maker per key: whoever asks meanwhile waits for it and gets the same answer or the same problem.
        let making = Box::pin(async { make().await.map(|answer| Arc::new(Ready::new(&answer))) });
        let ready = self.kept.try_get_with(address.to_owned(), making).await;
        Ok(ready.map_err(|problem: Arc<Problem>| Problem::clone(&problem))?.response(headers))
    }

    /// Frees expired answers soon. The cache frees memory only when it is used, which after a rush may be much later.
    fn clear_later(&self) {
        // Only whoever turns the flag on schedules the task; the flag guards no other memory, so relaxed order will do.
        if self.is_clearing.swap(true, Ordering::Relaxed) {
            return;
        }
        let (kept, renewals, is_clearing) = (self.kept.clone(), self.renewals.clone(), self.is_clearing.clone());
        tokio::spawn(async move {
            tokio::time::sleep(FRESH_FOR * 2).await;
            // Off before clearing: an answer that comes in between schedules the next task, and none is left behind.
            is_clearing.store(false, Ordering::Relaxed);
            kept.run_pending_tasks().await;
            renewals.run_pending_tasks().await;
        });
    }

    /// A new answer, begun after it was asked for. Everybody who asks while one is being made shares the next one, so that `no-cache`
    /// costs the database at most two queries at a time.
    async fn renew<T: Serialize, Making: Future<Output = Answer<T>> + Send>(
        &self,
        address: &str,
        make: impl FnOnce() -> Making + Send,
    ) -> Answer<Arc<Ready>> {
        let asked = Instant::now();
        let turn = match self.renewals.get(address).await {
            Some(turn) => turn,
            None => self.renewals.get_with(address.to_owned(), async { Arc::default() }).await,
        };
        // One renewal for each address at a time; the others wait here.
        let mut last = turn.lock().await;
        // Whoever waited shares an answer only if making it began after they asked: an earlier one may miss a change they know of.
        if let Some(renewal) = last.as_ref().filter(|renewal| renewal.began >= asked) {
            return Ok(renewal.ready.clone());
        }
        let began = Instant::now();
        let ready = Arc::new(Ready::new(&Box::pin(make()).await?));
        self.kept.insert(address.to_owned(), ready.clone()).await;
        *last = Some(Renewal { began, ready: ready.clone() });
        Ok(ready)
    }
}

fn wants_new(headers: &HeaderMap) -> bool {
    let asked = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    asked.is_some_and(|asked| asked.contains("no-cache"))
}

impl Ready {
    fn new(answer: &impl Serialize) -> Self {
        let plain = Bytes::from(serde_json::to_vec(answer).expect("answers are plain data"));
        let etag = etag(&plain);
        let headers = HeaderMap::from_iter([
            (header::ETAG, etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ]);
        Self { plain, compressed: OnceLock::new(), etag, headers }
    }

    fn response(&self, headers: &HeaderMap) -> Response {
        if is_known(headers, &self.etag) {
            return (StatusCode::NOT_MODIFIED, self.headers.clone()).into_response();
        }
        let is_packed = takes_gzip(headers);
        let bytes = if is_packed { self.compressed.get_or_init(|| compress(&self.plain)) } else { &self.plain };
        let mut response = Response::new(Body::from(bytes.clone()));
        let headers = response.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if is_packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// A weak tag, since plain and compressed bytes share it.
fn etag(bytes: &[u8]) -> HeaderValue {
    use std::fmt::Write as _;
    let mut tag = String::from("W/\"");
    for byte in &sha256(bytes)[..12] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    HeaderValue::try_from(tag).expect("hexadecimal digits are visible")
}

fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|one| one.trim() == "*" || one.trim().as_bytes() == etag.as_bytes()))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn compress(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(5));
    encoder.write_all(bytes).expect("memory takes what is written");
    Bytes::from(encoder.finish().expect("memory takes what is written"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn gzip_is_for_those_who_take_it() {
        let takes = |value| takes_gzip(&headers(header::ACCEPT_ENCODING, value));
        assert!(takes("gzip") && takes("br, GZIP;q=0.5"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn one_makes_it_for_many_and_no_cache_makes_it_anew() {
        let ready = ReadyAnswers::default();
        let ask = |headers: HeaderMap, value: u32| {
            let ready = &ready;
            async move {
                let response = ready.answer(&headers, "/a", || async { Ok(value) }).await.unwrap();
                let tag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
                (response.status(), tag)
            }
        };
        let first = ask(HeaderMap::new(), 1).await;
        assert_eq!(ask(HeaderMap::new(), 2).await, first);
        let renewed = ask(headers(header::CACHE_CONTROL, "no-cache"), 2).await;
        assert_ne!(renewed.1, first.1);
        assert_eq!(ask(HeaderMap::new(), 3).await, renewed);
        let mut known = HeaderMap::new();
        known.insert(header::IF_NONE_MATCH, renewed.1.parse().unwrap());
        assert_eq!(ask(known, 3).await.0, StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn those_who_wait_for_a_new_answer_share_one_that_began_after_they_asked() {
        let ready = ReadyAnswers::default();
        let made = AtomicU32::new(0);
        let no_cache = headers(header::CACHE_CONTROL, "no-cache");
        let ask = || {
            ready.answer(&no_cache, "/a", || async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(made.fetch_add(1, Ordering::Relaxed))
            })
        };
        let late = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            futures::future::try_join_all((0..10).map(|_| ask())).await
        };
        let (first, others) = tokio::join!(ask(), late);
        let tag = |response: &Response| response.headers()[header::ETAG].clone();
        let (first, others) = (tag(&first.unwrap()), others.unwrap());
        assert!(others.iter().all(|other| tag(other) != first));
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }
}
