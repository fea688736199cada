//! `GET` and `PATCH /api/me`

use accounts::commands::{ProfileChange, update_profile};
use accounts::queries::Person;
use accounts::{AccountsError, Caller};
use axum::extract::State;
use database::Connection;
use entry::{Answer, Json, SignedIn, Site};
use kernel::CelebrityId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workflows::booking::ProfileDuties;

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

/// The caller, and whose profiles they look after.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    #[serde(flatten)]
    user: UserView,
    /// The caller's own profile, and those that they represent; empty for somebody who is only a customer.
    profiles: Vec<LookedAfterView>,
}

/// A profile that the caller looks after. Its bookings are listed with `side=talent`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedAfterView {
    celebrity_id: CelebrityId,
    slug: String,
    stage_name: String,
    /// Whether the caller is the celebrity.
    is_own: bool,
    /// Whether they manage its calendars.
    manages_calendars: bool,
    /// Whether they accept and cancel its bookings.
    decides_bookings: bool,
}

impl MeView {
    async fn of(connection: &mut Connection, caller: &Caller, person: Person) -> Answer<Self> {
        let duties = workflows::booking::duties_of(&mut *connection, caller).await?;
        let ids: Vec<CelebrityId> = duties.iter().map(|profile| profile.celebrity).collect();
        let cards = if ids.is_empty() { Vec::new() } else { ::catalog::queries::cards(connection, &ids).await? };
        let looked_after = |profile: &ProfileDuties| {
            let card = cards.iter().find(|card| card.id == profile.celebrity)?;
            Some(LookedAfterView {
                celebrity_id: card.id,
                slug: card.slug.clone(),
                stage_name: card.stage_name.clone(),
                is_own: profile.is_own,
                manages_calendars: profile.holds,
                decides_bookings: profile.signs,
            })
        };
        Ok(Self { user: person.into(), profiles: duties.iter().filter_map(looked_after).collect() })
    }
}

/// Who the caller is.
#[utoipa::path(get, path = "/api/me", operation_id = "get_me", tag = "accounts",
    responses((status = 200, body = MeView, description = "The caller")))]
pub async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<MeView>> {
    let mut connection = site.database.acquire().await?;
    let person = accounts::queries::person(&mut connection, caller.id).await?.ok_or(AccountsError::NoSession)?;
    Ok(Json(MeView::of(&mut connection, &caller, person).await?))
}

/// Changes name, time zone and language.
#[utoipa::path(patch, path = "/api/me", operation_id = "update_me", tag = "accounts", request_body = MeInput,
    responses((status = 200, body = MeView, description = "The caller, changed")))]
pub async fn update(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<MeInput>,
) -> Answer<Json<MeView>> {
    let change = ProfileChange { display_name: input.display_name, time_zone: input.time_zone, locale: input.locale };
    let mut tx = site.database.begin().await?;
    let person = update_profile(&mut tx, site.circumstances(), &caller, change).await?;
    let changed = MeView::of(&mut tx, &caller, person).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Json(changed))
}
