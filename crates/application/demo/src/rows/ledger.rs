//! Accounts, transfers and postings. What is guarded carries its balance, and each of its postings the balance after it.

use std::collections::BTreeMap;

use bookings::Status;
use chrono::TimeDelta;
use kernel::{BookingId, CelebrityId, Currency, Instant, Money, RefundId};
use ledger::bulk::{LedgerAccountRow, PostingRow, TransferRow};
use ledger::{Account, Transfer};
use payments::{Occasion, PaidFor, Split, templates};
use uuid::Uuid;

use crate::case::{COMMISSION_BPS, Case};
use crate::dice::Dice;
use crate::generate::World;

/// The kinds of accounts whose value somebody can spend, which are credits.
const GUARDED: [&str; 4] = ["gift_card", "gift_hold", "customer_credit", "credit_hold"];

/// The platform's accounts that every payment posts to, and the kinds that are opened for each celebrity and each paid booking.
const PLATFORM: [&str; 3] = ["provider_clearing", "service_fees", "commission"];
const CURRENCIES: [Currency; 3] = [Currency::Usd, Currency::Eur, Currency::Gbp];
const PAYABLE: &str = "celebrity_payable";
const ESCROW: &str = "booking_escrow";

/// An account with its currency.
type Key = (Account, Currency);

/// The accounts: the platform's, one for each celebrity and each paid booking, and those of stored value.
pub fn accounts(world: &World) -> impl Iterator<Item = LedgerAccountRow> {
    let opened = world.now - TimeDelta::days(735);
    let platform = CURRENCIES.into_iter().flat_map(move |currency| {
        let row = move |kind| row(world, (Account { kind, owner: Uuid::nil() }, currency), opened, None);
        PLATFORM.into_iter().map(row)
    });
    let payable = world.stars.iter().map(move |star| {
        row(world, (Account { kind: PAYABLE, owner: star.id }, star.place.currency), star.joined, None)
    });
    let escrow = Case::all(world).filter_map(move |case| {
        let confirmed = case.deal.course.confirmed?;
        Some(row(world, (PaidFor::from(BookingId(case.booking_id())).escrow(), case.currency()), confirmed, None))
    });
    platform.chain(payable).chain(escrow).chain(stored_accounts(world))
}

/// The accounts that only stored value has.
fn stored_accounts(world: &World) -> impl Iterator<Item = LedgerAccountRow> {
    let mut found: BTreeMap<Key, (Instant, i64, i64)> = BTreeMap::new();
    for (at, transfer) in &world.stored.transfers {
        for posting in transfer.postings() {
            let key = (posting.account, posting.amount.currency);
            let (_, minor, version) = found.entry(key).or_insert((*at, 0, 0));
            *minor -= posting.amount.amount_minor;
            *version += 1;
        }
    }
    let is_theirs = |account: &Account| !PLATFORM.contains(&account.kind) && ![PAYABLE, ESCROW].contains(&account.kind);
    let theirs = found.into_iter().filter(move |((account, _), _)| is_theirs(account));
    theirs.map(move |(key, (opened, minor, version))| {
        row(world, key, opened, GUARDED.contains(&key.0.kind).then_some((minor, version)))
    })
}

fn row(world: &World, key: Key, created_at: Instant, balance: Option<(i64, i64)>) -> LedgerAccountRow {
    let (account, currency) = key;
    LedgerAccountRow {
        id: account_id(world, key),
        kind: account.kind.into(),
        owner_id: account.owner,
        currency: currency.code().into(),
        created_at,
        balance_minor: balance.map(|(minor, _)| minor),
        version: balance.map(|(_, version)| version),
    }
}

/// The transfers.
pub fn transfers(world: &World) -> impl Iterator<Item = TransferRow> {
    let simple = Case::all(world).flat_map(|case| movements(&case));
    simple.chain(world.stored.transfers.iter().cloned()).map(|(occurred_at, transfer)| TransferRow {
        id: transfer.id(),
        template: transfer.template().into(),
        subject_kind: transfer.subject().kind.into(),
        subject_id: transfer.subject().id,
        reference_kind: transfer.reference().map(|thing| thing.kind.into()),
        reference_id: transfer.reference().map(|thing| thing.id),
        occurred_at,
    })
}

/// The postings of all transfers, in the same order.
pub fn postings(world: &World) -> impl Iterator<Item = PostingRow> {
    let simple = Case::all(world).flat_map(|case| movements(&case)).map(|(_, transfer)| transfer);
    let mut balances: BTreeMap<Key, (i64, i64)> = BTreeMap::new();
    let stored = world.stored.transfers.iter().map(|(_, transfer)| transfer.clone());
    simple.chain(stored).flat_map(move |transfer| {
        let row = |(position, posting): (i16, &ledger::Posting)| {
            let key = (posting.account, posting.amount.currency);
            let balance = GUARDED.contains(&posting.account.kind).then(|| {
                let (minor, version) = balances.entry(key).or_default();
                *minor -= posting.amount.amount_minor;
                *version += 1;
                (*minor, *version)
            });
            PostingRow {
                transfer_id: transfer.id(),
                position,
                account_id: account_id(world, key),
                amount_minor: posting.amount.amount_minor,
                currency: posting.amount.currency.code().into(),
                balance_minor: balance.map(|(minor, _)| minor),
                version: balance.map(|(_, version)| version),
            }
        };
        (1_i16..).zip(transfer.postings()).map(row).collect::<Vec<_>>()
    })
}

/// The transfers of a booking: the capture and refund of its bank card, unless the stored value has these already, and how the rest was
/// shared out.
fn movements(case: &Case<'_>) -> Vec<(Instant, Transfer)> {
    let Some(confirmed) = case.deal.course.confirmed else { return vec![] };
    let amounts = case.amounts();
    let paid_for = PaidFor::from(BookingId(case.booking_id()));
    let is_simple = !case.world.stored.payments.contains_key(&case.index);
    let leg = case.card_leg();
    let mut movements = vec![];
    if is_simple {
        let captured = templates::card_captured(paid_for, leg, leg.0, case.money(amounts.total));
        movements.push((confirmed, captured.expect("one amount is taken and given")));
    }
    let Some(settled) = case.settled_at() else { return movements };
    if is_simple && amounts.refunded > 0 {
        let refund = RefundId(case.id("refund", settled));
        let refunded = templates::card_refunded(paid_for, leg, refund, case.money(amounts.refunded));
        movements.push((settled, refunded.expect("one amount is taken and given")));
    }
    let fee = amounts.total - amounts.refunded - amounts.kept_price;
    let price = case.money(amounts.kept_price);
    let split = Split::of(price, case.money(fee), Money::new(0, case.currency()), COMMISSION_BPS);
    let occasion = match case.deal.course.status {
        Status::Completed => Occasion::Completed,
        _ => Occasion::Kept,
    };
    let shared = templates::share_out(occasion, BookingId(case.booking_id()), CelebrityId(case.star.id), split);
    movements.extend(shared.expect("the parts add up").map(|shared| (settled, shared)));
    movements
}

/// The id of an account: computed, so that nothing has to remember it.
fn account_id(world: &World, (account, currency): Key) -> Uuid {
    let (high, low) = account.owner.as_u64_pair();
    let mut dice = Dice::new(world.seed ^ high, account.kind, low ^ (currency as u64).rotate_left(40));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&dice.bits().to_le_bytes());
    bytes[8..].copy_from_slice(&dice.bits().to_le_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
