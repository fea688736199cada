//! A backup contains the whole site and can be restored completely.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cluster::Cluster;
use sqlx::{Connection as _, PgConnection};

use crate::program::{ProgramFolder, RunningServer, command, run, said};

const SECRET: &str = "b1946ac92492d2347c6235b4d2611184";

/// The name of each table, the number of its rows and a digest of them. The digest of a fact leaves out `xid`, which counts the
/// transactions of its server.
fn tables(folder: &ProgramFolder) -> Vec<String> {
    let each = folder.query(
        "SELECT string_agg(format('SELECT %L, count(*), md5(coalesce(string_agg((to_jsonb(t) - ''xid'')::text, ''|''
           ORDER BY (to_jsonb(t) - ''xid'')::text), '''')) FROM %I t', tablename, tablename), ' UNION ALL ')
         FROM pg_tables WHERE schemaname = 'public'",
    );
    let mut tables: Vec<String> = folder.query(&each).lines().map(str::to_owned).collect();
    tables.sort_unstable();
    tables
}

#[test]
fn a_backup_is_restored_completely_and_only_into_an_empty_database() {
    let (site, other) = (ProgramFolder::new("site"), ProgramFolder::new("other"));
    let file = site.0.join("site.backup");
    let file = file.to_str().expect("a plain path");
    let loaded = run(&site.0, &["demo", "--size", "lite"]);
    assert!(loaded.status.success(), "{}", said(&loaded));
    let books = run(&site.0, &["ledger", "check"]);
    let dead = run(&site.0, &["jobs", "dead"]);
    assert!(dead.status.success() && said(&dead).contains("No job was given up."), "{}", said(&dead));
    let nobody = run(&site.0, &["jobs", "retry", "01939c6e-0000-7000-8000-000000000000"]);
    assert!(!nobody.status.success() && said(&nobody).contains("is not there"), "{}", said(&nobody));
    let all = run(&site.0, &["jobs", "retry", "--all", "--kind", "send_mail"]);
    assert!(all.status.success() && said(&all).contains("0 will run again"), "{}", said(&all));
    let parked = run(&site.0, &["facts", "parked"]);
    assert!(parked.status.success() && said(&parked).contains("No fact is parked."), "{}", said(&parked));
    let consumed = run(&site.0, &["facts", "retry"]);
    assert!(consumed.status.success() && said(&consumed).contains("0 were consumed."), "{}", said(&consumed));
    let written = run(&site.0, &["backup", file]);
    assert!(written.status.success(), "{}", said(&written));

    let mode = std::fs::metadata(file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can read it: {mode:o}");
    let refused = run(&site.0, &["restore", file]);
    assert!(
        !refused.status.success() && said(&refused).contains("restore into one that is empty"),
        "{}",
        said(&refused)
    );

    let restored = run(&other.0, &["restore", file]);
    assert!(restored.status.success(), "{}", said(&restored));
    let kept = tables(&site);
    assert!(
        kept.len() > 40 && kept.iter().any(|table| table.starts_with("ledger_postings|") && !table.contains("|0|"))
    );
    assert_eq!(tables(&other), kept);
    let open = "SELECT count(*) FROM pg_proc WHERE prosecdef AND has_function_privilege('public', oid, 'EXECUTE')";
    assert_eq!(other.query(open), "0\n", "what has the owner's rights was taken from everybody");
    let same = run(&other.0, &["ledger", "check"]);
    assert!(same.status.success() && books.status.success());
    assert_eq!(said(&same), said(&books));

    // The secret came with it, or no password would be right.
    let server = RunningServer::start(&other.0, &[]);
    let login = r#"{"email": "customer@demo.stagedoor.test", "password": "stage-door-demo"}"#;
    let signed_in = server.post("/api/auth/login", "", login).expect("it answers");
    assert!(signed_in.starts_with("HTTP/1.1 200") && signed_in.contains("access_token"), "{signed_in}");
    assert!(server.interrupt(), "the end is clean");

    std::fs::write(file, "not a backup").expect("writes");
    let broken = run(&ProgramFolder::new("third").0, &["restore", file]);
    assert!(!broken.status.success() && said(&broken).contains("pg_restore failed"), "{}", said(&broken));
}

#[test]
fn a_backup_that_fails_leaves_nothing_and_what_would_break_a_server_keeps_away_from_it() {
    let folder = ProgramFolder::new("beside");
    let server = RunningServer::start(&folder.0, &[]);
    let url = folder.database_url();
    // A folder of their own, in which these commands would start a cluster if they did not use the server's database.
    let other = ProgramFolder::new("beside-commands");
    let run = |url: &str, arguments: &[&str]| {
        let mut command = command(&other.0);
        command.args(arguments).env("DATABASE_URL", url).env("STAGEDOOR_SECRET", SECRET);
        command.output().expect("the program runs")
    };
    let file = other.0.join("site.backup");
    let file = file.to_str().expect("a plain path");
    let written = run(&url, &["backup", file]);
    assert!(written.status.success(), "{}", said(&written));

    for words in [&["restore", file][..], &["demo", "remove"], &["secret", "adopt"]] {
        let refused = run(&url, words);
        assert!(!refused.status.success() && said(&refused).contains("stop it first"), "{words:?}: {}", said(&refused));
    }
    let closed = run(&url, &["demo", "close"]);
    assert!(closed.status.success(), "what breaks nothing is done beside it: {}", said(&closed));
    assert!(server.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")), "it goes on");

    // The connection of the program succeeds and that of `pg_dump` fails.
    let failing = format!("{url}&application_name=x&connect_timeout=nonsense");
    let failed = run(&failing, &["backup", &format!("{file}.second")]);
    assert!(!failed.status.success() && said(&failed).contains("pg_dump failed"), "{}", said(&failed));
    let left: Vec<_> = std::fs::read_dir(&other.0).expect("it is there").flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, [std::path::Path::new(file)], "nothing half-written stays");
    assert!(server.interrupt(), "the end is clean");
}

#[test]
fn commands_on_a_site_that_may_be_in_use_change_no_schema() {
    let folder = ProgramFolder::new("looks");
    let looked = run(&folder.0, &["ledger", "check"]);
    assert!(!looked.status.success() && said(&looked).contains("run `stagedoor migrate`"), "{}", said(&looked));
    let file = folder.0.join("empty.backup");
    let written = run(&folder.0, &["backup", file.to_str().expect("a plain path")]);
    assert!(written.status.success(), "{}", said(&written));
    let looked = run(&folder.0, &["ledger", "check"]);
    assert!(said(&looked).contains("run `stagedoor migrate`"), "the backup changed nothing: {}", said(&looked));
    for words in [&["demo", "close"][..], &["demo", "remove"], &["secret", "adopt"]] {
        let done = command(&folder.0).args(words).env("STAGEDOOR_SECRET", SECRET).output().expect("the program runs");
        assert!(
            !done.status.success() && said(&done).contains("run `stagedoor migrate`"),
            "{words:?}: {}",
            said(&done)
        );
    }
    let migrated = run(&folder.0, &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let looked = run(&folder.0, &["ledger", "check"]);
    assert!(looked.status.success(), "{}", said(&looked));
}

#[test]
fn jobs_that_were_given_up_are_listed_and_run_again() {
    let folder = ProgramFolder::new("dead-jobs");
    let migrated = run(&folder.0, &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let (done, nobody) = ("01939c6e-0000-7000-8000-000000000004", "01939c6e-0000-7000-8000-000000000005");
    let (mail, refund, other) = (
        "01939c6e-0000-7000-8000-000000000001",
        "01939c6e-0000-7000-8000-000000000002",
        "01939c6e-0000-7000-8000-000000000003",
    );
    let dead = |id: &str, kind: &str, day: u32| {
        format!(
            "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, attempts, dead_at, last_error, created_at)
             VALUES ('{id}', '{kind}', '{{}}', '{id}', '2026-11-0{day}', 36, '2026-11-0{day} 08:00Z', 'the provider is away', '2026-11-01')"
        )
    };
    folder.query(&[dead(mail, "send_mail", 2), dead(refund, "pay_back", 4), dead(other, "pay_back", 3)].join("; "));
    folder.query(&format!(
        "{}; UPDATE jobs SET finished_at = created_at, dead_at = NULL WHERE id = '{done}'",
        dead(done, "x", 1)
    ));

    let list = || said(&run(&folder.0, &["jobs", "dead"]));
    let line = |id: &str, day: u32, kind: &str| {
        format!("{id}  2026-11-0{day} 08:00 UTC  {kind} after 36 tries: the provider is away\n")
    };
    assert_eq!(list(), [line(refund, 4, "pay_back"), line(other, 3, "pay_back"), line(mail, 2, "send_mail")].concat());
    let one = run(&folder.0, &["jobs", "retry", mail]);
    assert!(one.status.success() && said(&one) == format!("{mail}  will run again\n"), "{}", said(&one));
    let again = run(&folder.0, &["jobs", "retry", mail, done, nobody, refund]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    let told = format!(
        "{mail}  was not given up: it waits for its turn, or runs\n{done}  was done already\n{nobody}  is not there\n{refund}  will run again\n\
         stagedoor: 3 of these jobs will not run again, because they were not given up\n"
    );
    assert_eq!(said(&again), told);
    assert_eq!(list(), line(other, 3, "pay_back"));
    let kind = run(&folder.0, &["jobs", "retry", "--all", "--kind", "pay_back"]);
    assert!(kind.status.success() && said(&kind).contains("1 will run again"), "{}", said(&kind));
    assert_eq!(list(), "No job was given up.\n");

    // A running server takes them up. Their payloads are empty, so it gives them up again.
    let server = RunningServer::start(&folder.0, &[]);
    let told = || {
        folder.query(
            "SELECT kind, attempts, last_error LIKE '%does not fit%' FROM jobs WHERE dead_at IS NOT NULL ORDER BY id",
        )
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while told() != "send_mail|1|t\npay_back|1|t\npay_back|1|t\n" {
        assert!(Instant::now() < deadline, "{}", told());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(server.interrupt(), "the end is clean");
}

/// A reader of what servers read first holds the command up between its first look for servers and what it does.
#[tokio::test]
async fn a_server_that_begins_while_a_command_makes_ready_keeps_it_from_going_on() {
    let folder = ProgramFolder::new("late-server");
    let migrated = run(&folder.0, &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let _cluster = Cluster::start(&folder.0).expect("the cluster starts");
    let url = folder.database_url();
    for words in [["secret", "adopt"], ["demo", "remove"]] {
        let mut reader = PgConnection::connect(&url).await.expect("connects");
        let mut reading = reader.begin().await.expect("begins");
        sqlx::query("SELECT FROM installation").execute(&mut *reading).await.expect("reads");
        let mut command = command(&folder.0);
        let command = command.args(words).env("STAGEDOOR_SECRET", SECRET);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'installation'::regclass";
        let deadline = Instant::now() + Duration::from_secs(30);
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *reading).await.expect("looks") == 0 {
            assert!(Instant::now() < deadline, "{words:?} waits for nobody");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let server = PgConnection::connect(&format!("{url}&application_name={}", database::SERVING)).await;
        reading.rollback().await.expect("ends");
        let refused = command.wait_with_output().expect("it ends");
        assert!(!refused.status.success() && said(&refused).contains("stop it first"), "{words:?}: {}", said(&refused));
        server.expect("connects").close().await.expect("ends");
        reader.close().await.expect("ends");
    }
}
