//! One role of the database migrates, another one serves and cannot change the schema.

use std::process::Output;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::program::{ProgramFolder, RunningServer, command, said};

const OWNER: &str = "site_owner";
const SERVING: &str = "site_serving";

/// Runs statements as somebody.
async fn run(url: &str, statements: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await?;
    connection.close().await
}

fn migration(folder: &ProgramFolder, url: &str, role: &str) -> Output {
    let mut migrate = command(&folder.0);
    migrate.arg("migrate").env("DATABASE_URL", url).env("STAGEDOOR_SERVING_ROLE", role);
    migrate.output().expect("the program runs")
}

fn migrate(folder: &ProgramFolder, url: &str) {
    let output = migration(folder, url, SERVING);
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test]
async fn a_role_that_cannot_change_the_schema_serves_after_another_has_migrated() {
    let folder = ProgramFolder::new("roles");
    // Holds the cluster, on a database of its own.
    let keeper = RunningServer::start(&folder.0, &[]);
    let admin = folder.database_url();
    for statement in [
        &format!("CREATE ROLE {OWNER} LOGIN"),
        &format!("CREATE ROLE {SERVING} LOGIN"),
        &format!("CREATE DATABASE site OWNER {OWNER}"),
    ] {
        run(&admin, statement).await.expect("roles and a database");
    }
    let url = |role: &str| {
        admin.replace("stagedoor@localhost", &format!("{role}@localhost")).replace("/stagedoor?", "/site?")
    };
    let (owner, serving) = (url(OWNER), url(SERVING));
    // As a database has it that was made by PostgreSQL 14.
    run(&owner, "GRANT CREATE ON SCHEMA public TO PUBLIC").await.expect("it is the owner's schema");
    let other = ProgramFolder::new("roles-beside");
    let environment = [("DATABASE_URL", &*serving), ("STAGEDOOR_MIGRATE", "never")];

    let mut early = command(&other.0);
    let early = early.arg("serve").env("STAGEDOOR_BIND", "127.0.0.1:0").envs(environment).output().expect("it runs");
    assert!(!early.status.success() && said(&early).contains("run `stagedoor migrate`"), "{}", said(&early));

    migrate(&other, &owner);
    let server = RunningServer::start(&other.0, &environment);
    for path in ["/", "/discover", "/api/categories"] {
        let answer = server.get(path).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    // What it does by itself: days of the log come and go, and jobs are written.
    let made = "SELECT make_day_of_facts('2031-02-03'); SELECT make_day_of_facts('2020-02-03'); SELECT drop_day_of_facts('2021-01-01')";
    run(&serving, made).await.expect("the functions have the owner's rights");
    run(&serving, "SELECT 1 FROM facts_20200203").await.expect_err("it was dropped");
    let kept =
        "SELECT make_day_of_facts(current_date - 399); SELECT 1 / (NOT drop_day_of_facts('2999-01-01'))::integer";
    run(&serving, kept).await.expect("the kept days are dropped for nobody");
    run(&serving, "DELETE FROM jobs").await.expect("rows are its to write");
    for forbidden in [
        "CREATE TABLE mine (id integer)",
        "ALTER TABLE bookings ADD COLUMN mine integer",
        "DROP TABLE facts_20310203",
        "TRUNCATE bookings",
        "UPDATE fact_retention SET days_kept = 1",
        "DELETE FROM _sqlx_migrations",
    ] {
        let refused = run(&serving, forbidden).await.expect_err(forbidden);
        let code = refused.as_database_error().and_then(|error| error.code()).expect("a refusal").into_owned();
        assert_eq!(code, "42501", "{forbidden}: {refused}");
    }

    let superuser = migration(&other, &owner, "stagedoor");
    assert!(!superuser.status.success() && said(&superuser).contains("no superuser"), "{}", said(&superuser));

    // A later migration's table is the owner's alone until `migrate` has run.
    run(&owner, "CREATE TABLE later (id serial PRIMARY KEY)").await.expect("it is the owner's schema");
    run(&serving, "INSERT INTO later DEFAULT VALUES").await.expect_err("not yet");
    migrate(&other, &owner);
    run(&serving, "INSERT INTO later DEFAULT VALUES").await.expect("now");
    assert!(!server.log().contains("permission denied"), "{}", server.log());
    assert!(server.interrupt() && keeper.interrupt(), "the end is clean");
}
