//! What `stagedoor ledger check` notices: each of its rules, broken one by one; and that nothing breaks them.

use chrono::TimeDelta;
use kernel::{Chance as _, SeededChance};
use serde_json::{Value, json};
use testkit::{CardFault, TestSite};
use workflows::background::fire_schedules;
use workflows::payment::{answer_challenge, check_books};

use crate::steps::journey::{
    ASKS, DECLINES, LOSES_THE_ANSWER, PAYS, TAKES_TIME, at, balance, book, book_and_pay, challenge, faults, pay,
    provider_keeps, status, text,
};

/// A paid booking, and a cancelled one whose refund is on its way.
async fn site_with_money() -> TestSite {
    let site = TestSite::new().await;
    let cast = &site.cast;
    book_and_pay(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let cancelled = book_and_pay(&cast.other_customer, &cast.star, at(&site, 6, 10)).await;
    let path = format!("/api/bookings/{}/cancellation", text(&cancelled, "id"));
    let done = cast.other_customer.post(&path, &json!({"expected_refund_minor": 26_250})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    site.jobs_may_be_left();
    site
}

/// A balanced transfer of 1.00 between two kinds of accounts of the oldest booking, caused by its leg or by nothing.
fn transfer(debited: &str, credited: &str, is_of_leg: bool) -> Vec<String> {
    let (kind, leg) = if is_of_leg {
        ("'payment_leg'", "(SELECT id FROM payment_legs ORDER BY created_at, id LIMIT 1)")
    } else {
        ("NULL", "NULL::uuid")
    };
    let booking = "(SELECT id FROM bookings ORDER BY created_at, id LIMIT 1)";
    let posting = |position: i16, account: &str, minor: i64| {
        format!(
            "INSERT INTO ledger_postings (transfer_id, position, account_id, amount_minor, currency)
             SELECT '00000000-0000-0000-0000-000000000001', {position}, id, {minor}, currency FROM ledger_accounts
             WHERE kind = '{account}' AND owner_id IN ({booking}, '00000000-0000-0000-0000-000000000000')"
        )
    };
    let open = |account: &str| {
        format!(
            "INSERT INTO ledger_accounts (id, kind, owner_id, currency, created_at)
             SELECT gen_random_uuid(), '{account}', CASE WHEN '{account}' IN ('unapplied_receipts', 'booking_escrow') THEN {booking}
               ELSE '00000000-0000-0000-0000-000000000000' END, 'USD', '2026-12-01' ON CONFLICT DO NOTHING"
        )
    };
    vec![
        open(debited),
        open(credited),
        format!(
            "INSERT INTO ledger_transfers (id, template, subject_kind, subject_id, reference_kind, reference_id, occurred_at)
             SELECT '00000000-0000-0000-0000-000000000001', 'test', 'booking', {booking}, {kind}, {leg}, '2026-12-01'"
        ),
        posting(1, debited, 100),
        posting(2, credited, -100),
    ]
}

#[tokio::test]
async fn every_rule_notices_when_it_is_broken() {
    let site = site_with_money().await;
    assert_eq!(faults(&site).await, Vec::<String>::new());
    let one = |statement: &str| vec![statement.to_owned()];
    let add = |minor: i64, template: &str| {
        format!(
            "UPDATE ledger_postings SET amount_minor = amount_minor + {minor} WHERE position = 1
             AND transfer_id = (SELECT id FROM ledger_transfers WHERE template = '{template}' ORDER BY occurred_at, id LIMIT 1)"
        )
    };
    let second = "UPDATE ledger_postings SET amount_minor = amount_minor - 1 WHERE position = 1 AND transfer_id =
                    (SELECT id FROM ledger_transfers WHERE template = 'card_captured' ORDER BY occurred_at, id DESC LIMIT 1)";
    let overdrawn = transfer("booking_escrow", "commission", false);
    let overdrawn = overdrawn.into_iter().map(|text| text.replace(", 100, currency", ", 30000, currency"));
    let cases: [(&str, Vec<String>); 12] = [
        ("USD is off by 1", vec![add(1, "card_captured")]),
        ("does not balance", vec![add(1, "card_captured"), second.to_owned()]),
        ("booking_escrow of", overdrawn.map(|text| text.replace(", -100, currency", ", -30000, currency")).collect()),
        ("differs from the books", transfer("provider_clearing", "commission", true)),
        (
            "differs from its receipts",
            one("UPDATE payment_legs SET captured_minor = captured_minor - 1 WHERE refunded_minor = 0"),
        ),
        ("differs from its receipts", one("UPDATE payment_legs SET refunded_minor = 0")),
        ("differs from its receipts", one("UPDATE payment_legs SET surplus_minor = 1")),
        ("is neither in the books nor owed back", transfer("commission", "unapplied_receipts", false)),
        ("stay in escrow", one("UPDATE booking_deadlines SET closed_at = due_at")),
        ("stay in escrow", one("UPDATE refunds SET state = 'failed'")),
        ("no job pays it", one("UPDATE jobs SET dead_at = created_at WHERE kind = 'pay_back'")),
        (
            "the fees in USD from 2026-12-01",
            one("INSERT INTO fee_schedules VALUES ('USD', '2026-12-01', 500, 10000, 5000000, 1500)"),
        ),
    ];
    for (expected, statements) in cases {
        let mut tx = site.site.database.begin().await.expect("begins");
        sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *tx).await.expect("no trigger runs");
        for statement in &statements {
            let done = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&mut *tx).await;
            assert!(
                done.unwrap_or_else(|error| panic!("{statement}: {error}")).rows_affected() > 0
                    || statement.contains("ON CONFLICT")
            );
        }
        let found = check_books(&mut tx, site.now().date_naive()).await.expect("the books can be read").faults;
        assert!(found.iter().any(|fault| fault.contains(expected)), "{expected}: {found:?}");
        tx.rollback().await.expect("ends");
    }
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_payment_that_is_returned_at_once_is_in_order_at_every_step() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    let asked = pay(&cast.customer, &booking, ASKS, "first").await.json();
    site.clock.advance(TimeDelta::minutes(15) + TimeDelta::seconds(1));
    book(&cast.other_customer.signed_in_anew(&site).await, &cast.star, at(&site, 5, 10)).await;
    answer_challenge(&site.site, challenge(&asked), true).await.expect("is answered");
    // It was never settled, and its refund is owed.
    assert_eq!((balance(&site, "booking_escrow").await, faults(&site).await), (-26_250, Vec::new()));
    site.run_jobs().await;
    let settled: bool =
        sqlx::query_scalar("SELECT settled_at IS NOT NULL FROM payment_intents").fetch_one(pool).await.expect("reads");
    assert!(!settled);
    assert_eq!((balance(&site, "booking_escrow").await, faults(&site).await), (0, Vec::new()));
}

#[tokio::test]
async fn tax_is_owed_to_the_authorities_when_the_booking_is_completed() {
    let site = TestSite::new().await;
    let (cast, pool) = (&site.cast, site.test_database().database.pool());
    let booking = book(&cast.customer, &cast.star, at(&site, 5, 10)).await;
    sqlx::query("UPDATE bookings SET tax_minor = 1000, total_minor = total_minor + 1000")
        .execute(pool)
        .await
        .expect("updates");
    let paid = pay(&cast.customer, &booking, PAYS, "first").await.json();
    assert_eq!(paid["paid"]["amount_minor"], 27_250);
    for _ in 0..3 {
        site.clock.advance(TimeDelta::days(5));
        site.run_jobs().await;
    }
    assert_eq!(status(&site, &booking).await.0, "completed");
    assert_eq!((balance(&site, "tax_payable").await, balance(&site, "booking_escrow").await), (-1_000, 0));
    assert_eq!(balance(&site, "celebrity_payable").await, -21_250);
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

/// Chooses what happens next.
struct Walk {
    chance: SeededChance,
    bookings: Vec<Value>,
}

impl Walk {
    fn below(&self, count: usize) -> usize {
        let mut bytes = [0; 4];
        self.chance.fill(&mut bytes);
        usize::try_from(u32::from_le_bytes(bytes)).expect("fits") % count
    }

    async fn step(&mut self, site: &TestSite, turn: i64) -> String {
        let customer = site.cast.customer.signed_in_anew(site).await;
        if self.bookings.is_empty() || (self.bookings.len() < 4 && self.below(8) == 0) {
            self.bookings.push(book(&customer, &site.cast.star, at(site, 20 + turn, 10)).await);
            return "books".to_owned();
        }
        let booking = &self.bookings[self.below(self.bookings.len())];
        match self.below(12) {
            0..=5 => {
                let number = [PAYS, ASKS, DECLINES, TAKES_TIME, LOSES_THE_ANSWER][self.below(5)];
                let faults = [
                    CardFault::LosesAnswer,
                    CardFault::LosesCharge,
                    CardFault::DelaysCharge,
                    CardFault::Refuses,
                    CardFault::Hangs,
                ];
                let fault = faults.get(self.below(2 * faults.len())).copied();
                site.cards.will(fault);
                let key = format!("{number}-{}", self.below(3));
                let answered = tokio::select! {
                    answer = pay(&customer, booking, number, &key) => answer.status,
                    () = site.cards.hangs() => 0,
                };
                site.cards.will_do_nothing();
                assert!(answered < 500, "{number} {fault:?}: {answered}");
                format!("pays with {number}, {fault:?}: {answered}")
            }
            6 => {
                let asked: Option<String> = sqlx::query_scalar(
                    "SELECT provider_ref FROM sandbox_card_payments WHERE state = 'action_required' ORDER BY created_at LIMIT 1",
                )
                .fetch_optional(site.test_database().database.pool())
                .await
                .expect("reads");
                let Some(asked) = asked else { return "nobody is asked".to_owned() };
                // One whose answer was lost is not known here yet.
                let answered = answer_challenge(&site.site, &asked, self.below(4) > 0).await.is_ok();
                format!("the bank is answered: {answered}")
            }
            7 => {
                let path = |end: &str| format!("/api/bookings/{}/{end}", text(booking, "id"));
                let shown = customer.get(&path("cancellation-preview")).await;
                let refund = if shown.status == 200 { shown.json()["total"]["amount_minor"].as_i64() } else { None };
                let refund = refund.unwrap_or(0);
                let body = json!({ "expected_refund_minor": refund });
                let key = format!("cancel-{turn}");
                let headers = [("idempotency-key", key.as_str())];
                let done = customer.call("POST", &path("cancellation"), Some(&body), &headers).await;
                format!("cancels: {}", done.status)
            }
            8 => {
                site.cards.deliver_late().await;
                "what was late arrives".to_owned()
            }
            9 => {
                let seconds = [5, 20, 40, 400, 1_000][self.below(5)];
                site.clock.advance(TimeDelta::seconds(seconds));
                format!("{seconds} seconds pass")
            }
            _ => format!("{} jobs run", site.run_jobs().await),
        }
    }
}

/// Whatever payers, the provider and the clock do, in whatever order: the books hold after every step, and in the end they say what the
/// provider has.
#[tokio::test]
async fn the_books_hold_whatever_happens() {
    for seed in 0..4 {
        let site = TestSite::new().await;
        if seed % 2 == 1 {
            site.cards.cannot_close_keys();
        }
        let mut walk = Walk { chance: SeededChance::new(seed), bookings: Vec::new() };
        let mut done = Vec::new();
        for turn in 0..30 {
            done.push(walk.step(&site, turn).await);
            assert_eq!(faults(&site).await, Vec::<String>::new(), "seed {seed}: {done:#?}");
        }
        site.cards.deliver_late().await;
        for _ in 0..3 {
            site.clock.advance(TimeDelta::hours(1));
            fire_schedules(&site.site).await.expect("fires");
            site.run_jobs().await;
            assert_eq!(faults(&site).await, Vec::<String>::new(), "seed {seed}: {done:#?}");
        }
        let (theirs, ours) = (provider_keeps(&site).await, balance(&site, "provider_clearing").await);
        assert_eq!(theirs, ours, "seed {seed}: {done:#?}");
        let confirmed: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(total_minor), 0)::bigint FROM bookings WHERE status = 'confirmed' AND payment_status = 'paid'",
        )
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("adds up");
        assert_eq!(ours, confirmed, "nothing is kept but for what is confirmed; seed {seed}: {done:#?}");
        site.jobs_may_be_left();
    }
}
