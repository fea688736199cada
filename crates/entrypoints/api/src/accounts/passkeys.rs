//! Passkeys (WebAuthn): log-in without a password, with a device that verifies its user.

use accounts::queries::{self, PasskeyView};
use axum::extract::State;
use entry::{Answer, ClientDevice, Json, Path, SignedIn, Site};
use http::StatusCode;
use kernel::PasskeyId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::login::open_session;
use super::totp::OwnerInput;
use super::views::TokensView;

/// A challenge for a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeView {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or
    /// `parseRequestOptionsFromJSON`. It can be answered once, within five minutes.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A device's answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyLoginInput {
    /// The credential's `toJSON()`.
    #[schema(value_type = Object)]
    pub credential: Map<String, Value>,
}

/// A new passkey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyInput {
    /// Your name for it.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// The credential's `toJSON()`.
    #[schema(value_type = Object)]
    pub credential: Map<String, Value>,
}

/// The caller's passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeysView {
    pub items: Vec<PasskeyView>,
    /// Always null: a person has few passkeys.
    pub next_cursor: Option<String>,
}

/// A challenge for logging in with a passkey.
#[utoipa::path(post, path = "/api/auth/passkeys/challenge", operation_id = "create_passkey_challenge", tag = "accounts",
    responses((status = 200, body = ChallengeView, description = "The challenge"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`passkeys_need_name`")))]
pub async fn challenge(State(site): State<Site>) -> Answer<Json<ChallengeView>> {
    Ok(Json(ChallengeView { options: workflows::account::passkeys::challenge(&site).await? }))
}

/// Logs in with a passkey and returns the tokens. Neither password
/// nor code is needed, because the device has verified its user.
#[utoipa::path(post, path = "/api/auth/passkeys/login", operation_id = "log_in_with_passkey", tag = "accounts",
    request_body = PasskeyLoginInput,
    responses((status = 200, body = TokensView, description = "Signed in"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`passkeys_need_name`")))]
pub async fn log_in(
    State(site): State<Site>,
    device: ClientDevice,
    Json(input): Json<PasskeyLoginInput>,
) -> Answer<Json<TokensView>> {
    let credential = Value::Object(input.credential);
    let person = workflows::account::passkeys::enter(&site, &credential).await?;
    open_session(&site, &device, person).await
}

/// The caller's passkeys, newest first.
#[utoipa::path(get, path = "/api/me/passkeys", operation_id = "list_passkeys", tag = "accounts",
    responses((status = 200, body = PasskeysView, description = "The passkeys")))]
pub async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<PasskeysView>> {
    let items = queries::passkeys(&mut *site.database.acquire().await?, caller.id).await?;
    Ok(Json(PasskeysView { items, next_cursor: None }))
}

/// A challenge for making a new passkey; requires the password, and a code where an authenticator app is on.
#[utoipa::path(post, path = "/api/me/passkeys/challenge", operation_id = "create_new_passkey_challenge", tag = "accounts",
    request_body = OwnerInput,
    responses((status = 200, body = ChallengeView, description = "The challenge"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`passkeys_need_name`")))]
pub async fn challenge_new(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<OwnerInput>,
) -> Answer<Json<ChallengeView>> {
    let options = workflows::account::passkeys::challenge_for_new(&site, &caller, input.into()).await?;
    Ok(Json(ChallengeView { options }))
}

/// Adds a new passkey; its owner is told by mail.
#[utoipa::path(post, path = "/api/me/passkeys", operation_id = "add_passkey", tag = "accounts", request_body = PasskeyInput,
    responses((status = 201, body = PasskeyView, description = "Added"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json",
        description = "`passkey_name_taken`, `passkey_known`, `too_many_passkeys`, `passkeys_need_name`")))]
pub async fn add(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<PasskeyInput>,
) -> Answer<(StatusCode, Json<PasskeyView>)> {
    let credential = Value::Object(input.credential);
    let added = workflows::account::passkeys::add(&site, &caller, &input.name, &credential).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Removes one of the caller's passkeys and ends their other sessions; requires the password, and a code where an authenticator app is on.
/// Its owner is told by mail.
#[utoipa::path(post, path = "/api/me/passkeys/{id}/removal", operation_id = "remove_passkey", tag = "accounts", request_body = OwnerInput,
    params(("id" = PasskeyId, Path, description = "The passkey")), responses((status = 204, description = "Removed")))]
pub async fn remove(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<PasskeyId>,
    Json(input): Json<OwnerInput>,
) -> Answer<StatusCode> {
    workflows::account::passkeys::remove(&site, &caller, input.into(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
