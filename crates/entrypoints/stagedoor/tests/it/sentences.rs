//! A failed start prints one sentence that names the cause.

use std::net::TcpListener;

use crate::program::{ProgramFolder, RunningServer, command, run, said};

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

#[test]
fn what_is_wrong_with_the_data_is_told_with_the_next_step() {
    let folder = ProgramFolder::new("edited");
    assert!(run(&folder.0, &["migrate"]).status.success());
    let serve = |environment: &[(&str, &str)]| {
        let address = crate::program::free_address().to_string();
        let mut serve = command(&folder.0);
        let output = serve.arg("serve").env("STAGEDOOR_BIND", address).envs(environment.iter().copied()).output();
        let output = output.expect("the program runs");
        assert!(!output.status.success());
        let text = said(&output);
        text.lines().find(|line| line.starts_with("stagedoor: ")).unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let list = folder.0.join("list.txt");
    std::fs::write(&list, "password\n").expect("a file can be written");
    let text = serve(&[("STAGEDOOR_BREACHED_PASSWORDS", &list.to_string_lossy())]);
    assert!(text.contains("correct the path, or leave the variable out"), "{text}");
    let text = serve(&[("STAGEDOOR_SMTP_URL", "mail.example")]);
    assert!(text.contains("STAGEDOOR_SMTP_URL should look like"), "{text}");
    let text = serve(&[("STAGEDOOR_SECRET", "another one than was made here")]);
    assert!(text.contains("`stagedoor secret adopt`") || text.contains("set it as"), "{text}");
    folder.query("UPDATE _sqlx_migrations SET checksum = 'edited' WHERE version = 20261123000001");
    let text = serve(&[]);
    assert!(text.contains("migration 20261123000001 was changed") && text.contains("start the release"), "{text}");
}

#[test]
fn a_database_or_a_role_that_is_not_there_is_told_with_the_next_step() {
    let folder = ProgramFolder::new("no-database");
    let keeper = RunningServer::start(&folder.0, &[]);
    let other = folder.database_url().replace("/stagedoor?", "/nowhere?");
    let address = crate::program::free_address().to_string();
    let text = refusal("nowhere", &[("STAGEDOOR_BIND", &address), ("DATABASE_URL", &other)]);
    assert!(text.contains("nowhere") && text.contains("make that database"), "{text}");
    let stranger = folder.database_url().replace("stagedoor@", "stranger@");
    let text = refusal("stranger", &[("STAGEDOOR_BIND", &address), ("DATABASE_URL", &stranger)]);
    assert!(text.contains("stranger") && text.contains("correct the user and the password"), "{text}");
    assert!(keeper.interrupt());
}
