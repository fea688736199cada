//! `GET /staff/refunds`: refunds beyond the policy: what was asked for, who decided, and the form that asks for one.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use database::{Connection, Tx};
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::orders;
use http::StatusCode;
use kernel::{BookingId, Currency, Cursor, FaultKind, GiftCardOrderId, Money, PageRequest, PersonId, RefundRequestId};
use overviews::unspent::{self, RefundCover};
use payments::{PaidFor, RefundDecision, RefundRequest, RefundRequestState, refund_requests};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::payment::{ask_refund, covers, decide_refund};

use super::refund_cover as cover;
use super::refund_names::{RefundNames, called};
use crate::kit::amount::minor_units;
use crate::kit::attempt;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::booking::StatusView;
use crate::views::samples;

#[derive(Debug, Serialize)]
pub(crate) struct Refunds {
    /// What the form asks a refund for; none where somebody came for the list alone.
    pub about: Option<AboutPaid>,
    pub form: Form,
    /// The form's attempt, so that a second press asks for no second refund.
    pub attempt: String,
    /// Why what was pressed in the list was refused.
    pub problem: Option<String>,
    pub items: Vec<RequestLine>,
    pub next: Option<String>,
}

/// The booking or purchase that a refund is asked for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AboutPaid {
    /// `booking` or `order`: the name of the field with its id.
    pub field: &'static str,
    pub id: String,
    pub href: String,
    pub reference: String,
    /// What was captured and not refunded.
    pub most: String,
    /// What of that comes off a bought card first; the rest is at our cost.
    pub unspent: Option<String>,
}

/// A request in the list.
#[derive(Debug, Serialize)]
pub(crate) struct RequestLine {
    pub amount: String,
    pub reason: String,
    /// The booking or purchase, and what people call it.
    pub href: String,
    pub reference: String,
    pub status: StatusView,
    /// `Noor asked 3 hours ago`.
    pub asked: String,
    /// `Bo approved 1 hour ago`.
    pub decided: Option<String>,
    /// Where the amount comes from, of a bought card, while nobody has decided.
    pub cover: Option<String>,
    /// Where the buttons lead, while nobody has decided.
    pub action: Option<String>,
    /// Whether the reader asked for it, and so cannot approve it.
    pub is_own: bool,
}

/// Requests on one page.
const COUNT: u16 = 50;

/// The booking or purchase to filter by, and the cursor of the page before.
#[derive(Debug, Deserialize)]
pub(crate) struct RefundsParams {
    booking: Option<BookingId>,
    order: Option<GiftCardOrderId>,
    cursor: Option<String>,
}

/// What the form for a new request sends.
#[derive(Debug, Deserialize)]
pub(crate) struct AskForm {
    attempt: String,
    booking: Option<BookingId>,
    order: Option<GiftCardOrderId>,
    amount: String,
    reason: String,
}

/// What the buttons of a request send.
#[derive(Debug, Deserialize)]
pub(crate) struct DecideForm {
    decision: String,
}

/// What the page is drawn with, beside the list.
#[derive(Debug, Default)]
struct Drawn {
    about: Option<PaidFor>,
    form: Form,
    problem: Option<String>,
    cursor: Option<String>,
}

/// `GET /staff/refunds`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(RefundsParams { booking, order, cursor }): Query<RefundsParams>,
) -> Answer<Response> {
    let about = paid_for(booking, order);
    frame.answer(&Refunds::of(&site, &caller, Drawn { about, cursor, ..Drawn::default() }).await?)
}

/// `POST /staff/refunds`
pub(crate) async fn ask(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(wish): Posted<AskForm>,
) -> Answer<Response> {
    let about = paid_for(wish.booking, wish.order).ok_or_else(Problem::not_found)?;
    let mut tx = site.database.begin().await?;
    match ask_once(&site, &mut tx, &caller, about, &wish).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(links::STAFF_REFUNDS).into_response())
        }
        Err(problem) if is_told(&problem) => {
            drop(tx);
            let form = Form::with([("amount", wish.amount), ("reason", wish.reason)]);
            let form = form.refused_in(&problem, &[("amount_minor", "amount")]);
            let drawn = Drawn { about: Some(about), form, ..Drawn::default() };
            frame.answer_as(problem.status, &Refunds::of(&site, &caller, drawn).await?)
        }
        Err(problem) => Err(problem),
    }
}

/// Asks for the refund, unless an earlier press of the same button did.
async fn ask_once(site: &Site, tx: &mut Tx, caller: &Caller, about: PaidFor, wish: &AskForm) -> Answer<()> {
    let content = format!("{about:?} {} {}", wish.amount, wish.reason);
    let attempt = attempt::read(caller, "POST /staff/refunds", &wish.attempt, &content)?;
    if !attempt::is_first(site, tx, &attempt, links::STAFF_REFUNDS).await? {
        return Ok(());
    }
    let currency = currency_of(tx, about).await?;
    let minor = currency.and_then(|currency| amount(&wish.amount, currency)).ok_or_else(unreadable)?;
    ask_refund(site, tx, caller, about, minor, &wish.reason).await?;
    Ok(())
}

/// `POST /staff/refunds/{id}`
pub(crate) async fn decide(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<RefundRequestId>,
    Posted(wish): Posted<DecideForm>,
) -> Answer<Response> {
    let decision = if wish.decision == "approve" { RefundDecision::Approve } else { RefundDecision::Decline };
    let mut tx = site.database.begin().await?;
    match decide_refund(&site, &mut tx, &caller, id, decision).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(links::STAFF_REFUNDS).into_response())
        }
        Err(problem) if is_told(&problem) => {
            drop(tx);
            let drawn = Drawn { problem: Some(problem.detail.clone()), ..Drawn::default() };
            frame.answer_as(problem.status, &Refunds::of(&site, &caller, drawn).await?)
        }
        Err(problem) => Err(problem),
    }
}

fn is_told(problem: &Problem) -> bool {
    matches!(problem.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT)
}

fn unreadable() -> Problem {
    let message = "Write an amount as in 1,200.50.";
    let fault = kernel::FieldFault::new("amount_minor", "invalid", message);
    Problem::new(FaultKind::Invalid, "invalid_fields", "Please correct the fields below.").with_fields(vec![fault])
}

fn amount(text: &str, currency: Currency) -> Option<i64> {
    minor_units(text, currency.decimals())
}

fn paid_for(booking: Option<BookingId>, order: Option<GiftCardOrderId>) -> Option<PaidFor> {
    booking.map(PaidFor::from).or(order.map(PaidFor::from))
}

/// The currency that something was paid in.
async fn currency_of(connection: &mut Connection, id: PaidFor) -> Answer<Option<Currency>> {
    let payment = payments::queries::payment_of(connection, id).await?;
    Ok(payment.map(|payment| payment.intent.due.currency))
}

impl Refunds {
    async fn of(site: &Site, caller: &Caller, drawn: Drawn) -> Answer<Self> {
        let page = PageRequest { limit: COUNT, cursor: drawn.cursor.map(Cursor::from_text) };
        let mut connection = site.database.acquire().await?;
        let about = match drawn.about {
            Some(id) => Some(AboutPaid::of(&mut connection, id, site.clock.now()).await?),
            None => None,
        };
        let of = refund_requests::RequestsOf { state: None, about: drawn.about };
        let requests = refund_requests::list(&mut connection, of, &page).await?;
        let names = RefundNames::of(&mut connection, &requests.items).await?;
        let list = match drawn.about {
            Some(PaidFor::Booking(id)) => links::staff_refund_of(id) + "&",
            Some(PaidFor::GiftCardOrder(id)) => links::staff_refund_of_order(id) + "&",
            None => format!("{}?", links::STAFF_REFUNDS),
        };
        let next = requests.next_cursor.map(|cursor| format!("{list}cursor={}", cursor.as_str()));
        let now = site.clock.now();
        let covers = covers(&mut connection, &requests.items, now).await?;
        let line = |request: &RefundRequest| {
            let line = RequestLine::of(request, &names, caller.id, now);
            line.with_cover(request, covers.get(&request.id))
        };
        let items = requests.items.iter().map(line).collect();
        Ok(Self { about, form: drawn.form, attempt: attempt::new(site), problem: drawn.problem, items, next })
    }
}

impl AboutPaid {
    async fn of(connection: &mut Connection, id: PaidFor, now: DateTime<Utc>) -> Answer<Self> {
        let payment = payments::queries::payment_of(&mut *connection, id).await?;
        let kept = payment.map_or(0, |payment| payment.refundable_minor());
        match id {
            PaidFor::Booking(id) => {
                let booking = bookings::queries::booking(connection, id).await?;
                Ok(Self::booking(id, booking.reference, Money::new(kept, booking.terms.price.currency)))
            }
            PaidFor::GiftCardOrder(id) => {
                let order = orders::order(&mut *connection, id).await?;
                let parts = unspent::of_orders(connection, &[id], now).await?;
                let cover = RefundCover::of(parts.get(&id).map_or(&[], Vec::as_slice), kept);
                Ok(Self {
                    field: "order",
                    id: id.to_string(),
                    href: links::gift_card_order(id),
                    reference: called(order.value),
                    most: Money::new(kept, order.value.currency).to_string(),
                    unspent: Some(cover::before_asking(&cover, order.value.currency)),
                })
            }
        }
    }

    fn booking(id: BookingId, reference: String, most: Money) -> Self {
        let (field, href, most) = ("booking", links::booking(id), most.to_string());
        Self { field, id: id.to_string(), href, reference, most, unspent: None }
    }
}

impl RequestLine {
    fn of(request: &RefundRequest, names: &RefundNames, reader: PersonId, now: DateTime<Utc>) -> Self {
        let (label, tone, verb) = match request.state {
            RefundRequestState::Open if request.asked_by == reader => ("Waits for somebody else", "wait", ""),
            RefundRequestState::Open => ("Waits for you", "wait", ""),
            RefundRequestState::Approved => ("Approved", "ok", "approved"),
            RefundRequestState::Declined => ("Declined", "still", "declined"),
        };
        let said = |by, verb: &str, at| format!("{} {verb} {}", names.person(by), format::relative(at, now));
        let (href, reference) = match request.paid_for {
            PaidFor::Booking(id) => (links::booking(id), names.bookings.get(&id)),
            PaidFor::GiftCardOrder(id) => (links::gift_card_order(id), names.orders.get(&id)),
        };
        Self {
            amount: request.amount.to_string(),
            reason: request.reason.clone(),
            href,
            reference: reference.cloned().unwrap_or_default(),
            status: StatusView { label, tone },
            asked: said(request.asked_by, "asked", request.asked_at),
            decided: request.decided_by.zip(request.decided_at).map(|(by, at)| said(by, verb, at)),
            cover: None,
            action: (request.state == RefundRequestState::Open).then(|| links::staff_refund(request.id)),
            is_own: request.asked_by == reader,
        }
    }

    /// Says of a bought card where its refund comes from.
    fn with_cover(self, request: &RefundRequest, cover: Option<&RefundCover>) -> Self {
        let cover = cover.filter(|_| request.paid_for.order().is_some());
        Self { cover: cover.map(|cover| cover::before_deciding(cover, request.amount.currency)), ..self }
    }
}

impl Template for Refunds {
    const TEMPLATE: &'static str = "pages/staff/refunds.html";

    fn samples() -> Vec<(&'static str, Self)> {
        use RefundRequestState::{Approved, Declined, Open};
        let (booking, now) = (samples::confirmed(), samples::now());
        let person = |number: u128| PersonId(uuid::Uuid::from_u128(number));
        let order = GiftCardOrderId(uuid::Uuid::from_u128(9));
        let names = RefundNames {
            people: [(person(1), "Noor Haddad".to_owned()), (person(2), "Bo Larsen".to_owned())].into(),
            bookings: [(booking.id, booking.reference.clone())].into(),
            orders: [(order, called(Money::new(5_000, Currency::Usd)))].into(),
        };
        let line = |number: u128, state, by: u128, reader: u128| {
            let decided = (state != Open).then_some(now - chrono::TimeDelta::hours(1));
            let request = RefundRequest {
                id: RefundRequestId(uuid::Uuid::from_u128(number)),
                intent: kernel::IntentId(uuid::Uuid::nil()),
                paid_for: if number == 3 { order.into() } else { booking.id.into() },
                amount: Money::new(12_050, Currency::Usd),
                reason: "The sound failed for half of the evening".to_owned(),
                state,
                asked_by: person(by),
                asked_at: now - chrono::TimeDelta::hours(3),
                decided_by: decided.map(|_| person(3 - by)),
                decided_at: decided,
            };
            let cover = RefundCover { cards_minor: 8_000, credit_minor: 3_000, our_cost_minor: 1_050 };
            RequestLine::of(&request, &names, person(reader), now)
                .with_cover(&request, (state == Open).then_some(&cover))
        };
        let items = || {
            vec![
                line(1, Open, 1, 2),
                line(2, Open, 2, 2),
                line(3, Open, 1, 2),
                line(5, Approved, 1, 2),
                line(4, Declined, 2, 2),
            ]
        };
        let about = AboutPaid::booking(booking.id, booking.reference.clone(), booking.terms.total());
        let empty = || Self {
            about: None,
            form: Form::default(),
            attempt: "sample".to_owned(),
            problem: None,
            items: Vec::new(),
            next: None,
        };
        let wrong = Form::default().fault("amount", "Write an amount as in 1,200.50.");
        let wrong = wrong.fault("reason", "Use 1 to 200 characters, so that others know what this was for.");
        let problem = Form { problem: Some("A refund cannot exceed what was paid.".to_owned()), ..Form::default() };
        vec![
            ("full", Self { items: items(), next: Some("?cursor=abc".to_owned()), ..empty() }),
            ("empty", empty()),
            ("ask", Self { about: Some(about.clone()), ..empty() }),
            ("faulty", Self { about: Some(about.clone()), form: wrong, ..empty() }),
            ("too-much", Self { about: Some(about), form: problem, ..empty() }),
            (
                "refused",
                Self {
                    problem: Some("This was decided already. Look at it again.".to_owned()),
                    items: items(),
                    ..empty()
                },
            ),
        ]
    }
}
