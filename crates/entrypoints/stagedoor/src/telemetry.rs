//! Logs and metrics.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::runtime::Handle;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Mode;
use crate::log_writer::LogWriter;
use crate::statement_lines::{self, StatementLine};
use crate::traces::{self, TraceGuard};

/// Starts the log: JSON lines in production, readable lines in development. `STAGEDOOR_LOG` sets the levels (`warn,request=info`).
/// Traces go to a collector, if one is configured. Keep the guard until the end: dropping it sends what is still
/// buffered.
pub fn start_log(mode: Mode, runtime: &Handle) -> anyhow::Result<Option<TraceGuard>> {
    let text = std::env::var("STAGEDOOR_LOG").unwrap_or_else(|_| "info,sqlx::postgres::notice=warn".to_owned());
    let heard: Targets = text.parse().map_err(|error| {
        anyhow::anyhow!("STAGEDOOR_LOG is {text:?}, but it should be levels such as info or warn,request=info: {error}")
    })?;
    // Spans exist for traces only. Without a collector none is created.
    let heard = heard.with_target("trace", LevelFilter::OFF);
    // Statements have lines of their own, at the level that was asked for.
    let statement_level = level_of(&heard, statement_lines::TARGET);
    let heard = heard.with_target(statement_lines::TARGET, LevelFilter::OFF);
    let statement_line = match mode {
        Mode::Production => StatementLine::Json,
        Mode::Development => StatementLine::Readable,
    };
    let statement_lines = tracing_subscriber::fmt::layer()
        .event_format(statement_line)
        .with_writer(LogWriter)
        .with_filter(Targets::new().with_target(statement_lines::TARGET, statement_level));
    let statements = entry::telemetry::QueryCounter
        .with_filter(Targets::new().with_target(statement_lines::TARGET, LevelFilter::DEBUG));
    let (tracer, trace_guard) = traces::start(runtime)?.unzip();
    // Traces show the statements of a span with their durations. The filter is set even without a collector: a single layer without
    // a filter would make tracing create every span.
    let told = match tracer {
        Some(_) => Targets::new()
            .with_target("trace", LevelFilter::INFO)
            .with_target(statement_lines::TARGET, LevelFilter::DEBUG),
        None => Targets::new(),
    };
    let traces = tracer
        .map(|tracer| tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false))
        .with_filter(told);
    let registry = tracing_subscriber::registry().with(statements).with(traces).with(statement_lines);
    let lines = tracing_subscriber::fmt::layer().with_writer(LogWriter);
    match mode {
        Mode::Production => registry.with(lines.json().flatten_event(true).with_filter(heard)).try_init()?,
        Mode::Development => registry.with(lines.with_filter(heard)).try_init()?,
    }
    // The usual hook writes to standard error itself, and would wait for whoever reads it.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(trace_guard)
}

/// The most that `heard` lets through of a target.
fn level_of(heard: &Targets, target: &str) -> LevelFilter {
    let most = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
    let most = most.into_iter().find(|level| heard.would_enable(target, level));
    most.map_or(LevelFilter::OFF, LevelFilter::from_level)
}

/// Starts the metrics; the handle renders them for `/metrics`.
pub fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("duration_seconds".to_owned()), &buckets)?
        .install_recorder()?;
    metrics::describe_histogram!("stagedoor_request_duration_seconds", "How long requests took.");
    metrics::describe_counter!("stagedoor_request_queries_total", "Statements that requests ran.");
    metrics::describe_gauge!("stagedoor_pool_connections", "Connections to the database.");
    metrics::describe_gauge!("stagedoor_pool_idle", "Connections to the database that have no work.");
    metrics::describe_gauge!("stagedoor_clock_ahead_seconds", "How far this clock was ahead of the database's.");
    metrics::describe_gauge!("stagedoor_facts_unread", "Facts that some consumer has not read yet.");
    metrics::describe_gauge!("stagedoor_facts_oldest_seconds", "How long the oldest of them has waited.");
    metrics::describe_gauge!("stagedoor_facts_parked", "Facts that wait for a release that can read them.");
    metrics::describe_gauge!("stagedoor_jobs_due", "Jobs whose time has come.");
    metrics::describe_gauge!(
        "stagedoor_jobs_unknown",
        "Jobs that are due and wait for a server that knows their kind."
    );
    metrics::describe_gauge!("stagedoor_jobs_dead", "Jobs that were given up and wait for a person.");
    metrics::describe_gauge!("stagedoor_books_faults", "What the last nightly check of the books found wrong.");
    metrics::describe_gauge!("stagedoor_books_checked_timestamp_seconds", "When that check was.");
    metrics::describe_gauge!(
        "stagedoor_deadlines_overdue",
        "Deadlines of bookings that have passed and were not worked."
    );
    metrics::describe_counter!("stagedoor_gift_codes_missed_total", "Codes of gift cards that opened nothing.");
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_span_is_made_where_no_collector_is_named() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let _guard = start_log(Mode::Production, runtime.handle()).expect("the log starts");
        assert!(tracing::info_span!(target: "trace", "request").is_disabled());
        assert!(!tracing::info_span!(target: "elsewhere", "request").is_disabled(), "the log hears of others");
    }
}
