//! `GET /mailbox/{id}`: one kept mail.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Answer, OnThisMachine, Path, Problem, Site};
use http::header;
use kernel::MailId;
use serde::Serialize;
use site::links;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::LinkView;

#[derive(Debug, Serialize)]
pub(crate) struct Message {
    pub subject: String,
    pub to: String,
    pub when: String,
    pub parts: Vec<Part>,
    /// The file that goes with it.
    pub file: Option<LinkView>,
}

/// A stretch of the text: words, or an address of our own to follow.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    pub text: String,
    pub is_link: bool,
}

/// `GET /mailbox/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    _: OnThisMachine,
    frame: Frame,
    Path(id): Path<MailId>,
) -> Answer<Response> {
    if !site.settings.development {
        return Err(Problem::not_found());
    }
    let mail = notifications::queries::mail(&mut *site.database.acquire().await?, id).await?;
    let file = mail.attachment.map(|file| LinkView::to(file.filename, format!("{}/{id}/file", links::MAILBOX)));
    frame.answer(&Message {
        subject: mail.subject,
        to: mail.to_address,
        when: format::relative(mail.created_at, site.clock.now()),
        parts: parts(&mail.body_text, &site.settings.public_url),
        file,
    })
}

/// `GET /mailbox/{id}/file`: the file that goes with a mail.
pub(crate) async fn file(State(site): State<Site>, _: OnThisMachine, Path(id): Path<MailId>) -> Answer<Response> {
    if !site.settings.development {
        return Err(Problem::not_found());
    }
    let mail = notifications::queries::mail(&mut *site.database.acquire().await?, id).await?;
    let file = mail.attachment.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.filename)),
    ];
    Ok((headers, file.text).into_response())
}

/// Makes links of our own addresses; all other text stays text.
fn parts(text: &str, public_url: &str) -> Vec<Part> {
    let ours = |line: &str| {
        line.strip_prefix(public_url).is_some_and(|path| path.starts_with('/') && !path.contains(char::is_whitespace))
    };
    let lines = text.split_inclusive('\n').map(|line| (line, ours(line.trim_end())));
    lines
        .flat_map(|(line, is_link)| {
            let end = line.len() - line.trim_end().len();
            let (words, space) = line.split_at(line.len() - if is_link { end } else { 0 });
            [Part { text: words.to_owned(), is_link }, Part { text: space.to_owned(), is_link: false }]
        })
        .filter(|part| !part.text.is_empty())
        .collect()
}

impl Template for Message {
    const TEMPLATE: &'static str = "pages/mailbox/message.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let (text, site) = (
            "Hello Noor,\n\nopen this link to verify your address:\n\nhttp://127.0.0.1:8080/verify?token=sample\n\nIt works for one day.",
            "http://127.0.0.1:8080",
        );
        let page = Self {
            subject: "Verify your address".to_owned(),
            to: "noor@example.test".to_owned(),
            when: "2 minutes ago".to_owned(),
            parts: parts(text, site),
            file: Some(LinkView::to("SD-7KQ2-M4XW.ics", "/mailbox/1/file")),
        };
        vec![("link", page)]
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn only_our_own_addresses_become_links() {
        let text =
            "Open this:\nhttps://stage.test/verify?token=a\nnot https://stage.test.evil/x\nhttps://stage.test.evil/x\n";
        let links: Vec<String> =
            parts(text, "https://stage.test").into_iter().filter(|part| part.is_link).map(|part| part.text).collect();
        assert_eq!(links, ["https://stage.test/verify?token=a"]);
        assert_eq!(parts(text, "https://stage.test").iter().map(|part| part.text.as_str()).collect::<String>(), text);
    }
}
