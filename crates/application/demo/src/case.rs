//! A deal with the amounts and moments that follow from it.

use bookings::{CancelledBy, HOLD_MINUTES, Status};
use chrono::TimeDelta;
use kernel::{BookingId, BookingMode, Currency, Instant, IntentId, LegId, Money, PersonId};
use payments::{Intent, IntentState, RefundReason};
use uuid::Uuid;

use crate::dice::id;
use crate::generate::World;
use crate::generate::course::QUOTE_HOLD_HOURS;
use crate::generate::deal::Deal;
use crate::generate::offers::Offer;
use crate::generate::stars::Star;

/// The customer's surcharge and the platform's share, in basis points, as the schema seeds them for these currencies.
const SERVICE_FEE_BPS: i64 = 500;
const SERVICE_FEE_MINOR: std::ops::RangeInclusive<i64> = 100..=50_000;
pub const COMMISSION_BPS: i32 = 1_500;
/// How long after `pay_by` a payment may settle, if the booking has neither a start nor a delivery date.
const SETTLE_WITHIN_HOURS: i64 = 12;

/// A deal with everything that its rows need.
#[derive(Debug, Clone, Copy)]
pub struct Case<'world> {
    pub world: &'world World,
    /// The index among all deals.
    pub index: u64,
    pub deal: &'world Deal,
    pub star: &'world Star,
    pub offer: &'world Offer,
}

impl<'world> Case<'world> {
    /// All deals of `world` in the order in which they were placed.
    pub fn all(world: &'world World) -> impl Iterator<Item = Self> {
        (0..world.deals.len() as u64).map(move |index| Self::of(world, index))
    }

    /// The deal at `index`.
    pub fn of(world: &'world World, index: u64) -> Self {
        let deal = &world.deals[index as usize];
        let star = &world.stars[deal.star as usize];
        Self { world, index, deal, star, offer: &star.offers[deal.offer as usize] }
    }

    /// The id of the row called `label` of this deal, created at `at`.
    pub fn id(&self, label: &str, at: Instant) -> Uuid {
        id(self.world.seed, label, self.index, at)
    }

    pub fn booking_id(&self) -> Uuid {
        self.id("booking", self.deal.course.placed)
    }

    pub const fn currency(&self) -> Currency {
        self.star.place.currency
    }

    /// An amount in the currency of the booking.
    pub const fn money(&self, amount_minor: i64) -> Money {
        Money::new(amount_minor, self.currency())
    }

    /// The intent of this deal's payment, before anybody has paid anything.
    pub fn intent(&self) -> Intent {
        let asked = self.asked_at();
        let pay_by = self.pay_by();
        let starts = self.deal.slot.map(|slot| slot.starts);
        let settle_by = self.deal.course.deliver_by.or(starts);
        Intent {
            id: IntentId(self.id("intent", asked)),
            paid_for: BookingId(self.booking_id()).into(),
            customer: PersonId(self.customer_id()),
            due: self.money(self.amounts().total),
            state: IntentState::Open,
            pay_by,
            settle_by: settle_by.unwrap_or(pay_by + TimeDelta::hours(SETTLE_WITHIN_HOURS)),
            created_at: asked,
            settled_at: None,
        }
    }

    /// Whether there was anything to pay.
    pub fn has_intent(&self) -> bool {
        let course = &self.deal.course;
        let is_asked_at_once = self.offer.mode == BookingMode::Instant && course.status != Status::Declined;
        is_asked_at_once || course.confirmed.is_some() || course.status == Status::AwaitingPayment
    }

    /// When the payment became possible: at once, or after the talent agreed.
    pub fn asked_at(&self) -> Instant {
        let course = &self.deal.course;
        self.agreed_at().or(course.answered).unwrap_or(course.placed)
    }

    /// The last moment to pay.
    pub fn pay_by(&self) -> Instant {
        self.deal.course.hold_expires.unwrap_or(self.asked_at() + TimeDelta::minutes(HOLD_MINUTES))
    }

    /// The leg that a bank card pays.
    pub fn card_leg(&self) -> LegId {
        LegId(self.id("leg", self.asked_at()))
    }

    pub fn customer_id(&self) -> Uuid {
        self.world.crowd.customers[self.deal.customer as usize].id
    }

    /// The agent who acts for the celebrity, if any. Most celebrities have no login of their own.
    pub fn agent_id(&self) -> Option<Uuid> {
        self.star.agents.first().map(|agent| self.world.crowd.agents[*agent].id)
    }

    /// When the customer agreed to a quote; only quotes have this step.
    pub fn agreed_at(&self) -> Option<Instant> {
        let course = &self.deal.course;
        let paid = course.confirmed.map(|confirmed| confirmed - TimeDelta::minutes(5));
        let agreed = paid.or(course.hold_expires.map(|lapses| lapses - TimeDelta::hours(QUOTE_HOLD_HOURS)));
        agreed.filter(|_| self.offer.mode == BookingMode::Quote)
    }

    /// The amounts paid, kept and refunded.
    pub fn amounts(&self) -> Amounts {
        let money = |amount_minor| self.money(amount_minor);
        let price = self.offer.price_minor;
        let fee = money(price)
            .basis_points(SERVICE_FEE_BPS)
            .amount_minor
            .clamp(*SERVICE_FEE_MINOR.start(), *SERVICE_FEE_MINOR.end());
        let refunded = match self.deal.course.refund_percent {
            // A full refund includes the service fee.
            100 => price + fee,
            percent => money(price).percent(percent).amount_minor,
        };
        let kept_price = if refunded == price + fee { 0 } else { price - refunded };
        let commission = money(kept_price).basis_points(COMMISSION_BPS.into()).amount_minor;
        Amounts { price, fee, total: price + fee, refunded, kept_price, commission }
    }

    /// Why money went back.
    pub fn refund_reason(&self) -> RefundReason {
        let course = &self.deal.course;
        match (course.status, course.ended.map(|(_, by)| by)) {
            (Status::Refunded, _) => RefundReason::NotDelivered,
            (_, Some(CancelledBy::Customer)) => RefundReason::CancelledByCustomer,
            (_, Some(CancelledBy::Talent)) => RefundReason::CancelledByTalent,
            _ => RefundReason::Staff,
        }
    }

    /// When the escrow was settled: paid out after completion, or split after a cancellation.
    pub fn settled_at(&self) -> Option<Instant> {
        let course = &self.deal.course;
        match course.status {
            Status::Completed => course.completed,
            Status::Cancelled | Status::Refunded => course.ended.map(|(at, _)| at),
            _ => None,
        }
    }
}

/// The amounts of one deal, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    pub price: i64,
    pub fee: i64,
    pub total: i64,
    /// The refund.
    pub refunded: i64,
    /// The part of the price that was not refunded.
    pub kept_price: i64,
    /// The platform's share of that part.
    pub commission: i64,
}
