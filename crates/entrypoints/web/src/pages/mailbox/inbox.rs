//! `GET /mailbox`: kept mails, newest first.

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, OnThisMachine, Problem, Site};
use serde::Serialize;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Inbox {
    pub items: Vec<MailLine>,
}

/// One mail in the list.
#[derive(Debug, Serialize)]
pub(crate) struct MailLine {
    pub href: String,
    pub subject: String,
    pub to: String,
    pub when: String,
}

/// Mails that the list shows.
const NEWEST: i64 = 100;

/// `GET /mailbox`
pub(crate) async fn show(State(site): State<Site>, _: OnThisMachine, frame: Frame) -> Answer<Response> {
    if !site.settings.development {
        return Err(Problem::not_found());
    }
    let now = site.clock.now();
    let mails = notifications::queries::newest(&mut *site.database.acquire().await?, NEWEST).await?;
    let items = mails.into_iter().map(|mail| MailLine {
        href: format!("{}/{}", links::MAILBOX, mail.id),
        subject: mail.subject,
        to: mail.to_address,
        when: format::relative(mail.created_at, now),
    });
    frame.answer(&Inbox { items: items.collect() })
}

impl Template for Inbox {
    const TEMPLATE: &'static str = "pages/mailbox/inbox.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let one = |subject: &str| MailLine {
            href: "/mailbox/1".to_owned(),
            subject: subject.to_owned(),
            to: "noor@example.test".to_owned(),
            when: "2 minutes ago".to_owned(),
        };
        let items = vec![one("Confirmed: Juno Park, Sat 12 December, 20:00"), one("Verify your address")];
        vec![("full", Self { items }), ("empty", Self { items: Vec::new() })]
    }
}
