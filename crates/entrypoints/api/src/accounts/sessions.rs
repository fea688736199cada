//! The caller's sessions.

use accounts::commands;
use accounts::queries::{self, SessionView};
use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use http::StatusCode;
use kernel::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

/// Every live session of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsView {
    pub items: Vec<SessionView>,
    /// Always null: a person has few sessions.
    pub next_cursor: Option<String>,
}

/// Where the caller is signed in, newest first.
#[utoipa::path(get, path = "/api/me/sessions", operation_id = "list_sessions", tag = "accounts",
    responses((status = 200, body = SessionsView, description = "The sessions")))]
pub async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<SessionsView>> {
    let mut connection = site.database.acquire().await?;
    let items = queries::sessions(&mut connection, caller.id, caller.session()?, site.clock.now()).await?;
    Ok(Json(SessionsView { items, next_cursor: None }))
}

/// Ends one of the caller's sessions.
#[utoipa::path(delete, path = "/api/me/sessions/{id}", operation_id = "end_session", tag = "accounts",
    params(("id" = SessionId, Path, description = "The session")), responses((status = 204, description = "Ended")))]
pub async fn end(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<SessionId>,
) -> Answer<StatusCode> {
    let mut tx = site.database.begin().await?;
    commands::end_session(&mut tx, site.clock.now(), &caller, id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session of the caller but this one.
#[utoipa::path(delete, path = "/api/me/sessions", operation_id = "end_other_sessions", tag = "accounts",
    responses((status = 204, description = "Ended")))]
pub async fn end_others(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<StatusCode> {
    let mut tx = site.database.begin().await?;
    commands::end_other_sessions(&mut tx, site.clock.now(), &caller).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Logs out: ends the session of the caller; its tokens become invalid.
#[utoipa::path(post, path = "/api/auth/logout", operation_id = "log_out", tag = "accounts",
    responses((status = 204, description = "Signed out")))]
pub async fn log_out(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<StatusCode> {
    let mut tx = site.database.begin().await?;
    commands::log_out(&mut tx, site.clock.now(), &caller).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}
