//! `GET /claim/card`: the card that waits to be claimed, to print and put into an envelope. Only whoever has its code can see it: we
//! store what cannot be read back.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Site};
use gift_cards::CardKind;
use http::HeaderMap;
use serde::Serialize;
use workflows::gift_card::load_offered;

use super::claim::{kept, private};
use crate::kit::frame::Frame;
use crate::kit::qr;
use crate::kit::render::Template;
use crate::views::gift_card::{CardArt, CardPresenter};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Print {
    pub art: CardArt,
    pub from: Option<String>,
    pub until: String,
    /// As it is typed.
    pub code: String,
    /// Where it is typed.
    pub address: String,
    /// The link that claims it as a QR code, in SVG.
    pub picture: String,
}

/// `GET /claim/card`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, headers: HeaderMap) -> Answer<Response> {
    let Some(code) = kept(&headers) else { return Ok(private(Redirect::to(links::CLAIM).into_response())) };
    // A code that opens nothing counts as a guess here too, so it is refused rather than sent on.
    let offered = load_offered(&site, &mut *site.database.acquire().await?, code.expose()).await?;
    let card = CardPresenter { seen: &offered.seen, sender: offered.sender.as_ref(), now: site.clock.now() };
    let shown = gift_cards::GiftCode::parse(code.expose()).map(|code| code.shown().expose().clone());
    let page = Print::of(&card, shown.unwrap_or_default(), |path| site.settings.url(path));
    Ok(private(frame.answer(&page)?))
}

impl Print {
    fn of(card: &CardPresenter<'_>, code: String, url: impl Fn(&str) -> String) -> Self {
        Self {
            art: card.art(),
            from: card.from(),
            until: card.until(),
            address: url(links::CLAIM),
            picture: qr::svg(&url(&links::claim_card(&code))),
            code,
        }
    }
}

impl Template for Print {
    const TEMPLATE: &'static str = "pages/gift_cards/print.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let sender = samples::gifts::sender();
        let page = |kind, sender| {
            let seen = samples::gifts::card(0x4702, kind, 150, 150);
            let card = CardPresenter { seen: &seen, sender, now: samples::now() };
            Self::of(&card, "7K3M-XW4Q-9TBC-2HJE-7KQ2".to_owned(), |path| format!("https://stagedoor.test{path}"))
        };
        vec![
            ("sent", page(CardKind::Platform, Some(&sender))),
            ("night", page(CardKind::Goodwill, None)),
            ("playbill", page(CardKind::Promotional, None)),
        ]
    }
}
