//! Load generators and scenarios. Speed is measured as a ratio to the peer within one run. `cargo xtask bench NAME` calls it.

mod attempt;
mod cases;
mod client;
mod contests;
mod crash;
mod faults;
mod guesses;
mod http;
mod ledger;
mod money;
mod order;
mod peer;
mod process;
mod product;
mod race;
mod rounds;
mod search;
mod server;
mod slots;
mod stage;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Measures.
#[derive(Debug, Parser)]
struct BenchArguments {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// Requests per second, latency, CPU and memory beside the Node peer.
    Http(HttpOptions),
    /// Races for stored value: checkouts, claims, freezes, expiry, keys, cancellations and approved refunds that meet.
    Contests(ContestOptions),
    /// Codes of gift cards that many accounts make up, while an owner uses a card.
    Guesses(GuessOptions),
    /// How long the check of the books takes over a million postings.
    Ledger(LedgerBenchOptions),
    /// Redemptions of gift cards beside the Node peer and bare statements, and more of them than a card has.
    Money(MoneyOptions),
    /// Which functions run at the start and for common requests, for the linker to put side by side.
    Order(OrderOptions),
    /// Two hundred attempts at one slot through two servers.
    Race(RaceOptions),
    /// Searches through fifty thousand profiles.
    Search(SearchOptions),
    /// Kills the server in the middle of bookings and looks at what is left.
    Crash(CrashOptions),
    /// Breaks what the program depends on, under load, and looks at what was held, lost and doubled.
    Faults(FaultOptions),
}

/// The measured program, and the folder for its data.
#[derive(Debug, Args)]
struct BenchStage {
    /// The program to measure, built with `--profile dist`; `cargo xtask bench` says where it is.
    #[arg(long, env = "STAGEDOOR_BINARY")]
    program: PathBuf,
    /// A folder for the databases and logs of the run.
    #[arg(long, env = "STAGEDOOR_BENCH_DIR")]
    scratch: PathBuf,
}

/// How the HTTP scenario runs.
#[derive(Debug, Args)]
struct HttpOptions {
    /// Alternated rounds; each ratio is taken within one round.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Seconds of each measured run; each is warmed up for two more.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// Which cases to run: list, gzip, byid, nocache, book, login.
    #[arg(long, value_delimiter = ',', default_value = "list,gzip,byid,nocache,book,login")]
    cases: Vec<cases::BenchCase>,
    /// The peer's folder, with its `package.json`.
    #[arg(long, env = "STAGEDOOR_PEER", default_value = "../shared/peers/node")]
    peer: PathBuf,
    #[command(flatten)]
    stage: BenchStage,
}

/// How the races for stored value run.
#[derive(Debug, Args)]
struct ContestOptions {
    /// Rounds of each race.
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    #[command(flatten)]
    stage: BenchStage,
}

/// How many codes are made up.
#[derive(Debug, Args)]
struct GuessOptions {
    #[arg(long, default_value_t = 100_000)]
    guesses: u32,
    #[command(flatten)]
    stage: BenchStage,
}

/// How the check of the books is measured.
#[derive(Debug, Args)]
struct LedgerBenchOptions {
    /// How often the books are checked.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    #[command(flatten)]
    stage: BenchStage,
}

/// How redemptions are measured.
#[derive(Debug, Args)]
struct MoneyOptions {
    /// Alternated rounds; each ratio is taken within one round.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Seconds of each measured run; each is warmed up for two more.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// The peer's folder, with its `package.json`.
    #[arg(long, env = "STAGEDOOR_PEER", default_value = "../shared/peers/node")]
    peer: PathBuf,
    #[command(flatten)]
    stage: BenchStage,
}

/// Where the order of functions is written.
#[derive(Debug, Args)]
struct OrderOptions {
    #[arg(long, default_value = "crates/entrypoints/stagedoor/order.txt")]
    out: PathBuf,
    #[command(flatten)]
    stage: BenchStage,
}

/// How the race runs.
#[derive(Debug, Args)]
struct RaceOptions {
    /// Slots that are fought over, one after the other.
    #[arg(long, default_value_t = 20)]
    rounds: u32,
    #[command(flatten)]
    stage: BenchStage,
}

/// How the search runs.
#[derive(Debug, Args)]
struct SearchOptions {
    #[command(flatten)]
    stage: BenchStage,
}

/// How the crash scenario runs.
#[derive(Debug, Args)]
struct CrashOptions {
    /// How often the server is killed.
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// Chooses the moments of the kills.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    stage: BenchStage,
}

/// What the fault scenario breaks.
#[derive(Debug, Args)]
struct FaultOptions {
    /// Only the faults that take seconds.
    #[arg(long)]
    short: bool,
    /// Only these faults; the names are in the table.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The program of the previous release, for the upgrade; this program stands in for it otherwise.
    #[arg(long)]
    previous: Option<PathBuf>,
    #[command(flatten)]
    stage: BenchStage,
}

fn main() -> ExitCode {
    let outcome = tokio::runtime::Runtime::new().map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(async {
            match BenchArguments::parse().scenario {
                Scenario::Http(options) => http::run(&options).await,
                Scenario::Contests(options) => contests::run(&options).await,
                Scenario::Guesses(options) => guesses::run(&options).await,
                Scenario::Ledger(options) => ledger::run(&options).await,
                Scenario::Money(options) => money::run(&options).await,
                Scenario::Order(options) => order::run(&options).await,
                Scenario::Race(options) => race::run(&options).await,
                Scenario::Search(options) => search::run(&options).await,
                Scenario::Crash(options) => crash::run(&options).await,
                Scenario::Faults(options) => faults::run(&options).await,
            }
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
