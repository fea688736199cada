//! Cards of several customers, and the file that says whose they are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use crate::product::PASSWORD;
use crate::server::MeasuredServer;

/// How many customers hold the cards: each has a credit of their own, into which the cards are redeemed.
const HOLDERS: usize = 100;
/// What the cards of a batch may be worth together, in cents: more than any run redeems.
const BATCH_MINOR: i64 = 10_000_000;

/// Cards with their holders.
#[derive(Debug)]
pub struct RedeemableCards {
    /// A holder's address and their cards.
    holders: Vec<(String, Vec<String>)>,
    file: PathBuf,
}

impl RedeemableCards {
    /// Issues so many cards, and has customers claim them.
    pub async fn issue(server: &MeasuredServer, scratch: &Path, name: &str, count: u16) -> anyhow::Result<Self> {
        let codes = issue(server, name, count, BATCH_MINOR / i64::from(count)).await?;
        let mut holders = Vec::new();
        for (number, codes) in codes.chunks(codes.len().div_ceil(HOLDERS)).enumerate() {
            let email = format!("customer{}@demo.stagedoor.test", number + 1);
            let client = server.client().log_in(&email, PASSWORD).await?;
            let mut cards = Vec::new();
            for code in codes {
                let claimed = client.post("/api/gift-cards/claims", Some(code), &json!({"code": code})).await?;
                let id = claimed.body["id"].as_str().with_context(|| format!("not claimed: {}", claimed.body))?;
                cards.push(id.to_owned());
            }
            holders.push((email, cards));
        }
        Ok(Self { holders, file: scratch.join(format!("{name}-cards.txt")) })
    }

    /// Writes them down, one per line with a new token of its holder. With expired tokens the server would answer fast errors.
    pub async fn write(&self, server: &MeasuredServer) -> anyhow::Result<&Path> {
        let mut lines = Vec::new();
        for (email, cards) in &self.holders {
            let token = server.client().token(email, PASSWORD, "access_token").await?;
            lines.extend(cards.iter().map(|card| format!("{card} {token}\n")));
        }
        fs::write(&self.file, lines.concat())?;
        Ok(&self.file)
    }
}

/// Issues cards and returns their codes.
pub async fn issue(server: &MeasuredServer, name: &str, cards: u16, value_minor: i64) -> anyhow::Result<Vec<String>> {
    let admin = server.client().log_in("admin@demo.stagedoor.test", PASSWORD).await?;
    let batch = json!({
        "name": name, "kind": "goodwill", "reason": name, "cards": cards, "value_minor": value_minor, "currency": "USD"
    });
    let issued = admin.post("/api/gift-cards/batches", None, &batch).await?;
    let cards = issued.body["cards"].as_array().with_context(|| format!("no cards: {}", issued.body))?;
    let code = |card: &serde_json::Value| card["code"].as_str().map(str::to_owned).context("a card without a code");
    cards.iter().map(code).collect()
}
