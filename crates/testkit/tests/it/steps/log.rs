//! What the program logs while a test runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// The fields of one line, `target` and `message` among them.
pub type Line = BTreeMap<String, String>;

/// Collects the lines of this thread.
pub struct Log {
    lines: Arc<Mutex<Vec<Line>>>,
    _active: DefaultGuard,
}

struct Collecting(Arc<Mutex<Vec<Line>>>);

impl<S: tracing::Subscriber> Layer<S> for Collecting {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields(Line::from([("target".to_owned(), event.metadata().target().to_owned())]));
        event.record(&mut fields);
        self.0.lock().expect("nobody panics with it").push(fields.0);
    }
}

struct Fields(Line);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Log {
    pub fn start() -> Self {
        let lines = Arc::default();
        let active =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(Collecting(Arc::clone(&lines))));
        Self { lines, _active: active }
    }

    /// The lines since the last look.
    pub fn take(&self) -> Vec<Line> {
        std::mem::take(&mut *self.lines.lock().expect("nobody panics with it"))
    }
}
