//! `POST /api/auth/register`

use accounts::commands::Registration;
use axum::extract::State;
use entry::{Answer, Json, Site};
use http::StatusCode;
use kernel::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::NoteView;

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterInput {
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    #[schema(min_length = 1, max_length = 80)]
    pub display_name: String,
    /// At least 12 characters; everything is allowed but the most common ones.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    pub password: Secret<String>,
    /// IANA name; UTC when left out.
    #[serde(default = "utc")]
    pub time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Makes an account and mails a link that verifies the address.
///
/// The answer is the same whether or not the address has an account; only its owner is told, by mail.
#[utoipa::path(post, path = "/api/auth/register", operation_id = "register", tag = "accounts", request_body = RegisterInput,
    responses((status = 202, body = NoteView, description = "A mail is on its way")))]
pub async fn handle(
    State(site): State<Site>,
    Json(input): Json<RegisterInput>,
) -> Answer<(StatusCode, Json<NoteView>)> {
    let registration = Registration {
        email: input.email,
        display_name: input.display_name,
        password: input.password,
        time_zone: input.time_zone,
    };
    workflows::account::register(&site, registration).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(NoteView::new("We have mailed you a link. Open it to verify your address; then you can book.")),
    ))
}
