//! One line and a few figures per request: what was asked, what was answered, how long, how many statements.

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;

use access::Entry;
use http::StatusCode;
use kernel::PersonId;
use metrics::{Counter, Histogram};
use opentelemetry::trace::TraceId;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer};
use uuid::Uuid;

use crate::ClientAddress;

tokio::task_local! {
    static QUERIES: Cell<Queries>;
}

/// Statements that one request ran.
#[derive(Debug, Clone, Copy, Default)]
pub struct Queries {
    pub count: u32,
    pub seconds: f64,
}

/// What the log says about a request. Nothing personal but the id.
#[derive(Debug)]
pub(crate) struct Finished<'request> {
    /// Of the request; it differs from the entry's only for unknown paths and methods.
    pub method: &'request http::Method,
    pub request_id: Uuid,
    pub caller: Option<PersonId>,
    pub status: StatusCode,
    /// Why it was refused.
    pub code: Option<&'static str>,
    /// Where it came from, if it was refused for who asks or how often.
    pub network: Option<ClientAddress>,
    /// Its trace, where traces are exported.
    pub trace: Option<TraceId>,
    pub duration: Duration,
    pub queries: Queries,
}

/// Runs `work` and counts its statements.
pub(crate) async fn counting<T>(work: impl Future<Output = T>) -> (T, Queries) {
    QUERIES
        .scope(Cell::default(), async {
            let value = work.await;
            (value, QUERIES.with(Cell::get))
        })
        .await
}

/// The metrics of one route. Handles are looked up in the recorder once, since each look-up hashes all labels.
#[derive(Debug)]
pub(crate) struct Figures {
    entry: &'static Entry,
    durations: [OnceLock<Histogram>; STATUS_CLASSES.len()],
    queries: OnceLock<Counter>,
}

impl Figures {
    pub fn new(entry: &'static Entry) -> Self {
        Self { entry, durations: Default::default(), queries: OnceLock::new() }
    }

    /// Writes the summary line and the figures.
    pub fn record(&self, finished: &Finished<'_>) {
        let Finished { method, request_id, caller, status, code, network, trace, duration, queries } = finished;
        let (path, status) = (self.entry.path, status.as_u16());
        let (duration_ms, query_ms) = (milliseconds(duration.as_secs_f64()), milliseconds(queries.seconds));
        tracing::info!(
            target: "request",
            method = method.as_str(),
            path,
            status,
            code,
            network = network.map(ClientAddress::prefix),
            duration_ms,
            query_count = queries.count,
            query_ms,
            request_id = request_id.as_simple().encode_lower(&mut Uuid::encode_buffer()) as &str,
            trace_id = trace.map(tracing::field::display),
            caller = caller.map(tracing::field::display),
        );
        self.duration(status).record(duration.as_secs_f64());
        self.queries
            .get_or_init(|| metrics::counter!("stagedoor_request_queries_total", "path" => path))
            .increment(u64::from(queries.count));
    }

    fn duration(&self, status: u16) -> &Histogram {
        let Entry { method, path, .. } = self.entry;
        let class = usize::from(status / 100).clamp(2, 5) - 2;
        self.durations[class].get_or_init(|| {
            let status = STATUS_CLASSES[class];
            metrics::histogram!("stagedoor_request_duration_seconds", "method" => method.as_str(), "path" => *path, "status" => status)
        })
    }
}

/// Statuses are counted by class, which keeps the number of series small.
const STATUS_CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// To the hundredth, which is as exact as a line of log needs to be.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 100_000.0).round() / 100.0
}

/// Counts the statements that the driver reports, for the request that runs them.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueryCounter;

impl<S: tracing::Subscriber> Layer<S> for QueryCounter {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut elapsed = Elapsed(0.0);
        event.record(&mut elapsed);
        // Statements outside of requests, such as those of jobs, are not counted.
        let _ = QUERIES.try_with(|queries| {
            let Queries { count, seconds } = queries.get();
            queries.set(Queries { count: count + 1, seconds: seconds + elapsed.0 });
        });
    }
}

struct Elapsed(f64);

impl Visit for Elapsed {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.0 = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
