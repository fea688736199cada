//! Each template by its postings: whose account is debited and whose credited.

use kernel::{BookingId, Currency, RefundId, RefundRequestId};
use ledger::Transfer;

use super::*;
use crate::PaidFor;

const BOOKING: BookingId = BookingId(Uuid::from_u128(1));
const CELEBRITY: CelebrityId = CelebrityId(Uuid::from_u128(2));
const LEG: LegId = LegId(Uuid::from_u128(3));

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

/// The accounts by kind and owner, with their amounts.
fn postings(transfer: &Transfer) -> Vec<(&'static str, u128, i64)> {
    let line = |one: &Posting| (one.account.kind, one.account.owner.as_u128(), one.amount.amount_minor);
    transfer.postings().iter().map(line).collect()
}

#[test]
fn what_a_provider_takes_it_owes_us_and_we_owe_the_booking_or_the_payer() {
    let refund = RefundId(Uuid::from_u128(4));
    for (transfer, debited, credited) in [
        (card_captured(BOOKING.into(), LEG, LEG.0, usd(5)), ("provider_clearing", 0), ("booking_escrow", 1)),
        (card_refunded(BOOKING.into(), LEG, refund, usd(5)), ("booking_escrow", 1), ("provider_clearing", 0)),
        (surplus_received(BOOKING.into(), LEG, LEG.0, usd(5)), ("provider_clearing", 0), ("unapplied_receipts", 1)),
        (surplus_returned(BOOKING.into(), LEG, refund, usd(5)), ("unapplied_receipts", 1), ("provider_clearing", 0)),
    ] {
        let transfer = transfer.expect("balances");
        assert_eq!(postings(&transfer), [(debited.0, debited.1, 5), (credited.0, credited.1, -5)]);
        assert_eq!((transfer.subject(), transfer.reference()), (PaidFor::Booking(BOOKING).thing(), caused_by(LEG)));
        assert_eq!((PaidFor::Booking(BOOKING).thing().id, caused_by(LEG).map(|leg| leg.id)), (BOOKING.0, Some(LEG.0)));
    }
}

#[test]
fn what_is_granted_beyond_a_policy_is_at_our_cost() {
    let request = RefundRequestId(Uuid::from_u128(5));
    let granted = refund_granted(BOOKING.into(), request, usd(7)).expect("balances");
    assert_eq!(postings(&granted), [("goodwill_costs", 0, 7), ("booking_escrow", 1, -7)]);
    assert_eq!((granted.template(), granted.reference()), ("refund_granted", None));
}

#[test]
fn a_price_is_shared_out_once_for_each_occasion() {
    let split = Split::of(usd(1_000), usd(50), usd(70), 1_500);
    assert_eq!(split, Split { talent: usd(850), commission: usd(150), service_fee: usd(50), tax: usd(70) });
    let share = |occasion| share_out(occasion, BOOKING, CELEBRITY, split).expect("balances").expect("is something");
    let (completed, kept) = (share(Occasion::Completed), share(Occasion::Kept));
    assert_eq!(
        postings(&completed),
        [
            ("booking_escrow", 1, 1_120),
            ("celebrity_payable", 2, -850),
            ("commission", 0, -150),
            ("service_fees", 0, -50),
            ("tax_payable", 0, -70)
        ]
    );
    assert_eq!((completed.template(), kept.template()), ("booking_completed", "cancellation_kept"));
    assert!(completed.id() != kept.id() && postings(&completed) == postings(&kept));
    let nothing = Split::of(usd(0), usd(0), usd(0), 1_500);
    assert_eq!(share_out(Occasion::Kept, BOOKING, CELEBRITY, nothing).expect("is nothing"), None);
}
