//! Servers that start at once bring an empty database up to date together.

use database::testing::TestDatabase;
use database::{Database, DatabaseConfig, migrations};

#[tokio::test]
async fn several_servers_start_on_an_empty_database() {
    // A schema of the test's own, emptied: the test's tables were made without the migrator.
    let test = TestDatabase::new().await;
    let schema = test.config().schema.expect("a test has a schema");
    let statements = format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(test.database.pool()).await.expect("it is emptied");

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
