//! `GET /mailbox`: kept mails, newest first.

use serde::Serialize;

use crate::render::Page;

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

impl Page for Inbox {
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
