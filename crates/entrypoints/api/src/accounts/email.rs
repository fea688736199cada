//! Verifying an address.

use axum::extract::State;
use entry::{Answer, Json, MaybeSignedIn, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::NoteView;

/// What the mailed link carries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationInput {
    #[schema(value_type = String)]
    pub token: Secret<String>,
    /// Of the account, unless the caller is signed in to it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret<String>>,
}

/// Verifies the address that the link was mailed to. You must be signed in to the account or send its
/// password: somebody else may have registered the address, so access to the mailbox alone is not enough.
#[utoipa::path(post, path = "/api/auth/email-verification", operation_id = "verify_email", tag = "accounts",
    request_body = VerificationInput,
    responses((status = 200, body = NoteView, description = "Verified"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`link_spent`")))]
pub async fn verify(
    State(site): State<Site>,
    MaybeSignedIn(caller): MaybeSignedIn,
    Json(input): Json<VerificationInput>,
) -> Answer<Json<NoteView>> {
    workflows::account::verify_email(&site, &input.token, caller.as_deref(), input.password).await?;
    Ok(Json(NoteView::new("Your address is verified. You can book now.")))
}

/// Mails the link again.
#[utoipa::path(post, path = "/api/auth/email-verification/mail", operation_id = "mail_verification_again", tag = "accounts",
    responses((status = 202, body = NoteView, description = "A mail is on its way, unless the address is verified")))]
pub async fn resend(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<(StatusCode, Json<NoteView>)> {
    workflows::account::resend_verification(&site, &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(NoteView::new("If your address is not verified yet, a fresh link is on its way."))))
}
