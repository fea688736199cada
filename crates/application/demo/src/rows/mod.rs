//! Turns the generated world into rows, with one module for each owner of tables.

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
use crate::generate::deal::Deal;
use crate::generate::offers::Offer;
use crate::generate::stars::Star;

/// The customer's surcharge and the platform's share, in basis points, as the schema seeds them for these currencies.
const SERVICE_FEE_BPS: i64 = 500;
const SERVICE_FEE_MINOR: std::ops::RangeInclusive<i64> = 100..=50_000;
const COMMISSION_BPS: i64 = 1_500;

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
        world.deals.iter().enumerate().map(move |(index, deal)| {
            let star = &world.stars[deal.star as usize];
            Self { world, index: index as u64, deal, star, offer: &star.offers[deal.offer as usize] }
        })
    }

    /// The id of the row called `label` of this deal, created at `at`.
    pub fn id(&self, label: &str, at: Instant) -> Uuid {
        id(self.world.seed, label, self.index, at)
    }

    pub fn booking_id(&self) -> Uuid {
        self.id("booking", self.deal.course.placed)
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
        let money = |amount_minor| Money::new(amount_minor, self.star.place.currency);
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
        let commission = money(kept_price).basis_points(COMMISSION_BPS).amount_minor;
        Amounts { price, fee, total: price + fee, refunded, kept_price, commission }
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
