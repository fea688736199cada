//! Reads a calendar over HTTP, with limits for time, size and redirects, and an `ETag` so that an unchanged one is not sent again.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::resolver::PublicResolver;
use crate::{AddressFault, FeedAddress};

/// The largest calendar that is read.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest time that reading may take. The lease of the job is three times as long.
const PATIENCE: Duration = Duration::from_secs(10);
const REDIRECTS_MAX: usize = 3;

/// The result of reading a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedUpdate {
    /// The same as last time.
    Unchanged,
    /// The calendar, and the `ETag` to send the next time.
    Text { text: String, etag: Option<String> },
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum FeedsError {
    #[error("the other service cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the other service answered {0}")]
    Refused(u16),
    #[error("the calendar is larger than 4 MB")]
    TooLarge,
    #[error("the address redirects too often")]
    TooManyRedirects,
    #[error("the address redirects to one that may not be read: {0}")]
    Redirect(AddressFault),
    #[error("the other service took longer than 10 seconds")]
    TimedOut,
}

/// Reads calendars of other services.
#[async_trait]
pub trait FeedReader: Send + Sync {
    /// Reads the calendar at `address`, unless it still has the `ETag` `etag`.
    async fn read(&self, address: &FeedAddress, etag: Option<&str>) -> Result<FeedUpdate, FeedsError>;
}

type HttpClient = Client<HttpsConnector<HttpConnector<PublicResolver>>, Empty<Bytes>>;

/// Reads them over HTTP.
#[derive(Debug)]
pub struct HttpFeedReader {
    /// Made at the first use: most installations read no calendars, and its list of certificate authorities takes memory.
    client: OnceLock<HttpClient>,
    is_local: bool,
}

impl HttpFeedReader {
    /// A reader. With `is_local`, for development and tests, it may also read from private addresses.
    pub const fn new(is_local: bool) -> Self {
        Self { client: OnceLock::new(), is_local }
    }

    fn client(&self) -> &HttpClient {
        let is_local = self.is_local;
        self.client.get_or_init(|| {
            let mut connector = HttpConnector::new_with_resolver(PublicResolver { is_local });
            connector.enforce_http(false);
            connector.set_connect_timeout(Some(PATIENCE / 2));
            let builder = HttpsConnectorBuilder::new().with_webpki_roots();
            let builder = if is_local { builder.https_or_http() } else { builder.https_only() };
            Client::builder(TokioExecutor::new()).build(builder.enable_http1().wrap_connector(connector))
        })
    }

    async fn follow(&self, address: &FeedAddress, etag: Option<&str>) -> Result<FeedUpdate, FeedsError> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.ask(&address, etag).await?;
            match response.status() {
                StatusCode::OK => return take(response).await,
                StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(FeedUpdate::Unchanged),
                // We sent no `ETag`, so we have no calendar that could be unchanged.
                StatusCode::NOT_MODIFIED => return Err(FeedsError::Refused(StatusCode::NOT_MODIFIED.as_u16())),
                status if status.is_redirection() => {
                    let location = text(response.headers().get(header::LOCATION)).unwrap_or_default();
                    address = address.follow(&location, self.is_local).map_err(FeedsError::Redirect)?;
                }
                status => return Err(FeedsError::Refused(status.as_u16())),
            }
        }
        Err(FeedsError::TooManyRedirects)
    }

    async fn ask(&self, address: &FeedAddress, etag: Option<&str>) -> Result<Response<Incoming>, FeedsError> {
        let mut request = Request::get(address.uri())
            .header(header::ACCEPT, "text/calendar, text/plain;q=0.5")
            .header(header::USER_AGENT, "Stagedoor (reads calendars)");
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let request = request.body(Empty::new()).map_err(|error| FeedsError::Unreachable(error.into()))?;
        self.client().request(request).await.map_err(|error| FeedsError::Unreachable(error.into()))
    }
}

#[async_trait]
impl FeedReader for HttpFeedReader {
    async fn read(&self, address: &FeedAddress, etag: Option<&str>) -> Result<FeedUpdate, FeedsError> {
        tokio::time::timeout(PATIENCE, self.follow(address, etag)).await.unwrap_or(Err(FeedsError::TimedOut))
    }
}

async fn take(response: Response<Incoming>) -> Result<FeedUpdate, FeedsError> {
    let etag = text(response.headers().get(header::ETAG));
    let body = Limited::new(response.into_body(), BYTES_MAX).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { FeedsError::TooLarge } else { FeedsError::Unreachable(error) }
    })?;
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    Ok(FeedUpdate::Text { text, etag })
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value.and_then(|value| value.to_str().ok()).map(str::to_owned)
}
