//! What a payer enters: checked in form before the provider is called.

use kernel::{FieldFault, Secret};
use site::Settings;

use crate::WorkflowError;

/// A card as the payer gave it, and where they go after their bank's question.
#[derive(Debug, Clone)]
pub struct PayCard {
    pub number: Secret<String>,
    /// An address of another program, which answers the payer there; our own page of the booking when not given.
    pub return_url: Option<String>,
}

/// The allowed number of digits of a card number.
const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

impl PayCard {
    /// Everything that is wrong with its form.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), WorkflowError> {
        let faults: Vec<FieldFault> =
            number_fault(self.number.expose()).into_iter().chain(self.return_fault(settings)).collect();
        if faults.is_empty() { Ok(()) } else { Err(WorkflowError::Fields(faults)) }
    }

    fn return_fault(&self, settings: &Settings) -> Option<FieldFault> {
        let is_wrong = self.return_url.as_deref().is_some_and(|url| !settings.may_return_to(url));
        let text = "Name an address that begins with https:// and has at most 2,000 characters.";
        is_wrong.then(|| FieldFault::new("return_url", "invalid", text))
    }
}

fn number_fault(number: &str) -> Option<FieldFault> {
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
