//! New passwords.

use accounts::commands::{OwnerProof, RenewedSession};
use accounts::{AccountsError, queries};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use entry::{Answer, ClientDevice, Json, SignedIn, Site, cookies};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::{NoteView, TokensView};

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
    /// Of the authenticator app, where one is on, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub code: Option<Secret<String>>,
}

/// The session that goes on after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedView {
    pub message: String,
    /// Replace the tokens of this call, which are void now. Left out if it was made with a cookie, which is replaced instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokensView>,
}

/// Mails a link that sets a new password; the answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/api/auth/password/reset", operation_id = "mail_password_reset", tag = "accounts", request_body = ResetRequest,
    responses((status = 202, body = NoteView, description = "A mail is on its way, if there is such an account")))]
pub async fn request_reset(
    State(site): State<Site>,
    device: ClientDevice,
    Json(input): Json<ResetRequest>,
) -> Answer<(StatusCode, Json<NoteView>)> {
    workflows::account::request_password_reset(&site, &input.email, device.presented()).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(NoteView::new("If this address has an account, a link is on its way. It works for one hour.")),
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

/// Changes the password; requires the old one, and a code where an authenticator app is on. Every session ends, and the answer opens a new
/// one for the caller.
#[utoipa::path(post, path = "/api/auth/password", operation_id = "change_password", tag = "accounts", request_body = ChangeInput,
    responses((status = 200, body = ChangedView, description = "Changed")))]
pub async fn change(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    device: ClientDevice,
    Json(input): Json<ChangeInput>,
) -> Answer<Response> {
    let proof = OwnerProof { password: input.current_password, code: input.code };
    let renewed =
        workflows::account::change_password(&site, &caller, proof, input.new_password, device.presented()).await?;
    let message = "Your password is changed, and your other sessions have ended.".to_owned();
    match renewed {
        RenewedSession::Browser(session) => {
            Ok(cookies::keep_session(Json(ChangedView { message, tokens: None }), &session))
        }
        RenewedSession::Api(pair) => {
            let person = queries::person(&mut *site.database.acquire().await?, caller.id).await?;
            let tokens = Some(TokensView::new(pair, person.ok_or(AccountsError::NoSession)?));
            Ok(Json(ChangedView { message, tokens }).into_response())
        }
    }
}
