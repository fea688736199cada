//! A backup contains the whole site and can be restored completely.

use std::os::unix::fs::PermissionsExt as _;

use crate::program::{ProgramFolder, RunningServer, command, run, said};

const SECRET: &str = "b1946ac92492d2347c6235b4d2611184";

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
    assert!(!nobody.status.success() && said(&nobody).contains("0 of 1 jobs will run again"), "{}", said(&nobody));
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
    let same = run(&other.0, &["ledger", "check"]);
    assert!(same.status.success());
    assert_eq!(said(&same), said(&books));

    std::fs::write(file, "not a backup").expect("writes");
    let broken = run(&ProgramFolder::new("third").0, &["restore", file]);
    assert!(!broken.status.success() && said(&broken).contains("pg_restore failed"), "{}", said(&broken));
}

#[test]
fn a_backup_that_fails_leaves_nothing_and_what_would_break_a_server_keeps_away_from_it() {
    let folder = ProgramFolder::new("beside");
    let server = RunningServer::start(&folder.0, &[]);
    let url = folder.database_url();
    // Another folder: what these would start if they did not use the database of the server.
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

    // The tool finds no such database, after we have reached another one.
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
