//! Gift cards that are redeemed: one card by everybody at once, and a thousand cards, on both servers and as bare statements, which are
//! the ceiling. Then a thousand calls want more than a card has, through two servers.

pub mod cards;
mod ceiling;
mod overspend;

use anyhow::{Context as _, ensure};

use crate::peer::{self, Peer};
use crate::product;
use crate::rounds::{Run, WARM_UP, measure, median, medians, print_head, print_rounds};
use crate::server::MeasuredServer;
use crate::stage::SharedPostgres;
use crate::wrk::{self, WrkLoad};
use crate::{MoneyOptions, attempt, stage};
use cards::RedeemableCards;

/// Concurrent connections, to both servers.
const CONNECTIONS: u32 = 64;
/// Connections of the bare statements; more were not faster.
const CEILING_CONNECTIONS: usize = 20;
/// The cards over which redemptions are spread.
pub const CARDS: u16 = 1_000;
/// Our server's CPU time for a redemption may be at most the peer's divided by this.
const CPU_PARTS: f64 = 6.0;

/// Which cards are redeemed, and what the rate must be at least: a ratio to the peer's, and one to the bare statements'.
struct MoneyCase {
    name: &'static str,
    cards: u16,
    least_of_peer: f64,
    least_of_ceiling: f64,
}

const CASES: [MoneyCase; 2] = [
    MoneyCase { name: "hot", cards: 1, least_of_peer: 1.0, least_of_ceiling: 0.0 },
    MoneyCase { name: "spread", cards: CARDS, least_of_peer: 3.0, least_of_ceiling: 0.6 },
];

/// Measures and prints.
pub async fn run(options: &MoneyOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let peer = peer::start(&options.peer, &options.stage.scratch, &postgres.create_database("peer").await?)?;
    let url = postgres.create_database("product").await?;
    product::load(&options.stage, &url, "peer").await?;
    let server = MeasuredServer::start_ours(&options.stage, "stagedoor", &url, "none").await?;
    let ceiling = ceiling::prepare(&postgres.create_database("ceiling").await?, CEILING_CONNECTIONS).await?;
    let mut missed = Vec::new();
    let mut ceilings = Vec::new();
    for case in &CASES {
        let cards = RedeemableCards::issue(&server, &options.stage.scratch, case.name, case.cards).await?;
        postgres.settle().await?;
        print_head();
        let (mut rounds, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            bare.push(ceiling::measure(&ceiling, case.cards, WARM_UP, options.seconds).await?);
            let theirs = measure_peer(options, case, &peer, &postgres).await?;
            rounds.push((measure_product(options, case, &server, &cards, &postgres).await?, theirs));
        }
        let ratio = print_rounds(case.name, &rounds);
        let bare = median(bare.into_iter());
        ceilings.push((case, medians(&rounds, |run| run.outcome.per_second).0, bare));
        missed.extend(misses(case, ratio, bare, &rounds));
    }
    println!("\n| case | ours/s | bare statements/s | ratio |\n| --- | --- | --- | --- |");
    for (case, ours, bare) in ceilings {
        println!("| {} | {ours:.0} | {bare:.0} | {:.2} |", case.name, ours / bare);
    }
    drop(peer);
    let second = MeasuredServer::start_ours(&options.stage, "second", &url, "none").await?;
    overspend::run(&[&server, &second]).await?;
    let database = stage::connect(&url).await?;
    attempt::check_books(&database).await.context("after all redemptions")?;
    drop((server, second));
    postgres.close()?;
    ensure!(missed.is_empty(), "below target:\n  - {}", missed.join("\n  - "));
    Ok(())
}

fn misses(case: &MoneyCase, ratio: f64, bare: f64, rounds: &[(Run, Run)]) -> Vec<String> {
    let (ours, name) = (medians(rounds, |run| run.outcome.per_second).0, case.name);
    let (cpu, peer_cpu) = medians(rounds, |run| run.cpu_us);
    let mut missed = Vec::new();
    if ratio < case.least_of_peer {
        missed.push(format!("{name}: {ratio:.2} of the peer's rate, but {} is the floor", case.least_of_peer));
    }
    if ours < bare * case.least_of_ceiling {
        missed.push(format!(
            "{name}: {:.2} of bare statements, but {} is the floor",
            ours / bare,
            case.least_of_ceiling
        ));
    }
    if cpu * CPU_PARTS > peer_cpu {
        missed.push(format!("{name}: {cpu:.0} µs of CPU, but a sixth of {peer_cpu:.0} µs is the ceiling"));
    }
    missed
}

async fn measure_peer(
    options: &MoneyOptions,
    case: &MoneyCase,
    peer: &Peer,
    postgres: &SharedPostgres,
) -> anyhow::Result<Run> {
    let variables = [("TOKEN", peer.token().await?), ("CARDS", case.cards.to_string())];
    let load = WrkLoad::new(peer.server.url("/"), CONNECTIONS).script("peer-redeem.lua", &borrowed(&variables));
    wrk::run(&load, WARM_UP).with_context(|| format!("warming the peer's {} up", case.name))?;
    measure(case.name, &load, options.seconds, peer.server.id(), postgres.process_id()?)
}

async fn measure_product(
    options: &MoneyOptions,
    case: &MoneyCase,
    server: &MeasuredServer,
    cards: &RedeemableCards,
    postgres: &SharedPostgres,
) -> anyhow::Result<Run> {
    let file = cards.write(server).await?;
    let variables = [("CARDS_FILE", file.display().to_string())];
    let load = WrkLoad::new(server.url("/"), CONNECTIONS).script("redeem.lua", &borrowed(&variables));
    wrk::run(&load, WARM_UP).with_context(|| format!("warming our {} up", case.name))?;
    measure(case.name, &load, options.seconds, server.id(), postgres.process_id()?)
}

fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
