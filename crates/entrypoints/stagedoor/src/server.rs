//! Accepts connections, holds them to their limits, and drains them when told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::connections::{ConnectionPlace, Connections};
use crate::deadlines::{Deadlines, Ending, Pulse, PulseWatch};
use crate::seldom::Seldom;
use crate::watched::{WatchedBody, WatchedStream};

/// How long open requests may take to finish when we stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests that one HTTP/2 connection may have under way.
const STREAMS_MAX: u32 = 100;
/// What one HTTP/2 stream may have waiting for a client that reads slowly.
const STREAM_BUFFER_BYTES: usize = 64 * 1024;

/// How connections are taken.
#[derive(Debug, Clone)]
pub struct Door {
    pub connections: Arc<Connections>,
    pub deadlines: Deadlines,
}

/// Binds the address; the error says what to do when that fails.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{address} is in use by another program; stop it, or choose another address with STAGEDOOR_BIND"
            )
        }
        std::io::ErrorKind::PermissionDenied => anyhow::anyhow!(
            "{address} needs more rights than this user has; choose a port from 1024 up with STAGEDOOR_BIND"
        ),
        _ => anyhow::anyhow!("cannot listen on {address}: {error}; choose another address with STAGEDOOR_BIND"),
    })
}

/// Serves until `stop`, then waits for open requests and returns.
pub async fn serve(listener: TcpListener, router: Router, door: Door, stop: CancellationToken) -> anyhow::Result<()> {
    let tasks = TaskTracker::new();
    let (mut refused, mut failed) = (Seldom::default(), Seldom::default());
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Out of file descriptors, or the client has left: wait a little instead of spinning.
                Err(error) => {
                    if let Some(count) = failed.note(Instant::now()) {
                        tracing::warn!(%error, count, "connections could not be accepted");
                    }
                    metrics::counter!("stagedoor_connections_refused_total", "reason" => "descriptors").increment(1);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let place = match door.connections.enter(peer) {
            Ok(place) => place,
            // Closed without an answer: sending one would need a place, and there is none.
            Err(error) => {
                if let Some(count) = refused.note(Instant::now()) {
                    tracing::warn!(%error, count, "connections were refused");
                }
                metrics::counter!("stagedoor_connections_refused_total", "reason" => error.reason()).increment(1);
                continue;
            }
        };
        // Nagle's algorithm would delay small responses. The call fails when the client has left, which must not stop the server.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it began");
            continue;
        }
        // A token of its own: each connection looks at it often, and a shared one would be contended.
        let (router, stop) = (router.clone(), stop.child_token());
        tasks.spawn(serve_connection(stream, peer, place, router, door.deadlines, stop));
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, tasks.wait()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut");
    }
    Ok(())
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: ConnectionPlace,
    router: Router,
    deadlines: Deadlines,
    stop: CancellationToken,
) {
    let pulse = Arc::new(Pulse::default());
    let service = service_fn(|request| answer(&pulse, &place, peer, router.clone(), request));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // hyper's own time limit for heads is off. Ours does not count the time in which a client still reads the last answer.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(64 * 1024);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX).max_send_buf_size(STREAM_BUFFER_BYTES);
    let mut connection = pin!(builder.serve_connection(WatchedStream::new(stream, Arc::clone(&pulse)), service));
    // In a set of its own, which polls the watch only when its timer wakes it, and not each time that the connection has something to do.
    let mut watching =
        FuturesUnordered::from_iter([next_ending(PulseWatch::new(Arc::clone(&pulse), deadlines), Some(stop))]);
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection ended early");
                }
                return;
            }
            Some((ending, watch)) = watching.next() => {
                if ending == Ending::Cut {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                watching.push(next_ending(watch, None));
            }
        }
    }
}

/// Waits until a connection has to leave or is cut; returns its watch for the wait after that. Without `stop` it was told to leave.
async fn next_ending(mut watch: PulseWatch, stop: Option<CancellationToken>) -> (Ending, PulseWatch) {
    let Some(stop) = stop else {
        watch.ending().await;
        return (Ending::Cut, watch);
    };
    let ending = tokio::select! {
        () = stop.cancelled() => return (Ending::Leave, watch),
        ending = watch.ending() => ending,
    };
    watch.hurry();
    (ending, watch)
}

/// Answers one request, and counts it until its answer is taken.
fn answer(
    pulse: &Arc<Pulse>,
    place: &ConnectionPlace,
    peer: SocketAddr,
    mut router: Router,
    mut request: Request<Incoming>,
) -> impl Future<Output = Result<Response<WatchedBody>, Infallible>> + Send + 'static + use<> {
    let unread = place.ask(pulse.unread());
    let open = pulse.begin();
    request.extensions_mut().insert(ConnectInfo(peer));
    let answering = unread.is_some().then(|| router.call(request));
    async move {
        let Some(answering) = answering else {
            return Ok(too_many_unread().map(|body| WatchedBody::new(body, open, None)));
        };
        let response = answering.await?;
        Ok(response.map(|body| WatchedBody::new(body, open, unread)))
    }
}

/// The response to a network that has too many unread responses.
fn too_many_unread() -> Response<axum::body::Body> {
    let mut response = Response::new(axum::body::Body::from("Take the answers that you asked for first.\n"));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
