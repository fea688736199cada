//! Every state against every command.

use chrono::TimeDelta;
use chrono_tz::Tz;
use kernel::Currency;

use super::*;
use crate::card::{CardKind, LastDay};

const FRIEND: PersonId = PersonId(Uuid::from_u128(1));
const BUYER: PersonId = PersonId(Uuid::from_u128(2));
const OTHER: GiftCardId = GiftCardId(Uuid::from_u128(8));
const LEG: LegId = LegId(Uuid::from_u128(3));
const ESCROW: Account = Account { kind: "booking_escrow", owner: Uuid::from_u128(4) };

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::Usd)
}

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

fn card(state: CardState) -> GiftCard {
    GiftCard {
        id: GiftCardId(Uuid::from_u128(9)),
        kind: CardKind::Platform,
        state,
        issued: usd(5_000),
        balance: usd(5_000),
        buyer: Some(BUYER),
        holder: Some(FRIEND),
        is_offered: false,
        last_day: None,
        batch: None,
        replaces: None,
        version: 3,
        created_at: now(),
    }
}

fn commands() -> Vec<CardCommand> {
    let amount = usd(2_000);
    vec![
        CardCommand::Deliver,
        CardCommand::Claim { by: FRIEND },
        CardCommand::Hold { leg: LEG, amount },
        CardCommand::Release { leg: LEG, amount },
        CardCommand::Spend { leg: LEG, amount, to: ESCROW },
        CardCommand::Refund { refund: RefundId(LEG.0), leg: LEG, amount, from: ESCROW },
        CardCommand::Redeem { id: LEG.0, amount },
        CardCommand::Offer { to: OTHER, held: usd(0) },
        CardCommand::TakeBack { to: OTHER },
        CardCommand::ComeBack { from: OTHER, amount },
        CardCommand::Arrive { by: FRIEND },
        CardCommand::Freeze,
        CardCommand::Unfreeze,
        CardCommand::Expire,
        CardCommand::Unearn { booking: BookingId(LEG.0), amount },
        CardCommand::Replace { by: GiftCardId(LEG.0) },
        CardCommand::Reclaim { to: ESCROW },
        CardCommand::ChargeBack { to: ESCROW, amount },
        CardCommand::PayBack { to: ESCROW, amount },
        CardCommand::Restore { from: ESCROW, amount },
    ]
}

/// What each command says, in one word: how much the balance changes by, or why not.
fn answers(card: &GiftCard) -> Vec<String> {
    use kernel::Fault as _;
    let word = |command| match decide(card, command, now()) {
        Ok(change) => format!("{}{:+}", change.kind, change.change_minor),
        Err(refusal) => refusal.code().to_owned(),
    };
    commands().into_iter().map(word).collect()
}

#[test]
fn every_state_has_an_answer_to_every_command() {
    let table = [
        (
            CardState::Scheduled,
            "delivered+0 code_opens_nothing already_done released+2000 spent+0 refunded+2000 already_done already_done \
             card_not_offered card_not_offered transferred+0 frozen+0 already_done already_done unearned-2000 replaced-5000 \
             reclaimed-5000 already_done reclaimed-2000 refunded+2000",
        ),
        (
            CardState::Active,
            "card_not_offered code_opens_nothing held-2000 released+2000 spent+0 refunded+2000 redeemed-2000 offered-5000 \
             card_not_offered card_not_offered transferred+0 frozen+0 already_done already_done unearned-2000 replaced-5000 \
             reclaimed-5000 already_done reclaimed-2000 refunded+2000",
        ),
        (
            CardState::Frozen,
            "card_frozen code_opens_nothing card_frozen released+2000 spent+0 refunded+2000 card_frozen card_frozen \
             card_not_offered card_not_offered transferred+0 card_frozen unfrozen+0 already_done unearned-2000 replaced-5000 \
             reclaimed-5000 reclaimed-2000 reclaimed-2000 refunded+2000",
        ),
        (
            CardState::Expired,
            "card_expired code_opens_nothing card_expired released+2000 spent+0 card_expired card_expired card_expired \
             card_not_offered card_expired transferred+0 card_expired already_done expired-5000 card_expired card_expired \
             card_expired card_expired card_expired card_expired",
        ),
        (
            CardState::Void,
            "already_done code_opens_nothing card_void released+2000 spent+0 card_void card_void card_void \
             card_not_offered card_void transferred+0 card_void already_done already_done card_void card_void card_void \
             card_void card_void card_void",
        ),
    ];
    for (state, said) in table {
        assert_eq!(answers(&card(state)), said.split_whitespace().collect::<Vec<_>>(), "{state}");
    }
}

#[test]
fn a_code_that_was_lost_is_delivered_again_until_the_card_is_claimed() {
    let deliver = |card: &GiftCard| decide(card, CardCommand::Deliver, now()).map(|change| (change.kind, change.state));
    let waiting = GiftCard { holder: None, ..card(CardState::Active) };
    assert_eq!(deliver(&waiting).unwrap(), (EntryKind::Delivered, CardState::Active));
    let last = LastDay { day: "2026-11-30".parse().unwrap(), zone: Tz::UTC, ends_at: now() };
    assert!(matches!(deliver(&GiftCard { last_day: Some(last), ..waiting }), Err(GiftCardsError::Expired)));
}

#[test]
fn a_bank_takes_back_no_more_than_is_on_a_stopped_card_and_it_stays_stopped() {
    let take =
        |minor| decide(&card(CardState::Frozen), CardCommand::ChargeBack { to: ESCROW, amount: usd(minor) }, now());
    let all = take(5_000).expect("so much is on it");
    assert_eq!((all.state, all.change_minor, all.kind), (CardState::Frozen, -5_000, EntryKind::Reclaimed));
    assert!(matches!(take(5_001), Err(GiftCardsError::NotEnough { .. })));
}

#[test]
fn what_is_left_after_the_last_day_goes_back_to_the_bank_until_it_is_swept() {
    let last = LastDay { day: "2026-11-30".parse().unwrap(), zone: Tz::UTC, ends_at: now() };
    let take = CardCommand::ChargeBack { to: ESCROW, amount: usd(5_000) };
    for state in [CardState::Active, CardState::Scheduled] {
        let change = |moment| decide(&GiftCard { last_day: Some(last), ..card(state) }, take, moment);
        let taken = change(now()).expect("nobody can spend it any more");
        assert_eq!((taken.state, taken.change_minor, taken.kind), (state, -5_000, EntryKind::Reclaimed));
        assert!(matches!(change(now() - TimeDelta::nanoseconds(1)), Err(GiftCardsError::Done)), "it is not stopped");
    }
}

#[test]
fn each_step_says_what_it_is_about() {
    let about = |command| {
        let holder = if matches!(command, CardCommand::Claim { .. } | CardCommand::TakeBack { .. }) {
            None
        } else {
            Some(FRIEND)
        };
        let is_offered = matches!(command, CardCommand::ComeBack { .. });
        let state = match command {
            CardCommand::Deliver => CardState::Scheduled,
            CardCommand::Unfreeze | CardCommand::ChargeBack { .. } => CardState::Frozen,
            CardCommand::Expire => CardState::Expired,
            _ => CardState::Active,
        };
        let card = GiftCard { holder, is_offered, ..card(state) };
        decide(&card, command, now()).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")).about
    };
    for command in commands() {
        let expected = match command {
            CardCommand::Deliver
            | CardCommand::Freeze
            | CardCommand::Unfreeze
            | CardCommand::Expire
            | CardCommand::ChargeBack { .. }
            | CardCommand::Restore { .. }
            | CardCommand::PayBack { .. } => None,
            CardCommand::Claim { by } | CardCommand::Arrive { by } => Some(by.0),
            CardCommand::Hold { leg, .. } | CardCommand::Release { leg, .. } | CardCommand::Spend { leg, .. } => {
                Some(leg.0)
            }
            CardCommand::Refund { refund, .. } => Some(refund.0),
            CardCommand::Redeem { id, .. } => Some(id),
            CardCommand::Unearn { booking, .. } => Some(booking.0),
            CardCommand::Offer { to: card, .. }
            | CardCommand::TakeBack { to: card }
            | CardCommand::ComeBack { from: card, .. }
            | CardCommand::Replace { by: card } => Some(card.0),
            CardCommand::Reclaim { .. } => Some(BUYER.0),
        };
        assert_eq!(about(command), expected, "{command:?}");
    }
}

#[test]
fn a_code_opens_a_card_that_nobody_has() {
    let claim = |card: &GiftCard| {
        decide(card, CardCommand::Claim { by: BUYER }, now()).map(|change| (change.kind, change.holder))
    };
    let fresh = GiftCard { holder: None, ..card(CardState::Active) };
    assert_eq!(claim(&fresh).unwrap(), (EntryKind::Claimed, Some(BUYER)));
    let empty = GiftCard { balance: usd(0), ..fresh.clone() };
    let last = LastDay { day: "2026-11-30".parse().unwrap(), zone: Tz::UTC, ends_at: now() };
    let late = GiftCard { last_day: Some(last), ..fresh.clone() };
    for closed in [card(CardState::Active), empty, late, GiftCard { state: CardState::Frozen, ..fresh }] {
        assert!(matches!(claim(&closed), Err(GiftCardsError::CodeOpensNothing)), "{closed:?}");
    }
}

#[test]
fn a_card_whose_value_is_on_its_way_is_spent_by_nobody_until_it_comes_back_or_arrives() {
    let offered = GiftCard { is_offered: true, ..card(CardState::Active) };
    let again = CardCommand::Offer { to: OTHER, held: usd(0) };
    for command in
        [CardCommand::Hold { leg: LEG, amount: usd(1) }, CardCommand::Redeem { id: LEG.0, amount: usd(1) }, again]
    {
        assert!(matches!(decide(&offered, command, now()), Err(GiftCardsError::Offered)));
    }
    let back = decide(&offered, CardCommand::ComeBack { from: OTHER, amount: usd(700) }, now()).unwrap();
    assert_eq!((back.is_offered, back.holder, back.change_minor), (false, Some(FRIEND), 700));
    let arrived = decide(&offered, CardCommand::Arrive { by: BUYER }, now()).unwrap();
    assert_eq!((arrived.is_offered, arrived.holder, arrived.change_minor), (false, Some(FRIEND), 0));
    // What staff stopped meanwhile gets its value back, and stays stopped.
    let stopped = GiftCard { state: CardState::Frozen, ..offered };
    let back = decide(&stopped, CardCommand::ComeBack { from: OTHER, amount: usd(700) }, now()).unwrap();
    assert_eq!((back.state, back.change_minor), (CardState::Frozen, 700));
}

#[test]
fn a_card_is_sent_whole_or_not_at_all() {
    let offer = |card: &GiftCard, held| decide(card, CardCommand::Offer { to: OTHER, held }, now());
    let full = card(CardState::Active);
    assert_eq!(offer(&full, usd(0)).unwrap().change_minor, -5_000);
    assert!(matches!(offer(&full, usd(1)), Err(GiftCardsError::PartlyHeld { held }) if held == usd(1)));
    assert!(matches!(offer(&GiftCard { balance: usd(0), ..full.clone() }, usd(0)), Err(GiftCardsError::Empty)));
    assert!(matches!(offer(&GiftCard { holder: None, ..full }, usd(0)), Err(GiftCardsError::NotTransferable)));
}

#[test]
fn a_card_that_was_sent_goes_back_until_it_is_claimed_and_not_past_a_stop() {
    let back = |card: &GiftCard| decide(card, CardCommand::TakeBack { to: OTHER }, now());
    let sent = GiftCard { holder: None, ..card(CardState::Active) };
    let change = back(&sent).unwrap();
    assert_eq!((change.state, change.change_minor, change.kind), (CardState::Void, -5_000, EntryKind::TakenBack));
    assert!(matches!(back(&card(CardState::Active)), Err(GiftCardsError::NotOffered)));
    assert!(matches!(back(&GiftCard { state: CardState::Frozen, ..sent.clone() }), Err(GiftCardsError::Frozen)));
    assert!(matches!(back(&GiftCard { state: CardState::Void, ..sent }), Err(GiftCardsError::Void)));
}

#[test]
fn amounts_are_whole_of_the_same_currency_and_there() {
    let hold = |amount| decide(&card(CardState::Active), CardCommand::Hold { leg: LEG, amount }, now());
    assert!(hold(usd(5_000)).is_ok());
    assert!(matches!(hold(usd(5_001)), Err(GiftCardsError::NotEnough { left, .. }) if left == usd(5_000)));
    for wrong in [usd(0), usd(-5), Money::new(5, Currency::Eur)] {
        assert!(matches!(hold(wrong), Err(GiftCardsError::Amount { .. })));
    }
}

#[test]
fn the_last_day_ends_spending_at_its_moment_but_not_what_was_set_aside() {
    let last = LastDay { day: "2026-12-01".parse().unwrap(), zone: Tz::UTC, ends_at: now() };
    let card = GiftCard { last_day: Some(last), ..card(CardState::Active) };
    let hold = CardCommand::Hold { leg: LEG, amount: usd(1) };
    assert!(decide(&card, hold, now() - TimeDelta::nanoseconds(1)).is_ok());
    assert!(matches!(decide(&card, hold, now()), Err(GiftCardsError::Expired)));
    assert!(decide(&card, CardCommand::Spend { leg: LEG, amount: usd(1), to: ESCROW }, now()).is_ok());
    let expired = decide(&card, CardCommand::Expire, now()).unwrap();
    assert_eq!((expired.state, expired.change_minor), (CardState::Expired, -5_000));
    assert!(decide(&card, CardCommand::Expire, now() - TimeDelta::nanoseconds(1)).is_err());
    // Nothing comes back to it, whether or not its end was written down.
    let refund = CardCommand::Refund { refund: RefundId(LEG.0), leg: LEG, amount: usd(1), from: ESCROW };
    for command in [refund, CardCommand::Freeze] {
        assert!(matches!(decide(&card, command, now()), Err(GiftCardsError::Expired)), "{command:?}");
    }
}

#[test]
fn a_card_that_has_ended_ends_again_only_when_something_came_back() {
    let ended = card(CardState::Expired);
    assert_eq!(decide(&ended, CardCommand::Expire, now()).unwrap().change_minor, -5_000);
    let empty = GiftCard { balance: usd(0), ..ended };
    assert!(matches!(decide(&empty, CardCommand::Expire, now()), Err(GiftCardsError::Done)));
}

#[test]
fn what_was_given_away_is_neither_passed_on_nor_turned_into_credit() {
    let refused = |kind| {
        let card = GiftCard { kind, ..card(CardState::Active) };
        let is_refused = |command| decide(&card, command, now()).is_err();
        (
            is_refused(CardCommand::Offer { to: OTHER, held: usd(0) }),
            is_refused(CardCommand::Redeem { id: LEG.0, amount: usd(1) }),
        )
    };
    assert_eq!(refused(CardKind::Platform), (false, false));
    assert_eq!(refused(CardKind::Goodwill), (false, false));
    assert_eq!(refused(CardKind::Promotional), (true, true));
    assert_eq!(refused(CardKind::Loyalty), (true, true));
}
