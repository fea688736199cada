//! The error page.

use serde::Serialize;
use site::links;

use crate::kit::render::Template;
use crate::views::LinkView;

#[derive(Debug, Serialize)]
pub(crate) struct ProblemPage {
    pub status: u16,
    pub title: &'static str,
    pub detail: String,
    /// For the operator's log.
    pub request_id: Option<String>,
    pub next: Vec<LinkView>,
}

impl Template for ProblemPage {
    const TEMPLATE: &'static str = "pages/errors/problem.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |status, title, detail: &str| Self {
            status,
            title,
            detail: detail.to_owned(),
            request_id: (status == 500).then(|| "01a2b3c4d5e6".to_owned()),
            next: vec![LinkView::to("Discover people", links::DISCOVER), LinkView::to("Home", links::HOME)],
        };
        vec![
            ("403", page(403, "This door is not yours.", "Your account does not have the role that this needs.")),
            (
                "404",
                page(
                    404,
                    "Nobody behind this door.",
                    "There is nothing here under this address, or it is not yours to see.",
                ),
            ),
            ("429", page(429, "One moment, please.", "That was a lot at once. Try again in 40 seconds.")),
            (
                "500",
                page(
                    500,
                    "The lights went out.",
                    "This is our mistake, and it is in our log. Nothing was changed; try again in a moment.",
                ),
            ),
            (
                "503",
                page(
                    503,
                    "The house is full.",
                    "Too much is going on at once. Nothing was changed; try again in a few seconds.",
                ),
            ),
        ]
    }
}
