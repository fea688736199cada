//! `GET /api/me/loyalty`

use ::gift_cards::loyalty::{LoyaltyStanding, LoyaltyTier};
use ::gift_cards::queries;
use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use kernel::Money;
use serde::Serialize;

/// How you stand, by currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LoyaltyView {
    /// One for each currency in which you have completed bookings within a year.
    items: Vec<StandingView>,
    /// Always null: there are few currencies.
    next_cursor: Option<String>,
}

/// How you stand in a currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StandingView {
    /// The prices of the bookings that were completed within a year, as far as you paid them with your own money: no fees, no tax, no
    /// promotional value.
    year: Money,
    tier: TierView,
    /// The tier above; null at the top.
    next: Option<TierView>,
}

/// What completed bookings earn from a sum on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TierView {
    name: String,
    /// The sum of bookings completed within a year from which on a customer has this tier.
    from: Money,
    /// Hundredths of a per cent of the price: 200 is 2 %.
    basis_points: i32,
    /// After so many months what was earned ends; null for never.
    months_valid: Option<u32>,
}

impl From<LoyaltyTier> for TierView {
    fn from(tier: LoyaltyTier) -> Self {
        Self { name: tier.name, from: tier.from, basis_points: tier.basis_points, months_valid: tier.months_valid }
    }
}

impl From<LoyaltyStanding> for StandingView {
    fn from(standing: LoyaltyStanding) -> Self {
        Self { year: standing.year, tier: standing.tier.into(), next: standing.next.map(TierView::from) }
    }
}

/// What your completed bookings earn. Each brings a loyalty card, when it is completed; what was earned goes with a refund.
#[utoipa::path(get, path = "/api/me/loyalty", operation_id = "get_loyalty", tag = "gift cards",
    responses((status = 200, body = LoyaltyView)))]
pub(super) async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<LoyaltyView>> {
    let mut connection = site.database.acquire().await?;
    let standings = queries::standings(&mut connection, caller.id, site.clock.now()).await?;
    Ok(Json(LoyaltyView { items: standings.into_iter().map(StandingView::from).collect(), next_cursor: None }))
}
