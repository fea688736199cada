//! Mails about gift cards.

use chrono::NaiveDate;
use kernel::Money;

use super::MailText;

/// A card that somebody sent.
#[derive(Debug, Clone, Copy)]
pub struct SentCard<'card> {
    pub sender: &'card str,
    pub amount: Money,
    pub message: Option<&'card str>,
    /// As it is typed.
    pub code: &'card str,
    /// The last day, and the name of the zone in which it ends.
    pub last_day: Option<(NaiveDate, &'card str)>,
}

/// To whoever a card was sent to, who may have no account.
pub fn sent(card: &SentCard<'_>, claim_url: &str) -> MailText {
    let SentCard { sender, amount, message, code, last_day } = card;
    let mut lines = vec![format!(
        "{sender} sent you a gift card of {amount}, to book somebody on Stagedoor: it pays for bookings priced in its currency."
    )];
    lines.extend(message.map(|message| format!("“{message}”")));
    lines.push("To make it yours, open the link and press the button there, or type this code:".to_owned());
    lines.push((*code).to_owned());
    lines.push("Until then whoever has the code can claim the card, so keep this mail to yourself. Opening the link claims nothing.".to_owned());
    lines.extend(last_day.map(|(day, zone)| {
        let place = zone.rsplit('/').next().unwrap_or(zone);
        format!("It works to the end of {} in {}.", day.format("%-d %B %Y"), place.replace('_', " "))
    }));
    MailText {
        subject: format!("{sender} sent you a gift card of {amount}"),
        lines,
        action: Some(("Look at the card".to_owned(), claim_url.to_owned())),
    }
}

/// To the buyer of a card when a refund was granted that is not a return.
pub fn refund_granted(amount: Money, value: Money, order_url: &str) -> MailText {
    MailText {
        subject: format!("{amount} of your gift card of {value} go back to you"),
        lines: vec![
            format!("{amount} of what you paid for a gift card of {value} go back to the card that you paid with."),
            "Banks take up to ten days to show it. What was unspent of it, as far as it was still yours, is off the gift card, and off the credit that it became.".to_owned(),
        ],
        action: Some(("Look at the order".to_owned(), order_url.to_owned())),
    }
}

/// What a bank has done with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// It took the payment back.
    Done,
    /// It let the payment stand after all.
    Undone,
}

/// The value that came from that payment.
#[derive(Debug, Clone, Copy)]
pub enum ReversedValue<'card> {
    Card { last_group: Option<&'card str>, is_claimed: bool },
    Credit,
}

/// To whoever has value that a bank took back, or gave back: what, why, and whom to ask.
pub fn reversed(
    value: ReversedValue<'_>,
    amount: Money,
    reversal: Reversal,
    support: Option<&str>,
    url: &str,
) -> MailText {
    let name = match value {
        ReversedValue::Card { last_group: Some(last), .. } => format!("the gift card ending in {last}"),
        ReversedValue::Card { last_group: None, .. } => "a gift card of yours".to_owned(),
        ReversedValue::Credit => "your credit".to_owned(),
    };
    let is_card = matches!(value, ReversedValue::Card { .. });
    let (subject, mut lines) = match reversal {
        Reversal::Done => {
            let why = "The bank of whoever paid reversed the payment that it came from, so that the money is not with us any more. We take back what is \
                       unspent of it.";
            (format!("We had to take back {amount}"), vec![format!("We took {amount} off {name}."), why.to_owned()])
        }
        Reversal::Undone => {
            let why = "We had taken it back because a bank reversed the payment that it came from. The bank let that payment stand after all.";
            (format!("{amount} are yours again"), vec![format!("We put {amount} back on {name}."), why.to_owned()])
        }
    };
    if is_card && reversal == Reversal::Done {
        lines.push("The card is stopped, and nothing can be spent with it until our team lets it go on.".to_owned());
    }
    if matches!((value, reversal), (ReversedValue::Card { is_claimed: false, .. }, Reversal::Undone)) {
        lines.push("Nobody has claimed it yet, and its code opens it again.".to_owned());
    }
    let whom = support.map_or_else(|| "our team".to_owned(), |address| format!("our team at {address}"));
    lines.push(format!("If you did not expect this, or have questions, ask {whom}."));
    let label = if is_card { "Look at the card" } else { "Look at your credit" };
    MailText { subject, lines, action: Some((label.to_owned(), url.to_owned())) }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn whoever_loses_value_to_a_bank_reads_what_why_and_whom_to_ask() {
        let amount = Money::new(5_000, Currency::Usd);
        let card = ReversedValue::Card { last_group: Some("7K2M"), is_claimed: true };
        let taken = reversed(card, amount, Reversal::Done, Some("help@stagedoor.test"), "https://example.org");
        let text = taken.plain();
        for words in
            ["$50.00 off the gift card ending in 7K2M", "reversed the payment", "is stopped", "help@stagedoor.test"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
        let credit = reversed(ReversedValue::Credit, amount, Reversal::Undone, None, "https://example.org");
        assert_eq!(credit.subject, "$50.00 are yours again");
        let text = credit.plain();
        assert!(
            text.contains("back on your credit") && text.contains("ask our team.") && !text.contains("stopped"),
            "{text}"
        );
        let waiting = ReversedValue::Card { last_group: None, is_claimed: false };
        let said = |reversal| {
            reversed(waiting, amount, reversal, None, "https://example.org").plain().contains("opens it again")
        };
        assert_eq!([Reversal::Done, Reversal::Undone].map(said), [false, true]);
    }

    #[test]
    fn the_mail_says_who_how_much_until_when_and_what_to_do() {
        let card = SentCard {
            sender: "Noor",
            amount: Money::new(5_000, Currency::Usd),
            message: Some("For <your> show"),
            code: "7K3M-1111-2222-3333-4444",
            last_day: Some(("2026-12-31".parse().unwrap(), "America/New_York")),
        };
        let mail = sent(&card, "https://example.org/claim?code=7K3M");
        assert_eq!(mail.subject, "Noor sent you a gift card of $50.00");
        let text = mail.plain();
        for words in ["“For <your> show”", "7K3M-1111-2222-3333-4444", "31 December 2026 in New York"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(mail.html().contains("For &lt;your&gt; show"));
        let plain = sent(&SentCard { message: None, last_day: None, ..card }, "https://example.org").plain();
        assert!(!plain.contains('“') && !plain.contains("end of"), "{plain}");
    }
}
