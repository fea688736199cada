//! The same redemption as bare statements: what PostgreSQL alone does on this machine.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use database::Database;
use futures::future::try_join_all;
use sqlx::{Connection as _, PgConnection};

use crate::stage;

/// Each redemption has a key of its own, takes from its card what the card has, and writes both sides down.
const TABLES: &str = "
CREATE TABLE cards (id int PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE redemptions (key text PRIMARY KEY, card int NOT NULL, amount bigint NOT NULL);
CREATE TABLE postings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, account text NOT NULL,
  amount bigint NOT NULL);
INSERT INTO cards SELECT id, 1000000000 FROM generate_series(1, 1000) id";

const REDEEM: [&str; 3] = [
    "INSERT INTO redemptions VALUES ($1, $2, 1)",
    "UPDATE cards SET balance = balance - 1 WHERE id = $1 AND balance >= 1",
    "INSERT INTO postings (key, account, amount) VALUES ($1, 'gift_liability', 1), ($1, 'booking_escrow', -1)",
];

/// Numbers that no two redemptions share.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Connections to the tables.
#[derive(Debug)]
pub struct Ceiling {
    url: String,
    connections: usize,
}

/// Makes the tables in an empty database.
pub async fn prepare(url: &str, connections: usize) -> anyhow::Result<Ceiling> {
    let database: Database = stage::connect(url).await?;
    sqlx::raw_sql(TABLES).execute(&mut *database.acquire().await?).await?;
    database.close().await;
    Ok(Ceiling { url: url.to_owned(), connections })
}

/// Redemptions a second on `cards` cards.
pub async fn measure(ceiling: &Ceiling, cards: u16, warm_up: Duration, seconds: u64) -> anyhow::Result<f64> {
    let connections = (0..ceiling.connections).map(|_| PgConnection::connect(&ceiling.url));
    let connections: Vec<PgConnection> = try_join_all(connections).await?;
    let (begins, duration) = (Instant::now() + warm_up, Duration::from_secs(seconds));
    let runs = connections.into_iter().map(|connection| {
        tokio::spawn(async move { redeem_until(connection, cards, begins, begins + duration).await })
    });
    let mut redeemed = 0;
    for run in try_join_all(runs).await? {
        redeemed += run?;
    }
    Ok(redeemed as f64 / duration.as_secs_f64())
}

/// Redeems until `ends`, and counts what was redeemed after `begins`.
async fn redeem_until(mut connection: PgConnection, cards: u16, begins: Instant, ends: Instant) -> anyhow::Result<u32> {
    let mut redeemed = 0;
    while Instant::now() < ends {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Numbers of one connection follow no order, so that neighbours take other cards.
        let card = i32::try_from(number.wrapping_mul(2_654_435_761) % u64::from(cards))? + 1;
        let key = number.to_string();
        let mut tx = connection.begin().await?;
        sqlx::query(REDEEM[0]).bind(&key).bind(card).execute(&mut *tx).await?;
        let taken = sqlx::query(REDEEM[1]).bind(card).execute(&mut *tx).await?;
        ensure!(taken.rows_affected() == 1, "card {card} is empty");
        sqlx::query(REDEEM[2]).bind(&key).execute(&mut *tx).await?;
        tx.commit().await?;
        redeemed += u32::from(Instant::now() >= begins);
    }
    Ok(redeemed)
}
