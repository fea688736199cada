//! Reads the next facts of one consumer, in the transaction that moves its cursor.

use chrono::NaiveDate;
use kernel::{Causes, FactId, Instant};
use serde_json::value::RawValue;
use sqlx::types::Json;

use super::{Consumer, Event, Fact, parked};
use crate::{Database, Tx};

/// The most facts read in one transaction.
pub(super) const BATCH: i64 = 500;

/// A fact with its position in the log.
struct LoggedFact {
    xid: String,
    position: i64,
    fact: Fact,
}

/// Consumes the next facts and returns their number; zero while another server reads for this consumer.
pub(super) async fn read_on<C: Consumer>(
    database: &Database,
    context: &C::Context,
    now: Instant,
) -> Result<usize, C::Error> {
    let mut tx = database.begin().await?;
    let Some(from) = lock_cursor(&mut tx, C::NAME).await? else {
        tx.rollback().await?;
        return Ok(0);
    };
    let mut facts = next(&mut tx, C::NAME, from).await?;
    if let Some(last) = facts.last() {
        move_cursor(&mut tx, C::NAME, last).await?;
    }
    // By position: if one writer waited for another, this is the order in which they wrote.
    facts.sort_by_key(|placed| placed.position);
    for LoggedFact { fact, .. } in &facts {
        if !C::Event::covers(&fact.topic) {
            continue;
        }
        match fact.event::<C::Event>() {
            Ok(event) => C::consume(context, &mut tx, fact, event).await?,
            Err(unreadable) => {
                let reason = Causes(&unreadable).to_string();
                tracing::error!(consumer = C::NAME, id = %fact.id, fact.topic, reason, "a fact cannot be read and was parked");
                parked::park(&mut tx, C::NAME, fact, &reason, now).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(facts.len())
}

/// Locks the consumer's cursor until the transaction ends and returns the first day that can have unread facts. `None` if another server
/// holds the lock: it is reading for this consumer, so there is nothing to wait for.
async fn lock_cursor(tx: &mut Tx, consumer: &str) -> Result<Option<NaiveDate>, sqlx::Error> {
    let locked = sqlx::query_scalar!(
        r#"SELECT facts_from(ARRAY[consumer]) AS "from!" FROM fact_cursors WHERE consumer = $1 FOR UPDATE SKIP LOCKED"#,
        consumer
    );
    locked.fetch_optional(&mut **tx).await
}

/// The next facts, ordered by the writing transaction's id and then by position.
///
/// Every transaction below the oldest running one has ended, so no fact can be added to
/// this range later. A slow transaction therefore cannot commit a fact behind the cursor.
async fn next(tx: &mut Tx, consumer: &str, from: NaiveDate) -> Result<Vec<LoggedFact>, sqlx::Error> {
    // A cached generic plan, made when the log was empty, would scan the whole log and lock the partition of every day.
    sqlx::query!("SET LOCAL plan_cache_mode = force_custom_plan").execute(&mut **tx).await?;
    let rows = sqlx::query!(
        r#"SELECT xid::text AS "xid!", position, id AS "id: FactId", topic, version, subject_id,
             payload AS "payload: Json<Box<RawValue>>", occurred_at
           FROM facts
           WHERE (xid, position) > ((SELECT xid FROM fact_cursors WHERE consumer = $1),
                                    (SELECT position FROM fact_cursors WHERE consumer = $1))
             AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND day >= $3
           ORDER BY xid, position LIMIT $2"#,
        consumer,
        BATCH,
        from
    );
    let rows = rows.fetch_all(&mut **tx).await?.into_iter().map(|row| LoggedFact {
        xid: row.xid,
        position: row.position,
        fact: Fact {
            id: row.id,
            topic: row.topic,
            version: row.version,
            subject_id: row.subject_id,
            payload: row.payload,
            occurred_at: row.occurred_at,
        },
    });
    Ok(rows.collect())
}

async fn move_cursor(tx: &mut Tx, consumer: &str, last: &LoggedFact) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE fact_cursors SET xid = $2::text::xid8, position = $3 WHERE consumer = $1",
        consumer,
        last.xid,
        last.position
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The names of consumers that have facts to read now, including consumers that this release does not know.
pub(super) async fn with_news(database: &Database) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = database.acquire().await?;
    let from = sqlx::query_scalar!(r#"SELECT facts_from((SELECT array_agg(consumer) FROM fact_cursors)) AS "from!""#)
        .fetch_one(&mut *connection)
        .await?;
    // Planned each time with this day as a value, so that partitions of closed days are neither locked nor scanned.
    let consumers = sqlx::query_scalar(
        "SELECT consumer FROM fact_cursors
         CROSS JOIN LATERAL (SELECT FROM facts WHERE (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
                               AND facts.xid < pg_snapshot_xmin(pg_current_snapshot()) AND day >= $1
                             ORDER BY facts.xid, facts.position LIMIT 1) AS next",
    );
    consumers.bind(from).persistent(false).fetch_all(&mut *connection).await
}

/// Whether any of these consumers has unread facts, including those that must wait for a running transaction.
pub(super) async fn has_unread(database: &Database, consumers: &[String]) -> Result<bool, sqlx::Error> {
    let unread = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM fact_cursors JOIN facts ON (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
             WHERE consumer = ANY($1) AND day >= facts_from($1)) AS "unread!""#,
        consumers
    );
    unread.fetch_one(database.pool()).await
}

/// Creates missing cursors. A new consumer starts with facts that are written from now on.
pub(super) async fn begin(database: &Database, consumers: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO fact_cursors (consumer, xid, position)
         SELECT consumer, pg_snapshot_xmin(pg_current_snapshot()), 0 FROM unnest($1::text[]) AS consumer ON CONFLICT DO NOTHING",
        consumers
    )
    .execute(database.pool())
    .await?;
    Ok(())
}
