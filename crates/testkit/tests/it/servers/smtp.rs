//! Mail to a real SMTP server: what arrives, what is refused, and what waits until the server is back.

use std::net::TcpListener;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{MailId, Secret};
use mailer::{Attachment, Delivery, Mail, Mailer, MailerError, SmtpMailer};
use serde_json::{Value, json};
use testkit::{MailServer, TestSite};

use crate::steps::log::Log;

const FROM: &str = "Stagedoor <door@stagedoor.test>";

fn mailer(url: &str) -> SmtpMailer {
    SmtpMailer::new(&Secret::new(url.to_owned()), FROM).expect("the address fits")
}

fn mail(to: &str) -> Mail {
    Mail {
        id: MailId(uuid::Uuid::from_u128(7)),
        to_address: to.to_owned(),
        to_name: "Zoë Ødegård".to_owned(),
        subject: "Bestätigt: ein Anruf – 20:00".to_owned(),
        text: "Everything is set.\n".to_owned(),
        html: "<p>Everything is set.</p>".to_owned(),
        attachment: Some(Attachment {
            filename: "booking.ics".to_owned(),
            content_type: "text/calendar; method=PUBLISH".to_owned(),
            text: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned(),
        }),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let mut server = MailServer::start_with(&json!({"user": "door", "password": "open sesame"}));
    let mailer = mailer(&format!("smtp://door:open%20sesame@127.0.0.1:{}", server.port));
    assert_eq!(mailer.send(&mail("zoe@example.org")).await.expect("it goes"), Delivery::Sent);

    let seen = server.next_event();
    assert_eq!((&seen["sender"], &seen["to"]), (&json!("door@stagedoor.test"), &json!(["zoe@example.org"])));
    assert_eq!(seen["user"], "door");
    let headers = &seen["headers"];
    assert_eq!(headers["message-id"], "<00000000-0000-0000-0000-000000000007@stagedoor.test>");
    assert_eq!(headers["subject"], "Bestätigt: ein Anruf – 20:00");
    assert_eq!((&headers["from"], &headers["to"]), (&json!(FROM), &json!("Zoë Ødegård <zoe@example.org>")));
    let parts = &seen["parts"];
    assert_eq!(parts["text/plain"].as_str().map(str::trim_end), Some("Everything is set."));
    assert_eq!(parts["text/html"].as_str().map(str::trim_end), Some("<p>Everything is set.</p>"));
    assert!(parts["text/calendar"].as_str().is_some_and(|text| text.starts_with("BEGIN:VCALENDAR")), "{parts}");
}

#[tokio::test]
async fn a_wrong_password_is_ours_to_mend() {
    let mut server = MailServer::start_with(&json!({"user": "door", "password": "open sesame"}));
    let mailer = mailer(&format!("smtp://door:guess@127.0.0.1:{}", server.port));
    let refused = mailer.send(&mail("zoe@example.org")).await.expect_err("nobody comes in");
    assert!(!refused.is_final(), "{refused:?}");
    assert_eq!(server.next_event()["event"], "stranger");
}

#[tokio::test]
async fn an_address_that_the_server_refuses_is_given_up_and_others_go_on() {
    let mut server = MailServer::start_with(&json!({"refuse": "nobody@example.org"}));
    let mailer = mailer(&format!("smtp://127.0.0.1:{}", server.port));
    let refused = mailer.send(&mail("nobody@example.org")).await.expect_err("there is no such mailbox");
    assert!(refused.is_final(), "{refused:?}");
    mailer.send(&mail("zoe@example.org")).await.expect("it goes");
    assert_eq!((&server.next_event()["event"], &server.next_event()["event"]), (&json!("refused"), &json!("mail")));

    let unsendable = mailer.send(&mail("no address at all")).await.expect_err("it cannot go anywhere");
    assert!(matches!(unsendable, MailerError::Unsendable(_)) && unsendable.is_final());
}

#[tokio::test]
async fn where_encryption_is_asked_for_nothing_goes_without_or_to_a_stranger() {
    let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/servers/unvouched.pem");
    for options in [json!({}), json!({"certificate": certificate})] {
        let server = MailServer::start_with(&options);
        let mailer = mailer(&format!("smtp://127.0.0.1:{}?tls=required", server.port));
        let refused = mailer.send(&mail("zoe@example.org")).await.expect_err("nobody vouches for this server");
        assert!(!refused.is_final(), "{refused:?}");
        assert!(server.stop().is_empty(), "a mail went to {options}");
    }
}

#[tokio::test]
async fn a_mail_waits_until_the_server_is_back_and_a_repeated_one_is_known_by_its_id() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
    let site = TestSite::with_mailer(Arc::new(mailer(&format!("smtp://127.0.0.1:{port}")))).await;
    let wish = json!({"email": "new@example.org", "password": "a long enough secret", "display_name": "New", "time_zone": "Europe/Lisbon"});
    let answer = site.cast.anonymous.post("/api/auth/register", &wish).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    site.run_jobs().await;
    assert_eq!(states(&site).await, [("queued".to_owned(), 1)]);
    let pool = site.test_database().database.pool();
    let wanted = "SELECT payload FROM jobs WHERE kind = 'send_mail'";
    let wanted: Value = sqlx::query_scalar(wanted).fetch_one(pool).await.expect("its job");

    let mut server = MailServer::start_with(&json!({"port": port}));
    site.clock.advance(TimeDelta::seconds(5));
    site.run_jobs().await;
    let first = server.next_event();
    assert_eq!(first["to"], json!(["new@example.org"]));
    assert_eq!(states(&site).await, [("sent".to_owned(), 2)]);

    let kept = "SELECT count(*) FROM mails WHERE body_text || body_html <> '' OR attachment IS NOT NULL";
    let kept: i64 = sqlx::query_scalar(kept).fetch_one(pool).await.expect("counts");
    assert_eq!(kept, 0, "what was sent may hold links that open an account");

    // As if the program had died between sending and writing it down.
    let unsent = "UPDATE mails SET state = 'queued', sent_at = NULL, body_text = 'Again.'";
    sqlx::query(unsent).execute(pool).await.expect("it is undone");
    let undone = "UPDATE jobs SET finished_at = NULL, payload = $1 WHERE kind = 'send_mail'";
    sqlx::query(undone).bind(wanted).execute(pool).await.expect("it is undone");
    site.run_jobs().await;
    let second = server.next_event();
    assert_eq!(first["headers"]["message-id"], second["headers"]["message-id"]);
    site.run_jobs().await;
    assert_eq!(server.stop(), Vec::<Value>::new());
}

/// A mail server that refuses every mail for good, and has much to say about it.
#[derive(Debug)]
struct Chatterbox;

#[async_trait]
impl Mailer for Chatterbox {
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailerError> {
        let said = format!("550 <{}> has moved.{}", mail.to_address, " No such user here.".repeat(200));
        Err(MailerError::Unsendable(said.into()))
    }
}

#[tokio::test]
async fn what_a_mail_server_says_is_logged_briefly_and_without_the_address() {
    let site = TestSite::with_mailer(Arc::new(Chatterbox)).await;
    let log = Log::start();
    let asked = json!({"email": "customer@example.org"});
    assert_eq!(site.cast.anonymous.post("/api/auth/password/reset", &asked).await.status, 202);
    site.run_jobs().await;
    let lines = log.take();
    let told =
        lines.iter().find(|line| line.get("message").is_some_and(|message| message == "a mail can never be sent"));
    let told = told.expect("it is logged");
    assert!(told["error"].contains("550 <address> has moved."), "{told:?}");
    assert!(told["error"].chars().count() < 700, "{told:?}");
    assert!(!lines.iter().any(|line| line.values().any(|value| value.contains("customer@"))), "{lines:?}");
}

/// The mails' states, with the tries that their jobs took.
async fn states(site: &TestSite) -> Vec<(String, i32)> {
    sqlx::query_as(
        "SELECT mails.state, jobs.attempts FROM mails JOIN jobs ON jobs.dedupe_key = 'send_mail/' || mails.id ORDER BY mails.id",
    )
    .fetch_all(site.test_database().database.pool())
    .await
    .expect("the mails can be read")
}

#[tokio::test]
async fn every_address_that_an_account_may_have_can_be_sent_to() {
    let mut server = MailServer::start();
    let mailer = mailer(&format!("smtp://127.0.0.1:{}", server.port));
    let mut sent = 0;
    let locals = [
        "ana",
        "o'hara+tickets",
        "a.b-c_d",
        "!#$%&*/=?^`{|}~",
        "-ana-",
        "Ana.LIMA",
        "1",
        "josé",
        "an\u{200b}a",
        ".a",
        "a..b",
    ];
    let hosts = [
        "example.org",
        "Bücher.example",
        "xn--bcher-kva.example",
        "例え.テスト",
        "a.b",
        "ex\u{ad}ample.org",
        "1.2.3.4",
        "-x.org",
    ];
    for typed in locals.iter().flat_map(|local| hosts.iter().map(move |host| format!("{local}@{host}"))) {
        let Ok(address) = accounts::fields::email(&typed) else { continue };
        let outcome = mailer.send(&mail(&address)).await;
        assert_eq!(outcome.unwrap_or_else(|error| panic!("{address:?}: {error:?}")), Delivery::Sent);
        assert_eq!(server.next_event()["to"], json!([address]), "{typed}");
        sent += 1;
    }
    assert_eq!(sent, 7 * 5, "seven of the names and five of the hosts are fit for mail");
}
