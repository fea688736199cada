//! Opens the session after a successful log-in, and redirects to where the visitor was going.

use std::sync::Arc;

use accounts::Caller;
use accounts::commands;
use accounts::queries::Person;
use axum::response::{Redirect, Response};
use entry::{Answer, ClientDevice, Site, cookies};
use serde::Deserialize;

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
    device: &ClientDevice,
    return_to: &str,
) -> Answer<Response> {
    let at = site.circumstances();
    let mut tx = site.database.begin().await?;
    let session = commands::open_browser_session(&mut tx, &site.keys, at, person, device.presented()).await?;
    // The browser's earlier session would otherwise stay open unseen.
    if let Some(before) = before {
        commands::log_out(&mut tx, at.now, &before).await?;
        site.sessions.forget();
    }
    tx.commit().await?;
    Ok(cookies::keep_session(Redirect::to(return_to), &session))
}
