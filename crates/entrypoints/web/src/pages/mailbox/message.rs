//! `GET /mailbox/{id}`: one kept mail.

use serde::Serialize;

use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Message {
    pub subject: String,
    pub to: String,
    pub when: String,
    pub parts: Vec<Part>,
}

/// A stretch of the text: words, or an address of our own to follow.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    pub text: String,
    pub is_link: bool,
}

impl Page for Message {
    const TEMPLATE: &'static str = "pages/mailbox/message.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let text = "Hello Noor,\n\nopen this link to verify your address:\n\n";
        let page = Self {
            subject: "Verify your address".to_owned(),
            to: "noor@example.test".to_owned(),
            when: "2 minutes ago".to_owned(),
            parts: vec![
                Part { text: text.to_owned(), is_link: false },
                Part { text: "http://127.0.0.1:8080/verify?token=sample".to_owned(), is_link: true },
                Part { text: "\n\nIt works for one day.".to_owned(), is_link: false },
            ],
        };
        vec![("link", page)]
    }
}
