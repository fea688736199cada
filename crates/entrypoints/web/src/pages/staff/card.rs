//! `GET /staff/gift-cards/cards/{id}`: one card as our staff see it, and a way to stop it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono_tz::Tz;
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::queries::HistoryPart;
use gift_cards::{CardEntry, CardKind, CardState, EntryKind, SeenCard, queries};
use http::StatusCode;
use kernel::{Cursor, GiftCardId, Instant, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::gift_card;

use super::batch::StopForm;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::booking::StatusView;
use crate::views::gift_card::{self as views, CardPresenter, StepLine};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Card {
    /// The end of its code.
    pub code: Option<String>,
    pub kind: &'static str,
    pub balance: String,
    pub issued: String,
    pub status: StatusView,
    pub until: String,
    /// The batch that it was issued in.
    pub batch: Option<String>,
    pub action: String,
    pub form: Form,
    pub is_stopped: bool,
    pub is_over: bool,
    pub steps: Vec<StepLine>,
    pub next: Option<String>,
    pub clock: String,
}

/// Steps on one page.
const COUNT: u16 = 50;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct StepsParams {
    cursor: Option<String>,
}

/// `GET /staff/gift-cards/cards/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Path(id): Path<GiftCardId>,
    Query(turned): Query<StepsParams>,
) -> Answer<Response> {
    frame.answer(&Card::of(&site, &frame, id, Form::default(), turned.cursor).await?)
}

/// `POST /staff/gift-cards/cards/{id}`
pub(crate) async fn stop(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Posted(wish): Posted<StopForm>,
) -> Answer<Response> {
    let (stop, reason) = wish.asked();
    let mut tx = site.database.begin().await?;
    match gift_card::stop_card(&site, &mut tx, &caller, id, stop, reason.clone()).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&links::card_for_staff(id)).into_response())
        }
        Err(problem) if matches!(problem.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            drop(tx);
            let form = Form::with([("reason", reason)]).refused(&problem);
            frame.answer_as(problem.status, &Card::of(&site, &frame, id, form, None).await?)
        }
        Err(problem) => Err(problem),
    }
}

impl Card {
    async fn of(site: &Site, frame: &Frame, id: GiftCardId, form: Form, cursor: Option<String>) -> Answer<Self> {
        let part = HistoryPart::of(&PageRequest { limit: COUNT, cursor: cursor.map(Cursor::from_text) })?;
        let mut connection = site.database.acquire().await?;
        let seen = queries::card(&mut connection, id).await?;
        let history = queries::history(&mut connection, &seen.card, part).await?;
        let next =
            history.next_cursor.map(|cursor| format!("{}?cursor={}", links::card_for_staff(id), cursor.as_str()));
        let page = Self::drawn(&seen, &history.items, form, frame.yours(), site.clock.now());
        Ok(Self { next, ..page })
    }

    fn drawn(seen: &SeenCard, history: &[CardEntry], form: Form, yours: Tz, now: Instant) -> Self {
        let (card, shown) = (&seen.card, CardPresenter { seen, sender: None, now });
        Self {
            code: seen.last_group.clone(),
            kind: views::kind(card.kind),
            balance: card.balance.to_string(),
            issued: card.issued.to_string(),
            status: shown.status(),
            until: shown.until(),
            batch: card.batch.map(links::card_batch),
            action: links::card_for_staff(card.id),
            form,
            is_stopped: card.state == CardState::Frozen,
            is_over: card.state == CardState::Void || card.has_expired(now),
            steps: history.iter().map(|entry| StepLine::of(entry, card, None, yours, now)).collect(),
            next: None,
            clock: format::city_of(yours),
        }
    }
}

impl Template for Card {
    const TEMPLATE: &'static str = "pages/staff/card.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use EntryKind::{Claimed, Expired, Frozen, Issued};
        let mut seen = samples::gifts::card(2, CardKind::Promotional, 25, 25);
        seen.card.batch = Some(kernel::GiftCardBatchId(uuid::Uuid::from_u128(1)));
        let page = |seen: &SeenCard, steps: &[(EntryKind, i64, i64)], form| {
            Self::drawn(seen, &samples::gifts::steps(steps), form, samples::YOURS, samples::now())
        };
        let wrong = Form::default().fault("reason", "Use 1 to 200 characters, so that others know what this was for.");
        let begun = [(Issued, 25, 25), (Claimed, 0, 25)];
        let running = page(&seen, &begun, Form::default());
        let faulty = page(&seen, &begun, wrong);
        seen.card.state = CardState::Frozen;
        let stopped = page(&seen, &[begun[0], begun[1], (Frozen, 0, 25)], Form::default());
        let mut over = samples::gifts::card(6, CardKind::Goodwill, 25, 0);
        over.card.state = CardState::Expired;
        over.last_group = None;
        let over = page(&over, &[begun[0], begun[1], (Expired, -25, 0)], Form::default());
        vec![
            ("running", Self { next: Some("?cursor=abc".to_owned()), ..running }),
            ("faulty", faulty),
            ("stopped", stopped),
            ("over", over),
        ]
    }
}
