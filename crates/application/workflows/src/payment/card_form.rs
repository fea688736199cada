//! What a payer enters: checked in form before the provider is called.

use gift_cards::GiftCode;
use kernel::{FieldFault, Secret};
use payments::PaidFor;
use site::Settings;

use crate::WorkflowError;

/// A card as the payer gave it, what they agreed to pay with it, and where they go after their bank's question.
#[derive(Debug, Clone)]
pub struct PayCard {
    pub number: Secret<String>,
    /// The amount that they were shown.
    pub expected_minor: Option<i64>,
    /// An address of another program, which answers the payer there; our own page of the booking when not given.
    pub return_url: Option<String>,
}

/// The allowed number of digits of a card number.
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

impl PayCard {
    /// Everything that is wrong with its form.
    pub(super) fn check(&self, settings: &Settings, paid_for: PaidFor) -> Result<(), WorkflowError> {
        let number = number_fault(self.number.expose(), paid_for);
        let faults: Vec<FieldFault> = number.into_iter().chain(self.return_fault(settings)).collect();
        if faults.is_empty() { Ok(()) } else { Err(WorkflowError::Fields(faults)) }
    }

    fn return_fault(&self, settings: &Settings) -> Option<FieldFault> {
        let is_wrong = self.return_url.as_deref().is_some_and(|url| !settings.may_return_to(url));
        let text = "Name an address that begins with https:// and has at most 2,000 characters.";
        is_wrong.then(|| FieldFault::new("return_url", "invalid", text))
    }
}

fn number_fault(number: &str, paid_for: PaidFor) -> Option<FieldFault> {
    if GiftCode::looks_like_one(number) {
        let text = match paid_for {
            PaidFor::Booking(_) => "That looks like a gift card code. Claim it first, then apply it here.",
            PaidFor::GiftCardOrder(_) => {
                "That looks like a gift card code. Gift cards pay for bookings; this is paid by bank card."
            }
        };
        return Some(FieldFault::new("number", "gift_card_code", text));
    }
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let has_others = number.chars().any(|letter| !letter.is_ascii_digit() && letter != ' ' && letter != '-');
    let (code, message) = match digits {
        0 if !has_others => ("required", "Enter the card number.".to_owned()),
        _ if has_others => ("invalid", "A card number has only digits.".to_owned()),
        digits if !DIGITS.contains(&digits) => {
            ("invalid", format!("This is not a whole card number: it has {digits} digits, and cards have 12 to 19."))
        }
        _ => return None,
    };
    Some(FieldFault::new("number", code, message))
}
