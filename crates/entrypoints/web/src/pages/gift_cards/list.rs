//! `GET /account/gift-cards`: the person's cards, newest first, with what is on them and their credit.

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Query, SignedIn, Site};
use gift_cards::queries::{self, CardsOf};
use gift_cards::{CardKind, CardState, SeenCard};
use kernel::{Cursor, Instant, PageRequest};
use serde::{Deserialize, Serialize};

use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::{CardLine, CardPresenter, sums};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct CardList {
    /// On all cards together, one for each currency.
    pub balances: Vec<String>,
    /// One for each currency.
    pub credit: Vec<String>,
    pub items: Vec<CardLine>,
    pub next: Option<String>,
}

/// Cards on one page.
const COUNT: u16 = 12;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct CardListParams {
    cursor: Option<String>,
}

/// `GET /account/gift-cards`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(turned): Query<CardListParams>,
) -> Answer<Response> {
    let page = PageRequest { limit: COUNT, cursor: turned.cursor.map(Cursor::from_text) };
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let found = queries::cards(&mut connection, CardsOf::Holder(caller.id), &page).await?;
    let balances = sums(&queries::balances_of(&mut connection, caller.id, now).await?);
    let credit = sums(&queries::credit_of(&mut connection, caller.id).await?);
    let next = found.next_cursor.map(|cursor| format!("{}?cursor={}", links::GIFT_CARDS, cursor.as_str()));
    frame.answer(&CardList { balances, credit, items: lines(&found.items, now), next })
}

fn lines(cards: &[SeenCard], now: Instant) -> Vec<CardLine> {
    cards.iter().map(|seen| CardPresenter { seen, sender: None, now }.line()).collect()
}

impl Template for CardList {
    const TEMPLATE: &'static str = "pages/gift_cards/list.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let card = samples::gifts::card;
        let mut sent = card(4, CardKind::Platform, 80, 0);
        sent.card.is_offered = true;
        let mut stopped = card(5, CardKind::Goodwill, 20, 20);
        stopped.card.state = CardState::Frozen;
        let all = [
            card(0x4702, CardKind::Platform, 150, 150),
            card(2, CardKind::Goodwill, 75, 40),
            card(3, CardKind::Promotional, 25, 25),
            sent,
            stopped,
            card(6, CardKind::Loyalty, 10, 0),
        ];
        let items = || lines(&all, samples::now());
        let (balances, credit) = (vec!["€20.00".to_owned(), "$215.00".to_owned()], vec!["$35.50".to_owned()]);
        vec![
            ("full", Self { balances, credit, items: items(), next: Some("?cursor=abc".to_owned()) }),
            ("empty", Self { balances: Vec::new(), credit: Vec::new(), items: Vec::new(), next: None }),
            ("used", Self { balances: Vec::new(), credit: Vec::new(), items: items().split_off(5), next: None }),
        ]
    }
}
