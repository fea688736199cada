//! The authenticator app (TOTP): setting up, turning on, removing.

use accounts::commands::OwnerProof;
use accounts::queries::{self, SecondFactorView};
use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a log-in asks for, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerInput {
    #[schema(value_type = String)]
    pub current_password: Secret<String>,
    /// Of the authenticator app, where one is on, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub code: Option<Secret<String>>,
}

impl From<OwnerInput> for OwnerProof {
    fn from(input: OwnerInput) -> Self {
        Self { password: input.current_password, code: input.code }
    }
}

/// A code that the app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeInput {
    /// Six digits.
    #[schema(value_type = String, example = "123456")]
    pub code: Secret<String>,
}

/// What is needed to set up an authenticator app.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppSetUpView {
    /// In base32, to type.
    pub secret: String,
    /// `otpauth://…`, to draw as a QR code.
    pub uri: String,
}

/// Recovery codes, shown only now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Each works once, instead of a code of the app.
    pub recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    fn new(codes: &[Secret<String>]) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().clone()).collect() }
    }
}

/// Whether log-in asks for a code of an authenticator app.
#[utoipa::path(get, path = "/api/auth/totp", operation_id = "get_second_factor", tag = "accounts",
    responses((status = 200, body = SecondFactorView, description = "How it stands")))]
pub async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<SecondFactorView>> {
    Ok(Json(queries::second_factor(&mut *site.database.acquire().await?, caller.id).await?))
}

/// Begins to set up an app; requires the password. Log-in is unchanged until its first code is confirmed, within half an hour.
#[utoipa::path(post, path = "/api/auth/totp", operation_id = "begin_authenticator", tag = "accounts", request_body = OwnerInput,
    responses((status = 201, body = AppSetUpView, description = "What the app has to be told"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_on`")))]
pub async fn begin(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<OwnerInput>,
) -> Answer<(StatusCode, Json<AppSetUpView>)> {
    let begun = workflows::account::second_factor::begin_app(&site, &caller, input.into()).await?;
    let view = AppSetUpView { secret: begun.secret.expose().clone(), uri: begun.address.expose().clone() };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Turns the app on with its first code. Every other session ends; the owner is told by mail.
#[utoipa::path(post, path = "/api/auth/totp/confirmation", operation_id = "confirm_authenticator", tag = "accounts",
    request_body = CodeInput,
    responses((status = 200, body = RecoveryCodesView, description = "On"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json",
        description = "`authenticator_on`, `authenticator_not_begun`")))]
pub async fn confirm(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<CodeInput>,
) -> Answer<Json<RecoveryCodesView>> {
    let codes = workflows::account::second_factor::confirm_app(&site, &caller, &input.code).await?;
    Ok(Json(RecoveryCodesView::new(&codes)))
}

/// Replaces the recovery codes by ten new ones; requires the password and a code.
#[utoipa::path(post, path = "/api/auth/totp/recovery-codes", operation_id = "renew_recovery_codes", tag = "accounts",
    request_body = OwnerInput,
    responses((status = 201, body = RecoveryCodesView, description = "Made"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_off`")))]
pub async fn renew_codes(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<OwnerInput>,
) -> Answer<(StatusCode, Json<RecoveryCodesView>)> {
    let codes = workflows::account::second_factor::renew_recovery_codes(&site, &caller, input.into()).await?;
    Ok((StatusCode::CREATED, Json(RecoveryCodesView::new(&codes))))
}

/// Removes the app and its recovery codes; requires the password and a code of either. Their owner is told by mail.
#[utoipa::path(post, path = "/api/auth/totp/removal", operation_id = "remove_authenticator", tag = "accounts", request_body = OwnerInput,
    responses((status = 204, description = "Off"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_off`")))]
pub async fn remove(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<OwnerInput>,
) -> Answer<StatusCode> {
    workflows::account::second_factor::remove_app(&site, &caller, input.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
