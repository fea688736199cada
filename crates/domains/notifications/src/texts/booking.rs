//! The texts of mails about bookings.

use kernel::Money;

use super::MailText;

/// What credit is.
const CREDIT: &str = "It pays for bookings priced in its currency and has no last day; it is not paid out.";

/// The data that all these texts use.
#[derive(Debug, Clone)]
pub struct Facts {
    pub reader: String,
    pub stage_name: String,
    pub title: String,
    /// `SD-7KQ2-M4XW`.
    pub reference: String,
    /// In the recipient's time zone.
    pub when: String,
    /// Whether it has a time, and so a calendar file.
    pub takes_time: bool,
    /// The total that the customer pays.
    pub total: Money,
    /// The price without the fee.
    pub price: Money,
    /// The address of the booking.
    pub page: String,
}

/// Who cancelled, from the point of view of the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canceller {
    You,
    Customer,
    Talent,
    Stagedoor,
}

/// To the customer, about a confirmed booking.
pub fn confirmed_customer(facts: &Facts) -> MailText {
    let mut lines = vec![
        format!("It is confirmed: {} with {}.", facts.title, facts.stage_name),
        format!("When: {}", facts.when),
        format!("Paid: {}, fees included. Your reference is {}.", facts.total, facts.reference),
    ];
    if facts.takes_time {
        lines.push("The attached file puts it into your calendar.".to_owned());
    }
    mail(facts, format!("Confirmed: {} with {}", facts.title, facts.stage_name), lines)
}

/// To the talent's side, about a confirmed booking.
pub fn confirmed_talent(facts: &Facts, brief: &str) -> MailText {
    mail(
        facts,
        format!("New booking for {}: {}", facts.stage_name, facts.when),
        vec![
            format!("{} has a new booking: {}.", facts.stage_name, facts.title),
            format!("When: {}", facts.when),
            format!("Price: {}. Reference: {}.", facts.price, facts.reference),
            format!("What the customer wrote: {brief}"),
        ],
    )
}

/// To the customer, about a cancelled booking; `credited` is what they keep of the refund as credit.
pub fn cancelled_customer(facts: &Facts, by: Canceller, refund: Money, credited: Option<Money>) -> MailText {
    let money = match credited {
        _ if refund.amount_minor == 0 => "Under the policy you booked with, nothing is paid back.".to_owned(),
        None => format!("{refund} is on its way back to you. Banks take up to ten days to show it."),
        Some(all) if all == refund => format!("You keep {all} as credit. {CREDIT}"),
        Some(part) => {
            format!("{refund} is on its way back to you. {part} of it you keep as credit. {CREDIT}")
        }
    };
    mail(
        facts,
        format!("Cancelled: {} with {}", facts.title, facts.stage_name),
        vec![format!("{} ({}) {}.", facts.title, facts.when, called_off(by, facts)), money],
    )
}

/// To the talent's side, about a cancelled booking.
pub fn cancelled_talent(facts: &Facts, by: Canceller) -> MailText {
    mail(
        facts,
        format!("Cancelled: {} for {}", facts.title, facts.stage_name),
        vec![
            format!("{} ({}) {}.", facts.title, facts.when, called_off(by, facts)),
            "The time is free again in the calendar.".to_owned(),
        ],
    )
}

/// To a customer whose payment arrived after the booking was cancelled or the time lost.
pub fn payment_returned(facts: &Facts, was_cancelled: bool) -> MailText {
    let why = if was_cancelled {
        "Your payment came in after the booking had been cancelled."
    } else {
        "Your payment was not here in full when the hold ended, and by then the time had begun or could not be kept for you."
    };
    mail(
        facts,
        format!("Your payment for {} goes back", facts.stage_name),
        vec![why.to_owned(), "We are sending back all that you paid. You have nothing to do.".to_owned()],
    )
}

/// To a customer whom we give back more than the policy does.
pub fn refund_granted(facts: &Facts, amount: Money) -> MailText {
    mail(
        facts,
        format!("{amount} of your booking with {} goes back to you", facts.stage_name),
        vec![
            format!(
                "We pay {amount} of {} ({}) back to you. It goes back the way it came; you have nothing to do.",
                facts.title, facts.reference
            ),
            "Banks take up to ten days to show it.".to_owned(),
        ],
    )
}

/// To a customer whose refund was paid; `credited` is what they keep of it as credit.
pub fn refunded(facts: &Facts, credited: Option<Money>) -> MailText {
    let what = format!("The refund for {} ({})", facts.title, facts.reference);
    let lines = match credited {
        None => {
            vec![format!("{what} has gone back the way it came."), "Banks take up to ten days to show it.".to_owned()]
        }
        Some(credit) => vec![format!("{what} is done: {credit} of it is your credit now. {CREDIT}")],
    };
    mail(facts, format!("Your refund for {}", facts.stage_name), lines)
}

fn called_off(by: Canceller, facts: &Facts) -> String {
    match by {
        Canceller::You => "is cancelled, as you asked".to_owned(),
        Canceller::Customer => "was cancelled by the customer".to_owned(),
        Canceller::Talent => format!("was cancelled by {}", facts.stage_name),
        Canceller::Stagedoor => "was cancelled by Stagedoor".to_owned(),
    }
}

fn mail(facts: &Facts, subject: String, lines: Vec<String>) -> MailText {
    let greeting = format!("Hello {}.", facts.reader);
    MailText {
        subject,
        lines: std::iter::once(greeting).chain(lines).collect(),
        action: Some(("Look at the booking".to_owned(), facts.page.clone())),
    }
}
