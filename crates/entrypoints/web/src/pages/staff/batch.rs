//! `GET /staff/gift-cards/batches/{id}`: one batch, what became of it, its cards, and a way to stop all of them.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::queries::{self, CardsOf, SeenBatch};
use gift_cards::{CardKind, CardState, SeenCard};
use http::StatusCode;
use kernel::{Cursor, GiftCardBatchId, Instant, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::gift_card::{self, CardStop};

use super::batches;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::bar::Bar;
use crate::views::booking::StatusView;
use crate::views::gift_card::{self as views, CardPresenter};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Batch {
    pub name: String,
    pub line: String,
    pub reason: String,
    pub issued: String,
    pub claimed: String,
    pub bar: Bar,
    pub action: String,
    pub form: Form,
    /// How many cards stopping would stop, and letting go on would let go on.
    pub running: i64,
    pub frozen: i64,
    pub items: Vec<IssuedLine>,
    pub next: Option<String>,
}

/// A card of the batch.
#[derive(Debug, Serialize)]
pub(crate) struct IssuedLine {
    pub href: String,
    pub code: String,
    pub balance: String,
    /// Whether it waits for somebody to claim it.
    pub is_unclaimed: bool,
    pub status: StatusView,
}

/// Cards on one page.
const COUNT: u16 = 50;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct CardsOfBatchParams {
    cursor: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct StopForm {
    reason: String,
    #[serde(default)]
    stop: String,
}

impl StopForm {
    /// What the button that was pressed means, and why it was.
    pub(super) fn asked(self) -> (CardStop, String) {
        (if self.stop == "unfreeze" { CardStop::Unfreeze } else { CardStop::Freeze }, self.reason)
    }
}

/// `GET /staff/gift-cards/batches/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Path(id): Path<GiftCardBatchId>,
    Query(turned): Query<CardsOfBatchParams>,
) -> Answer<Response> {
    frame.answer(&Batch::of(&site, id, Form::default(), turned.cursor).await?)
}

/// `POST /staff/gift-cards/batches/{id}`
pub(crate) async fn stop(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardBatchId>,
    Posted(wish): Posted<StopForm>,
) -> Answer<Response> {
    let (stop, reason) = wish.asked();
    let mut tx = site.database.begin().await?;
    match gift_card::stop_batch(&site, &mut tx, &caller, id, stop, reason.clone()).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&links::card_batch(id)).into_response())
        }
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            drop(tx);
            let form = Form::with([("reason", reason)]).refused(&problem);
            frame.answer_as(problem.status, &Batch::of(&site, id, form, None).await?)
        }
        Err(problem) => Err(problem),
    }
}

impl Batch {
    async fn of(site: &Site, id: GiftCardBatchId, form: Form, cursor: Option<String>) -> Answer<Self> {
        let page = PageRequest { limit: COUNT, cursor: cursor.map(Cursor::from_text) };
        let mut connection = site.database.acquire().await?;
        let batch = queries::batch(&mut connection, id).await?;
        let cards = queries::cards(&mut connection, CardsOf::Batch(id), &page).await?;
        let next = cards.next_cursor.map(|cursor| format!("{}?cursor={}", links::card_batch(id), cursor.as_str()));
        Ok(Self::drawn(&batch, &cards.items, form, next, site.clock.now()))
    }

    fn drawn(batch: &SeenBatch, cards: &[SeenCard], form: Form, next: Option<String>, now: Instant) -> Self {
        let day = format::day_with_year(batch.created_at.date_naive());
        Self {
            name: batch.name.clone(),
            line: format!("{} · {} × {} · {day}", views::kind(batch.kind), batch.cards, batch.value),
            reason: batch.reason.clone(),
            issued: batch.issued().to_string(),
            claimed: format!("{} of {}", batch.claimed, batch.cards),
            bar: batches::bar(batch),
            action: links::card_batch(batch.id),
            form,
            running: batch.running,
            frozen: batch.frozen,
            items: cards.iter().map(|seen| IssuedLine::of(seen, now)).collect(),
            next,
        }
    }
}

impl IssuedLine {
    fn of(seen: &SeenCard, now: Instant) -> Self {
        let card = &seen.card;
        Self {
            href: links::card_for_staff(card.id),
            code: seen.last_group.clone().unwrap_or_default(),
            balance: card.balance.to_string(),
            is_unclaimed: card.holder.is_none(),
            status: CardPresenter { seen, sender: None, now }.status(),
        }
    }
}

impl Template for Batch {
    const TEMPLATE: &'static str = "pages/staff/batch.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let batches = samples::gifts::batches();
        let mut cards: Vec<SeenCard> =
            (1..=4).map(|number| samples::gifts::card(number, CardKind::Promotional, 25, 25)).collect();
        cards[1].card.holder = None;
        cards[2].card.balance.amount_minor = 0;
        cards[3].card.state = CardState::Frozen;
        let wrong = Form::default().fault("reason", "Use 1 to 200 characters, so that others know what this was for.");
        let (now, more) = (samples::now(), Some("?cursor=abc".to_owned()));
        let stopped = SeenBatch { frozen: 250, running: 0, ..batches[0].clone() };
        vec![
            ("running", Self::drawn(&batches[0], &cards, Form::default(), more, now)),
            ("faulty", Self::drawn(&batches[0], &cards, wrong, None, now)),
            ("stopped", Self::drawn(&stopped, &cards[3..], Form::default(), None, now)),
        ]
    }
}
