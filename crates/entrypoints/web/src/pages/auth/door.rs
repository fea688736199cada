//! Opens the session after a successful log-in, and redirects to where the visitor was going.

use std::sync::Arc;

use accounts::Caller;
use accounts::commands::{self, Presented};
use accounts::queries::Person;
use axum::response::{Redirect, Response};
use entry::{Answer, ClientAddress, SESSION_COOKIE, Site};
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::kit::cookies;

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(crate) struct Way {
    pub return_to: Option<String>,
}

/// Opens a session for `person` and ends the one that the browser had.
pub(super) async fn open(
    site: &Site,
    person: &Person,
    before: Option<Arc<Caller>>,
    headers: &HeaderMap,
    address: ClientAddress,
    return_to: &str,
) -> Answer<Response> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (at, ip_prefix) = (site.circumstances(), address.prefix());
    let mut tx = site.database.begin().await?;
    let shown = Presented { user_agent, ip_prefix: &ip_prefix };
    let session = commands::open_browser_session(&mut tx, at, person, shown).await?;
    // The browser's earlier session would otherwise stay open unseen.
    if let Some(before) = before {
        commands::log_out(&mut tx, at.now, &before).await?;
        site.sessions.forget();
    }
    tx.commit().await?;
    Ok(cookies::keep(Redirect::to(return_to), SESSION_COOKIE, session.cookie.expose(), "/", session.life.num_seconds()))
}
