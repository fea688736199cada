//! Verifying an address.

use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use http::StatusCode;

use super::views::{LinkToken, NoteView};

/// Verifies the address that the link was mailed to.
#[utoipa::path(post, path = "/api/auth/email-verification", tag = "accounts", request_body = LinkToken,
    responses((status = 200, body = NoteView, description = "Verified"), (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json", description = "`link_spent`")))]
pub async fn verify(State(site): State<Site>, Json(input): Json<LinkToken>) -> Answer<Json<NoteView>> {
    workflows::account::verify_email(&site, &input.token).await?;
    Ok(Json(NoteView::new("Your address is verified. You can book now.")))
}

/// Mails the link again.
#[utoipa::path(post, path = "/api/auth/email-verification/mail", tag = "accounts", responses((status = 202, body = NoteView, description = "A mail is on its way, unless the address is verified")))]
pub async fn resend(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<(StatusCode, Json<NoteView>)> {
    workflows::account::resend_verification(&site, &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(NoteView::new("If your address is not verified yet, a fresh link is on its way."))))
}
