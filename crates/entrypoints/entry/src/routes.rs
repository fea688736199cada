//! Builds routers from the registry, and from nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::table::{UNKNOWN_CALL, UNKNOWN_PAGE};
use access::{Entry, Method};
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::guard::{self, Gate, Guarded};
use crate::{Problem, Site};

/// Builds a router. Every route names its registry entry and goes through the guard.
pub struct Routes {
    gate: Arc<Gate>,
    by_path: BTreeMap<&'static str, MethodRouter<Site>>,
    mounted: Vec<&'static Entry>,
}

impl Routes {
    /// No routes yet.
    pub fn new(gate: Arc<Gate>) -> Self {
        Self { gate, by_path: BTreeMap::new(), mounted: Vec::new() }
    }

    /// Serves `entry` with `handler`.
    pub fn on<H: Handler<T, Site>, T: 'static>(mut self, entry: &'static Entry, handler: H) -> Self {
        let guarded = Guarded::new(entry, &self.gate);
        let route = on(filter(entry.method), handler).layer(from_fn_with_state(guarded, guard::pass));
        let methods = self.by_path.remove(entry.path).unwrap_or_default();
        self.by_path.insert(entry.path, methods.merge(route));
        self.mounted.push(entry);
        self
    }

    /// What has been mounted, to compare with the registry.
    pub fn mounted(&self) -> &[&'static Entry] {
        &self.mounted
    }

    /// The router. Methods that no entry names answer 405, and are logged like the rest.
    pub fn into_router(self) -> Router<Site> {
        let gate = self.gate;
        self.by_path.into_iter().fold(Router::new(), |router, (path, methods)| {
            let refusal = method_not_allowed.layer(from_fn_with_state(unknown(path, &gate), guard::pass));
            router.route(path, methods.fallback(refusal))
        })
    }

    /// The router with the fallback: 404 for every unknown path. A program has one.
    pub fn into_last_router(self) -> Router<Site> {
        let missing = not_found.layer(from_fn_with_state(unknown("", &self.gate), guard::pass));
        self.into_router().fallback(missing)
    }
}

fn unknown(path: &str, gate: &Arc<Gate>) -> Arc<Guarded> {
    let is_call = path.starts_with("/api");
    Guarded::new(if is_call { &UNKNOWN_CALL } else { &UNKNOWN_PAGE }, gate)
}

async fn not_found() -> Problem {
    Problem::not_found()
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn method_not_allowed() -> Problem {
    Problem::new(kernel::FaultKind::Invalid, "method_not_allowed", "This address does not take that method.")
        .with_status(http::StatusCode::METHOD_NOT_ALLOWED)
}
