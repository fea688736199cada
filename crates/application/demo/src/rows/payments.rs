//! Intents, legs, receipts and refunds, and the ledger transfers behind them.

use bookings::{CancelledBy, HOLD_MINUTES, Status};
use chrono::TimeDelta;
use kernel::{BookingMode, Currency, Instant};
use ledger::bulk::{LedgerAccountRow, PostingRow, TransferRow};
use payments::bulk::{IntentRow, LegRow, ReceiptRow, RefundRow};
use uuid::Uuid;

use super::Case;
use crate::dice::{Dice, id};
use crate::generate::World;

/// The provider of all demo payments: the sandbox.
const PROVIDER: &str = "sandbox";

/// How long after `pay_by` a payment may settle, if the booking has neither a start nor a delivery date.
const SETTLE_WITHIN_HOURS: i64 = 12;

/// The suffix of a refund's reference, after that of its payment.
pub const REFUND_SUFFIX: &str = "-r1";

/// The payment intents.
pub fn intents(world: &World) -> impl Iterator<Item = IntentRow> {
    Case::all(world).filter(has_intent).map(|case| {
        let course = &case.deal.course;
        let amounts = case.amounts();
        let asked = asked_at(&case);
        let pay_by = course.hold_expires.unwrap_or(asked + TimeDelta::minutes(HOLD_MINUTES));
        let state = match course.status {
            Status::AwaitingPayment => "open",
            Status::Expired => "expired",
            _ if amounts.refunded == 0 => "settled",
            _ if amounts.refunded < amounts.total => "partly_refunded",
            _ => "refunded",
        };
        IntentRow {
            id: case.id("intent", asked),
            booking_id: case.booking_id(),
            customer_id: case.customer_id(),
            due_minor: amounts.total,
            currency: currency(&case).into(),
            state: state.into(),
            pay_by,
            settle_by: course
                .deliver_by
                .or(case.deal.slot.map(|slot| slot.starts))
                .unwrap_or(pay_by + TimeDelta::hours(SETTLE_WITHIN_HOURS)),
            created_at: asked,
            settled_at: course.confirmed,
        }
    })
}

/// The legs: a captured one for every paid booking, and a failed one before some that expired.
pub fn legs(world: &World) -> impl Iterator<Item = LegRow> {
    legs_with_currency(world).map(|(leg, _)| leg)
}

/// The same with the currency, which a leg has from its intent.
pub fn legs_with_currency(world: &World) -> impl Iterator<Item = (LegRow, &'static str)> {
    Case::all(world).filter(has_intent).filter_map(|case| {
        let course = &case.deal.course;
        let amounts = case.amounts();
        let asked = asked_at(&case);
        let paid = course.confirmed;
        let was_declined =
            course.status == Status::Expired && Dice::new(world.seed, "decline", case.index).permille(400);
        if paid.is_none() && !was_declined {
            return None;
        }
        let leg = LegRow {
            id: case.id("leg", asked),
            intent_id: case.id("intent", asked),
            position: 0,
            method: "card".into(),
            one_open: true,
            provider: PROVIDER.into(),
            share_minor: amounts.total,
            state: if paid.is_some() { "captured".into() } else { "failed".into() },
            provider_ref: Some(provider_ref(&case).into()),
            failure_code: was_declined.then(|| "card_declined".into()),
            captured_minor: if paid.is_some() { amounts.total } else { 0 },
            surplus_minor: 0,
            refunded_minor: if paid.is_some() { amounts.refunded } else { 0 },
            created_at: asked,
            updated_at: refunded_at(&case).or(paid).unwrap_or(asked),
        };
        Some((leg, currency(&case)))
    })
}

/// The receipts: one for each captured leg.
pub fn receipts(world: &World) -> impl Iterator<Item = ReceiptRow> {
    Case::all(world).filter_map(|case| {
        let confirmed = case.deal.course.confirmed?;
        Some(ReceiptRow {
            id: case.id("receipt", confirmed),
            leg_id: case.id("leg", asked_at(&case)),
            provider: PROVIDER.into(),
            event: provider_ref(&case).into(),
            amount_minor: case.amounts().total,
            surplus_minor: 0,
            currency: currency(&case).into(),
            received_at: confirmed,
        })
    })
}

/// The refunds.
pub fn refunds(world: &World) -> impl Iterator<Item = RefundRow> {
    Case::all(world).filter_map(|case| {
        let at = refunded_at(&case)?;
        let (_, by) = case.deal.course.ended?;
        let reason = match (case.deal.course.status, by) {
            (Status::Refunded, _) => "not_delivered",
            (_, CancelledBy::Customer) => "cancelled_by_customer",
            (_, CancelledBy::Talent) => "cancelled_by_talent",
            _ => "staff",
        };
        Some(RefundRow {
            id: case.id("refund", at),
            leg_id: case.id("leg", asked_at(&case)),
            amount_minor: case.amounts().refunded,
            currency: currency(&case).into(),
            reason: reason.into(),
            state: "succeeded".into(),
            is_surplus: false,
            provider_ref: Some(format!("{}{REFUND_SUFFIX}", provider_ref(&case)).into()),
            created_at: at,
            updated_at: at,
        })
    })
}

/// The ledger accounts: the platform's, one per celebrity, one per paid booking.
pub fn ledger_accounts(world: &World) -> impl Iterator<Item = LedgerAccountRow> {
    let opened = world.now - TimeDelta::days(735);
    let platform = [Currency::Usd, Currency::Eur, Currency::Gbp].into_iter().flat_map(move |currency| {
        PLATFORM_KINDS.into_iter().map(move |kind| LedgerAccountRow {
            id: platform_account(world, kind, currency),
            kind: kind.into(),
            owner_id: Uuid::nil(),
            currency: currency.code().into(),
            created_at: opened,
        })
    });
    let payable = world.stars.iter().enumerate().map(move |(index, star)| LedgerAccountRow {
        id: payable_account(world, index, star.joined),
        kind: "celebrity_payable".into(),
        owner_id: star.id,
        currency: star.place.currency.code().into(),
        created_at: star.joined,
    });
    let escrow = Case::all(world).filter_map(|case| {
        let confirmed = case.deal.course.confirmed?;
        Some(LedgerAccountRow {
            id: case.id("escrow", confirmed),
            kind: "booking_escrow".into(),
            owner_id: case.booking_id(),
            currency: currency(&case).into(),
            created_at: confirmed,
        })
    });
    platform.chain(payable).chain(escrow)
}

/// The ledger transfers.
pub fn transfers(world: &World) -> impl Iterator<Item = TransferRow> {
    Case::all(world).flat_map(|case| {
        movements(&case).into_iter().map(move |movement| TransferRow {
            id: case.id(movement.template, movement.at),
            template: movement.template.into(),
            subject_kind: "booking".into(),
            subject_id: case.booking_id(),
            reference_kind: movement.is_at_provider.then(|| "payment_leg".into()),
            reference_id: movement.is_at_provider.then(|| case.id("leg", asked_at(&case))),
            occurred_at: movement.at,
        })
    })
}

/// The postings of all transfers.
pub fn postings(world: &World) -> impl Iterator<Item = PostingRow> {
    Case::all(world).flat_map(|case| {
        movements(&case).into_iter().flat_map(move |movement| {
            let transfer_id = case.id(movement.template, movement.at);
            let lines = movement.lines.into_iter().filter(|(_, amount)| *amount != 0).zip(0..);
            lines.map(move |((account_id, amount_minor), position)| PostingRow {
                transfer_id,
                position,
                account_id,
                amount_minor,
                currency: currency(&case).into(),
            })
        })
    })
}

const PLATFORM_KINDS: [&str; 3] = ["provider_clearing", "service_fees", "commission"];

/// One transfer: debits are positive, credits negative, and they sum to zero.
struct Movement {
    template: &'static str,
    /// Whether the card provider moved the money, or only our books did.
    is_at_provider: bool,
    at: Instant,
    lines: Vec<(Uuid, i64)>,
}

fn movements(case: &Case<'_>) -> Vec<Movement> {
    let Some(confirmed) = case.deal.course.confirmed else { return vec![] };
    let amounts = case.amounts();
    let currency = case.star.place.currency;
    let escrow = case.id("escrow", confirmed);
    let platform = |kind| platform_account(case.world, kind, currency);
    let clearing = platform("provider_clearing");
    let mut movements = vec![Movement {
        template: "card_captured",
        is_at_provider: true,
        at: confirmed,
        lines: vec![(clearing, amounts.total), (escrow, -amounts.total)],
    }];
    let Some(settled) = case.settled_at() else { return movements };
    if amounts.refunded > 0 {
        movements.push(Movement {
            template: "card_refunded",
            is_at_provider: true,
            at: settled,
            lines: vec![(escrow, amounts.refunded), (clearing, -amounts.refunded)],
        });
    }
    let kept = amounts.total - amounts.refunded;
    if kept > 0 {
        let payable = payable_account(case.world, case.deal.star as usize, case.star.joined);
        let fee = kept - amounts.kept_price;
        movements.push(Movement {
            is_at_provider: false,
            template: if case.deal.course.status == Status::Completed {
                "booking_completed"
            } else {
                "cancellation_kept"
            },
            at: settled,
            lines: vec![
                (escrow, kept),
                (payable, amounts.commission - amounts.kept_price),
                (platform("service_fees"), -fee),
                (platform("commission"), -amounts.commission),
            ],
        });
    }
    movements
}

/// When the refund was paid, if any.
fn refunded_at(case: &Case<'_>) -> Option<Instant> {
    case.settled_at().filter(|_| case.amounts().refunded > 0 && case.deal.course.confirmed.is_some())
}

/// When the payment became possible: at once, or after the talent agreed.
fn has_intent(case: &Case<'_>) -> bool {
    let course = &case.deal.course;
    let is_asked_at_once = case.offer.mode == BookingMode::Instant && course.status != Status::Declined;
    is_asked_at_once || course.confirmed.is_some() || course.status == Status::AwaitingPayment
}

fn asked_at(case: &Case<'_>) -> Instant {
    let course = &case.deal.course;
    case.agreed_at().or(course.answered).unwrap_or(course.placed)
}

fn provider_ref(case: &Case<'_>) -> String {
    format!("sandbox_{}", case.id("leg", asked_at(case)).simple())
}

fn currency(case: &Case<'_>) -> &'static str {
    case.star.place.currency.code()
}

fn platform_account(world: &World, kind: &str, currency: Currency) -> Uuid {
    id(world.seed, kind, currency as u64, world.now - TimeDelta::days(735))
}

fn payable_account(world: &World, star: usize, joined: Instant) -> Uuid {
    id(world.seed, "payable", star as u64, joined)
}
