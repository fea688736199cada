//! What the guard found out about a request, for extractors.

use std::sync::Arc;

use access::Entry;
use accounts::Caller;
use http::Extensions;
use kernel::FaultKind;
use uuid::Uuid;

use crate::{Answer, ClientAddress, Problem};

/// Stored in the request's extensions.
#[derive(Debug, Clone)]
pub(crate) struct Passed {
    pub entry: &'static Entry,
    pub caller: Option<Arc<Caller>>,
    /// Whether the browser showed the cookie of a session that has ended.
    pub session_ended: bool,
    pub address: ClientAddress,
    /// Whether the network's tries are spent, so that only a known device may go on.
    pub network_is_spent: bool,
    pub request_id: Uuid,
}

/// Marks the answer to a browser whose session has ended, so that what the session left there is cleared.
#[derive(Debug, Clone, Copy)]
pub struct SessionOver;

impl Passed {
    /// Nothing is known yet of who calls.
    pub const fn new(entry: &'static Entry, address: ClientAddress, request_id: Uuid) -> Self {
        Self { entry, caller: None, session_ended: false, address, network_is_spent: false, request_id }
    }

    /// What the guard left with a request.
    pub fn of(extensions: &Extensions) -> Answer<&Self> {
        // Only a route that was mounted without the registry has none, which the router does not allow.
        let unguarded = || Problem::new(FaultKind::Broken, "unguarded", "This is our mistake. Nothing was changed.");
        extensions.get::<Self>().ok_or_else(unguarded)
    }
}
