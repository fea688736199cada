//! The check of guarded accounts: the balance that one carries is what its postings add up to and what the last of them says, and their
//! versions have no gaps.

use database::Connection;

use crate::LedgerError;

/// Every guarded account that differs from its postings, with the first posting after which it does.
pub(super) async fn off(connection: &mut Connection) -> Result<Vec<String>, LedgerError> {
    let rows = sqlx::query!(
        r#"WITH line AS (
             SELECT p.account_id, p.transfer_id, p.version, p.balance_minor, a.version AS account_version,
               a.balance_minor AS account_minor, row_number() OVER running AS place,
               sum(CASE k.normal_side WHEN 'debit' THEN p.amount_minor ELSE -p.amount_minor END) OVER running AS sum_minor,
               lead(p.account_id) OVER running IS NULL AS is_last
             FROM ledger_account_kinds k JOIN ledger_accounts a ON a.kind = k.kind JOIN ledger_postings p ON p.account_id = a.id
             WHERE k.is_guarded WINDOW running AS (PARTITION BY p.account_id ORDER BY p.version, p.transfer_id, p.position)
           ), off AS (
             SELECT DISTINCT ON (account_id) account_id, transfer_id, sum_minor, balance_minor, account_minor FROM line
             WHERE version IS DISTINCT FROM place OR balance_minor IS DISTINCT FROM sum_minor
                OR (is_last AND (account_version IS DISTINCT FROM place OR account_minor IS DISTINCT FROM sum_minor))
             ORDER BY account_id, place
           )
           SELECT a.kind, a.owner_id, a.currency, off.transfer_id, off.sum_minor::bigint AS "sum_minor!", off.balance_minor,
             off.account_minor
           FROM off JOIN ledger_accounts a ON a.id = off.account_id LIMIT 100"#
    );
    let rows = rows.fetch_all(&mut *connection).await?;
    let mut faults: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let said = |minor: Option<i64>| minor.map_or("nothing".to_owned(), |minor| minor.to_string());
            format!(
                "{} of {} in {} differs from its postings: after transfer {} they add up to {}, the posting says {} and the account {}; \
                 see `stagedoor ledger statement {}:{}`",
                row.kind,
                row.owner_id,
                row.currency,
                row.transfer_id,
                row.sum_minor,
                said(row.balance_minor),
                said(row.account_minor),
                row.kind,
                row.owner_id
            )
        })
        .collect();
    faults.extend(without_postings(connection).await?);
    Ok(faults)
}

/// Guarded accounts that carry a balance that nothing was posted for.
async fn without_postings(connection: &mut Connection) -> Result<Vec<String>, LedgerError> {
    let rows = sqlx::query!(
        r#"SELECT a.kind, a.owner_id, a.currency, a.balance_minor FROM ledger_accounts a JOIN ledger_account_kinds k ON k.kind = a.kind
           WHERE k.is_guarded AND (a.balance_minor IS DISTINCT FROM 0 OR a.version IS DISTINCT FROM 0)
             AND NOT EXISTS (SELECT FROM ledger_postings p WHERE p.account_id = a.id) LIMIT 100"#
    );
    let rows = rows.fetch_all(connection).await?;
    let line = |kind, owner, currency, minor: Option<i64>| {
        format!("{kind} of {owner} in {currency} carries a balance of {minor:?} although nothing was posted to it")
    };
    Ok(rows.into_iter().map(|row| line(row.kind, row.owner_id, row.currency, row.balance_minor)).collect())
}
