//! Started, killed, started again; two on one database; stopped in order.

use std::time::Instant;

use crate::program::{Folder, Server};

#[test]
fn a_killed_server_is_picked_up_and_a_stopped_one_leaves_nothing_running() {
    let folder = Folder::new("restart");
    let first = Server::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    let log = first.log();
    for role in ["customer", "celebrity", "agent", "support", "admin"] {
        assert!(log.contains(&format!("{role}@demo.stagedoor.test")), "no login for {role} in {log}");
    }
    let page = first.get("/").expect("the home page answers");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Stagedoor"));
    first.kill();
    assert!(folder.postmaster().is_some(), "nobody stopped the cluster");

    let started = Instant::now();
    let second = Server::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    assert!(!second.log().contains("Loaded demo data"), "they were there");
    // Not a measurement: an unoptimised program on a busy machine; `bench` has the figures.
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());

    let other = Server::start(&folder.0, &[("STAGEDOOR_DEMO", "lite")]);
    assert!(second.interrupt(), "the end is clean");
    assert!(other.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")), "the other one goes on");
    assert!(other.interrupt(), "the end is clean");
    assert!(folder.postmaster().is_none(), "the last one stops the cluster");
}
