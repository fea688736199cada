//! The lines of the log about statements, the slow ones above all: the beginning of the text, on one line. The driver's own would be as
//! long as the statement is. Values are parameters, which the driver does not tell.

use std::fmt;

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Where the driver tells of statements.
pub const TARGET: &str = "sqlx::query";
/// The most of a text that a line holds.
const CHARACTERS_MAX: usize = 300;

/// How a line about a statement looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementLine {
    Json,
    Readable,
}

impl<S, N> FormatEvent<S, N> for StatementLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut told = ToldStatement::default();
        event.record(&mut told);
        let level = *event.metadata().level();
        let message = if level == Level::WARN { "a statement was slow" } else { "a statement was run" };
        let (statement, duration_ms) = (told.beginning(), (told.elapsed_s * 1_000.0).round());
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        match self {
            Self::Json => {
                let line = json!({
                    "timestamp": timestamp, "level": level.as_str(), "message": message, "statement": statement,
                    "duration_ms": duration_ms, "target": TARGET,
                });
                writeln!(writer, "{line}")
            }
            Self::Readable => {
                writeln!(
                    writer,
                    "{timestamp} {level:>5} {TARGET}: {message} duration_ms={duration_ms} statement={statement:?}"
                )
            }
        }
    }
}

/// What the driver tells of a statement.
#[derive(Debug, Default)]
struct ToldStatement {
    /// The first words, and the whole text where that is longer.
    summary: String,
    text: String,
    elapsed_s: f64,
}

impl ToldStatement {
    fn beginning(&self) -> String {
        let text = if self.text.is_empty() { &self.summary } else { &self.text };
        let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = line.char_indices().nth(CHARACTERS_MAX) {
            line.truncate(end);
            line.push('…');
        }
        line
    }
}

impl Visit for ToldStatement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed_s = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
