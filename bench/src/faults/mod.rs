//! Breaks what the program depends on while customers book and pay, heals it, and looks at what is left.

mod arena;
mod load;
mod outcome;
mod postgres;
mod release;
mod server;
mod surroundings;

use std::time::Instant;

use anyhow::ensure;

use crate::FaultOptions;
use arena::Arena;
use outcome::{Outcome, print_table};

/// A fault that is tried.
struct FaultCase {
    name: &'static str,
    /// It takes seconds, so it is tried with the tests.
    is_short: bool,
}

/// The faults of the shared arena, in the order in which they are tried.
const FAULTS: [FaultCase; 11] = [
    FaultCase { name: "connections go silent", is_short: true },
    FaultCase { name: "a backend dies", is_short: true },
    FaultCase { name: "the database freezes", is_short: true },
    FaultCase { name: "the server is killed", is_short: true },
    FaultCase { name: "nobody reads the log", is_short: true },
    FaultCase { name: "upgrade and back", is_short: true },
    FaultCase { name: "one of two servers is killed", is_short: false },
    FaultCase { name: "the server is stopped", is_short: false },
    FaultCase { name: "the database is killed", is_short: false },
    FaultCase { name: "the mail server is silent", is_short: false },
    FaultCase { name: "the clock is wrong", is_short: false },
];
/// The fault that needs a disk of its own.
const DISK: &str = "the disk is full";

/// Tries the faults and prints the table. Fails when something was lost or doubled, or a promise was not kept.
pub async fn run(options: &FaultOptions) -> anyhow::Result<()> {
    let is_wanted =
        |name: &str| options.only.is_empty() || options.only.iter().any(|only| name.contains(only.as_str()));
    let mut outcomes = Vec::new();
    let began = Instant::now();
    let mut arena = Arena::open(&options.stage, "faults").await?;
    for fault in FAULTS.iter().filter(|fault| is_wanted(fault.name) && (fault.is_short || !options.short)) {
        eprintln!("{}", fault.name);
        let tried = attempt(&mut arena, fault.name, options).await;
        outcomes.push(tried.unwrap_or_else(|error| Outcome::failed(fault.name, &error)));
        arena.restore().await?;
    }
    arena.close().await?;
    if is_wanted(DISK) && !options.short {
        eprintln!("{DISK}");
        outcomes.push(surroundings::full_disk(options).await.unwrap_or_else(|error| Outcome::failed(DISK, &error)));
    }
    print_table(&outcomes);
    println!("took {:.0?}", began.elapsed());
    let kept = outcomes.iter().filter(|outcome| outcome.is_kept()).count();
    ensure!(kept == outcomes.len(), "{} of {} faults were not held", outcomes.len() - kept, outcomes.len());
    Ok(())
}

async fn attempt(arena: &mut Arena<'_>, name: &'static str, options: &FaultOptions) -> anyhow::Result<Outcome> {
    match name {
        "connections go silent" => postgres::silent(arena, name).await,
        "a backend dies" => postgres::backend_dies(arena, name).await,
        "the database freezes" => postgres::freezes(arena, name, options.short).await,
        "the database is killed" => postgres::killed(arena, name).await,
        "the server is killed" => server::killed(arena, name).await,
        "the server is stopped" => server::stopped(arena, name).await,
        "one of two servers is killed" => server::one_of_two(arena, name).await,
        "nobody reads the log" => server::unread_log(arena, name).await,
        "the mail server is silent" => surroundings::silent_mail(arena, name).await,
        "the clock is wrong" => surroundings::wrong_clock(arena, name).await,
        "upgrade and back" => release::upgrade_and_back(arena, name, options.previous.as_deref()).await,
        other => anyhow::bail!("there is no fault {other}"),
    }
}
