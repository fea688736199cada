//! `GET /staff/chargebacks`: what banks took back, what was found of it, and the cases that are left.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::orders::{self, CardOfOrder};
use http::StatusCode;
use kernel::{ChargebackId, Cursor, GiftCardOrderId, PageRequest, PersonId};
use payments::{Chargeback, ChargebackState, PaidFor, chargebacks};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::payment::close_chargeback;

use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::{LinkView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Chargebacks {
    /// Whether these are the closed ones.
    pub is_closed: bool,
    pub items: Vec<CaseLine>,
    pub next: Option<String>,
}

/// A case in the list.
#[derive(Debug, Serialize)]
pub(crate) struct CaseLine {
    pub id: String,
    pub amount: String,
    /// `A gift card`, `A booking`, and where that is seen.
    pub what: &'static str,
    pub booking: Option<String>,
    pub buyer: String,
    /// What was found, and what is missing.
    pub found: Option<String>,
    pub rest: String,
    /// When the bank let the payment stand after all.
    pub won: Option<String>,
    pub cards: Vec<LinkView>,
    /// `Disputed 3 hours ago`.
    pub when: String,
    /// What became of it: `The buyer paid again. Noor closed it 1 hour ago.`
    pub closed: Option<String>,
    /// Where the form leads, while it is open.
    pub action: Option<String>,
    /// Whether the reader is the payer, and so cannot close it.
    pub is_own: bool,
    pub form: Form,
}

/// Cases on one page.
const COUNT: u16 = 50;
/// How much of the id of a card without a code tells it from others.
const LAST_OF_ID: usize = 4;

/// Which cases, and where the page before ended.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ChargebacksParams {
    #[serde(default)]
    state: Option<ChargebackState>,
    cursor: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct CloseForm {
    note: String,
}

/// `GET /staff/chargebacks`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(turned): Query<ChargebacksParams>,
) -> Answer<Response> {
    frame.answer(&Chargebacks::of(&site, caller.id, turned, None).await?)
}

/// `POST /staff/chargebacks/{id}`
pub(crate) async fn close(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<ChargebackId>,
    Posted(CloseForm { note }): Posted<CloseForm>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    match close_chargeback(&site, &mut tx, &caller, id, &note).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(links::STAFF_CHARGEBACKS).into_response())
        }
        // Closed by somebody else meanwhile: the list shows what is open now.
        Err(problem) if problem.code == "already_decided" => Ok(Redirect::to(links::STAFF_CHARGEBACKS).into_response()),
        Err(problem) if matches!(problem.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            drop(tx);
            let form = Form::with([("note", note)]).refused(&problem);
            let page = Chargebacks::of(&site, caller.id, ChargebacksParams::default(), Some((id, form))).await?;
            frame.answer_as(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

impl Chargebacks {
    async fn of(
        site: &Site,
        reader: PersonId,
        turned: ChargebacksParams,
        mut faulty: Option<(ChargebackId, Form)>,
    ) -> Answer<Self> {
        let state = turned.state.unwrap_or(ChargebackState::Open);
        let page = PageRequest { limit: COUNT, cursor: turned.cursor.map(Cursor::from_text) };
        let mut connection = site.database.acquire().await?;
        let cases = chargebacks::list(&mut connection, Some(state), &page).await?;
        let orders: Vec<GiftCardOrderId> = cases.items.iter().filter_map(order_of).collect();
        let cards = orders::cards_of(&mut connection, &orders).await?;
        let people = cases.items.iter().flat_map(|case| [Some(case.customer), case.closed_by]).flatten();
        let names = accounts::queries::display_names(&mut connection, &people.collect::<Vec<_>>()).await?;
        let now = site.clock.now();
        let line = |case: &Chargeback| {
            let form = faulty.take_if(|(id, _)| *id == case.id).map(|(_, form)| form).unwrap_or_default();
            CaseLine { form, ..CaseLine::of(case, &cards, &names, reader, now) }
        };
        let items = cases.items.iter().map(line).collect();
        let next = cases
            .next_cursor
            .map(|cursor| format!("{}?state={state}&cursor={}", links::STAFF_CHARGEBACKS, cursor.as_str()));
        Ok(Self { is_closed: state == ChargebackState::Closed, items, next })
    }
}

/// The order of a gift card, if it was one that was paid.
const fn order_of(case: &Chargeback) -> Option<GiftCardOrderId> {
    match case.paid_for {
        PaidFor::GiftCardOrder(id) => Some(id),
        PaidFor::Booking(_) => None,
    }
}

impl CaseLine {
    fn of(
        case: &Chargeback,
        cards: &[CardOfOrder],
        names: &HashMap<PersonId, String>,
        reader: PersonId,
        now: DateTime<Utc>,
    ) -> Self {
        let name = |id: PersonId| names.get(&id).map_or("Somebody", String::as_str);
        let order = order_of(case);
        let of_order = cards.iter().filter(|card| Some(card.order) == order);
        let won = case
            .won_at
            .map(|at| format!("The bank let the payment stand {}, and all of it is back.", format::relative(at, now)));
        let ended = case.closed_at.map(|at| match (case.closed_by, &case.note) {
            (Some(by), note) => {
                format!("{} {} closed it {}.", note.as_deref().unwrap_or_default(), name(by), format::relative(at, now))
            }
            (None, _) => format!("All of it was found {}.", format::relative(at, now)),
        });
        let is_found = case.closed_by.is_none() && case.won_at.is_some();
        Self {
            id: case.id.to_string(),
            amount: case.amount.to_string(),
            what: if order.is_some() { "A gift card" } else { "A booking" },
            booking: case.paid_for.booking().map(links::booking),
            buyer: name(case.customer).to_owned(),
            found: (case.taken_back.amount_minor > 0).then(|| case.taken_back.to_string()),
            rest: case.rest().to_string(),
            cards: of_order.map(card_link).collect(),
            when: format!("Disputed {}", format::relative(case.opened_at, now)),
            closed: ended.filter(|_| !is_found),
            won,
            action: (case.state == ChargebackState::Open).then(|| links::staff_chargeback(case.id)),
            is_own: case.state == ChargebackState::Open && case.customer == reader,
            form: Form::default(),
        }
    }
}

/// A card by the last four of its code, or of its id where nobody ever had a code.
fn card_link(card: &CardOfOrder) -> LinkView {
    let id = card.card.to_string();
    let last = card.last_group.clone().unwrap_or_else(|| id[id.len() - LAST_OF_ID..].to_uppercase());
    LinkView::to(format!("…{last}"), links::card_for_staff(card.card))
}

impl Template for Chargebacks {
    const TEMPLATE: &'static str = "pages/staff/chargebacks.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use ChargebackState::{Closed, Open};
        let (now, person) = (samples::now(), |number: u128| PersonId(uuid::Uuid::from_u128(number)));
        let usd = |minor| kernel::Money::new(minor, kernel::Currency::Usd);
        let names = [(person(1), "Noor Haddad".to_owned()), (person(2), "Bo Larsen".to_owned())].into();
        let order = GiftCardOrderId(uuid::Uuid::from_u128(5));
        let card = |number, last: Option<&str>| CardOfOrder {
            order,
            card: kernel::GiftCardId(uuid::Uuid::from_u128(number)),
            last_group: last.map(str::to_owned),
        };
        let cards = [card(0x1234_7abc, None), card(7, Some("7KQ2"))];
        let line = |state, paid_for, found, closed_by: Option<u128>| {
            let case = Chargeback {
                id: ChargebackId(uuid::Uuid::from_u128(9)),
                intent: kernel::IntentId(uuid::Uuid::nil()),
                leg: kernel::LegId(uuid::Uuid::nil()),
                paid_for,
                customer: person(1),
                provider: "sandbox".to_owned(),
                dispute_ref: "dispute_1".to_owned(),
                amount: usd(10_000),
                taken_back: usd(found),
                state,
                note: closed_by.map(|_| "The buyer has paid again.".to_owned()),
                closed_by: closed_by.map(person),
                won_at: None,
                closed_at: (state == Closed).then(|| now - chrono::TimeDelta::hours(1)),
                opened_at: now - chrono::TimeDelta::hours(30),
                recorded_at: now - chrono::TimeDelta::hours(29),
            };
            CaseLine::of(&case, &cards, &names, person(2), now)
        };
        let (bought, booked) = (PaidFor::from(order), PaidFor::from(samples::confirmed().id));
        let page = |is_closed, items| Self { is_closed, items, next: None };
        let wrong = Form::default().fault("note", "Use 1 to 200 characters, so that others know what this was for.");
        let open = page(false, vec![line(Open, bought, 6_000, None), line(Open, booked, 0, None)]);
        let won = CaseLine {
            won: Some("The bank let the payment stand 1 hour ago, and all of it is back.".to_owned()),
            ..line(Closed, booked, 10_000, Some(2))
        };
        let closed = page(true, vec![line(Closed, bought, 10_000, None), line(Closed, booked, 0, Some(2)), won]);
        vec![
            ("open", Self { next: Some("?cursor=abc".to_owned()), ..open }),
            ("faulty", page(false, vec![CaseLine { form: wrong, ..line(Open, bought, 0, None) }])),
            ("own", page(false, vec![CaseLine { is_own: true, ..line(Open, booked, 0, None) }])),
            ("closed", closed),
            ("none", page(false, Vec::new())),
            ("none-closed", page(true, Vec::new())),
        ]
    }
}
