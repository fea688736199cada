//! Servers that start at once bring an empty database up to date together, wait for nobody's table for long, and know when they must not
//! run on a schema.

use std::time::Duration;

use database::migrations::SchemaError;
use database::testing::TestDatabase;
use database::{Database, DatabaseConfig, migrations};
use sqlx::Connection as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnectOptions;

/// A schema of the test's own, emptied: the test's tables were made without the migrator.
async fn emptied() -> TestDatabase {
    let test = TestDatabase::new().await;
    let schema = test.config().schema.expect("a test has a schema");
    let statements = format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(test.database.pool()).await.expect("it is emptied");
    test
}

async fn migrated() -> TestDatabase {
    let test = emptied().await;
    migrations::migrate(&test.database).await.expect("the schema is up to date");
    test
}

async fn change(test: &TestDatabase, statements: &'static str) {
    sqlx::raw_sql(statements).execute(test.database.pool()).await.expect("it is changed");
}

async fn check(test: &TestDatabase) -> Result<(), SchemaError> {
    migrations::check(&mut test.database.acquire().await.expect("a connection")).await
}

#[tokio::test]
async fn several_servers_start_on_an_empty_database() {
    let test = emptied().await;
    let config = || DatabaseConfig { connections_max: 2, ..test.config() };
    let mut servers = Vec::new();
    for _ in 0..4 {
        servers.push(Database::connect(&config()).await.expect("connects"));
    }
    let [one, two, three, four] = [0, 1, 2, 3].map(|index: usize| migrations::migrate(&servers[index]));
    let (one, two, three, four) = tokio::join!(one, two, three, four);
    for migrated in [one, two, three, four] {
        migrated.expect("the schema is up to date");
    }
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .fetch_one(servers[0].pool())
        .await
        .expect("counts");
    assert_eq!(usize::try_from(applied).ok(), Some(migrations::statements().count()));
    let patience: String =
        sqlx::query_scalar("SHOW statement_timeout").fetch_one(servers[0].pool()).await.expect("shows");
    assert_eq!(patience, "5s", "what a migration may take is not for requests");
}

#[tokio::test]
async fn a_migration_behind_a_long_reader_stops_nobody() {
    let test = migrated().await;
    // As before the migration that takes a column away.
    change(&test, "ALTER TABLE celebrities ADD COLUMN search_text text").await;
    change(&test, "DELETE FROM _sqlx_migrations WHERE version = 20261130000302").await;
    let mut reader = test.database.begin().await.expect("begins");
    sqlx::query("SELECT count(*) FROM celebrities").execute(&mut *reader).await.expect("reads");

    let second = Database::connect(&test.config()).await.expect("connects");
    let migrating = tokio::spawn(async move { migrations::migrate(&second).await });
    // Longer than a request waits for a lock. Each of these comes behind the migration, while it waits.
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        sqlx::query("SELECT count(*) FROM celebrities").execute(test.database.pool()).await.expect("the site goes on");
        sqlx::query("SELECT 1").execute(&mut *reader).await.expect("it reads on");
    }
    assert!(!migrating.is_finished(), "it cannot be done while somebody reads");
    reader.commit().await.expect("ends");
    migrating.await.expect("it does not panic").expect("it is done once the reader has ended");
    check(&test).await.expect("nothing is missing");
}

#[tokio::test]
async fn migrations_of_a_later_release_are_tolerated_unless_they_forbid_it() {
    let test = migrated().await;
    change(
        &test,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99991231000001, 'of a later release', true, 'x', 1)",
    )
    .await;
    migrations::migrate(&test.database).await.expect("it only adds something");
    check(&test).await.expect("it only adds something");

    change(&test, "UPDATE installation SET value = '99991231000001' WHERE name = 'oldest_program'").await;
    for refused in [migrations::migrate(&test.database).await, check(&test).await] {
        assert!(matches!(refused, Err(SchemaError::TooNew { needed: 99_991_231_000_001 })), "{refused:?}");
    }
}

/// Each says what happened and what to do.
#[tokio::test]
async fn what_keeps_the_schema_from_being_brought_up_to_date_is_told_with_the_next_step() {
    let test = migrated().await;
    change(&test, "UPDATE _sqlx_migrations SET checksum = 'edited' WHERE version = 20261123000001").await;
    let refused = migrations::migrate(&test.database).await.expect_err("it was edited").to_string();
    for said in ["migration 20261123000001 was changed", "start the release that applied it", "a new migration"] {
        assert!(refused.contains(said), "{refused}");
    }

    let failed = async |statement: &'static str| {
        let error = sqlx::raw_sql(statement).execute(test.database.pool()).await.expect_err("it cannot be done");
        SchemaError::from(sqlx::migrate::MigrateError::ExecuteMigration(error, 20_261_123_000_001))
    };
    let lacking = failed("CREATE EXTENSION stagedoor_no_such_module").await;
    assert!(matches!(lacking, SchemaError::ExtensionMissing { .. }), "{lacking:?}");
    assert!(lacking.to_string().contains("install its additional modules"), "{lacking}");
    let forbidden = failed("SET ROLE pg_monitor; CREATE TABLE taken (id integer)").await;
    assert!(matches!(forbidden, SchemaError::NotOwner { .. }), "{forbidden:?}");
    let other = failed("SELECT 1 / 0").await;
    assert!(matches!(other, SchemaError::Migration(_)) && other.to_string().contains("mend what is said"), "{other}");
}

#[tokio::test]
async fn a_command_that_changes_nothing_misses_what_was_not_migrated() {
    let empty = emptied().await;
    assert!(matches!(check(&empty).await, Err(SchemaError::TooOld { missing: 20_261_123_000_001 })));
    assert!(migrations::is_empty(&mut empty.database.acquire().await.expect("a connection")).await.expect("looks"));
    let test = migrated().await;
    change(&test, "DELETE FROM _sqlx_migrations WHERE version = 20261127000002").await;
    assert!(matches!(check(&test).await, Err(SchemaError::TooOld { missing: 20_261_127_000_002 })));
}

#[tokio::test]
async fn a_file_outside_of_transactions_moves_rows_in_batches() {
    let test = TestDatabase::new().await;
    change(
        &test,
        "CREATE TABLE rows (id integer PRIMARY KEY, words text); INSERT INTO rows SELECT generate_series(1, 2500)",
    )
    .await;
    // As `migrations/README.md` says.
    let statements = "-- no-transaction
        DO $$
        DECLARE moved integer;
        BEGIN
          LOOP
            UPDATE rows SET words = id::text WHERE id IN (SELECT id FROM rows WHERE words IS NULL LIMIT 1000 FOR UPDATE);
            GET DIAGNOSTICS moved = ROW_COUNT;
            COMMIT;
            EXIT WHEN moved = 0;
          END LOOP;
        END $$;";
    let file =
        Migration::new(1, "move rows".into(), MigrationType::Simple, sqlx::SqlStr::from_static(statements), true);
    let migrator = Migrator::with_migrations(vec![file]);
    let mut connection = sqlx::PgConnection::connect_with(&options(&test)).await.expect("connects");
    migrator.run_direct(None, &mut connection, false).await.expect("it can commit within");
    let batches: (i64, i64) = sqlx::query_as("SELECT count(words), count(DISTINCT xmin::text) FROM rows")
        .fetch_one(test.database.pool())
        .await
        .expect("counts");
    assert_eq!(batches, (2_500, 3));
}

/// A connection of the driver's own, which migrations use.
fn options(test: &TestDatabase) -> PgConnectOptions {
    let config = test.config();
    let options: PgConnectOptions = config.url.expose().parse().expect("an address");
    options.options([("search_path", format!("{},public", config.schema.expect("a test has a schema")))])
}
