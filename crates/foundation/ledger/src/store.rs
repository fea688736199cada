//! Writes of the ledger, which is append-only.

use database::{Connection, Tx};
use kernel::{Chance, Instant, LedgerAccountId};
use uuid::Uuid;

use crate::{LedgerError, Posting, Transfer};

/// Posts transfers with one statement, and returns the ids of those that are new. A transfer that exists already stays unchanged;
/// if its id exists with other postings, nothing is posted and it is an error, as it is when a guarded account would fall below zero.
pub async fn post(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    transfers: &[Transfer],
) -> Result<Vec<Uuid>, LedgerError> {
    if transfers.is_empty() {
        return Ok(Vec::new());
    }
    let posted = insert(tx, chance, now, transfers).await?;
    // Whoever posted the same transfer at the same time has committed by now, because our insert waited for that.
    for transfer in transfers.iter().filter(|transfer| !posted.contains(&transfer.id())) {
        if !is_recorded(tx, transfer).await? {
            return Err(LedgerError::Mismatch { id: transfer.id() });
        }
    }
    Ok(posted)
}

/// Inserts the transfers that do not exist yet and returns their ids.
async fn insert(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    transfers: &[Transfer],
) -> Result<Vec<Uuid>, LedgerError> {
    let ids: Vec<Uuid> = transfers.iter().map(Transfer::id).collect();
    let templates: Vec<String> = transfers.iter().map(|one| one.template().to_owned()).collect();
    let subject_kinds: Vec<String> = transfers.iter().map(|one| one.subject().kind.to_owned()).collect();
    let subject_ids: Vec<Uuid> = transfers.iter().map(|one| one.subject().id).collect();
    let reference_kinds: Vec<Option<String>> =
        transfers.iter().map(|one| one.reference().map(|thing| thing.kind.to_owned())).collect();
    let reference_ids: Vec<Option<Uuid>> = transfers.iter().map(|one| one.reference().map(|thing| thing.id)).collect();
    let reverses: Vec<Option<Uuid>> = transfers.iter().map(Transfer::reverses).collect();
    let lines: Vec<(Uuid, i16, Posting)> = transfers
        .iter()
        .flat_map(|one| (1_i16..).zip(one.postings()).map(|(position, line)| (one.id(), position, *line)))
        .collect();
    let of_transfers: Vec<Uuid> = lines.iter().map(|(id, ..)| *id).collect();
    let positions: Vec<i16> = lines.iter().map(|(_, position, _)| *position).collect();
    let kinds: Vec<String> = lines.iter().map(|(.., line)| line.account.kind.to_owned()).collect();
    let owners: Vec<Uuid> = lines.iter().map(|(.., line)| line.account.owner).collect();
    let currencies: Vec<String> = lines.iter().map(|(.., line)| line.amount.currency.code().to_owned()).collect();
    let amounts: Vec<i64> = lines.iter().map(|(.., line)| line.amount.amount_minor).collect();
    let fresh_accounts: Vec<Uuid> = lines.iter().map(|_| LedgerAccountId::new(chance, now).0).collect();
    let posted = sqlx::query_file_scalar!(
        "sql/post_transfers.sql",
        now,
        &ids,
        &templates,
        &subject_kinds,
        &subject_ids,
        &reference_kinds as &[Option<String>],
        &reference_ids as &[Option<Uuid>],
        &reverses as &[Option<Uuid>],
        &of_transfers,
        &positions,
        &kinds,
        &owners,
        &currencies,
        &amounts,
        &fresh_accounts
    );
    posted.fetch_all(&mut **tx).await.map_err(|error| {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("ledger_accounts_covered") => LedgerError::Overdrawn,
            Some("ledger_transfers_reverses_id_key") => LedgerError::Reversed,
            _ => error.into(),
        }
    })
}

/// Whether exactly this transfer is stored under its id.
async fn is_recorded(connection: &mut Connection, transfer: &Transfer) -> Result<bool, LedgerError> {
    let rows = sqlx::query!(
        "SELECT t.template, a.kind, a.owner_id, p.currency, p.amount_minor
         FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id
         JOIN ledger_accounts a ON a.id = p.account_id WHERE t.id = $1",
        transfer.id()
    )
    .fetch_all(connection)
    .await?;
    let mut stands: Vec<(String, Uuid, String, i64)> = Vec::new();
    for row in rows {
        if row.template != transfer.template() {
            return Ok(false);
        }
        stands.push((row.kind, row.owner_id, row.currency, row.amount_minor));
    }
    let mut wanted: Vec<(String, Uuid, String, i64)> = transfer
        .postings()
        .iter()
        .map(|Posting { account, amount }| {
            (account.kind.to_owned(), account.owner, amount.currency.code().to_owned(), amount.amount_minor)
        })
        .collect();
    stands.sort();
    wanted.sort();
    Ok(stands == wanted)
}
