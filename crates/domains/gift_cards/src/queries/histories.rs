//! Compares the histories of cards with their accounts.

use database::Connection;

use crate::error::GiftCardsError;

/// Cards whose history does not add up, or differs from their account or their version, and accounts of cards that are not there. At most
/// 100.
pub async fn histories_off(connection: &mut Connection) -> Result<Vec<String>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"WITH step AS (
             SELECT card_id, number, change_minor, balance_minor, row_number() OVER running AS place,
               sum(change_minor) OVER running AS sum_minor
             FROM gift_card_entries WINDOW running AS (PARTITION BY card_id ORDER BY number)
           ), history AS (
             SELECT card_id, count(*) AS steps, sum(change_minor)::bigint AS sum_minor,
               min(number) FILTER (WHERE number <> place OR balance_minor <> sum_minor) AS first_off
             FROM step GROUP BY card_id
           )
           SELECT coalesce(c.id, a.owner_id) AS "id!", c.id IS NULL AS "is_gone!", h.first_off, h.sum_minor AS "sum_minor?",
             a.balance_minor AS "account_minor?"
           FROM gift_cards c LEFT JOIN history h ON h.card_id = c.id
           FULL JOIN (SELECT * FROM ledger_accounts WHERE kind = 'gift_card') a ON a.owner_id = c.id AND a.currency = c.currency
           WHERE h.first_off IS NOT NULL OR h.steps IS DISTINCT FROM c.version OR h.sum_minor IS DISTINCT FROM a.balance_minor
           ORDER BY 1 LIMIT 100"#
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            if row.is_gone {
                let said = row.account_minor.unwrap_or_default();
                let id = row.id;
                return format!(
                    "there is no gift card {id}, or none in this currency, but its account says {said}; \
                     see `stagedoor ledger statement gift_card:{id}`"
                );
            }
            let said = |minor: Option<i64>| minor.map_or("nothing".to_owned(), |minor| minor.to_string());
            let from = row.first_off.map(|number| format!(", and is wrong from step {number} on")).unwrap_or_default();
            format!(
                "the history of gift card {} adds up to {}, its account says {}{from}; see `stagedoor ledger statement gift_card:{}`",
                row.id,
                said(row.sum_minor),
                said(row.account_minor),
                row.id
            )
        })
        .collect())
}
