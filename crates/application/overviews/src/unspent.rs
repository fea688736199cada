//! What is unspent of the prices of bought cards and still their buyers' own, which comes off when a price goes back.

use std::collections::HashMap;

use database::Connection;
use kernel::{GiftCardId, GiftCardOrderId, Instant};

use crate::error::OverviewError;

/// A part of what is unspent of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnspentPart {
    pub place: UnspentPlace,
    pub minor: i64,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnspentPlace {
    /// On a card; one that is on its way to somebody was sent from another.
    Card { id: GiftCardId, sent_from: Option<GiftCardId> },
    /// In the buyer's credit.
    Credit,
}

/// How much of a refund comes from where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefundCover {
    pub cards_minor: i64,
    pub credit_minor: i64,
    /// What is spent already, or somebody else's.
    pub our_cost_minor: i64,
}

/// The parts of each purchase, in the order in which they come off.
pub async fn of_orders(
    connection: &mut Connection,
    orders: &[GiftCardOrderId],
    now: Instant,
) -> Result<HashMap<GiftCardOrderId, Vec<UnspentPart>>, OverviewError> {
    let mut parts: HashMap<GiftCardOrderId, Vec<UnspentPart>> = HashMap::new();
    if orders.is_empty() {
        return Ok(parts);
    }
    let ids: Vec<_> = orders.iter().map(|order| order.0).collect();
    for row in sqlx::query_file!("sql/unspent_of_orders.sql", &ids, now).fetch_all(connection).await? {
        let place = match row.card {
            Some(id) => UnspentPlace::Card { id, sent_from: row.from_card },
            None => UnspentPlace::Credit,
        };
        parts.entry(row.order).or_default().push(UnspentPart { place, minor: row.minor });
    }
    Ok(parts)
}

/// What comes off each part when so much goes back.
pub fn shares(parts: &[UnspentPart], amount_minor: i64) -> Vec<UnspentPart> {
    let mut left_minor = amount_minor;
    let share = |part: &UnspentPart| {
        let minor = part.minor.min(left_minor);
        left_minor -= minor;
        UnspentPart { minor, ..*part }
    };
    parts.iter().map(share).filter(|part| part.minor > 0).collect()
}

impl RefundCover {
    /// Of a refund of so much, with these parts of the purchase unspent.
    pub fn of(parts: &[UnspentPart], amount_minor: i64) -> Self {
        let mut cover = Self { our_cost_minor: amount_minor, ..Self::default() };
        for part in shares(parts, amount_minor) {
            cover.our_cost_minor -= part.minor;
            match part.place {
                UnspentPlace::Card { .. } => cover.cards_minor += part.minor,
                UnspentPlace::Credit => cover.credit_minor += part.minor,
            }
        }
        cover
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unspent_comes_off_in_order_and_the_rest_is_at_our_cost() {
        let id: GiftCardId = "01939e00-0000-7000-8000-000000000001".parse().expect("an id");
        let card = UnspentPlace::Card { id, sent_from: None };
        let parts = [(card, 30), (card, 20), (UnspentPlace::Credit, 40)];
        let parts = parts.map(|(place, minor)| UnspentPart { place, minor });
        let minors = |amount| shares(&parts, amount).iter().map(|part| part.minor).collect::<Vec<_>>();
        assert_eq!(
            [minors(10), minors(30), minors(45), minors(100)],
            [vec![10], vec![30], vec![30, 15], vec![30, 20, 40]]
        );
        let cover =
            |cards_minor, credit_minor, our_cost_minor| RefundCover { cards_minor, credit_minor, our_cost_minor };
        assert_eq!([RefundCover::of(&parts, 45), RefundCover::of(&parts, 60)], [cover(45, 0, 0), cover(50, 10, 0)]);
        assert_eq!([RefundCover::of(&parts, 100), RefundCover::of(&[], 7)], [cover(50, 40, 10), cover(0, 0, 7)]);
    }
}
