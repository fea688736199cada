//! `GET /gift-cards`: a card for somebody, or for oneself.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use calendar::first_instant_from;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use entry::{Answer, MaybeSignedIn, Problem, Query, SignedIn, Site};
use gift_cards::{CardDesign, GiftRecipient, NewOrder, SaleRules, orders};
use http::StatusCode;
use kernel::{Currency, Instant, Money};
use serde::{Deserialize, Serialize};
use site::links;
use workflows::gift_card::order_card;

use crate::kit::amount::minor_units;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::CardArt;
use crate::views::link::zones;
use crate::views::{OptionView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct BuyGiftCard {
    pub form: Form,
    pub currencies: Vec<OptionView>,
    pub designs: Vec<DesignChoice>,
    /// The card in each design, as large as it will be, with the words that go with it.
    pub previews: Vec<CardArt>,
    pub zones: Vec<OptionView>,
    pub hours: Vec<OptionView>,
    /// `From $10.00 to $2,000.00.`
    pub limits: String,
    /// Whether it is for somebody else.
    pub is_for_friend: bool,
    /// Whether it is sent at a moment of its own, or what was typed about that is wrong.
    pub is_later: bool,
    /// Today and in a year, for the field of the day.
    pub today: String,
    pub last_day: String,
}

/// A design as it will look.
#[derive(Debug, Serialize)]
pub(crate) struct DesignChoice {
    pub value: &'static str,
    pub label: &'static str,
    pub is_chosen: bool,
    pub art: CardArt,
}

/// What the form sends.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OrderForm {
    amount: String,
    currency: String,
    design: String,
    #[serde(default)]
    whom: String,
    #[serde(default)]
    recipient_email: String,
    #[serde(default)]
    recipient_name: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    deliver_on: String,
    #[serde(default)]
    deliver_hour: String,
    #[serde(default)]
    time_zone: String,
}

/// What a visitor chose before they signed in.
#[derive(Debug, Deserialize)]
pub(crate) struct ChosenParams {
    amount: Option<String>,
    currency: Option<String>,
    design: Option<String>,
    /// Signing in is the next step.
    next: Option<String>,
}

/// `GET /gift-cards`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    MaybeSignedIn(caller): MaybeSignedIn,
    Query(chosen): Query<ChosenParams>,
) -> Answer<Response> {
    let empty = OrderForm {
        amount: chosen.amount.unwrap_or_else(|| "50".to_owned()),
        currency: chosen.currency.unwrap_or_else(|| Currency::Usd.code().to_owned()),
        design: chosen.design.unwrap_or_else(|| CardDesign::Spotlight.as_str().to_owned()),
        whom: "friend".to_owned(),
        ..OrderForm::empty()
    };
    let empty = match &caller {
        Some(caller) => OrderForm { from: caller.display_name.clone(), time_zone: caller.time_zone.clone(), ..empty },
        None if chosen.next.is_some() => {
            let [amount, currency, design] =
                [&empty.amount, &empty.currency, &empty.design].map(|one| links::encode(one));
            let back = format!("{}?amount={amount}&currency={currency}&design={design}", links::BUY_GIFT_CARD);
            return Ok(Redirect::to(&links::login_then(&back)).into_response());
        }
        None => empty,
    };
    let currency = Currency::from_code(&empty.currency).unwrap_or(Currency::Usd);
    let rules = orders::rules(&mut *site.database.acquire().await?, currency, site.clock.now()).await?;
    frame.answer(&BuyGiftCard::of(&empty, rules, site.clock.now(), empty.filled()))
}

/// `POST /gift-cards`
pub(crate) async fn order(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(entered): Posted<OrderForm>,
) -> Answer<Response> {
    let now = site.clock.now();
    match place(&site, &caller, &entered).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(form) => {
            let currency = Currency::from_code(&entered.currency).unwrap_or(Currency::Usd);
            let rules = orders::rules(&mut *site.database.acquire().await?, currency, now).await?;
            let page = BuyGiftCard::of(&entered, rules, now, form?);
            frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The page of the placed order; the form with its faults otherwise, or what broke.
async fn place(site: &Site, caller: &Caller, entered: &OrderForm) -> Result<String, Answer<Form>> {
    let new = entered.read().map_err(Ok)?;
    let placed = async {
        let mut tx = site.database.begin().await?;
        let order = order_card(site, &mut tx, caller, new).await?;
        tx.commit().await?;
        Ok::<_, Problem>(order)
    };
    match placed.await {
        Ok(order) => Ok(links::gift_card_order(order.id)),
        Err(problem) if problem.status.is_server_error() => Err(Err(problem)),
        Err(mut problem) => {
            for fault in problem.fields.iter_mut() {
                fault.field = match fault.field.as_str() {
                    "value_minor" => "amount".to_owned(),
                    "deliver_at" => "deliver_on".to_owned(),
                    other => other.to_owned(),
                };
            }
            Err(Ok(entered.filled().refused(&problem)))
        }
    }
}

impl OrderForm {
    fn empty() -> Self {
        let none = String::new;
        Self {
            amount: none(),
            currency: none(),
            design: none(),
            whom: none(),
            recipient_email: none(),
            recipient_name: none(),
            from: none(),
            message: none(),
            deliver_on: none(),
            deliver_hour: none(),
            time_zone: none(),
        }
    }

    /// The amount as cards show it; what was typed where it cannot be read.
    fn shown_amount(&self) -> String {
        let currency = Currency::from_code(&self.currency);
        let minor = currency.and_then(|currency| minor_units(&self.amount, currency.decimals()));
        let money = currency.zip(minor).map(|(currency, minor)| format::price(Money::new(minor, currency)));
        money.unwrap_or_else(|| self.amount.clone())
    }

    fn filled(&self) -> Form {
        Form::with([
            ("amount", self.amount.clone()),
            ("recipient_email", self.recipient_email.clone()),
            ("recipient_name", self.recipient_name.clone()),
            ("from", self.from.clone()),
            ("message", self.message.clone()),
            ("deliver_on", self.deliver_on.clone()),
        ])
    }

    /// What was entered, or the form with what could not be read.
    fn read(&self) -> Result<NewOrder, Form> {
        let mut form = self.filled();
        let currency = Currency::from_code(&self.currency);
        let minor = currency.and_then(|currency| minor_units(&self.amount, currency.decimals()));
        let design = CardDesign::ALL.iter().find(|design| design.as_str() == self.design).copied();
        let zone: Option<Tz> = if self.time_zone.is_empty() { Some(Tz::UTC) } else { self.time_zone.parse().ok() };
        let deliver_at = zone.map_or(Ok(None), |zone| self.deliver_at(zone));
        if minor.is_none() {
            form = form.fault("amount", "Write an amount such as 50 or 49.90.");
        }
        if zone.is_none() {
            form = form.fault("time_zone", "Choose a clock from the list.");
        }
        if deliver_at.is_err() {
            form = form.fault("deliver_on", "Choose a day and an hour, or leave both out.");
        }
        let (Some(currency), Some(minor), Some(design), Some(zone), Ok(deliver_at)) =
            (currency, minor, design, zone, deliver_at)
        else {
            return Err(form);
        };
        let recipient = (self.whom != "me").then(|| GiftRecipient {
            email: self.recipient_email.clone(),
            name: self.recipient_name.trim().to_owned(),
            from: self.from.trim().to_owned(),
            message: self.message.trim().replace("\r\n", "\n"),
            deliver_at,
        });
        Ok(NewOrder { value: Money::new(minor, currency), design, recipient, zone })
    }

    /// The moment of the delivery, on the recipient's clock; none when the day is left out.
    fn deliver_at(&self, zone: Tz) -> Result<Option<Instant>, ()> {
        if self.deliver_on.is_empty() {
            return Ok(None);
        }
        let day: NaiveDate = self.deliver_on.parse().map_err(drop)?;
        let hour: u32 = if self.deliver_hour.is_empty() { 9 } else { self.deliver_hour.parse().map_err(drop)? };
        let time = NaiveTime::from_hms_opt(hour, 0, 0).ok_or(())?;
        // Where clocks skip that hour it is delivered when they have.
        Ok(Some(first_instant_from(NaiveDateTime::new(day, time), zone)))
    }
}

impl BuyGiftCard {
    fn of(entered: &OrderForm, rules: Option<SaleRules>, now: Instant, form: Form) -> Self {
        let chosen = |value: &str, label: String, current: &str| OptionView {
            is_chosen: value == current,
            value: value.to_owned(),
            label,
        };
        let today = now.date_naive();
        Self {
            currencies: Currency::ALL.map(|one| chosen(one.code(), one.code().to_owned(), &entered.currency)).into(),
            designs: CardDesign::ALL
                .iter()
                .map(|design| DesignChoice {
                    value: design.as_str(),
                    label: design_name(*design),
                    is_chosen: design.as_str() == entered.design,
                    art: CardArt::to_buy(*design, entered.shown_amount(), None, None),
                })
                .collect(),
            previews: CardDesign::ALL
                .iter()
                .map(|design| {
                    let [from, message] = [entered.from.clone(), entered.message.clone()];
                    CardArt::to_buy(*design, entered.shown_amount(), Some(from), Some(message))
                })
                .collect(),
            is_later: !entered.deliver_on.is_empty()
                || ["deliver_on", "deliver_hour", "time_zone"].iter().any(|field| form.errors.contains_key(*field)),
            zones: zones(&entered.time_zone),
            hours: (0..24)
                .map(|hour: u32| {
                    let current = if entered.deliver_hour.is_empty() { "9" } else { &entered.deliver_hour };
                    chosen(&hour.to_string(), format!("{hour:02}:00"), current)
                })
                .collect(),
            limits: rules.map_or_else(
                || "Cards are not sold in this currency.".to_owned(),
                |SaleRules { least, most, .. }| format!("From {least} to {most}."),
            ),
            is_for_friend: entered.whom != "me",
            today: today.to_string(),
            last_day: (today + chrono::TimeDelta::days(365)).to_string(),
            form,
        }
    }
}

/// What people call a design.
pub(super) const fn design_name(design: CardDesign) -> &'static str {
    match design {
        CardDesign::Spotlight => "Spotlight",
        CardDesign::Alley => "Alley at night",
        CardDesign::Playbill => "Playbill",
    }
}

impl Template for BuyGiftCard {
    const TEMPLATE: &'static str = "pages/gift_shop/buy.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let entered = OrderForm {
            amount: "50".to_owned(),
            currency: "USD".to_owned(),
            design: "spotlight".to_owned(),
            from: "Noor Haddad".to_owned(),
            time_zone: "Europe/Lisbon".to_owned(),
            ..OrderForm::empty()
        };
        let usd = |minor| Money::new(minor, Currency::Usd);
        let rules = SaleRules { least: usd(1_000), most: usd(200_000), months_valid: None };
        let page = |form| Self {
            zones: samples::options(&["Europe/Berlin", "Europe/Lisbon", "America/New_York"], "Europe/Lisbon"),
            ..Self::of(&entered, Some(rules), samples::now(), form)
        };
        let faulty = entered.filled().fault("recipient_email", "Enter an address such as ada@example.org.");
        let later = OrderForm {
            message: "For the opening!".to_owned(),
            deliver_on: "2026-12-16".to_owned(),
            ..entered.clone()
        };
        let wrong = later.filled().fault("deliver_on", "Choose a day and an hour, or leave both out.");
        let later =
            Self { zones: page(entered.filled()).zones, ..Self::of(&later, Some(rules), samples::now(), wrong) };
        vec![("plain", page(entered.filled())), ("faulty", page(faulty)), ("later", later)]
    }
}
