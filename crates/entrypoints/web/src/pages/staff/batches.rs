//! `GET /staff/gift-cards`: the form that issues gift cards together, and the batches that were issued.

use accounts::Caller;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use chrono_tz::Tz;
use entry::{Answer, Problem, Query, SignedIn, Site};
use gift_cards::queries::{self, SeenBatch};
use gift_cards::{CardKind, GiftCardsError, LastDay, NewBatch};
use http::StatusCode;
use kernel::{Currency, Cursor, Dated, FieldFault, Money, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::gift_card;

use super::issued::Issued;
use crate::kit::amount::minor_units;
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::bar::{Bar, BarPart};
use crate::views::link::zones;
use crate::views::{OptionView, gift_card as views, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Batches {
    pub form: Form,
    pub kinds: Vec<OptionView>,
    pub currencies: Vec<OptionView>,
    pub zones: Vec<OptionView>,
    /// What would be issued, before it is.
    pub preview: Option<Preview>,
    pub items: Vec<BatchLine>,
    pub next: Option<String>,
}

/// What would be issued.
#[derive(Debug, Serialize)]
pub(crate) struct Preview {
    /// `250 × $25.00`.
    pub sum: String,
    pub total: String,
    pub kind: &'static str,
    pub until: String,
}

/// A batch in the list.
#[derive(Debug, Serialize)]
pub(crate) struct BatchLine {
    pub href: String,
    pub name: String,
    /// `Promotion · 250 × $25.00 · 24 November 2026`.
    pub line: String,
    pub issued: String,
    /// `12 claimed, 3 stopped`.
    pub claimed: String,
    pub bar: Bar,
}

/// Batches on one page.
const COUNT: u16 = 20;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct BatchListParams {
    cursor: Option<String>,
}

/// What the form sends; `confirmed` only from the preview.
#[derive(Debug, Deserialize)]
pub(crate) struct BatchForm {
    name: String,
    kind: String,
    cards: String,
    amount: String,
    currency: String,
    #[serde(default)]
    last_day: String,
    #[serde(default)]
    time_zone: String,
    reason: String,
    confirmed: Option<String>,
}

/// `GET /staff/gift-cards`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Query(turned): Query<BatchListParams>,
) -> Answer<Response> {
    let form = Form::with([("time_zone", frame.yours().name().to_owned())]);
    frame.answer(&Batches::of(&site, form, None, turned.cursor).await?)
}

/// `POST /staff/gift-cards`: shows what would be issued, and issues it once that was confirmed. The answer with the codes is the page
/// itself; no redirect, because no other page may show them.
pub(crate) async fn issue(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(wish): Posted<BatchForm>,
) -> Answer<Response> {
    let form = wish.form();
    let is_confirmed = wish.confirmed.is_some();
    let outcome = match wish.batch(site.clock.now(), site.settings.gift_batch_minor_max) {
        Ok(batch) if is_confirmed => match issue_now(&site, &caller, &batch).await {
            Ok(issued) => return frame.answer_as(StatusCode::CREATED, &issued),
            Err(problem) => Err(problem),
        },
        other => other.map_err(Problem::from),
    };
    match outcome {
        Ok(batch) => frame.answer(&Batches::of(&site, form, Some(Preview::of(&batch)), None).await?),
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let page = Batches::of(&site, form.refused(&problem), None, None).await?;
            frame.answer_as(problem.status, &page)
        }
    }
}

async fn issue_now(site: &Site, caller: &Caller, batch: &NewBatch) -> Result<Issued, Problem> {
    let mut tx = site.database.begin().await?;
    let (id, cards) = gift_card::issue_batch(site, &mut tx, caller, batch).await?;
    tx.commit().await?;
    Ok(Issued::of(id, batch, &cards, |path| site.settings.url(path)))
}

impl BatchForm {
    fn form(&self) -> Form {
        Form::with([
            ("name", self.name.clone()),
            ("kind", self.kind.clone()),
            ("cards", self.cards.clone()),
            ("amount", self.amount.clone()),
            ("currency", self.currency.clone()),
            ("last_day", self.last_day.clone()),
            ("time_zone", self.time_zone.clone()),
            ("reason", self.reason.clone()),
        ])
    }

    /// What was entered, where all cards together may be worth `minor_max`.
    fn batch(&self, now: kernel::Instant, minor_max: i64) -> Result<NewBatch, GiftCardsError> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, sentence: &str| faults.push(FieldFault::new(field, "invalid", sentence));
        let kind = CardKind::ALL.iter().copied().find(|kind| kind.as_str() == self.kind);
        let currency = Currency::from_code(&self.currency);
        let cards = self.cards.trim().parse().ok();
        let amount = currency.and_then(|currency| minor_units(&self.amount, currency.decimals()));
        if cards.is_none() {
            fault("cards", "Enter how many, as a whole number.");
        }
        if amount.is_none() {
            fault("amount", "Enter an amount in the currency, such as 25 or 25.50.");
        }
        let last_day = match self.last_day.trim() {
            "" => None,
            day => match last_day(day, &self.time_zone) {
                Some(last) => Some(last),
                None => {
                    fault("last_day", "Choose a day, or leave it empty.");
                    None
                }
            },
        };
        let batch = NewBatch {
            name: self.name.clone(),
            kind: kind.unwrap_or(CardKind::Platform),
            cards: cards.unwrap_or(0),
            value: Money::new(amount.unwrap_or(0), currency.unwrap_or(Currency::Usd)),
            last_day,
            reason: self.reason.clone(),
        };
        let said: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
        let others = batch.faults(now, minor_max).into_iter().map(|fault| FieldFault {
            field: if fault.field == "value_minor" { "amount".to_owned() } else { fault.field },
            ..fault
        });
        faults.extend(others.filter(|fault| !said.contains(&fault.field)));
        if faults.is_empty() { Ok(batch) } else { Err(GiftCardsError::Fields(faults)) }
    }
}

fn last_day(day: &str, zone: &str) -> Option<LastDay> {
    let day: Dated<NaiveDate> = serde_json::from_value(day.into()).ok()?;
    LastDay::new(day.get(), zone.parse().unwrap_or(Tz::UTC))
}

impl Preview {
    fn of(batch: &NewBatch) -> Self {
        let total = Money::new(batch.value.amount_minor * i64::from(batch.cards), batch.value.currency);
        let until = batch.last_day.map_or("No last day".to_owned(), |last| {
            format!("Work to the end of {} in {}", format::day_with_year(last.day), format::city_of(last.zone))
        });
        Self {
            sum: format!("{} × {}", batch.cards, batch.value),
            total: total.to_string(),
            kind: views::kind(batch.kind),
            until,
        }
    }
}

impl BatchLine {
    fn of(batch: &SeenBatch) -> Self {
        let stopped = if batch.frozen > 0 { format!(", {} stopped", batch.frozen) } else { String::new() };
        let day = format::day_with_year(batch.created_at.date_naive());
        Self {
            href: links::card_batch(batch.id),
            name: batch.name.clone(),
            line: format!("{} · {} × {} · {day}", views::kind(batch.kind), batch.cards, batch.value),
            issued: batch.issued().to_string(),
            claimed: format!("{} of {} claimed{stopped}", batch.claimed, batch.cards),
            bar: bar(batch),
        }
    }
}

/// What became of what was issued.
pub(super) fn bar(batch: &SeenBatch) -> Bar {
    Bar::of(
        batch.issued(),
        &[
            (BarPart::Spent, "Spent", batch.spent()),
            (BarPart::Held, "Set aside", batch.held),
            (BarPart::Left, "Left", batch.left),
            (BarPart::Expired, "Expired", batch.expired),
        ],
    )
}

impl Batches {
    async fn of(site: &Site, form: Form, preview: Option<Preview>, cursor: Option<String>) -> Answer<Self> {
        let page = PageRequest { limit: COUNT, cursor: cursor.map(Cursor::from_text) };
        let found = queries::batches(&mut *site.database.acquire().await?, &page).await?;
        let next = found.next_cursor.map(|cursor| format!("{}?cursor={}", links::CARD_BATCHES, cursor.as_str()));
        Ok(Self::drawn(form, preview, &found.items, next))
    }

    fn drawn(form: Form, preview: Option<Preview>, batches: &[SeenBatch], next: Option<String>) -> Self {
        let chosen = |name: &'static str, usual: &str| form.values.get(name).map_or(usual, String::as_str).to_owned();
        let given = CardKind::ALL.iter().filter(|kind| !kind.is_paid_for());
        let kinds: Vec<(&str, &str)> = given.map(|one| (one.as_str(), views::kind(*one))).collect();
        let currencies: Vec<(&str, &str)> = Currency::ALL.iter().map(|one| (one.code(), one.code())).collect();
        Self {
            kinds: options(&kinds, &chosen("kind", CardKind::Promotional.as_str())),
            currencies: options(&currencies, &chosen("currency", Currency::Usd.code())),
            zones: zones(&chosen("time_zone", "UTC")),
            form,
            preview,
            items: batches.iter().map(BatchLine::of).collect(),
            next,
        }
    }
}

fn options(all: &[(&str, &str)], chosen: &str) -> Vec<OptionView> {
    let option = |(value, label): &(&str, &str)| OptionView {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        is_chosen: *value == chosen,
    };
    all.iter().map(option).collect()
}

impl Template for Batches {
    const TEMPLATE: &'static str = "pages/staff/batches.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let batches = samples::gifts::batches();
        let short = |page: Self| Self { zones: samples::options(&["Europe/Lisbon", "UTC"], "Europe/Lisbon"), ..page };
        let typed = || {
            Form::with([
                ("name", "Winter fair".to_owned()),
                ("kind", "promotional".to_owned()),
                ("cards", "250".to_owned()),
                ("amount", "25".to_owned()),
                ("currency", "USD".to_owned()),
                ("last_day", "2026-12-31".to_owned()),
                ("time_zone", "Europe/Lisbon".to_owned()),
                ("reason", "Handed out at the stand".to_owned()),
            ])
        };
        let last_day = LastDay::new("2026-12-31".parse().unwrap_or_default(), chrono_tz::Europe::Lisbon);
        let wanted = NewBatch {
            name: "Winter fair".to_owned(),
            kind: CardKind::Promotional,
            cards: 250,
            value: Money::new(2_500, Currency::Usd),
            last_day,
            reason: "Handed out at the stand".to_owned(),
        };
        let faulty = typed()
            .fault("name", "Use 1 to 200 characters, so that others know what this was for.")
            .fault("amount", "Enter an amount in the currency, such as 25 or 25.50.");
        let taken = "A batch of this name has been issued. If its codes were lost, freeze its cards; choose another name for new ones.";
        let taken = Form { problem: Some(taken.to_owned()), ..typed() };
        let more = Some("?cursor=abc".to_owned());
        vec![
            ("full", short(Self::drawn(Form::default(), None, &batches, more))),
            ("empty", short(Self::drawn(Form::default(), None, &[], None))),
            ("preview", short(Self::drawn(typed(), Some(Preview::of(&wanted)), &batches, None))),
            ("faulty", short(Self::drawn(faulty, None, &batches, None))),
            ("taken", short(Self::drawn(taken, None, &[], None))),
        ]
    }
}
