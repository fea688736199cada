//! The middleware of every route, in this order: load, time limit, address, caller, origin, policy, rate limit; then the log line.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use access::{Entry, GivenBack, Policy, Priority, Rate, Surface};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use kernel::FaultKind;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::client_device::shows_device;
use crate::compression::{accepted, compress};
use crate::credentials::{
    Credentials, FoundCaller, check_origin, check_policy, check_scope, check_second_factor, find_caller,
};
use crate::extract::too_large;
use crate::headers;
use crate::load::Load;
use crate::once::REPLAYED;
use crate::passed::{Passed, SessionOver};
use crate::telemetry::{self, Figures, Finished};
use crate::throttle::CallSource;
use crate::traces;
use crate::{Answer, ClientAddress, Problem, Site, Throttle, TrustedProxies};

/// The most time for finding out who calls, and whether they may. A call that takes longer has changed nothing yet.
const CHECKS_MAX: Duration = Duration::from_secs(3);
/// How long an answer that is ready waits for a token to be given back to its rate limit.
const GIVING_BACK_MAX: Duration = Duration::from_secs(1);

/// The state that all guards share.
#[derive(Debug)]
pub struct Gate {
    site: Site,
    throttle: Arc<Throttle>,
    load: Load,
    proxies: TrustedProxies,
}

/// The guard of one route.
#[derive(Debug)]
pub(crate) struct Guarded {
    entry: &'static Entry,
    gate: Arc<Gate>,
    figures: Figures,
}

impl Gate {
    /// The shared state for `site`; at most `requests_max` requests run at once.
    pub fn new(site: Site, throttle: Arc<Throttle>, requests_max: usize, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self { site, throttle, load: Load::new(requests_max), proxies })
    }
}

impl Guarded {
    /// The guard of the route for `entry`.
    pub fn new(entry: &'static Entry, gate: &Arc<Gate>) -> Arc<Self> {
        Arc::new(Self { entry, gate: Arc::clone(gate), figures: Figures::new(entry) })
    }
}

/// The middleware of every route.
pub(crate) async fn pass(State(guarded): State<Arc<Guarded>>, request: Request, next: Next) -> Response {
    let Guarded { entry, gate, figures } = &*guarded;
    let encodings = accepted(request.headers());
    if entry.surface == Surface::Machine {
        let passed = Passed::new(entry, unknown(), Uuid::nil());
        let answer = within(limit_of(entry), pin!(next.run(with_passed(request, passed)))).await;
        let mut response = answer.unwrap_or_else(|| timed_out().into_response());
        headers::protect(response.headers_mut(), &gate.site.settings);
        headers::forbid_everything(response.headers_mut());
        return compress(encodings, response).await;
    }
    let started = Instant::now();
    let method = request.method().clone();
    let request_id = gate.site.chance.uuid(gate.site.clock.now());
    let peer = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0);
    let is_from_proxy = peer.is_some_and(|peer| gate.proxies.contain(peer));
    let span = traces::request(entry, &method, request_id, request.headers(), is_from_proxy);
    let address = peer.map_or(unknown(), |peer| gate.proxies.client(peer, request.headers()));
    let mut passed = Passed::new(entry, address, request_id);
    let (answer, queries) = {
        // Pinned on the stack: the future is large, and wrapping it would copy it.
        let work = pin!(serve(gate, &mut passed, request, next));
        telemetry::counting(AssertUnwindSafe(work).catch_unwind().instrument(span.clone())).await
    };
    let mut response = answer.unwrap_or_else(|_| Err(panicked())).unwrap_or_else(IntoResponse::into_response);
    finish_headers(&gate.site, entry, &passed, response.headers_mut());
    if passed.session_ended {
        response.extensions_mut().insert(SessionOver);
    }
    let problem = Problem::of(&response);
    figures.record(&Finished {
        method: &method,
        request_id: passed.request_id,
        caller: passed.caller.as_ref().map(|caller| caller.id),
        status: response.status(),
        code: problem.map(|problem| problem.code),
        network: problem.filter(|problem| tells_network(problem)).map(|_| passed.address),
        trace: traces::finish(&span, response.status(), problem),
        duration: started.elapsed(),
        queries,
    });
    // Not compressed yet: on pages a middleware draws the refusal as an error page, and compresses that.
    if response.extensions().get::<Arc<Problem>>().is_some() {
        return response;
    }
    compress(encodings, response).await
}

/// Gives the request a place, and runs everything else within its time limit.
async fn serve(gate: &Gate, passed: &mut Passed, request: Request, next: Next) -> Answer<Response> {
    let entry = passed.entry;
    let _place = gate.load.enter(entry.priority).ok_or_else(overloaded)?;
    let work = pin!(check_and_handle(gate, passed, request, next));
    let answer = match entry.priority {
        Priority::First => within(limit_of(entry), pin!(database::with_reserve(work))).await,
        _ => within(limit_of(entry), work).await,
    };
    let (response, counted) = answer.ok_or_else(timed_out)??;
    if let Some(who) = counted.filter(|_| entry.rate.gives_back() != GivenBack::Nothing) {
        // If this fails, the caller merely has one try fewer.
        let (status, is_replay) = (response.status(), response.headers().contains_key(REPLAYED));
        let giving_back = Box::pin(gate.throttle.reconsider(&gate.site, entry.rate, who, status, is_replay));
        within(GIVING_BACK_MAX, giving_back).await;
    }
    Ok(response)
}

/// Runs the checks, cheapest first, and then the handler; also says whose budget was counted, if it had anything left.
async fn check_and_handle(
    gate: &Gate,
    passed: &mut Passed,
    request: Request,
    next: Next,
) -> Answer<(Response, Option<CallSource>)> {
    let counted = {
        let checks = pin!(check(gate, passed, request.headers(), request.uri()));
        within(CHECKS_MAX, checks).await.ok_or_else(unchecked)??
    };
    let response = passed.address.source().answer(next.run(with_passed(request, passed.clone()))).await;
    match counted {
        CountedCall::Within(who) => Ok((response, Some(who))),
        // The handler found the device unknown and refused as well. Our refusal says how long to wait, and which budget is spent.
        CountedCall::Spent(refusal) if Problem::of(&response).is_some_and(|problem| problem.code == refusal.code) => {
            Err(*refusal)
        }
        CountedCall::Spent(_) => Ok((response, None)),
    }
}

/// What came of counting a call.
enum CountedCall {
    Within(CallSource),
    /// The budget is spent. Only a device that the person has signed in from before may go on, which the handler finds out.
    Spent(Box<Problem>),
}

async fn check(gate: &Gate, passed: &mut Passed, headers: &HeaderMap, uri: &Uri) -> Answer<CountedCall> {
    let entry = passed.entry;
    check_size(entry, headers, uri)?;
    let credentials = Credentials::of(headers, entry.surface)?;
    let found = match &credentials {
        Credentials::None => FoundCaller::Nobody,
        // Boxed, like the shared budgets: both are rare, and would make every request's future larger.
        credentials => Box::pin(find_caller(&gate.site, entry, credentials)).await?,
    };
    passed.session_ended = matches!(found, FoundCaller::Ended);
    passed.caller = if let FoundCaller::Person(caller) = found { Some(caller) } else { None };
    if entry.method.is_unsafe() && credentials.is_ambient() {
        check_origin(gate.site.settings.public_url.starts_with("https://"), headers)?;
    }
    // What no scope of a key names is closed to every key, whoever it belongs to.
    check_scope(entry, passed.caller.as_deref())?;
    check_policy(entry.policy, passed.caller.as_deref())?;
    check_second_factor(&gate.site, entry, passed.caller.as_deref())?;
    let who = CallSource { person: passed.caller.as_ref().map(|caller| caller.id), address: passed.address };
    match gate.throttle.count(&gate.site, entry.rate, who).await {
        Ok(()) => Ok(CountedCall::Within(who)),
        Err(refusal) if entry.known_devices_pass && refusal.spent.is_some() && shows_device(headers) => {
            // Only reading the account shows that a device was made up. Such calls cost a statement each, so they are limited like writes.
            if gate.throttle.count(&gate.site, Rate::Write, who).await.is_err() {
                return Err(refusal);
            }
            passed.network_is_spent = true;
            Ok(CountedCall::Spent(Box::new(refusal)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Runs `work` for at most `limit`; `None` if it is not done by then. Most of it is done at once, which needs no timer.
async fn within<F: Future + Unpin>(limit: Duration, mut work: F) -> Option<F::Output> {
    match futures::poll!(&mut work) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => tokio::time::timeout(limit, work).await.ok(),
    }
}

const fn limit_of(entry: &Entry) -> Duration {
    Duration::from_millis(entry.timeout_ms)
}

/// Whether the log names the caller's network: for 401, 403 and 429, and for a guessed code of a gift card, which may be an attack.
fn tells_network(problem: &Problem) -> bool {
    matches!(problem.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
        || problem.code == "code_opens_nothing"
}

fn check_size(entry: &Entry, headers: &HeaderMap, uri: &Uri) -> Answer<()> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if length.is_some_and(|length| length > entry.body_limit.0) {
        return Err(too_large(entry.body_limit.0));
    }
    // No stored text contains NUL, so nothing could be found.
    if uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00")) {
        return Err(Problem::new(
            FaultKind::Invalid,
            "invalid_characters",
            "The address holds a character that no name here has.",
        )
        .with_status(StatusCode::BAD_REQUEST));
    }
    Ok(())
}

/// The initial capacity of header maps: about as many as each answer has.
const FIXED_HEADERS: usize = 8;

/// Headers of every answer.
fn finish_headers(site: &Site, entry: &Entry, passed: &Passed, headers: &mut HeaderMap) {
    headers.reserve(FIXED_HEADERS);
    let mut id = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(passed.request_id.as_simple().encode_lower(&mut id)) {
        headers.insert("x-request-id", id);
    }
    headers::protect(headers, &site.settings);
    if entry.surface == Surface::Api {
        headers::forbid_everything(headers);
    }
    // Personal answers are never cached. Handlers of public ones set the header themselves.
    if entry.policy != Policy::Public || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn with_passed(mut request: Request, passed: Passed) -> Request {
    request.extensions_mut().insert(passed);
    request
}

const fn unknown() -> ClientAddress {
    ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}

fn overloaded() -> Problem {
    Problem::new(
        FaultKind::Unavailable,
        "overloaded",
        "Too much is going on at once. Nothing was changed; try again in a few seconds.",
    )
    .with_retry_after(2)
}

fn timed_out() -> Problem {
    Problem::new(
        FaultKind::Unavailable,
        "timed_out",
        "That took too long and was stopped. Look at the state before you try again.",
    )
    .with_retry_after(5)
}

fn unchecked() -> Problem {
    Problem::new(
        FaultKind::Unavailable,
        "checks_timed_out",
        "We could not find out in time who you are. Nothing was changed; try again in a few seconds.",
    )
    .with_retry_after(2)
}

fn panicked() -> Problem {
    Problem::new(
        FaultKind::Broken,
        "internal",
        "This is our mistake, and it is in our log. Look whether it was done before you send it again.",
    )
}
