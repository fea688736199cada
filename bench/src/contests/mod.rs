//! Races for stored value, through two servers on one database: each round many calls at once want what only some can have.

mod cards;
mod refunds;

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use http::StatusCode;
use serde_json::Value;

use crate::client::{BenchResponse, Client};
use crate::server::MeasuredServer;
use crate::{BenchStage, ContestOptions, product, stage};

/// Two servers, and who calls them.
pub struct TwoServers {
    servers: [MeasuredServer; 2],
    database: database::Database,
    /// Sends a card, books and pays.
    customer: Client,
    /// Gets one.
    friend: Client,
    support: Client,
    /// Approves what support asks for.
    admin: Client,
}

/// A call that takes part: who, where to, the key and the body.
pub struct Entrant<'servers> {
    pub client: &'servers Client,
    pub path: String,
    pub key: String,
    pub body: Value,
}

/// Runs all races, and fails at the first round that breaks a rule.
pub async fn run(options: &ContestOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("contests").await?;
    let pair = TwoServers::open(&options.stage, &url).await?;
    let rounds = options.rounds;
    tell(rounds, "two checkouts want one card", cards::checkouts(&pair, rounds)).await?;
    tell(rounds, "a claim meets whoever takes the card back", cards::claims(&pair, rounds)).await?;
    tell(rounds, "redemptions meet a freeze", cards::freezes(&pair, rounds)).await?;
    tell(rounds, "redemptions meet the end of the last day", cards::expiries(&pair, rounds)).await?;
    tell(rounds, "one key comes many times", cards::keys(&pair, rounds)).await?;
    tell(rounds, "one booking is cancelled many times", refunds::cancellations(&pair, rounds)).await?;
    tell(rounds, "approvals want more than was kept", refunds::approvals(&pair, rounds)).await?;
    drop(pair);
    let checked =
        options.stage.program(&url).args(["ledger", "check"]).output().context("the books were not checked")?;
    postgres.close()?;
    ensure!(checked.status.success(), "the books are off: {}", String::from_utf8_lossy(&checked.stdout));
    println!("the books balance, and every rule of them holds");
    Ok(())
}

/// Says what came of a race as soon as it is over.
async fn tell(rounds: u32, name: &str, race: impl Future<Output = anyhow::Result<String>>) -> anyhow::Result<()> {
    println!("{rounds} rounds: {name}: {}", race.await.with_context(|| name.to_owned())?);
    Ok(())
}

impl TwoServers {
    async fn open(stage: &BenchStage, url: &str) -> anyhow::Result<Self> {
        product::load(stage, url, "demo").await?;
        let servers = [
            MeasuredServer::start_ours(stage, "first", url, "none").await?,
            MeasuredServer::start_ours(stage, "second", url, "none").await?,
        ];
        let someone = async |name: &str| {
            servers[0].client().log_in(&format!("{name}@demo.stagedoor.test"), product::PASSWORD).await
        };
        let (customer, friend) = (someone("customer").await?, someone("agent").await?);
        let (support, admin) = (someone("support").await?, someone("admin").await?);
        Ok(Self { database: stage::connect(url).await?, servers, customer, friend, support, admin })
    }

    /// Sends all calls at once, every other one through the second server. The answers are in the order of the calls.
    async fn send(&self, entrants: Vec<Entrant<'_>>) -> anyhow::Result<Vec<BenchResponse>> {
        let calls = entrants.into_iter().enumerate().map(|(place, entrant)| {
            let client = entrant.client.at(self.servers[place % 2].url(""));
            tokio::spawn(async move { client.post(&entrant.path, Some(&entrant.key), &entrant.body).await })
        });
        let answers: Vec<BenchResponse> =
            join_all(calls).await.into_iter().map(|joined| joined?).collect::<anyhow::Result<_>>()?;
        for answer in &answers {
            let is_expected = answer.status.is_success()
                || matches!(
                    answer.status,
                    StatusCode::CONFLICT | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY
                );
            ensure!(is_expected, "a call was answered {}: {}", answer.status, answer.body);
        }
        Ok(answers)
    }

    async fn number(&self, statement: &'static str, about: &str) -> anyhow::Result<i64> {
        Ok(sqlx::query_scalar(statement).bind(about).fetch_one(self.database.pool()).await?)
    }
}

/// How many answers are of this kind.
fn count(answers: &[BenchResponse], is_counted: impl Fn(&BenchResponse) -> bool) -> usize {
    answers.iter().filter(|answer| is_counted(answer)).count()
}
