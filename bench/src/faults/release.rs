//! An upgrade under load, and the way back: two releases beside each other on the newer one's schema.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use sqlx::raw_sql;

use crate::faults::arena::{Arena, Printing};
use crate::faults::outcome::Outcome;

/// What a later release adds: a column, a table, a kind of job and a topic of facts that this one does not know.
const EXPAND: &str = "
    SET lock_timeout = '1s';
    ALTER TABLE bookings ADD COLUMN of_a_later_release text;
    CREATE TABLE of_a_later_release (id uuid PRIMARY KEY);
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
      VALUES (99991231000001, 'of a later release', true, 'x', 1);
    INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at, is_hidden, lease_until)
      SELECT gen_random_uuid(), 'teleport', '{}', 'teleport/1', created_at, created_at, true, 'infinity' FROM installation LIMIT 1;
    SELECT append_facts(ARRAY[gen_random_uuid()], ARRAY['booking.teleported'], ARRAY[2::smallint], ARRAY[gen_random_uuid()],
      ARRAY['{}'::jsonb], created_at) FROM installation LIMIT 1;";
const FORBID: &str = "UPDATE installation SET value = '99991231000001' WHERE name = 'oldest_program'";
/// Undoes that, so that the database is as if the later release had never been there.
const CONTRACT: &str = "
    SET lock_timeout = '1s';
    UPDATE installation SET value = '20261201000301' WHERE name = 'oldest_program';
    DELETE FROM _sqlx_migrations WHERE version = 99991231000001;
    DROP TABLE of_a_later_release;
    ALTER TABLE bookings DROP COLUMN of_a_later_release;
    DELETE FROM jobs WHERE kind = 'teleport';
    DELETE FROM parked_facts WHERE topic = 'booking.teleported';";

/// The previous release serves; a later one migrates and takes over; then it goes back. Both serve for a moment each time.
pub async fn upgrade_and_back(
    arena: &mut Arena<'_>,
    name: &'static str,
    previous: Option<&Path>,
) -> anyhow::Result<Outcome> {
    let ours = arena.program().to_owned();
    let previous = previous.unwrap_or(&ours).to_owned();
    arena.stop(0).await?;
    arena.start_program(&previous, 0, &[], Printing::ToFile).await?;
    let load = arena.load(name, 2).await?;
    run(arena, EXPAND).await?;
    arena.start(1, &[], Printing::ToFile).await?;
    arena.stop(0).await?;
    ensure!(load.more(6, std::time::Duration::from_secs(30)).await, "the later release does not serve alone");
    let back = Instant::now();
    arena.start_program(&previous, 0, &[], Printing::ToFile).await?;
    arena.stop(1).await?;
    let mut outcome = arena.judge(name, load, back).await?;
    run(arena, FORBID).await?;
    let refused = arena.command(&previous, 1, &[]).output()?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(!refused.status.success() && said.contains("a newer release has changed the database"), "it said: {said}");
    run(arena, CONTRACT).await?;
    outcome.note = "two releases beside each other; a forbidden one refuses to start".to_owned();
    Ok(outcome)
}

/// Runs statements of a migration, and again as long as tables are in use.
async fn run(arena: &Arena<'_>, statements: &'static str) -> anyhow::Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match raw_sql(statements).execute(arena.database.pool()).await {
            Err(error) if database::is_lock_timeout(&error) && tries < 20 => {}
            done => {
                done?;
                return Ok(());
            }
        }
    }
}
