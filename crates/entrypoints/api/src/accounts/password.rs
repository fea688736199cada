//! New passwords.

use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::NoteView;

/// The address of the account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    pub email: String,
}

/// A mailed token and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetInput {
    #[schema(value_type = String)]
    pub token: Secret<String>,
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    pub password: Secret<String>,
}

/// The old password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeInput {
    #[schema(value_type = String)]
    pub current_password: Secret<String>,
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    pub new_password: Secret<String>,
}

/// Mails a link that sets a new password; the answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/api/auth/password/reset", operation_id = "mail_password_reset", tag = "accounts", request_body = ResetRequest,
    responses((status = 202, body = NoteView, description = "A mail is on its way, if there is such an account")))]
pub async fn request_reset(
    State(site): State<Site>,
    Json(input): Json<ResetRequest>,
) -> Answer<(StatusCode, Json<NoteView>)> {
    workflows::account::request_password_reset(&site, &input.email).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(NoteView::new(
            "If this address has an account, a link is on its way. It works for one hour, and one is mailed an hour.",
        )),
    ))
}

/// Sets a new password with a mailed link; every session ends.
#[utoipa::path(post, path = "/api/auth/password/reset/confirmation", operation_id = "reset_password", tag = "accounts",
    request_body = ResetInput,
    responses((status = 200, body = NoteView, description = "Set"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`link_spent`")))]
pub async fn reset(State(site): State<Site>, Json(input): Json<ResetInput>) -> Answer<Json<NoteView>> {
    workflows::account::reset_password(&site, &input.token, input.password).await?;
    Ok(Json(NoteView::new("Your new password is set, and all sessions have ended. Log in with it.")))
}

/// Changes the password; requires the old one. Every other session ends.
#[utoipa::path(post, path = "/api/auth/password", operation_id = "change_password", tag = "accounts", request_body = ChangeInput,
    responses((status = 200, body = NoteView, description = "Changed")))]
pub async fn change(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<ChangeInput>,
) -> Answer<Json<NoteView>> {
    workflows::account::change_password(&site, &caller, input.current_password, input.new_password).await?;
    Ok(Json(NoteView::new("Your password is changed, and your other sessions have ended.")))
}
