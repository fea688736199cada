//! Two servers on one database, with nothing else in common, are one site.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;
use workflows::background::run_until_idle;

use crate::steps::journey::{
    ASKS, PAYS, ask_for, at, balance, book, book_and_pay, faults, look, mails, pay, status, text,
};

#[tokio::test]
async fn a_retry_at_the_other_server_gets_the_first_answer() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let (_, other) = site.second_site().await;
    let first = ask_for(customer, star, at(&site, 5, 10), "one").await;
    let again = ask_for(&customer.at(&other), star, at(&site, 5, 10), "one").await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text());
    assert_eq!((first.json(), again.header("idempotency-replayed").as_str()), (again.json(), "true"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn two_workers_do_each_job_once() {
    let site = TestSite::new().await;
    let (second, _) = site.second_site().await;
    let mut bookings = Vec::new();
    for hour in [9, 11, 13, 15] {
        bookings.push(book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, hour)).await);
    }
    let (one, two) = tokio::join!(run_until_idle(&site.site), run_until_idle(&second));
    one.and(two).expect("both workers run");
    for booking in &bookings {
        assert_eq!(mails(&site, "booking_confirmed_customer", booking).await, 1);
    }
    let repeated: Vec<(String, i32)> =
        sqlx::query_as("SELECT kind, attempts FROM jobs WHERE attempts <> 1 AND finished_at IS NOT NULL")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("the jobs can be read");
    assert_eq!(repeated, []);
}

#[tokio::test]
async fn one_server_asks_about_an_open_payment_and_other_holds_do_not_wait_for_it() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let (second, _) = site.second_site().await;
    let open = book(customer, star, at(&site, 5, 10)).await;
    pay(customer, &open, ASKS, "asks").await;
    let unpaid = book(customer, star, at(&site, 5, 13)).await;
    site.clock.advance(TimeDelta::minutes(16));
    let (one, two) = tokio::join!(run_until_idle(&site.site), run_until_idle(&second));
    one.and(two).expect("both workers run");
    for booking in [&open, &unpaid] {
        assert_eq!(status(&site, booking).await.0, "expired");
    }
    let asked: Vec<(i32,)> = sqlx::query_as("SELECT attempts FROM jobs WHERE kind = 'settle_hold'")
        .fetch_all(site.test_database().database.pool())
        .await
        .expect("the jobs can be read");
    assert_eq!(asked, [(1,)], "the provider is asked for the one that has an open payment, once");
}

#[tokio::test]
async fn a_deadline_that_waits_for_the_provider_is_due_and_lets_others_pass() {
    let site = TestSite::new().await;
    let (customer, star) = (&site.cast.customer, &site.cast.star);
    let pool = site.test_database().database.pool();
    let open = book(customer, star, at(&site, 5, 10)).await;
    pay(customer, &open, ASKS, "asks").await;
    let unpaid = book(customer, star, at(&site, 5, 13)).await;
    site.clock.advance(TimeDelta::minutes(16));
    // The question stays open, as with a provider that does not answer.
    sqlx::raw_sql(
        "CREATE FUNCTION postpone_question() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN NEW.run_at := NEW.run_at + interval '1 hour'; RETURN NEW; END $$;
         CREATE TRIGGER postpone_question BEFORE INSERT ON jobs FOR EACH ROW
           WHEN (NEW.kind = 'settle_hold') EXECUTE FUNCTION postpone_question()",
    )
    .execute(pool)
    .await
    .expect("the question can be put off");
    site.run_jobs().await;
    assert_eq!(status(&site, &unpaid).await.0, "expired");
    assert_eq!(status(&site, &open).await.0, "awaiting_payment");
    let waits: bool = sqlx::query_scalar(
        "SELECT bool_and(due_at <= $1 AND waits_until > $1) FROM booking_deadlines WHERE closed_at IS NULL",
    )
    .bind(site.now())
    .fetch_one(pool)
    .await
    .expect("the deadline is there");
    assert!(waits);
    site.clock.advance(TimeDelta::minutes(61));
    site.run_jobs().await;
    assert_eq!(status(&site, &open).await.0, "expired");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_parked_fact_that_cannot_be_consumed_holds_up_no_new_one() {
    let site = TestSite::new().await;
    sqlx::raw_sql(
        "CREATE FUNCTION keep_parked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it stays'; END $$;
         CREATE TRIGGER keep_parked BEFORE DELETE ON parked_facts FOR EACH ROW EXECUTE FUNCTION keep_parked();",
    )
    .execute(site.test_database().database.pool())
    .await
    .expect("parked facts cannot be consumed");
    book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    sqlx::query(
        "INSERT INTO parked_facts (consumer, id, topic, version, subject_id, payload, occurred_at, reason, parked_at)
         SELECT 'booking_mails', id, topic, version, subject_id, payload, occurred_at, 'a test', occurred_at FROM facts",
    )
    .execute(site.test_database().database.pool())
    .await
    .expect("they are parked");
    let stop = tokio_util::sync::CancellationToken::new();
    let worker = workflows::background::spawn(site.site.clone(), stop.clone());
    // The clock of this test is not the database's, so jobs wait: what reading the facts leaves is a job for the mails.
    let is_read = async {
        let jobs = "SELECT count(*) FROM jobs WHERE kind = 'booking_mails'";
        while sqlx::query_scalar::<_, i64>(jobs).fetch_one(site.test_database().database.pool()).await.expect("counts")
            == 0
        {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let is_read = tokio::time::timeout(std::time::Duration::from_secs(10), is_read).await;
    assert!(site.site.clock_health.is_wrong(), "whoever looks after the server is told of its clock");
    stop.cancel();
    worker.await.expect("it ends");
    is_read.expect("new facts are read");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_a_newer_release_leaves_waits_for_it_and_is_counted() {
    let site = TestSite::new().await;
    let pool = site.test_database().database.pool();
    sqlx::query(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at) VALUES
      (gen_random_uuid(), 'teleport', '{}', 'teleport/1', $1, $1)",
    )
    .bind(site.now())
    .execute(pool)
    .await
    .expect("a newer release wrote it");
    sqlx::query(
        "SELECT append_facts(ARRAY[gen_random_uuid()], ARRAY['booking.teleported'], ARRAY[2::smallint],
      ARRAY[gen_random_uuid()], ARRAY['{}'::jsonb], $1)",
    )
    .bind(site.now())
    .execute(pool)
    .await
    .expect("a newer release wrote it");
    site.run_jobs().await;
    let mut connection = site.test_database().database.acquire().await.expect("a connection");
    let known = workflows::background::known_jobs();
    let backlog = overviews::backlog::read(&mut connection, site.now(), &known).await.expect("it is counted");
    assert_eq!((backlog.jobs_due, backlog.jobs_unknown, backlog.jobs_dead), (0, 1, 0));
    assert_eq!((backlog.facts_unread, backlog.facts_parked), (0, 3), "parked for every consumer");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn one_booking_paid_at_both_servers_at_once_is_paid_once() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, other) = site.second_site().await;
    let booking = book(customer, &site.cast.star, at(&site, 5, 10)).await;
    let there = customer.at(&other);
    let (one, two) = tokio::join!(pay(customer, &booking, PAYS, "here"), pay(&there, &booking, PAYS, "there"));
    assert!([one.status, two.status].contains(&200), "{} {}", one.text(), two.text());
    assert!([one.status, two.status].iter().all(|status| [200, 409].contains(status)), "{} {}", one.text(), two.text());
    site.run_jobs().await;
    assert_eq!(text(&look(customer, &booking).await, "payment_status"), "paid");
    assert_eq!(balance(&site, "booking_escrow").await, -26_250);
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_session_that_ends_at_one_server_ends_at_the_other() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let (_, other) = site.second_site().await;
    let there = customer.at(&other);
    assert_eq!(there.get("/api/me").await.status, 200);
    let left = customer.post("/api/auth/logout", &json!({})).await;
    assert!([200, 204].contains(&left.status), "{}", left.text());
    site.clock.advance(TimeDelta::seconds(6));
    assert_eq!(there.get("/api/me").await.status, 401);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn guesses_at_a_password_are_counted_together() {
    let site = TestSite::new().await;
    let (_, other) = site.second_site().await;
    let (here, there) = (&site.cast.anonymous, site.cast.anonymous.at(&other));
    let guess = json!({"email": "customer@example.org", "password": "not this one"});
    for _ in 0..3 {
        for server in [here, &there] {
            server.post("/api/auth/login", &guess).await;
        }
    }
    let refused = [here.post("/api/auth/login", &guess).await, there.post("/api/auth/login", &guess).await];
    assert_eq!(refused.map(|answer| answer.status), [429, 429]);
}
