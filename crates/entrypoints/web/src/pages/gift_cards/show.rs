//! `GET /account/gift-cards/{id}`: one card, what became of it, and what can be done with it.

use axum::extract::State;
use axum::response::Response;
use chrono::Datelike as _;
use chrono_tz::Tz;
use entry::{Answer, Path, Query, SignedIn, Site};
use gift_cards::queries::HistoryPart;
use gift_cards::{
    CardEntry, CardKind, CardState, CardTransfer, EntryKind, GiftCardsError, SeenCard, TransferState, queries,
};
use kernel::{Cursor, GiftCardId, Instant, PageRequest, PersonId};
use serde::{Deserialize, Serialize};
use workflows::gift_card::{CardSide, load_visible, sender_of};

use super::offer::OfferView;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::{CardArt, CardPresenter, StepLine};
use crate::views::{booking::StatusView, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct CardPage {
    pub art: CardArt,
    pub balance: String,
    /// `of $150.00`.
    pub issued: Option<String>,
    pub status: StatusView,
    pub until: String,
    /// Why nobody can spend it, while our team has stopped it.
    pub stopped: Option<String>,
    /// Where it can be sent to somebody else.
    pub transfer: Option<String>,
    /// The latest time that it was sent.
    pub offer: Option<OfferView>,
    /// Whether it became theirs a moment ago.
    pub is_new: bool,
    pub steps: Vec<StepLine>,
    pub next: Option<String>,
    pub clock: String,
}

/// Steps on one page.
const COUNT: u16 = 30;

/// What the address carries.
#[derive(Debug, Deserialize)]
pub(crate) struct CardPageParams {
    cursor: Option<String>,
    #[serde(default)]
    claimed: Option<String>,
}

/// `GET /account/gift-cards/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Query(params): Query<CardPageParams>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let visible = load_visible(&mut connection, &caller, id).await?;
    // Staff have a page of their own.
    if visible.side == CardSide::Staff {
        return Err(GiftCardsError::NotFound.into());
    }
    let (seen, is_holder) = (visible.seen, visible.side == CardSide::Holder);
    let sender = if is_holder { sender_of(&mut connection, &seen).await? } else { None };
    let sent = if is_holder { queries::last_sent(&mut connection, id).await? } else { None };
    let part = HistoryPart::of(&PageRequest { limit: COUNT, cursor: params.cursor.map(Cursor::from_text) })?;
    let history = queries::history(&mut connection, &seen.card, part).await?;
    let card = CardPresenter { seen: &seen, sender: sender.as_ref(), now };
    let stop = match seen.card.state {
        CardState::Frozen => queries::last_stop(&mut connection, id).await?,
        _ => None,
    };
    let shown = CardPage::of(&card, sent, &history.items, is_holder, (caller.id, frame.yours()));
    let next = history.next_cursor.map(|cursor| format!("{}?cursor={}", links::gift_card(id), cursor.as_str()));
    let stopped = stop.map(|stop| stopped(&stop, frame.yours(), now));
    frame.answer(&CardPage { is_new: params.claimed.is_some(), next, stopped, ..shown })
}

impl CardPage {
    fn of(
        card: &CardPresenter<'_>,
        sent: Option<CardTransfer>,
        history: &[CardEntry],
        is_holder: bool,
        (reader, yours): (PersonId, Tz),
    ) -> Self {
        let one = &card.seen.card;
        let is_whole = one.issued == one.balance;
        let may_send = is_holder && one.kind.is_transferable() && card.status().tone == "ok";
        Self {
            art: card.art(),
            balance: one.balance.to_string(),
            issued: (!is_whole).then(|| one.issued.to_string()),
            status: card.status(),
            until: card.until(),
            stopped: None,
            transfer: may_send.then(|| links::card_transfer(one.id)),
            offer: sent.map(|sent| OfferView::of(&sent, card.now)),
            is_new: false,
            steps: history.iter().map(|entry| StepLine::of(entry, one, Some(reader), yours, card.now)).collect(),
            next: None,
            clock: format::city_of(yours),
        }
    }
}

/// `Stopped by our team on 10 Nov: it was reported stolen. Meanwhile nobody can spend what is on it.`
fn stopped(stop: &CardEntry, yours: Tz, now: Instant) -> String {
    let day = format::day_short(stop.at.with_timezone(&yours).date_naive(), now.year());
    let reason = stop.reason.as_deref().map(|reason| format!(": {}", reason.trim_end_matches('.'))).unwrap_or_default();
    format!("Stopped by our team on {day}{reason}. Meanwhile nobody can spend what is on it; nothing is lost.")
}

/// The reader of samples, and their clock.
const READER: (PersonId, Tz) = (PersonId(uuid::Uuid::from_u128(1)), samples::YOURS);

fn sample(seen: &SeenCard, sent: Option<TransferState>, steps: &[(EntryKind, i64, i64)], now: Instant) -> CardPage {
    let card = CardPresenter { seen, sender: None, now };
    let history = samples::gifts::steps(steps);
    CardPage::of(&card, sent.map(samples::gifts::transfer), &history, true, READER)
}

impl Template for CardPage {
    const TEMPLATE: &'static str = "pages/gift_cards/show.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use EntryKind::{
            Claimed, Expired, Frozen, Held, Issued, Offered, Redeemed, Refunded, Released, Spent, TakenBack,
            Transferred, Unfrozen,
        };
        let (card, now) = (samples::gifts::card, samples::now());
        let spent = [
            (Issued, 150, 150),
            (Claimed, 0, 150),
            (Held, -60, 90),
            (Spent, 0, 90),
            (Held, -20, 70),
            (Released, 20, 90),
            (Refunded, 10, 100),
            (Redeemed, -25, 75),
        ];
        let mut offered = card(4, CardKind::Platform, 150, 0);
        offered.card.is_offered = true;
        let on_its_way = [(Issued, 150, 150), (Claimed, 0, 150), (Offered, -150, 0)];
        let back = [(Issued, 150, 150), (Claimed, 0, 150), (Offered, -150, 0), (TakenBack, 150, 150)];
        let gone = [(Issued, 150, 150), (Claimed, 0, 150), (Offered, -150, 0), (Transferred, 0, 0)];
        let mut stopped = card(5, CardKind::Goodwill, 20, 20);
        stopped.card.state = CardState::Frozen;
        let stops = [(Issued, 20, 20), (Claimed, 0, 20), (Frozen, 0, 20), (Unfrozen, 0, 20), (Frozen, 0, 20)];
        let mut over = card(6, CardKind::Promotional, 25, 0);
        over.card.state = gift_cards::CardState::Expired;
        let sender = samples::gifts::sender();
        let given = card(0x4702, CardKind::Platform, 150, 150);
        let given = CardPresenter { seen: &given, sender: Some(&sender), now };
        let first = samples::gifts::steps(&[(Issued, 150, 150), (Claimed, 0, 150)]);
        let new = Self { is_new: true, ..Self::of(&given, None, &first, true, READER) };
        let long = sample(&card(2, CardKind::Goodwill, 150, 75), None, &spent, now);
        vec![
            ("spent", Self { next: Some("?cursor=abc".to_owned()), ..long }),
            ("new", new),
            ("offered", sample(&offered, Some(TransferState::Offered), &on_its_way, now)),
            ("back", sample(&card(7, CardKind::Platform, 150, 150), Some(TransferState::TakenBack), &back, now)),
            ("gone", {
                offered.card.is_offered = false;
                sample(&offered, Some(TransferState::Claimed), &gone, now)
            }),
            ("stopped", {
                let stop = samples::gifts::steps(&stops).pop();
                let words = stop.map(|stop| self::stopped(&stop, samples::YOURS, now));
                Self { stopped: words, ..sample(&stopped, None, &stops, now) }
            }),
            ("expired", sample(&over, None, &[(Issued, 25, 25), (Claimed, 0, 25), (Expired, -25, 0)], now)),
        ]
    }
}
