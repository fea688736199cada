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
            "Banks take up to ten days to show it. What was unspent of it, as far as it was still yours, is off the gift card.".to_owned(),
        ],
        action: Some(("Look at the order".to_owned(), order_url.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

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
