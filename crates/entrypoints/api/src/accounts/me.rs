//! `GET` and `PATCH /api/me`

use accounts::AccountsError;
use accounts::commands::{ProfileChange, update_profile};
use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::UserView;

/// Fields to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeInput {
    #[schema(min_length = 1, max_length = 80)]
    pub display_name: Option<String>,
    /// IANA name, such as `Europe/Lisbon`.
    pub time_zone: Option<String>,
    /// Language tag, such as `en` or `pt-BR`.
    pub locale: Option<String>,
}

/// Who the caller is.
#[utoipa::path(get, path = "/api/me", operation_id = "get_me", tag = "accounts",
    responses((status = 200, body = UserView, description = "The caller")))]
pub async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<UserView>> {
    let mut connection = site.database.acquire().await?;
    let person = accounts::queries::person(&mut connection, caller.id).await?.ok_or(AccountsError::NoSession)?;
    Ok(Json(person.into()))
}

/// Changes name, time zone and language.
#[utoipa::path(patch, path = "/api/me", operation_id = "update_me", tag = "accounts", request_body = MeInput,
    responses((status = 200, body = UserView, description = "The caller, changed")))]
pub async fn update(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<MeInput>,
) -> Answer<Json<UserView>> {
    let change = ProfileChange { display_name: input.display_name, time_zone: input.time_zone, locale: input.locale };
    let mut tx = site.database.begin().await?;
    let person = update_profile(&mut tx, site.circumstances(), &caller, change).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Json(person.into()))
}
