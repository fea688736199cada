//! Bookings paid by several means and called off, row by row of a table that was worked out by hand: what is shown before is what happens,
//! and the books say so of each part. Amounts are in minor units of the guest's currency, with none, two or three decimals.
//!
//! `off` is so many hours and seconds before the start, or after the confirmation; `legs` are the parts in the order in which they were
//! applied; `back` says of each what goes back and where: to the `bank`, to `credit`, to the `same` card, to a `new` one, or that it has
//! `ended`. A policy's cut-offs stand in the table exactly and a second later.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kernel::Instant;
use serde_json::{Value, json};
use testkit::guests::{CAIRO, Guest, KOLKATA, KUWAIT, LORD_HOWE, NEW_YORK, SANTIAGO, STOCKHOLM, TOKYO};
use testkit::{InvitedGuest, TestCaller, TestSite};

use crate::steps::gifts::{apply, bought_card, card_with, left_on, redeem, tender};
use crate::steps::guests::{money_of, place};
use crate::steps::journey::{PAYS, faults, look, pay, text};

const TABLE: &str = include_str!("golden_tenders.csv");

/// A line of the table.
struct Row {
    line: &'static str,
    guest: &'static Guest,
    starts_at: &'static str,
    off: (&'static str, TimeDelta),
    refund_to: &'static str,
    /// What each part is paid with, and how much of it.
    legs: Vec<(&'static str, i64)>,
    refund: i64,
    /// How much of each part goes back, and where.
    back: Vec<(i64, &'static str)>,
}

/// A booking of a row that was paid.
struct Paid {
    booking: Value,
    /// The gift card of each part, with what was on it.
    cards: Vec<Option<(String, i64)>>,
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn parts(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.split(';').map(|part| part.split_once(' ').expect("two words")).collect()
}

fn guest(name: &str) -> &'static Guest {
    match name {
        "cairo" => &CAIRO,
        "lord_howe" => &LORD_HOWE,
        "santiago" => &SANTIAGO,
        "tokyo" => &TOKYO,
        "kuwait" => &KUWAIT,
        "kolkata" => &KOLKATA,
        "new_york" => &NEW_YORK,
        "stockholm" => &STOCKHOLM,
        other => panic!("{other} is no guest"),
    }
}

impl Row {
    fn all() -> Vec<Self> {
        TABLE.lines().skip(1).map(Self::read).collect()
    }

    fn read(line: &'static str) -> Self {
        let cells: Vec<&'static str> = line.split(',').collect();
        let [name, starts_at, off, refund_to, legs, refund, back] = cells[..] else { panic!("{line}") };
        let off: Vec<&'static str> = off.split(' ').collect();
        Self {
            line,
            guest: guest(name),
            starts_at,
            off: (off[0], TimeDelta::hours(number(off[1])) + TimeDelta::seconds(number(off[2]))),
            refund_to,
            legs: parts(legs).into_iter().map(|(with, minor)| (with, number(minor))).collect(),
            refund: number(refund),
            back: parts(back).into_iter().map(|(minor, to)| (number(minor), to)).collect(),
        }
    }

    fn currency(&self) -> &'static str {
        self.guest.profile.currency.code()
    }

    fn moment(&self, confirmed_at: Instant) -> Instant {
        match self.off {
            ("before", by) => self.starts_at.parse::<Instant>().expect("a time") - by,
            (_, by) => confirmed_at + by,
        }
    }

    fn total(&self) -> i64 {
        self.legs.iter().map(|(_, minor)| minor).sum()
    }
}

/// The least that a bought card holds, by the rules of its sale.
fn least(currency: &str) -> i64 {
    match currency {
        "KWD" => 5_000,
        "SEK" => 10_000,
        _ => 1_000,
    }
}

/// Books, applies each part in its order, and pays.
async fn pay_for(site: &TestSite, invited: &InvitedGuest, row: &Row, turn: usize) -> Paid {
    let customer = &site.cast.customer;
    let booking = place(site, invited, row.starts_at, &format!("golden-{turn}")).await;
    assert_eq!(booking["total"]["amount_minor"], row.total(), "{}: {booking}", row.line);
    let mut cards = Vec::new();
    for (index, (with, minor)) in row.legs.iter().enumerate() {
        let key = format!("leg-{turn}-{index}");
        cards.push(apply_part(customer, site, &booking, row, (with, *minor), &key).await);
    }
    if !row.legs.iter().any(|(with, _)| *with == "card") {
        let paid = tender(customer, &booking, json!({"method": "applied"}), &format!("applied-{turn}")).await;
        assert_eq!(paid.status, 200, "{}: {}", row.line, paid.text());
    }
    assert_eq!(text(&look(customer, &booking).await, "status"), "confirmed", "{}", row.line);
    Paid { booking, cards }
}

async fn apply_part(
    customer: &TestCaller,
    site: &TestSite,
    booking: &Value,
    row: &Row,
    (with, minor): (&str, i64),
    key: &str,
) -> Option<(String, i64)> {
    let (card, value) = match with {
        "card" => {
            let paid = pay(customer, booking, PAYS, key).await;
            assert_eq!(paid.status, 200, "{}: {}", row.line, paid.text());
            return None;
        }
        "credit" => {
            let card = card_with(site, customer, "goodwill", minor, row.currency()).await;
            assert_eq!(redeem(customer, &card, minor, key).await.status, 201, "{}", row.line);
            let held = tender(customer, booking, json!({"method": "credit", "amount_minor": minor}), key).await;
            assert_eq!(held.status, 200, "{}: {}", row.line, held.text());
            return None;
        }
        "bought" => {
            let value = minor.max(least(row.currency()));
            (bought_card(customer, value, row.currency()).await, value)
        }
        kind => {
            let kind = kind.trim_end_matches("_ended");
            (card_with(site, customer, kind, minor, row.currency()).await, minor)
        }
    };
    let held = apply(customer, booking, &card, Some(minor), key).await;
    assert_eq!(held.status, 200, "{}: {}", row.line, held.text());
    Some((card, value))
}

/// The last day of these cards is over.
async fn end_cards(site: &TestSite, row: &Row, paid: &Paid) {
    let ended = row.legs.iter().zip(&paid.cards).filter(|((with, _), _)| with.ends_with("_ended"));
    for (card, _) in ended.filter_map(|(_, card)| card.as_ref()) {
        sqlx::query(
            "UPDATE gift_cards SET last_day = '2020-01-01', zone = 'UTC', ends_at = '2020-01-02' WHERE id = $1::uuid",
        )
        .bind(card)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    }
}

/// What the preview says of each part that goes back, the last first.
fn shown(row: &Row) -> Vec<Value> {
    let parts = row.legs.iter().zip(&row.back).rev().filter(|(_, (minor, _))| *minor > 0);
    let part = |((with, _), (minor, to)): (&(&str, i64), &(i64, &str))| {
        let method = match *with {
            "card" | "credit" => *with,
            _ => "gift_card",
        };
        let goes_to = match *to {
            "bank" => "as_paid",
            "same" => "gift_card",
            "new" => "new_gift_card",
            other => other,
        };
        json!([method, goes_to, minor])
    };
    parts.map(part).collect()
}

async fn call_off(site: &TestSite, row: &Row, paid: &Paid) {
    let customer = site.cast.customer.signed_in_anew(site).await;
    let path = format!("/api/bookings/{}/cancellation", text(&paid.booking, "id"));
    let preview = customer.get(&format!("{path}-preview")).await.json();
    assert_eq!(preview["total"]["amount_minor"], row.refund, "{}: {preview}", row.line);
    let parts = match row.refund_to {
        "credit" if !preview["parts_as_credit"].is_null() => &preview["parts_as_credit"],
        _ => &preview["parts"],
    };
    let said = |part: &Value| json!([part["method"], part["goes_to"], part["amount"]["amount_minor"]]);
    let said: Vec<Value> = parts.as_array().expect("parts").iter().map(said).collect();
    assert_eq!(said, shown(row), "{}", row.line);
    let body = json!({"expected_refund_minor": row.refund, "refund_to": row.refund_to});
    let done = customer.post(&path, &body).await;
    assert_eq!(done.status, 200, "{}: {}", row.line, done.text());
}

/// What moved back for a leg: by the template of its transfer, how much.
async fn moved_back(site: &TestSite, leg: &str) -> Vec<(String, i64)> {
    sqlx::query_as(
        "SELECT t.template, p.amount_minor FROM ledger_transfers t JOIN ledger_postings p ON p.transfer_id = t.id
         JOIN ledger_accounts a ON a.id = p.account_id
         WHERE t.reference_id = $1::uuid AND a.kind = 'booking_escrow' AND p.amount_minor > 0",
    )
    .bind(leg)
    .fetch_all(site.test_database().database.pool())
    .await
    .expect("reads")
}

/// What the bank has paid back of a leg.
async fn paid_by_bank(site: &TestSite, leg: &str) -> i64 {
    let minor: Option<i64> =
        sqlx::query_scalar("SELECT refunded_minor FROM sandbox_card_payments WHERE idempotency_key = $1")
            .bind(leg)
            .fetch_optional(site.test_database().database.pool())
            .await
            .expect("reads");
    minor.unwrap_or(0)
}

async fn is_as_the_table_says(site: &TestSite, customer: &TestCaller, row: &Row, paid: &Paid) {
    let payment = look(customer, &paid.booking).await["payment"].clone();
    let legs = payment["legs"].as_array().expect("legs");
    assert_eq!(legs.len(), row.legs.len(), "{}", row.line);
    for (index, ((with, minor), (back, to))) in row.legs.iter().zip(&row.back).enumerate() {
        let leg = text(&legs[index], "id");
        let template = match (*to, *with) {
            ("bank", _) => "card_refunded",
            ("credit", "credit") => "credit_refunded",
            ("credit", _) => "refund_kept",
            ("same", _) => "gift_card_refunded",
            ("new", _) => "gift_card_issued",
            _ => "gift_card_refund_ended",
        };
        let expected = if *back > 0 { vec![(template.to_owned(), *back)] } else { Vec::new() };
        assert_eq!(moved_back(site, leg).await, expected, "{}: {with}", row.line);
        let by_bank = if *to == "bank" { *back } else { 0 };
        assert_eq!(paid_by_bank(site, leg).await, by_bank, "{}: {with}", row.line);
        if let Some((card, value)) = &paid.cards[index] {
            let again = if *to == "same" { *back } else { 0 };
            assert_eq!(left_on(customer, card).await, value - minor + again, "{}: {with}", row.line);
        }
    }
    let books = money_of(site, &paid.booking).await;
    let earned: i64 =
        ["celebrity_payable", "commission", "service_fees"].iter().filter_map(|kind| books.get(*kind)).sum();
    assert_eq!(-earned, row.total() - row.refund, "{}: {books:?}", row.line);
}

/// Everybody books on the first day; then they call off one after the other, each at the moment of its row.
#[tokio::test]
async fn each_row_of_the_table_is_shown_before_and_then_happens() {
    let site = TestSite::new().await;
    let (rows, confirmed_at) = (Row::all(), site.now());
    assert!(rows.len() >= 25);
    let mut invited: BTreeMap<&str, InvitedGuest> = BTreeMap::new();
    let mut all = Vec::new();
    for (turn, row) in rows.iter().enumerate() {
        let slug = row.guest.profile.slug;
        if !invited.contains_key(slug) {
            invited.insert(slug, site.invite(row.guest).await);
        }
        let paid = pay_for(&site, &invited[slug], row, turn).await;
        end_cards(&site, row, &paid).await;
        all.push((row.moment(confirmed_at), row, paid));
    }
    site.run_jobs().await;
    all.sort_by_key(|(moment, ..)| *moment);
    for (moment, row, paid) in &all {
        site.clock.set((*moment).max(site.now()));
        call_off(&site, row, paid).await;
    }
    site.run_jobs().await;
    assert_eq!(faults(&site).await, Vec::<String>::new());
    let customer = site.cast.customer.signed_in_anew(&site).await;
    for (_, row, paid) in &all {
        is_as_the_table_says(&site, &customer, row, paid).await;
    }
    let credit = customer.get("/api/me/credit").await.json();
    let credit = credit["items"].as_array().expect("sums").iter();
    let credit = credit.map(|sum| (text(sum, "currency").to_owned(), sum["amount_minor"].as_i64().expect("a sum")));
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for row in &rows {
        let credited: i64 = row.back.iter().filter(|(_, to)| *to == "credit").map(|(minor, _)| minor).sum();
        *expected.entry(row.currency().to_owned()).or_default() += credited;
    }
    expected.retain(|_, minor| *minor > 0);
    assert_eq!(credit.filter(|(_, minor)| *minor > 0).collect::<BTreeMap<_, _>>(), expected);
}
