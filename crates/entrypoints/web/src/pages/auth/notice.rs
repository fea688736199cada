//! A page that says one thing: look into your mail, you are signed out, your password is set.

use entry::Site;
use serde::Serialize;
use site::links;

use crate::kit::render::Template;
use crate::views::LinkView;

#[derive(Debug, Serialize)]
pub(crate) struct NoticePage {
    pub title: String,
    pub text: String,
    pub next: Option<LinkView>,
    /// Points to the kept mails, in development.
    pub mentions_mailbox: bool,
}

impl NoticePage {
    /// A link was mailed to `address`; `life` says for how long it works.
    pub(crate) fn check_mail(site: &Site, address: &str, life: &str, next: LinkView) -> Self {
        Self {
            title: "Look into your mail.".to_owned(),
            text: format!("If {address} can be reached, a link is on its way to it. {life}"),
            next: Some(next),
            mentions_mailbox: site.settings.development,
        }
    }
}

impl Template for NoticePage {
    const TEMPLATE: &'static str = "pages/auth/notice.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |title: &str, text: &str, mentions_mailbox| Self {
            title: title.to_owned(),
            text: text.to_owned(),
            next: Some(LinkView::to("Sign in", links::LOGIN)),
            mentions_mailbox,
        };
        vec![
            (
                "check-mail",
                page("Look into your mail.", "We sent a link to noor@example.test. It works for one day.", true),
            ),
            ("password-set", page("Your new password is set.", "Every other device was signed out.", false)),
        ]
    }
}
