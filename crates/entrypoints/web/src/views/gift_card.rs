//! Presents a gift card: as it is drawn, in a list, and step by step.

use chrono::{DateTime, Datelike as _, Utc};
use chrono_tz::Tz;
use gift_cards::{CardDesign, CardEntry, CardKind, CardState, CardTransfer, EntryKind, GiftCard, SeenCard};
use kernel::{ActorKind, Money, PersonId};
use serde::Serialize;
use site::links;

use super::booking::StatusView;
use super::hue::Hue;
use super::link::LinkView;
use crate::kit::format;

/// Colours of spotlights: those in which ink and light both stand out. Bought cards have the first, as the shop shows them.
const HUES: [i16; 6] = [25, 60, 145, 200, 255, 350];

/// A card as it is drawn.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardArt {
    /// `spotlight`, `alley` or `playbill`.
    pub design: &'static str,
    /// Of the spotlight.
    pub hue: Hue,
    pub amount: String,
    /// Whether the amount is drawn smaller.
    pub is_long: bool,
    pub kind: &'static str,
    /// Whose gift it is.
    pub name: Option<String>,
    pub message: Option<String>,
    /// The end of its code.
    pub code: Option<String>,
    /// Whether nothing can be spent with it.
    pub is_over: bool,
}

/// A card in a list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardLine {
    pub href: String,
    pub art: CardArt,
    pub balance: String,
    pub issued: Option<String>,
    pub status: StatusView,
    pub until: String,
}

/// A step in the life of a card, or of somebody's credit.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepLine {
    pub label: &'static str,
    /// Where there is more about what it was for.
    pub about: Option<LinkView>,
    pub when: String,
    /// `−$15.00`; none for steps without value.
    pub change: Option<String>,
    pub balance: String,
    /// Why our staff did it.
    pub reason: Option<String>,
}

/// A card with what is needed to present it.
pub(crate) struct CardPresenter<'card> {
    pub seen: &'card SeenCard,
    /// The name of whoever sent it, and what they wrote.
    pub sender: Option<&'card (String, CardTransfer)>,
    pub now: DateTime<Utc>,
}

impl CardArt {
    /// A card that is not issued yet, as it will look.
    pub(crate) fn to_buy(design: CardDesign, amount: String, from: Option<String>, message: Option<String>) -> Self {
        Self {
            design: design.as_str(),
            hue: Hue::from(HUES[0]),
            is_long: amount.chars().count() > 6,
            amount,
            kind: kind(CardKind::Platform),
            name: from,
            message,
            code: None,
            is_over: false,
        }
    }
}

/// What people call a kind of card.
pub(crate) const fn kind(kind: CardKind) -> &'static str {
    match kind {
        CardKind::Platform => "Gift card",
        CardKind::Goodwill => "Goodwill",
        CardKind::Promotional => "Promotion",
        CardKind::Loyalty => "Loyalty",
    }
}

impl CardPresenter<'_> {
    const fn card(&self) -> &GiftCard {
        &self.seen.card
    }

    /// Whose gift it is: whoever sent it or, of a card that came straight from the shop, its buyer.
    pub(crate) fn from(&self) -> Option<String> {
        let words = self.seen.bought.as_ref().and_then(|bought| bought.words.as_ref());
        self.sender.map(|(name, _)| name.clone()).or_else(|| words.map(|words| words.from.clone()))
    }

    /// What they wrote.
    fn message(&self) -> Option<String> {
        match self.sender {
            Some((_, sent)) => sent.message.clone(),
            None => self.seen.bought.as_ref()?.words.as_ref()?.message.clone(),
        }
    }

    /// The card with what is left on it.
    pub(crate) fn art(&self) -> CardArt {
        let card = self.card();
        let id = card.id.0.as_bytes();
        let amount = format::price(card.balance);
        // The end of an id is random.
        let place = if self.seen.bought.is_some() { 0 } else { usize::from(id[15]) % HUES.len() };
        CardArt {
            design: self.seen.design().as_str(),
            hue: Hue::from(HUES[place]),
            is_long: amount.chars().count() > 6,
            amount,
            kind: kind(card.kind),
            name: self.from(),
            message: self.message(),
            code: self.seen.last_group.clone(),
            is_over: self.status().tone == "bad" || card.balance.amount_minor == 0,
        }
    }

    /// The card in a list.
    pub(crate) fn line(&self) -> CardLine {
        let card = self.card();
        CardLine {
            href: links::gift_card(card.id),
            art: self.art(),
            balance: card.balance.to_string(),
            issued: (card.issued != card.balance).then(|| card.issued.to_string()),
            status: self.status(),
            until: self.until(),
        }
    }

    /// The state in words.
    pub(crate) fn status(&self) -> StatusView {
        let card = self.card();
        let (label, tone) = match card.state {
            CardState::Frozen => ("Stopped", "bad"),
            CardState::Void => ("Replaced", "bad"),
            _ if card.has_expired(self.now) => ("Expired", "bad"),
            CardState::Scheduled => ("On its way", "wait"),
            _ if card.is_offered => ("Sent, not claimed yet", "wait"),
            _ if card.balance.amount_minor == 0 => ("Used up", "still"),
            _ => ("Ready to spend", "ok"),
        };
        StatusView { label, tone }
    }

    /// `Works to the end of 31 December 2026 in Lisbon`.
    pub(crate) fn until(&self) -> String {
        let card = self.card();
        let Some(last) = card.last_day else { return "No last day".to_owned() };
        let day = format::day_with_year(last.day);
        if card.has_expired(self.now) {
            return format!("Its last day was {day}");
        }
        format!("Works to the end of {day} in {}", format::city_of(last.zone))
    }
}

impl StepLine {
    /// A step of a card, to whoever has or bought it or to our staff, on their clock. `reader` is none for staff.
    pub(crate) fn of(
        entry: &CardEntry,
        card: &GiftCard,
        reader: Option<PersonId>,
        yours: Tz,
        now: DateTime<Utc>,
    ) -> Self {
        let at = entry.at.with_timezone(&yours);
        let sign = if entry.change.amount_minor > 0 { "+" } else { "" };
        Self {
            label: label(entry, card, reader),
            about: None,
            when: format!("{}, {}", format::day_short(at.date_naive(), now.year()), format::clock(entry.at, yours)),
            change: (entry.change.amount_minor != 0).then(|| format!("{sign}{}", entry.change)),
            balance: entry.balance.to_string(),
            reason: entry.reason.clone(),
        }
    }
}

fn label(entry: &CardEntry, card: &GiftCard, reader: Option<PersonId>) -> &'static str {
    match entry.kind {
        EntryKind::Issued if entry.actor.id.is_some() && entry.actor.id == card.buyer => match reader {
            Some(reader) if card.buyer == Some(reader) => "Bought by you",
            Some(_) => "Bought for you",
            None => "Bought",
        },
        EntryKind::Issued if entry.actor.kind == ActorKind::Customer => "Sent by e-mail as a card of its own",
        EntryKind::Issued => "Issued",
        EntryKind::Delivered => "Delivered",
        EntryKind::Claimed => "Claimed",
        EntryKind::Held => "Set aside for a payment",
        EntryKind::Released => "Given back: that payment came to nothing",
        EntryKind::Spent => "Spent: that payment was completed",
        EntryKind::Refunded => "Paid back",
        EntryKind::Redeemed => "Turned into credit",
        EntryKind::Offered => "Sent to somebody by e-mail",
        EntryKind::TakenBack => "Taken back before it was claimed",
        EntryKind::Transferred => "Claimed by whoever it was sent to",
        EntryKind::Frozen => "Stopped by our team",
        EntryKind::Unfrozen => "Goes on",
        EntryKind::Expired => "Expired",
        EntryKind::Replaced => "Replaced by another card",
        EntryKind::Unearned => "The booking that earned it was paid back",
        EntryKind::Reclaimed => "Its purchase was undone",
    }
}

/// What a card is called where it pays: `Gift card ending in 7K2M`.
pub(crate) fn paying(seen: &SeenCard, yours: Tz, now: DateTime<Utc>) -> String {
    let what = match seen.card.kind {
        _ if seen.last_group.is_some() => "Gift card",
        CardKind::Loyalty => "Loyalty card",
        CardKind::Goodwill => "Goodwill card",
        CardKind::Promotional => "Promotional card",
        CardKind::Platform => "Gift card",
    };
    format!("{what} {}", told_apart(seen, yours, now))
}

/// What tells a card from others: `ending in 7K2M`, or when it came where it never had a code.
pub(crate) fn told_apart(seen: &SeenCard, yours: Tz, now: DateTime<Utc>) -> String {
    let came = || format::day_short(seen.card.created_at.with_timezone(&yours).date_naive(), now.year());
    match &seen.last_group {
        Some(group) => format!("ending in {group}"),
        None if seen.bought.is_some() => format!("bought {}", came()),
        None => format!("of {}", came()),
    }
}

/// Sums of several currencies as words.
pub(crate) fn sums(all: &[Money]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::samples;

    #[test]
    fn a_card_is_told_by_its_code_or_by_when_it_came() {
        let said = |seen: &SeenCard| paying(seen, samples::YOURS, samples::now());
        let card = |kind| SeenCard { last_group: None, ..samples::gifts::card(1, kind, 50, 50) };
        let (own, earned) = (card(CardKind::Platform), card(CardKind::Loyalty));
        let came = format::day_short(own.card.created_at.date_naive(), samples::now().year());
        assert_eq!(said(&own), format!("Gift card of {came}"));
        assert_eq!(said(&samples::gifts::bought(own, CardDesign::Alley)), format!("Gift card bought {came}"));
        assert_eq!(said(&earned), format!("Loyalty card of {came}"));
        assert_eq!(said(&samples::gifts::card(1, CardKind::Loyalty, 50, 50)), "Gift card ending in 7KQ2");
    }
}
