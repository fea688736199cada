//! Counts the statements that something takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Counts the statements that the driver reports on this thread, those that end transactions or come from spawned tasks included. The
/// driver's own queries for types are left out: each connection sends them once, and which connection a call gets is chance.
pub struct Counter {
    count: Arc<AtomicUsize>,
    _active: DefaultGuard,
}

struct Counting(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut summary = Summary::default();
        event.record(&mut summary);
        if event.metadata().target() == "sqlx::query" && !summary.0.starts_with("SELECT pg_type.oid") {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// How a statement begins.
#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Counter {
    pub fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let active =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(Counting(Arc::clone(&count))));
        Self { count, _active: active }
    }

    /// Statements since the last look.
    pub fn take(&self) -> usize {
        self.count.swap(0, Ordering::SeqCst)
    }
}
