//! Breaks what the program depends on while customers book and pay, heals it, and looks at what is left.

mod arena;
mod case;
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
use case::FaultCase;
use outcome::{Outcome, print_table};

/// Tries the faults and prints the table. Fails when something was lost or doubled, or a promise was not kept.
pub async fn run(options: &FaultOptions) -> anyhow::Result<()> {
    let (began, mut outcomes) = (Instant::now(), Vec::new());
    let mut arena = Arena::open(&options.stage, "faults").await?;
    for case in FaultCase::ALL.into_iter().filter(|case| case.is_wanted(options)) {
        eprintln!("{}", case.name());
        let tried = case.attempt(&mut arena, options).await;
        outcomes.push(tried.unwrap_or_else(|error| Outcome::failed(case.name(), &error)));
        arena.restore().await?;
    }
    arena.close().await?;
    print_table(&outcomes);
    println!("took {:.0?}", began.elapsed());
    let kept = outcomes.iter().filter(|outcome| outcome.is_kept()).count();
    ensure!(kept == outcomes.len(), "{} of {} faults were not held", outcomes.len() - kept, outcomes.len());
    Ok(())
}
