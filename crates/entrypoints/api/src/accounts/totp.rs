//! The authenticator app: set up, turned on, taken off.

use accounts::queries::{self, SecondFactorView};
use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The caller's password, asked for once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordInput {
    #[schema(value_type = String)]
    pub current_password: Secret<String>,
}

/// A code that the app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeInput {
    /// Six digits.
    #[schema(value_type = String, example = "123456")]
    pub code: Secret<String>,
}

/// What an authenticator app has to be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppSetUpView {
    /// In base32, to type.
    pub secret: String,
    /// `otpauth://…`, to draw as a QR code.
    pub uri: String,
}

/// Recovery codes, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodesView {
    /// Each opens the account once, in the place of a code of the app.
    pub recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    fn new(codes: &[Secret<String>]) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().clone()).collect() }
    }
}

/// Whether an authenticator app is asked at the door.
#[utoipa::path(get, path = "/api/auth/totp", tag = "accounts",
    responses((status = 200, body = SecondFactorView, description = "How it stands")))]
pub async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<SecondFactorView>> {
    Ok(Json(queries::second_factor(&mut *site.database.acquire().await?, caller.id).await?))
}

/// Begins to set an app up, knowing the password. Nothing changes at the door until its first code is confirmed, within half an hour.
#[utoipa::path(post, path = "/api/auth/totp", tag = "accounts", request_body = PasswordInput,
    responses((status = 201, body = AppSetUpView, description = "What the app has to be told"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_on`")))]
pub async fn begin(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<PasswordInput>,
) -> Answer<(StatusCode, Json<AppSetUpView>)> {
    let begun = workflows::account::second_factor::begin_app(&site, &caller, input.current_password).await?;
    let view = AppSetUpView { secret: begun.secret.expose().clone(), uri: begun.address.expose().clone() };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Turns the app on with its first code; a mail tells its owner.
#[utoipa::path(post, path = "/api/auth/totp/confirmation", tag = "accounts", request_body = CodeInput,
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

/// Ten new recovery codes, knowing the password; the ones before work no more.
#[utoipa::path(post, path = "/api/auth/totp/recovery-codes", tag = "accounts", request_body = PasswordInput,
    responses((status = 201, body = RecoveryCodesView, description = "Made"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_off`")))]
pub async fn renew_codes(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<PasswordInput>,
) -> Answer<(StatusCode, Json<RecoveryCodesView>)> {
    let codes = workflows::account::second_factor::renew_recovery_codes(&site, &caller, input.current_password).await?;
    Ok((StatusCode::CREATED, Json(RecoveryCodesView::new(&codes))))
}

/// Takes the app and its recovery codes off, knowing the password; a mail tells their owner.
#[utoipa::path(post, path = "/api/auth/totp/removal", tag = "accounts", request_body = PasswordInput,
    responses((status = 204, description = "Off"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`authenticator_off`")))]
pub async fn remove(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<PasswordInput>,
) -> Answer<StatusCode> {
    workflows::account::second_factor::remove_app(&site, &caller, input.current_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
