//! A failed start prints one sentence that names the cause.

use std::net::TcpListener;

use crate::program::{ProgramFolder, command, said};

/// What the program says when it cannot start in this environment.
fn refusal(name: &str, environment: &[(&str, &str)]) -> String {
    let folder = ProgramFolder::new(name);
    let output = command(&folder.0).arg("serve").envs(environment.iter().copied()).output().expect("the program runs");
    assert!(!output.status.success());
    let text = said(&output);
    assert_eq!(text.trim().lines().count(), 1, "{text}");
    text
}

#[test]
fn a_busy_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = taken.local_addr().expect("it has an address").to_string();
    let text = refusal("busy", &[("STAGEDOOR_BIND", &address)]);
    assert!(text.contains(&address) && text.contains("STAGEDOOR_BIND"), "{text}");
}

#[test]
fn a_wrong_database_is_named() {
    let nobody = crate::program::free_address().to_string();
    let address = crate::program::free_address().to_string();
    let url = format!("postgres://stagedoor@{nobody}/stagedoor");
    let text = refusal("nobody", &[("STAGEDOOR_BIND", &address), ("DATABASE_URL", &url)]);
    assert!(text.contains("DATABASE_URL"), "{text}");
    let text = refusal("nonsense", &[("STAGEDOOR_BIND", &address), ("DATABASE_URL", "mysql://somewhere")]);
    assert!(text.contains("DATABASE_URL"), "{text}");
}
