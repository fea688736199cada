//! `GET /gift-cards/{id}`: a card that is being bought: what it will be, its payment, and what became of it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono_tz::Tz;
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::{CardState, GiftCard, GiftCardOrder, OrderState, queries};
use http::StatusCode;
use kernel::{GiftCardOrderId, Instant, Money, Secret};
use payments::queries::payment_of;
use payments::{Leg, LegState, Payment, PaymentsError};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::WorkflowError;
use workflows::gift_card::{deliver_again, load_order, return_card};
use workflows::payment::{PayCard, pay as pay_by_card, test_cards};

use super::buy::design_name;
use crate::kit::attempt;
use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::checkout::pay::{TestCardLine, declined, here, lines_of};
use crate::views::MoneyLine;
use crate::views::gift_card::CardArt;

#[derive(Debug, Serialize)]
pub(crate) struct OrderPage {
    pub action: String,
    pub return_action: String,
    pub delivery_action: String,
    /// The attempt of the form that mails it again, so that a second press mails no second code.
    pub delivery_attempt: String,
    /// Its mail was sent.
    pub is_delivered: bool,
    /// Nobody has claimed or used it, so that it can be returned.
    pub is_returnable: bool,
    /// It was mailed again just now.
    pub was_sent_again: bool,
    pub state: OrderPageState,
    pub amount: String,
    pub art: CardArt,
    /// `Alley at night`
    pub design: &'static str,
    pub lines: Vec<MoneyLine>,
    /// The name of whoever it is for; none for oneself.
    pub recipient: Option<String>,
    pub recipient_email: Option<String>,
    /// When the recipient gets it, or got it: `at once`, or `on Sat 12 December at 18:00 in Lisbon`.
    pub delivery: String,
    /// Whether it is mailed, or will be: not once the order is over.
    pub has_delivery: bool,
    /// What the button says, in minor units.
    pub expected_minor: i64,
    /// Until when it can be paid: an instant for the countdown.
    pub pay_by: String,
    /// The same in words: `until 14:32 in Berlin`.
    pub pay_until: String,
    pub at_bank: Option<String>,
    pub form: Form,
    pub test_cards: Vec<TestCardLine>,
    /// Where staff ask for a refund.
    pub beyond: Option<String>,
}

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderPageState {
    Open,
    Processing,
    Paid,
    /// Whoever it is for has it.
    Claimed,
    /// The buyer has used it, or sent it on.
    Used,
    Lapsed,
    Returned,
    /// A bank took back what was paid for it.
    ChargedBack,
}

/// What the address of the page says.
#[derive(Debug, Deserialize)]
pub(crate) struct OrderParams {
    /// The mail was sent again.
    delivered: Option<String>,
}

/// What the form of the card sends.
#[derive(Debug, Deserialize)]
pub(crate) struct EnteredCard {
    number: Secret<String>,
    /// What the button said.
    #[serde(default)]
    expected_minor: Option<i64>,
}

/// What the form sends that mails the card again.
#[derive(Debug, Deserialize)]
pub(crate) struct DeliveryAsked {
    attempt: String,
    email: String,
}

/// `GET /gift-cards/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    Query(OrderParams { delivered }): Query<OrderParams>,
) -> Answer<Response> {
    let page = load(&site, &frame, &caller, id, None).await?;
    frame.answer(&OrderPage { was_sent_again: delivered.is_some(), ..page })
}

/// `POST /gift-cards/{id}`
pub(crate) async fn pay(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    Posted(EnteredCard { number, expected_minor }): Posted<EnteredCard>,
) -> Answer<Response> {
    let card = PayCard { number, expected_minor, return_url: None };
    let to = match pay_by_card(&site, &caller, id.into(), card, None).await {
        Ok(payment) => match at_bank(&payment) {
            Some(url) => here(&site, &url),
            None => links::gift_card_order(id),
        },
        // The page shows how the order stands.
        Err(WorkflowError::Payments(
            PaymentsError::AlreadyPaid | PaymentsError::AlreadyPaying | PaymentsError::PayByPassed,
        )) => links::gift_card_order(id),
        Err(error @ (WorkflowError::Fields(_) | WorkflowError::Payments(PaymentsError::AmountChanged { .. }))) => {
            let form = Form::default().refused(&Problem::from(error));
            return refuse(&site, &frame, &caller, id, form).await;
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&to).into_response())
}

/// `POST /gift-cards/{id}/deliveries`
pub(crate) async fn deliver(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    Posted(DeliveryAsked { attempt, email }): Posted<DeliveryAsked>,
) -> Answer<Response> {
    let to = format!("{}?delivered=again", links::gift_card_order(id));
    let attempt = attempt::read(&caller, "POST /gift-cards/deliveries", &attempt, &format!("{id} {email}"))?;
    let mut tx = site.database.begin().await?;
    if !attempt::is_first(&site, &mut tx, &attempt, &to).await? {
        return Ok(Redirect::to(&to).into_response());
    }
    match deliver_again(&site, &mut tx, &caller, id, &email).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&to).into_response())
        }
        Err(problem) if matches!(problem.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) => {
            drop(tx);
            let form = Form::with([("email", email)]).refused(&problem);
            refuse(&site, &frame, &caller, id, form).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /gift-cards/{id}/return`
pub(crate) async fn give_back(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    _: Posted<NoFields>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    match return_card(&site, &mut tx, &caller, id).await.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&links::gift_card_order(id)).into_response())
        }
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            drop(tx);
            refuse(&site, &frame, &caller, id, Form::default().refused(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

/// The page with what is wrong with a form.
async fn refuse(
    site: &Site,
    frame: &Frame,
    caller: &accounts::Caller,
    id: GiftCardOrderId,
    form: Form,
) -> Answer<Response> {
    let status = if form.errors.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    frame.answer_as(status, &load(site, frame, caller, id, Some(form)).await?)
}

async fn load(
    site: &Site,
    frame: &Frame,
    caller: &accounts::Caller,
    id: GiftCardOrderId,
    form: Option<Form>,
) -> Answer<OrderPage> {
    let mut connection = site.database.acquire().await?;
    let order = load_order(&mut connection, caller, id).await?;
    let payment = payment_of(&mut connection, id).await?;
    let card = match order.card {
        Some(card) => Some(queries::card(&mut connection, card).await?.card),
        None => None,
    };
    drop(connection);
    let bank = payment.as_ref().and_then(at_bank).map(|url| here(site, &url));
    let form = form.unwrap_or_else(|| Form { problem: payment.as_ref().and_then(last_problem), ..Form::default() });
    let is_theirs = order.buyer == caller.id;
    let beyond = (!is_theirs && order.state == OrderState::Paid).then(|| links::staff_refund_of_order(id));
    let shown = ShownOrder { order: &order, card: card.as_ref(), payment: payment.as_ref(), yours: frame.yours() };
    let page = shown.page(bank, lines_of(test_cards(site)), form, site.clock.now());
    Ok(OrderPage { beyond, delivery_attempt: attempt::new(site), ..page })
}

/// The bank's page that authenticates the payer, if a leg waits for that.
fn at_bank(payment: &Payment) -> Option<String> {
    payment.legs.iter().find(|leg| leg.is_under_way() && leg.state == LegState::ActionRequired)?.action_url.clone()
}

/// Why the last try failed, if it did.
fn last_problem(payment: &Payment) -> Option<String> {
    let leg = payment.legs.last().filter(|leg| leg.state == LegState::Failed)?;
    Some(format!("{} Nothing was charged. Try again, or another card.", declined(leg.failure_code.as_deref())))
}

fn is_undecided(leg: &Leg) -> bool {
    leg.is_under_way() && matches!(leg.state, LegState::Created | LegState::Processing)
}

/// An order with what is known of it; the card once it is paid.
struct ShownOrder<'order> {
    order: &'order GiftCardOrder,
    card: Option<&'order GiftCard>,
    payment: Option<&'order Payment>,
    yours: Tz,
}

impl ShownOrder<'_> {
    fn state(&self, now: Instant) -> OrderPageState {
        let order = self.order;
        let is_processing = self.payment.is_some_and(|payment| payment.legs.iter().any(is_undecided));
        match (order.state, self.card) {
            (OrderState::Paid, Some(card)) if card.holder.is_some_and(|holder| holder != order.buyer) => {
                OrderPageState::Claimed
            }
            (OrderState::Paid, Some(card)) if !order.is_untouched(card) => OrderPageState::Used,
            (OrderState::Paid, _) => OrderPageState::Paid,
            (OrderState::Returned, _)
                if self.payment.is_some_and(|payment| payment.chargebacks.iter().any(|one| !one.is_won)) =>
            {
                OrderPageState::ChargedBack
            }
            (OrderState::Returned, _) => OrderPageState::Returned,
            _ if is_processing => OrderPageState::Processing,
            _ if order.is_payable(now) => OrderPageState::Open,
            _ => OrderPageState::Lapsed,
        }
    }

    /// What of a paid price has gone back although the card was not returned.
    fn went_back(&self) -> Option<MoneyLine> {
        let minor: i64 = self.payment?.legs.iter().map(|leg| leg.refunded_minor).sum();
        let amount = Money::new(-minor, self.order.value.currency).to_string();
        let is_part = minor > 0 && self.order.state == OrderState::Paid;
        is_part.then(|| MoneyLine { label: "Went back".to_owned(), amount, is_sum: false })
    }

    fn page(&self, at_bank: Option<String>, test_cards: Vec<TestCardLine>, form: Form, now: Instant) -> OrderPage {
        let (order, state) = (self.order, self.state(now));
        let recipient = order.recipient.as_ref();
        let is_stopped = self.card.is_some_and(|card| card.state == CardState::Frozen);
        let line = |label: &str, is_sum| MoneyLine { label: label.to_owned(), amount: order.value.to_string(), is_sum };
        OrderPage {
            action: links::gift_card_order(order.id),
            return_action: links::gift_card_return(order.id),
            delivery_action: links::gift_card_delivery(order.id),
            delivery_attempt: String::new(),
            is_delivered: order.delivered_at.is_some(),
            is_returnable: state == OrderPageState::Paid && !is_stopped,
            was_sent_again: false,
            state,
            amount: order.value.to_string(),
            expected_minor: order.value.amount_minor,
            art: CardArt::to_buy(
                order.design,
                format::price(order.value),
                recipient.map(|recipient| recipient.from.clone()),
                recipient.map(|recipient| recipient.message.clone()).filter(|message| !message.is_empty()),
            ),
            design: design_name(order.design),
            lines: [line("On the card", false), line(sum_label(state), true)]
                .into_iter()
                .chain(self.went_back())
                .collect(),
            recipient: recipient.map(|recipient| recipient.name.clone()),
            recipient_email: recipient.map(|recipient| recipient.email.clone()),
            delivery: delivery(order),
            has_delivery: recipient.is_some()
                && !matches!(state, OrderPageState::Lapsed | OrderPageState::Returned | OrderPageState::ChargedBack),
            pay_by: order.pay_by.to_rfc3339(),
            pay_until: format::until(order.pay_by, self.yours, now),
            at_bank,
            form,
            test_cards,
            beyond: None,
        }
    }
}

const fn sum_label(state: OrderPageState) -> &'static str {
    match state {
        OrderPageState::Open | OrderPageState::Processing => "To pay, no tax on it",
        OrderPageState::Paid | OrderPageState::Claimed | OrderPageState::Used => "Paid",
        OrderPageState::Lapsed => "Not charged",
        OrderPageState::Returned => "Paid back",
        OrderPageState::ChargedBack => "Taken back by the bank",
    }
}

/// `at once`, or `on Sat 12 December at 18:00 in Lisbon`: when it was mailed, or will be.
fn delivery(order: &GiftCardOrder) -> String {
    let asked = order.recipient.as_ref().and_then(|recipient| recipient.deliver_at);
    let Some(at) = order.delivered_at.or(asked) else { return "at once".to_owned() };
    let day = format::day(at.with_timezone(&order.zone).date_naive());
    format!("on {day} at {} in {}", format::clock(at, order.zone), format::city_of(order.zone))
}

impl Template for OrderPage {
    const TEMPLATE: &'static str = "pages/gift_shop/order.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let now = crate::views::samples::now();
        let order = crate::views::samples::gifts::order;
        let card = |change: fn(&mut GiftCard)| {
            let mut card = crate::views::samples::gifts::card(1, gift_cards::CardKind::Platform, 50, 50).card;
            card.holder = None;
            change(&mut card);
            card
        };
        let cards =
            || vec![TestCardLine { number: "4242 4242 4242 4242".to_owned(), outcome: "Pays at once".to_owned() }];
        let drawn = |order: &GiftCardOrder, card: Option<&GiftCard>, form| {
            let shown = ShownOrder { order, card, payment: None, yours: crate::views::samples::YOURS };
            shown.page(None, cards(), form, now)
        };
        let page = |state, form| drawn(&order(state), None, form);
        let sent = || GiftCardOrder { delivered_at: Some(now), ..order(OrderState::Paid) };
        let own = || GiftCardOrder { recipient: None, ..order(OrderState::Paid) };
        let delivered = |form| drawn(&sent(), None, form);
        let refused = Form {
            problem: Some("The card was stopped by our team. Ask them before you use it.".to_owned()),
            ..Form::default()
        };
        let faulty = Form::default().fault("number", "This is not a whole card number: it has 4 of 16 digits.");
        vec![
            ("open", page(OrderState::AwaitingPayment, Form::default())),
            ("faulty", page(OrderState::AwaitingPayment, faulty)),
            ("processing", Self { state: OrderPageState::Processing, ..page(OrderState::Paid, Form::default()) }),
            ("paid", page(OrderState::Paid, Form::default())),
            ("delivered", delivered(Form::default())),
            ("staff", Self { beyond: Some("/staff/refunds?order=1".to_owned()), ..delivered(Form::default()) }),
            ("sent_again", Self { was_sent_again: true, ..delivered(Form::default()) }),
            (
                "wrong_address",
                delivered(Form::with([("email", "ada".to_owned())]).fault("email", "This is no e-mail address.")),
            ),
            ("claimed", {
                let claimed = card(|card| card.holder = Some(kernel::PersonId(uuid::Uuid::from_u128(3))));
                drawn(&sent(), Some(&claimed), Form::default())
            }),
            ("own", drawn(&own(), None, Form::default())),
            ("used", drawn(&own(), Some(&card(|card| card.balance.amount_minor = 1_000)), Form::default())),
            ("refused", drawn(&own(), Some(&card(|card| card.state = CardState::Frozen)), refused)),
            ("lapsed", page(OrderState::Lapsed, Form::default())),
            ("returned", page(OrderState::Returned, Form::default())),
            (
                "charged_back",
                Self { state: OrderPageState::ChargedBack, ..page(OrderState::Returned, Form::default()) },
            ),
        ]
    }
}
