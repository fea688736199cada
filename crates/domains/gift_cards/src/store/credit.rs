//! Credit: locked, and what was taken back of it.

use database::Tx;
use kernel::{Currency, PersonId};
use uuid::Uuid;

use crate::error::GiftCardsError;

/// Locks the credit of people in a currency until the transaction ends, in the order in which postings lock accounts, and says how much
/// each has. Those who never had any are left out.
pub(crate) async fn lock_all(
    tx: &mut Tx,
    people: &[PersonId],
    currency: Currency,
) -> Result<Vec<(PersonId, i64)>, GiftCardsError> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let rows = sqlx::query!(
        r#"SELECT owner_id AS "person: PersonId", balance_minor AS "minor!" FROM ledger_accounts
           WHERE kind = 'customer_credit' AND owner_id = ANY($1) AND currency = $2 ORDER BY id FOR UPDATE"#,
        &ids,
        currency.code()
    );
    Ok(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (row.person, row.minor)).collect())
}

/// What transfers of these templates have taken of people's credit for legs or purchases, and not given back.
pub(crate) async fn taken(
    tx: &mut Tx,
    templates: &[&str],
    people: &[PersonId],
    currency: Currency,
    about: &[Uuid],
) -> Result<Vec<(PersonId, i64)>, GiftCardsError> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let templates: Vec<String> = templates.iter().map(|template| (*template).to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT a.owner_id AS "person: PersonId", sum(p.amount_minor)::bigint AS "minor!"
           FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id JOIN ledger_accounts a ON a.id = p.account_id
           WHERE t.subject_id = ANY($2) AND t.template = ANY($1) AND t.reference_id = ANY($4)
             AND a.kind = 'customer_credit' AND a.currency = $3
           GROUP BY a.owner_id"#,
        &templates,
        &ids,
        currency.code(),
        about
    );
    Ok(rows.fetch_all(&mut **tx).await?.into_iter().map(|row| (row.person, row.minor)).collect())
}
