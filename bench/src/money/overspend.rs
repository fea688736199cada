//! A thousand redemptions of 1.00 at once on a card of 50.00, through two servers: fifty succeed, whoever comes later is told what is left.

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;

use super::cards;
use crate::product::PASSWORD;
use crate::server::MeasuredServer;

const CALLS: usize = 1_000;
const AMOUNT_MINOR: usize = 100;
const VALUE_MINOR: usize = 5_000;

/// Runs it and looks at every answer, and at the card's history.
pub async fn run(servers: &[&MeasuredServer; 2]) -> anyhow::Result<()> {
    let code = cards::issue(servers[0], "Overspend", 1, i64::try_from(VALUE_MINOR)?).await?.remove(0);
    let client = servers[0].client().log_in("customer1@demo.stagedoor.test", PASSWORD).await?;
    let card = client.post("/api/gift-cards/claims", Some("overspend"), &json!({"code": code})).await?;
    let id = card.body["id"].as_str().with_context(|| format!("not claimed: {}", card.body))?;
    let path = format!("/api/gift-cards/{id}");
    let clients = servers.map(|server| client.at(server.url("")));
    let calls = (0..CALLS).map(|call| {
        let (client, path) = (clients[call % 2].clone(), format!("{path}/redemptions"));
        tokio::spawn(async move {
            client.post(&path, Some(&format!("overspend-{call}")), &json!({"amount_minor": AMOUNT_MINOR})).await
        })
    });
    let mut redeemed = 0;
    for answer in join_all(calls).await {
        let answer = answer??;
        match answer.status {
            StatusCode::CREATED => redeemed += 1,
            StatusCode::CONFLICT => {
                ensure!(answer.body["code"] == "not_enough", "a loser was told {}", answer.body);
                let detail = answer.body["detail"].as_str().unwrap_or_default();
                ensure!(detail.contains("This card has"), "a loser was not told what is left: {}", answer.body);
            }
            other => anyhow::bail!("a call was answered {other}: {}", answer.body),
        }
    }
    ensure!(redeemed == VALUE_MINOR / AMOUNT_MINOR, "{redeemed} redemptions of 1.00 came from a card of 50.00");
    let card = client.get(&path).await?;
    ensure!(card["balance"]["amount_minor"] == 0, "the card is not empty: {card}");
    println!(
        "\n{CALLS} redemptions of 1.00 on a card of 50.00 through two servers: {redeemed} succeeded, the others were told"
    );
    Ok(())
}
