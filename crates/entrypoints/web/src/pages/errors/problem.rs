//! The error page.

use http::StatusCode;
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

/// What happened, in a few words; `code` tells apart what has the same status.
pub(super) fn title(status: StatusCode, code: &str) -> &'static str {
    match (status.as_u16(), code) {
        (_, "email_not_verified") => "Verify your address first.",
        (_, "stale_form") => "This form is too old.",
        (401 | 403, _) => "You may not do this.",
        (404, _) => "There is nothing here.",
        (405, _) => "This address is not a page.",
        (409, _) => "That changed meanwhile.",
        (413, _) => "That is too much at once.",
        (429, _) => "One moment, please.",
        (503, _) => "Too many people at once.",
        (500.., _) => "That went wrong on our side.",
        _ => "That could not be read.",
    }
}

impl Template for ProblemPage {
    const TEMPLATE: &'static str = "pages/errors/problem.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |status: StatusCode, code, detail: &str| Self {
            status: status.as_u16(),
            title: title(status, code),
            detail: detail.to_owned(),
            request_id: status.is_server_error().then(|| "01a2b3c4d5e6".to_owned()),
            next: vec![LinkView::to("Discover people", links::DISCOVER), LinkView::to("Home", links::HOME)],
        };
        let mistake = "This is our mistake, and it is in our log. Look whether it was done before you send it again.";
        let stale =
            "This form is from an earlier session. Nothing was changed; go back, reload the page and send it again.";
        let nothing = "There is nothing here under this address, or it is not yours to see.";
        let busy = "Too much is going on at once. Nothing was changed; try again in a few seconds.";
        vec![
            (
                "403",
                page(
                    StatusCode::FORBIDDEN,
                    "role_required",
                    "This page is for our staff. You are signed in as Sam Okafor.",
                ),
            ),
            ("stale-form", page(StatusCode::FORBIDDEN, "stale_form", stale)),
            ("404", page(StatusCode::NOT_FOUND, "not_found", nothing)),
            ("429", {
                let page =
                    page(StatusCode::TOO_MANY_REQUESTS, "rate", "That was a lot at once. Try again in 40 seconds.");
                let form = LinkView::to("Back to the form", links::login_then(links::BOOKINGS));
                Self { next: std::iter::once(form).chain(page.next).collect(), ..page }
            }),
            ("500", page(StatusCode::INTERNAL_SERVER_ERROR, "internal", mistake)),
            ("503", {
                let page = page(StatusCode::SERVICE_UNAVAILABLE, "busy", busy);
                let again = LinkView::to("Try again", links::BOOKINGS);
                Self { next: std::iter::once(again).chain(page.next).collect(), ..page }
            }),
        ]
    }
}
