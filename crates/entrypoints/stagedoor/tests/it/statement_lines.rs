//! What the log says of a slow statement.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use database::testing::TestDatabase;
use stagedoor::statement_lines::{StatementLine, TARGET};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panics").clone()).expect("text")
    }
}

impl Write for Paper {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is logged while a slow statement of more than a thousand letters is run with a value.
async fn told(line: StatementLine) -> String {
    let test = TestDatabase::new().await;
    let paper = Paper::default();
    let lines = tracing_subscriber::fmt::layer().event_format(line).with_writer(paper.clone());
    let told = lines.with_filter(Targets::new().with_target(TARGET, LevelFilter::WARN));
    let _scope = tracing::subscriber::set_default(tracing_subscriber::registry().with(told));
    let long = concat!(
        "SELECT pg_sleep(0.6), $1::text, '",
        "0123456789 0123456789 0123456789 0123456789 0123456789 ",
        "' || '",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789",
        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789'"
    );
    let slow = sqlx::query(long).bind("ann@example.org");
    slow.execute(&mut *test.database.acquire().await.expect("connects")).await.expect("it sleeps");
    paper.text()
}

#[tokio::test]
async fn a_slow_statement_is_told_by_its_beginning_and_without_values() {
    let line = told(StatementLine::Json).await;
    let read: serde_json::Value = serde_json::from_str(&line).expect("one line of JSON");
    assert_eq!((read["level"].as_str(), read["message"].as_str()), (Some("WARN"), Some("a statement was slow")));
    assert!(read["duration_ms"].as_f64().is_some_and(|duration| duration >= 600.0), "{line}");
    let statement = read["statement"].as_str().expect("its text");
    assert!(statement.starts_with("SELECT pg_sleep(0.6), $1::text, '0123") && statement.ends_with('…'), "{line}");
    assert_eq!(statement.chars().count(), 301);
    assert!(!line.contains("ann@"), "{line}");
}

#[tokio::test]
async fn a_reader_gets_the_same_on_one_line() {
    let line = told(StatementLine::Readable).await;
    let duration = line.split("duration_ms=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("how long");
    assert!(line.contains(" WARN sqlx::query: a statement was slow duration_ms="), "{line}");
    assert!(duration.parse::<f64>().is_ok_and(|duration| duration >= 600.0), "{line}");
    assert_eq!((line.lines().count(), line.len() < 500, line.contains("ann@")), (1, true, false), "{line}");
}
