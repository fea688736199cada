//! Repairs the log after the database was moved to another server, for example by restoring a backup.

use crate::{Connection, Database, bulk};

/// Makes the log readable on a server whose transaction ids are lower than those stored in the log.
///
/// Cursors compare transaction ids, and each server counts its own, so new facts would sort before the cursors. Unread facts
/// are therefore parked for each consumer, and cursors restart after all existing facts. Must run before anything writes.
pub async fn settle_after_move(database: &Database) -> Result<(), sqlx::Error> {
    if !is_moved(&mut *database.acquire().await?).await? {
        return Ok(());
    }
    let mut tx = bulk::begin(database).await?;
    bulk::lock(&mut tx, "facts were moved").await?;
    // Several servers may start at once: the first one does this and may write new facts before the others get the lock.
    if !is_moved(&mut tx).await? {
        return tx.rollback().await;
    }
    sqlx::query!(
        "INSERT INTO parked_facts (consumer, id, topic, version, subject_id, payload, occurred_at, reason, parked_at)
         SELECT consumer, id, topic, version, subject_id, payload, occurred_at, 'the database was moved before it was read', occurred_at
         FROM fact_cursors JOIN facts ON (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
         ON CONFLICT DO NOTHING"
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("UPDATE facts SET xid = '0' WHERE xid <> '0'").execute(&mut *tx).await?;
    sqlx::query!("UPDATE fact_cursors SET xid = '0', position = (SELECT last_value FROM facts_position)")
        .execute(&mut *tx)
        .await?;
    sqlx::query!("UPDATE fact_log SET closed_xid = '0', closed_position = (SELECT last_value FROM facts_position)")
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    tracing::warn!(
        "the database was moved from another server: facts that were not read yet are parked, and taken up beside new ones"
    );
    Ok(())
}

/// Whether the log contains transaction ids that this server has not reached yet.
async fn is_moved(connection: &mut Connection) -> Result<bool, sqlx::Error> {
    let is_moved = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM fact_cursors WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
               OR EXISTS (SELECT FROM facts WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) AS "is_moved!""#
    );
    is_moved.fetch_one(connection).await
}
