//! `GET /gift-cards/{id}`: a card that is being bought: what it will be, its payment, and what became of it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Problem, Query, SignedIn, Site};
use gift_cards::{GiftCardOrder, OrderState};
use http::StatusCode;
use kernel::{GiftCardOrderId, Instant, Secret};
use payments::queries::payment_of;
use payments::{Leg, LegState, Payment, PaymentsError};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::WorkflowError;
use workflows::gift_card::{deliver_again, load_order, return_card};
use workflows::payment::{PayCard, pay as pay_by_card, test_cards};

use super::buy::design_name;
use crate::kit::attempt;
use crate::kit::extract::Posted;
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
    /// Its mail was sent, and nobody has claimed it as far as we know.
    pub is_delivered: bool,
    /// It was mailed again just now.
    pub was_sent_again: bool,
    pub state: OrderPageState,
    pub amount: String,
    pub art: CardArt,
    pub lines: Vec<MoneyLine>,
    /// The name of whoever it is for; none for oneself.
    pub recipient: Option<String>,
    pub recipient_email: Option<String>,
    /// When the recipient gets it, in words.
    pub delivery: String,
    /// Until when it can be paid: an instant for the countdown.
    pub pay_by: String,
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
}

/// What the form sends that mails the card again.
#[derive(Debug, Deserialize)]
pub(crate) struct DeliveryAsked {
    attempt: String,
    email: String,
}

/// What the form of the return sends: nothing but its own protection.
#[derive(Debug, Deserialize)]
pub(crate) struct ReturnAsked {}

/// `GET /gift-cards/{id}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    Query(OrderParams { delivered }): Query<OrderParams>,
) -> Answer<Response> {
    let page = load(&site, &caller, id, None).await?;
    frame.answer(&OrderPage { was_sent_again: delivered.is_some(), ..page })
}

/// `POST /gift-cards/{id}`
pub(crate) async fn pay(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    Posted(EnteredCard { number }): Posted<EnteredCard>,
) -> Answer<Response> {
    let card = PayCard { number, return_url: None };
    let to = match pay_by_card(&site, &caller, id.into(), card, None).await {
        Ok(payment) => match at_bank(&payment) {
            Some(url) => here(&site, &url),
            None => links::gift_card_order(id),
        },
        // The page shows how the order stands.
        Err(WorkflowError::Payments(
            PaymentsError::AlreadyPaid | PaymentsError::AlreadyPaying | PaymentsError::PayByPassed,
        )) => links::gift_card_order(id),
        Err(error @ WorkflowError::Fields(_)) => {
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
    Posted(ReturnAsked {}): Posted<ReturnAsked>,
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
    frame.answer_as(status, &load(site, caller, id, Some(form)).await?)
}

async fn load(site: &Site, caller: &accounts::Caller, id: GiftCardOrderId, form: Option<Form>) -> Answer<OrderPage> {
    let mut connection = site.database.acquire().await?;
    let order = load_order(&mut connection, caller, id).await?;
    let payment = payment_of(&mut connection, id).await?;
    drop(connection);
    let bank = payment.as_ref().and_then(at_bank).map(|url| here(site, &url));
    let form = form.unwrap_or_else(|| Form { problem: payment.as_ref().and_then(last_problem), ..Form::default() });
    let is_theirs = order.buyer == caller.id;
    let beyond = (!is_theirs && order.state == OrderState::Paid).then(|| links::staff_refund_of_order(id));
    let page = OrderPage::of(&order, payment.as_ref(), bank, lines_of(test_cards(site)), form, site.clock.now());
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

impl OrderPage {
    fn of(
        order: &GiftCardOrder,
        payment: Option<&Payment>,
        at_bank: Option<String>,
        test_cards: Vec<TestCardLine>,
        form: Form,
        now: Instant,
    ) -> Self {
        let is_processing = payment.is_some_and(|payment| payment.legs.iter().any(is_undecided));
        let state = match order.state {
            OrderState::Paid => OrderPageState::Paid,
            OrderState::Returned if payment.is_some_and(|payment| !payment.chargebacks.is_empty()) => {
                OrderPageState::ChargedBack
            }
            OrderState::Returned => OrderPageState::Returned,
            _ if is_processing => OrderPageState::Processing,
            _ if order.is_payable(now) => OrderPageState::Open,
            _ => OrderPageState::Lapsed,
        };
        let recipient = order.recipient.as_ref();
        let line = |label: &str, amount: String| MoneyLine { label: label.to_owned(), amount, is_sum: false };
        Self {
            action: links::gift_card_order(order.id),
            return_action: links::gift_card_return(order.id),
            delivery_action: links::gift_card_delivery(order.id),
            delivery_attempt: String::new(),
            is_delivered: order.delivered_at.is_some(),
            was_sent_again: false,
            state,
            amount: order.value.to_string(),
            art: CardArt::to_buy(
                order.design,
                format::price(order.value),
                recipient.map(|recipient| recipient.from.clone()),
                recipient.map(|recipient| recipient.message.clone()).filter(|message| !message.is_empty()),
            ),
            lines: vec![
                line("On the card", order.value.to_string()),
                line("Design", design_name(order.design).to_owned()),
                MoneyLine { is_sum: true, ..line("To pay, no tax on it", order.value.to_string()) },
            ],
            recipient: recipient.map(|recipient| recipient.name.clone()),
            recipient_email: recipient.map(|recipient| recipient.email.clone()),
            delivery: delivery(order),
            pay_by: order.pay_by.to_rfc3339(),
            at_bank,
            form,
            test_cards,
            beyond: None,
        }
    }
}

/// `at once`, or `on Sat 12 December at 18:00 in Lisbon`.
fn delivery(order: &GiftCardOrder) -> String {
    let Some(at) = order.recipient.as_ref().and_then(|recipient| recipient.deliver_at) else {
        return "at once".to_owned();
    };
    let day = format::day(at.with_timezone(&order.zone).date_naive());
    format!("on {day} at {} in {}", format::clock(at, order.zone), format::city_of(order.zone))
}

impl Template for OrderPage {
    const TEMPLATE: &'static str = "pages/gift_shop/order.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let now = crate::views::samples::now();
        let order = |state| GiftCardOrder {
            id: GiftCardOrderId(uuid::Uuid::from_u128(1)),
            buyer: kernel::PersonId(uuid::Uuid::from_u128(2)),
            value: kernel::Money::new(5_000, kernel::Currency::Usd),
            design: gift_cards::CardDesign::Spotlight,
            recipient: Some(gift_cards::GiftRecipient {
                email: "ada@example.test".to_owned(),
                name: "Ada".to_owned(),
                from: "Noor".to_owned(),
                message: "For your birthday: book whoever you like.".to_owned(),
                deliver_at: Some(now + chrono::TimeDelta::days(3)),
            }),
            zone: chrono_tz::Europe::Lisbon,
            months_valid: None,
            state,
            pay_by: now + chrono::TimeDelta::minutes(25),
            card: None,
            delivered_at: None,
            created_at: now,
        };
        let cards =
            || vec![TestCardLine { number: "4242 4242 4242 4242".to_owned(), outcome: "Pays at once".to_owned() }];
        let page = |state, form| Self::of(&order(state), None, None, cards(), form, now);
        let delivered = |form| Self { is_delivered: true, ..page(OrderState::Paid, form) };
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
            ("lapsed", page(OrderState::Lapsed, Form::default())),
            ("returned", page(OrderState::Returned, Form::default())),
            (
                "charged_back",
                Self { state: OrderPageState::ChargedBack, ..page(OrderState::Returned, Form::default()) },
            ),
        ]
    }
}
