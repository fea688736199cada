//! What became of somebody's credit: each step with the balance after it, from the postings of its account.

use database::Connection;
use kernel::{
    BookingId, Currency, GiftCardId, GiftCardOrderId, Instant, Money, Page, PageRequest, PersonId, closed_set,
};

use crate::error::OverviewError;

closed_set! {
    /// A step of somebody's credit.
    CreditStepKind {
        /// A refund of what was paid another way, which they wanted as credit.
        Kept = "kept",
        /// Value of a gift card that they turned into credit.
        Redeemed = "redeemed",
        /// Set aside for a payment that is under way.
        Held = "held",
        /// That payment came to nothing.
        Released = "released",
        /// Set aside for a payment, which was completed.
        Spent = "spent",
        /// Credit that came back from a booking that it had paid for.
        Refunded = "refunded",
        /// A bank took back the payment that it came from.
        ChargedBack = "charged_back",
        /// The price of the card that it came from was paid back.
        Reclaimed = "reclaimed",
        /// That bank gave the payment back.
        Restored = "restored",
        /// Anything else, such as a mistake that was taken back.
        Corrected = "corrected",
    }
}

impl CreditStepKind {
    /// What a posting of a transfer from this template is to its owner.
    fn of(template: &str, is_spent: bool) -> Self {
        match template {
            "refund_kept" => Self::Kept,
            "gift_card_redeemed" => Self::Redeemed,
            "credit_held" if is_spent => Self::Spent,
            "credit_held" => Self::Held,
            "credit_released" => Self::Released,
            "credit_refunded" => Self::Refunded,
            "credit_charged_back" => Self::ChargedBack,
            "credit_restored" => Self::Restored,
            "credit_reclaimed" => Self::Reclaimed,
            _ => Self::Corrected,
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditStep {
    /// Counted from 1, without gaps.
    pub number: i64,
    pub kind: CreditStepKind,
    pub change: Money,
    /// What there was after it.
    pub balance: Money,
    pub at: Instant,
    /// The booking that it paid for or came from, with what people call it.
    pub booking: Option<(BookingId, String)>,
    /// The purchase whose payment a bank took back, or whose price was paid back.
    pub order: Option<GiftCardOrderId>,
    /// The card that it came from, with the end of its code.
    pub card: Option<(GiftCardId, Option<String>)>,
}

/// A page of what became of somebody's credit in a currency, oldest step first.
pub async fn history(
    connection: &mut Connection,
    person: PersonId,
    currency: Currency,
    page: &PageRequest,
) -> Result<Page<CreditStep>, OverviewError> {
    let after: i64 = match &page.cursor {
        Some(cursor) => cursor.decode().map_err(|_| OverviewError::BadCursor)?,
        None => 0,
    };
    let rows = sqlx::query_file!("sql/credit_steps.sql", person.0, currency.code(), after, i64::from(page.limit) + 1);
    let steps = rows.fetch_all(connection).await?.into_iter().map(|row| CreditStep {
        number: row.number,
        kind: CreditStepKind::of(&row.template, row.is_spent),
        change: Money::new(row.change_minor, currency),
        balance: Money::new(row.balance_minor, currency),
        at: row.occurred_at,
        booking: row.booking_id.zip(row.reference),
        order: row.order_id,
        card: row.card_id.map(|id| (id, row.last_group)),
    });
    Ok(Page::from_rows(steps.collect(), page.limit, |step| step.number))
}

/// What somebody has of credit, by currency; currencies of which all was spent too.
pub async fn accounts(connection: &mut Connection, person: PersonId) -> Result<Vec<Money>, OverviewError> {
    let rows = sqlx::query!(
        r#"SELECT currency AS "currency: Currency", balance_minor AS "balance_minor!" FROM ledger_accounts
           WHERE kind = 'customer_credit' AND owner_id = $1 ORDER BY currency"#,
        person.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| Money::new(row.balance_minor, row.currency)).collect())
}
