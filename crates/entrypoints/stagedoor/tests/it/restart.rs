//! Killing and restarting, two servers on one database, and stopping in order.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Frozen, ProgramFolder, RunningServer, command, free_address, run, said, signal};

#[test]
fn a_start_takes_over_the_cluster_of_a_killed_server_and_the_last_stop_ends_it() {
    let folder = ProgramFolder::new("restart");
    let first = RunningServer::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    let log = first.log_with("admin@demo.stagedoor.test");
    for role in ["customer", "celebrity", "agent", "support", "admin"] {
        assert!(log.contains(&format!("{role}@demo.stagedoor.test")), "no login for {role} in {log}");
    }
    let page = first.get("/").expect("the home page answers");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Stagedoor"));
    first.kill();
    assert!(folder.postmaster().is_some(), "nobody stopped the cluster");

    let started = Instant::now();
    let second = RunningServer::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    assert!(!second.log().contains("Loaded demo data"), "they were there");
    // Not a measurement: an unoptimised program on a busy machine; `bench` has the figures.
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());

    let other = RunningServer::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    assert!(second.interrupt(), "the end is clean");
    assert!(other.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")), "the other one goes on");
    let figures = other.get("/metrics").expect("it answers");
    for line in [
        "# HELP stagedoor_jobs_due ",
        "stagedoor_jobs_dead 0",
        "stagedoor_pool_connections ",
        "stagedoor_deadlines_overdue ",
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
    assert!(other.interrupt(), "the end is clean");
    assert!(folder.postmaster().is_none(), "the last one stops the cluster");
}

#[test]
fn a_database_that_dies_is_started_again_while_the_server_lives() {
    let folder = ProgramFolder::new("revived");
    let server = RunningServer::start(&folder.0, &[]);
    let first = folder.postmaster().expect("the cluster runs");
    signal("-KILL", &[first]);

    let ready = |answer: String| answer.starts_with("HTTP/1.1 200");
    let deadline = Instant::now() + Duration::from_secs(30);
    let all_ready = || ["/readyz", "/"].iter().all(|path| server.get(path).is_some_and(ready));
    while folder.postmaster().is_none_or(|now| now == first) || !all_ready() {
        assert!(Instant::now() < deadline, "nobody started it again: {}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    let alive = server.get("/livez").expect("it answers").to_lowercase();
    for header in ["x-content-type-options: nosniff", "content-security-policy: default-src 'none'"] {
        assert!(alive.contains(header), "{header} in {alive}");
    }
    assert!(server.interrupt(), "the end is clean");
    assert!(folder.postmaster().is_none(), "and stops the new one");
}

#[test]
fn a_start_beside_a_program_that_is_told_to_end_with_its_database_succeeds() {
    let folder = ProgramFolder::new("ending");
    let mut old = RunningServer::start(&folder.0, &[]);
    for _ in 0..4 {
        // As a service manager ends all processes of a service at once.
        let postmaster = folder.postmaster().expect("the cluster runs");
        signal("-TERM", &[old.process(), postmaster]);
        let new = RunningServer::start(&folder.0, &[]);
        assert!(old.interrupt(), "the end is clean");
        old = new;
    }
    assert!(old.interrupt(), "the end is clean");
}

#[test]
fn a_start_takes_up_what_killed_first_starts_have_left() {
    let folder = ProgramFolder::new("killed");
    for milliseconds in [50, 200, 400, 700, 1_000, 1_500] {
        let mut child = command(&folder.0)
            .arg("serve")
            .env("STAGEDOOR_BIND", free_address().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    // The file as PostgreSQL makes it before it writes to it.
    let data = folder.0.join("postgres/data");
    if data.exists() && folder.postmaster().is_none() {
        std::fs::write(data.join("postmaster.pid"), "").expect("writes");
    }
    let server = RunningServer::start(&folder.0, &[]);
    assert!(server.interrupt(), "the end is clean");
    // The tools of a killed start may have run on beside that one.
    let server = RunningServer::start(&folder.0, &[]);
    assert!(server.interrupt(), "the end is clean");
    let beside = std::fs::read_dir(folder.0.join("postgres")).expect("it is there").flatten();
    let left: Vec<_> = beside.filter(|entry| entry.file_name().to_string_lossy().contains("unfinished")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_server_stops_within_seconds_though_the_database_is_frozen() {
    let folder = ProgramFolder::new("frozen");
    let keeper = RunningServer::start(&folder.0, &[]);
    let (other, url) = (ProgramFolder::new("frozen-beside"), folder.database_url());
    let server = RunningServer::start(&other.0, &[("DATABASE_URL", &url)]);
    let frozen = Frozen::new(folder.postmaster().expect("the cluster runs"));
    std::thread::sleep(Duration::from_millis(500));
    let asked = Instant::now();
    let ended = server.interrupt();
    let took = asked.elapsed();
    drop(frozen);
    assert!(ended, "the end is clean");
    // It takes six seconds; without a limit it took more than a minute.
    assert!(took < Duration::from_secs(20), "took {took:?}");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !keeper.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < deadline, "the other one does not come back: {}", keeper.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(keeper.interrupt(), "the end is clean");
}

#[test]
fn the_days_of_facts_are_made_before_anybody_writes_one() {
    let folder = ProgramFolder::new("days");
    let migrated = run(&folder.0, &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    // Without jobs, so that the nightly one does not do it.
    folder.query("ALTER TABLE jobs RENAME TO jobs_elsewhere");
    let server = RunningServer::start(&folder.0, &[]);
    let days = "SELECT to_regclass(to_char(now() AT TIME ZONE 'UTC' + make_interval(days => ahead), '\"facts_\"YYYYMMDD')) IS NOT NULL
                FROM unnest('{0,1,14}'::integer[]) AS ahead";
    assert_eq!(folder.query(days), "t\nt\nt\n", "{}", server.log());
    server.kill();
}
