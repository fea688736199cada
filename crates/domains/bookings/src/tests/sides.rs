//! Which side may give which command.

use super::*;

#[test]
fn each_side_has_its_commands() {
    use ActorKind::*;
    let customer_or_talent = [Customer, Talent, Agent].as_slice();
    for (command, open_to) in [
        (BookingCommand::Offer { price_minor: 5, fees: FEES }, [Talent, Agent].as_slice()),
        (BookingCommand::Counter { price_minor: 5, fees: FEES }, &[Customer]),
        (BookingCommand::Accept, customer_or_talent),
        (BookingCommand::Decline, customer_or_talent),
        (BookingCommand::Confirm, &[System]),
        (BookingCommand::ReturnPayment, &[System]),
        (BookingCommand::Expire, &[System]),
        (BookingCommand::Start, &[System]),
        (BookingCommand::FinishRefund { partly: false }, &[System]),
        (BookingCommand::Deliver, &[Talent, Agent, System]),
        (BookingCommand::AskForRedo, &[Customer]),
        (BookingCommand::Approve, &[Customer, System]),
        (BookingCommand::Cancel { by: CancelledBy::Customer }, &[Customer]),
        (BookingCommand::Cancel { by: CancelledBy::Talent }, &[Talent, Agent]),
        (BookingCommand::Cancel { by: CancelledBy::Staff }, &[Staff]),
        (BookingCommand::Cancel { by: CancelledBy::System }, &[System]),
        (BookingCommand::Dispute, &[Customer, Talent, Agent, Staff]),
        (BookingCommand::Rule { refund: true }, &[Staff]),
    ] {
        let sides: Vec<ActorKind> =
            [Customer, Talent, Agent, Staff, System].into_iter().filter(|side| command.is_open_to(*side)).collect();
        assert_eq!(sides, open_to, "{command:?}");
    }
}
