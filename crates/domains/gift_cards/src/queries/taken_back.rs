//! Reads of what was taken of cards and credit for a bank.

use database::Connection;
use kernel::{GiftCardId, PersonId};
use ledger::Account;

use crate::error::GiftCardsError;

/// What was taken for a bank, by what it was taken of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenForBank {
    pub cards: Vec<(GiftCardId, i64)>,
    pub credit: Vec<(PersonId, i64)>,
}

/// What was taken of cards and of credit to an account, in the order of their ids.
pub async fn taken_for_bank(connection: &mut Connection, to: Account) -> Result<TakenForBank, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT t.subject_id AS "subject_id!", t.template = 'gift_card_charged_back' AS "is_card!",
             -sum(p.amount_minor)::bigint AS "minor!"
           FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_transfers t ON t.id = p.transfer_id
           WHERE a.kind = $1 AND a.owner_id = $2 AND t.template IN ('gift_card_charged_back', 'credit_charged_back')
           GROUP BY t.subject_id, 2 ORDER BY t.subject_id"#,
        to.kind,
        to.owner
    );
    let mut taken = TakenForBank::default();
    for row in rows.fetch_all(connection).await? {
        if row.is_card {
            taken.cards.push((GiftCardId(row.subject_id), row.minor));
        } else {
            taken.credit.push((PersonId(row.subject_id), row.minor));
        }
    }
    Ok(taken)
}
