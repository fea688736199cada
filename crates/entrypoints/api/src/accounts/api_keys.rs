//! The caller's API keys.

use accounts::commands::{self, KEY_DAYS_MAX, KeyRequest, OwnerProof};
use accounts::queries::{self, ApiKeyView};
use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{ApiKeyId, Scope, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The caller's keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeysView {
    pub items: Vec<ApiKeyView>,
    /// Always null: a person has few keys.
    pub next_cursor: Option<String>,
}

/// The key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyInput {
    /// Your name for it.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// What it may do.
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// How long it lives: 90 days unless you say otherwise.
    #[serde(default = "ninety")]
    #[schema(minimum = 1, maximum = 365)]
    pub expires_in_days: u16,
    #[schema(value_type = String)]
    pub current_password: Secret<String>,
    /// A code of the authenticator app, or a recovery code. Required if the account has an app.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub code: Option<Secret<String>>,
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeKeyView {
    /// For the `Authorization: Bearer` header. It is shown only now; store it where you store secrets.
    pub key: String,
    #[serde(flatten)]
    pub view: ApiKeyView,
}

const fn ninety() -> u16 {
    const { assert!(KEY_DAYS_MAX >= 90) };
    90
}

/// The caller's API keys, newest first.
#[utoipa::path(get, path = "/api/me/api-keys", operation_id = "list_api_keys", tag = "accounts",
    responses((status = 200, body = ApiKeysView, description = "The keys, without their secret part")))]
pub async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<ApiKeysView>> {
    let items = queries::api_keys(&mut *site.database.acquire().await?, caller.id).await?;
    Ok(Json(ApiKeysView { items, next_cursor: None }))
}

/// Makes an API key; requires the password, and a code where an authenticator app is on. Its owner is told by mail. A name
/// that one of your keys has is refused, so that a retry makes no second key.
#[utoipa::path(post, path = "/api/me/api-keys", operation_id = "create_api_key", tag = "accounts", request_body = ApiKeyInput,
    responses((status = 201, body = MadeKeyView, description = "Made"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json",
        description = "`key_name_taken`, `too_many_keys`")))]
pub async fn create(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<ApiKeyInput>,
) -> Answer<(StatusCode, Json<MadeKeyView>)> {
    let request = KeyRequest { name: input.name, scopes: input.scopes, days: input.expires_in_days };
    let proof = OwnerProof { password: input.current_password, code: input.code };
    let made = workflows::account::create_api_key(&site, &caller, proof, request).await?;
    Ok((StatusCode::CREATED, Json(MadeKeyView { key: made.text.expose().clone(), view: made.view })))
}

/// Ends one of the caller's API keys.
#[utoipa::path(delete, path = "/api/me/api-keys/{id}", operation_id = "end_api_key", tag = "accounts",
    params(("id" = ApiKeyId, Path, description = "The key")), responses((status = 204, description = "Ended")))]
pub async fn end(State(site): State<Site>, SignedIn(caller): SignedIn, Path(id): Path<ApiKeyId>) -> Answer<StatusCode> {
    let mut tx = site.database.begin().await?;
    commands::end_key(&mut tx, site.clock.now(), &caller, id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}
