//! Turns the generated world into rows, one module per owner of tables.

pub mod bookings;
pub mod cards;
pub mod catalog;
pub mod payments;
pub mod people;

use ::bookings::Status;
use chrono::TimeDelta;
use kernel::{BookingMode, Instant, Money};
use uuid::Uuid;

use crate::dice::id;
use crate::generate::World;
use crate::generate::course::QUOTE_HOLD_HOURS;
use crate::generate::deals::Deal;
use crate::generate::offers::Offer;
use crate::generate::stars::Star;

/// The customer's surcharge and the platform's share, in basis points, as the schema seeds them for these currencies.
const SERVICE_FEE_BPS: i64 = 500;
const SERVICE_FEE_MINOR: std::ops::RangeInclusive<i64> = 100..=50_000;
const COMMISSION_BPS: i64 = 1_500;

/// One deal with everything its rows need.
#[derive(Debug, Clone, Copy)]
pub struct Case<'world> {
    pub world: &'world World,
    /// The place among all deals.
    pub index: u64,
    pub deal: &'world Deal,
    pub star: &'world Star,
    pub offer: &'world Offer,
}

impl<'world> Case<'world> {
    /// All deals of `world` in the order in which they were placed.
    pub fn all(world: &'world World) -> impl Iterator<Item = Self> {
        world.deals.iter().enumerate().map(move |(index, deal)| {
            let star = &world.stars[deal.star as usize];
            Self { world, index: index as u64, deal, star, offer: &star.offers[deal.offer as usize] }
        })
    }

    /// The id of what `label` names about this deal, made at `at`.
    pub fn id(&self, label: &str, at: Instant) -> Uuid {
        id(self.world.seed, label, self.index, at)
    }

    pub fn booking_id(&self) -> Uuid {
        self.id("booking", self.deal.course.placed)
    }

    pub fn customer_id(&self) -> Uuid {
        self.world.crowd.customers[self.deal.customer as usize].id
    }

    /// Who acts for the talent: nobody logs in for most celebrities, so an agent does where there is one.
    pub fn agent_id(&self) -> Option<Uuid> {
        self.star.agents.first().map(|agent| self.world.crowd.agents[*agent].id)
    }

    /// When the customer agreed to a quote; nothing else is agreed to in two steps.
    pub fn agreed_at(&self) -> Option<Instant> {
        let course = &self.deal.course;
        let paid = course.confirmed.map(|confirmed| confirmed - TimeDelta::minutes(5));
        let agreed = paid.or(course.hold_expires.map(|lapses| lapses - TimeDelta::hours(QUOTE_HOLD_HOURS)));
        agreed.filter(|_| self.offer.mode == BookingMode::Quote)
    }

    /// What is paid, kept and given back.
    pub fn amounts(&self) -> Amounts {
        let money = |amount_minor| Money::new(amount_minor, self.star.place.currency);
        let price = self.offer.price_minor;
        let fee = money(price)
            .basis_points(SERVICE_FEE_BPS)
            .amount_minor
            .clamp(*SERVICE_FEE_MINOR.start(), *SERVICE_FEE_MINOR.end());
        let refunded = match self.deal.course.refund_percent {
            // In full means in full: the service fee comes back too.
            100 => price + fee,
            percent => money(price).percent(percent).amount_minor,
        };
        let kept_price = if refunded == price + fee { 0 } else { price - refunded };
        let commission = money(kept_price).basis_points(COMMISSION_BPS).amount_minor;
        Amounts { price, fee, total: price + fee, refunded, kept_price, commission }
    }

    /// When the money stopped waiting: paid out to the celebrity, or split after a cancellation.
    pub fn settled_at(&self) -> Option<Instant> {
        let course = &self.deal.course;
        match course.status {
            Status::Completed => course.completed,
            Status::Cancelled | Status::Refunded => course.ended.map(|(at, _)| at),
            _ => None,
        }
    }
}

/// Minor units of one deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    pub price: i64,
    pub fee: i64,
    pub total: i64,
    /// What went back to the customer.
    pub refunded: i64,
    /// Of the price, what did not.
    pub kept_price: i64,
    /// The platform's share of what was kept.
    pub commission: i64,
}
