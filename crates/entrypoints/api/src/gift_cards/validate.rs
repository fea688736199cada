//! `POST /api/gift-cards/validate`

use ::gift_cards::{CardDesign, CardKind};
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use entry::{Answer, Json, ProblemDocument, SignedIn, Site};
use kernel::Money;
use serde::Serialize;
use workflows::gift_card::{self, OfferedCard};

use super::claim::ClaimInput;

/// What a code opens.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ValidCodeView {
    pub kind: CardKind,
    /// What whoever claims it can spend.
    pub balance: Money,
    /// It works to the end of this day in `time_zone`; null for a card without end.
    pub last_day: Option<NaiveDate>,
    pub time_zone: Option<String>,
    /// The end of that day.
    pub ends_at: Option<DateTime<Utc>>,
    /// How it is drawn.
    pub design: CardDesign,
    /// The name of whoever sent or bought it for somebody; null for a card that was given without a name.
    pub from: Option<String>,
    /// What they wrote.
    pub message: Option<String>,
}

/// Shows what a code opens, and changes nothing: the card is whose it was until somebody claims it. Codes that never were, that somebody
/// has claimed, that are empty and that have expired are answered alike.
#[utoipa::path(post, path = "/api/gift-cards/validate", operation_id = "validate_gift_card_code", tag = "gift cards",
    request_body = ClaimInput,
    responses((status = 200, body = ValidCodeView, description = "The card that a claim would give"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json", description = "`code_opens_nothing`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(_): SignedIn,
    Json(input): Json<ClaimInput>,
) -> Answer<Json<ValidCodeView>> {
    let mut connection = site.database.acquire().await?;
    let offered = gift_card::load_offered(&site, &mut connection, input.code.expose()).await?;
    Ok(Json(view(offered)))
}

fn view(OfferedCard { seen, sender }: OfferedCard) -> ValidCodeView {
    let design = seen.design();
    let words = seen.bought.and_then(|bought| bought.words);
    let (from, message) = match (sender, words) {
        (Some((name, transfer)), _) => (Some(name), transfer.message),
        (None, Some(words)) => (Some(words.from), words.message),
        (None, None) => (None, None),
    };
    ValidCodeView {
        kind: seen.card.kind,
        balance: seen.card.balance,
        last_day: seen.card.last_day.map(|last| last.day),
        time_zone: seen.card.last_day.map(|last| last.zone.to_string()),
        ends_at: seen.card.last_day.map(|last| last.ends_at),
        design,
        from,
        message,
    }
}
