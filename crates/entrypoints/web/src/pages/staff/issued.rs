//! The codes of a batch, shown this once: the page is the only place where they stand.

use gift_cards::{CardKind, IssuedCard, NewBatch};
use kernel::GiftCardBatchId;
use serde::Serialize;

use crate::kit::render::Template;
use crate::views::gift_card as views;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Issued {
    pub name: String,
    /// `250 × $25.00`.
    pub sum: String,
    pub kind: &'static str,
    pub codes: Vec<String>,
    /// The same as a file that the browser makes of the page: `data:text/csv,…`.
    pub file: String,
    pub filename: String,
    pub batch: String,
}

impl Issued {
    pub(super) fn of(
        id: GiftCardBatchId,
        batch: &NewBatch,
        cards: &[IssuedCard],
        url: impl Fn(&str) -> String,
    ) -> Self {
        let codes = cards.iter().filter_map(|one| one.code.as_ref()).map(|code| code.shown().expose().clone());
        Self::drawn(id, batch, codes.collect(), url)
    }

    fn drawn(id: GiftCardBatchId, batch: &NewBatch, codes: Vec<String>, url: impl Fn(&str) -> String) -> Self {
        let last_day = batch.last_day.map(|last| last.day.to_string()).unwrap_or_default();
        let (minor, currency) = (batch.value.amount_minor, batch.value.currency.code());
        let mut csv = "code,link,value_minor,currency,last_day\r\n".to_owned();
        for code in &codes {
            csv.push_str(&format!("{code},{},{minor},{currency},{last_day}\r\n", url(&links::claim_card(code))));
        }
        Self {
            name: batch.name.clone(),
            sum: format!("{} × {}", batch.cards, batch.value),
            kind: views::kind(batch.kind),
            codes,
            file: format!("data:text/csv;charset=utf-8,{}", links::encode(&csv)),
            filename: format!("gift-cards-{id}.csv"),
            batch: links::card_batch(id),
        }
    }
}

impl Template for Issued {
    const TEMPLATE: &'static str = "pages/staff/issued.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let batch = NewBatch {
            name: "Winter fair".to_owned(),
            kind: CardKind::Promotional,
            cards: 6,
            value: kernel::Money::new(2_500, kernel::Currency::Usd),
            last_day: None,
            reason: "Handed out at the stand".to_owned(),
        };
        let codes = (0..6).map(|turn| format!("7K3M-XW4Q-9TBC-2HJE-7KQ{turn}")).collect();
        let id = GiftCardBatchId(uuid::Uuid::from_u128(1));
        vec![("codes", Self::drawn(id, &batch, codes, |path| format!("https://stagedoor.test{path}")))]
    }
}
