//! The API document, health checks and metrics.

use crate::{Entry, Policy};

entries! {
    /// The API as an OpenAPI 3.1 document.
    OPENAPI = Entry::get("/api/openapi.json", Policy::Public);
    /// The API as a page.
    DOCS = Entry::get("/api/docs", Policy::Public);
    /// The process is alive; never touches the database.
    LIVE = Entry::machine("/livez");
    /// The process can serve; touches the database.
    READY = Entry::machine("/readyz");
    /// Metrics for Prometheus.
    METRICS = Entry::machine("/metrics");
}
