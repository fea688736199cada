//! Cards that are sent to somebody by e-mail.

use chrono::{DateTime, Utc};
use kernel::text::{is_visible, turns_around};
use kernel::{FieldFault, GiftCardId, Money, PersonId, closed_set};

/// The most characters of the words that go with a card.
pub const MESSAGE_CHARACTERS_MAX: usize = 300;

closed_set! {
    /// How far a card that was sent has come.
    TransferState {
        /// The mail is on its way or was read, and nobody has claimed the card.
        Offered = "offered",
        /// It belongs to whoever it was sent to.
        Claimed = "claimed",
        /// Its value is back with the sender.
        TakenBack = "taken_back",
    }
}

/// Who gets a card, and what it says.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// As it is mailed to.
    pub email: String,
    pub message: Option<String>,
}

/// A card that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardTransfer {
    /// The card that the receiver gets.
    pub card: GiftCardId,
    /// The card that it was sent from.
    pub from: GiftCardId,
    pub sender: PersonId,
    pub email: String,
    pub message: Option<String>,
    pub amount: Money,
    pub state: TransferState,
    pub created_at: DateTime<Utc>,
    /// When it was claimed or taken back.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The words that go with a card; none if nothing was written. Our mail carries them to strangers, so links are refused.
pub fn check_message(text: &str) -> Result<Option<String>, FieldFault> {
    let text = text.trim().replace("\r\n", "\n");
    let fault = |code: &str, sentence: &str| Err(FieldFault::new("message", code, sentence));
    let lower = text.to_lowercase();
    if !text.chars().any(is_visible) {
        return Ok(None);
    }
    if text.chars().count() > MESSAGE_CHARACTERS_MAX {
        return fault("too_long", &format!("Use at most {MESSAGE_CHARACTERS_MAX} characters."));
    }
    if text.chars().any(|letter| (letter.is_control() && letter != '\n') || turns_around(letter)) {
        return fault("invalid", "Use letters and line breaks: this holds characters that cannot be shown.");
    }
    if lower.contains("://") || lower.contains("www.") {
        return fault("link", "Leave links out: the card comes with the only one that it needs.");
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short_has_no_links_and_may_be_left_out() {
        assert_eq!(
            check_message("  Happy birthday!\r\nYours, Noor ").unwrap().as_deref(),
            Some("Happy birthday!\nYours, Noor")
        );
        for nothing in ["", "  ", "\u{200b}"] {
            assert_eq!(check_message(nothing), Ok(None), "{nothing:?}");
        }
        assert!(check_message(&"x".repeat(300)).is_ok());
        let code = |text: &str| check_message(text).unwrap_err().code;
        assert_eq!(code(&"x".repeat(301)), "too_long");
        assert_eq!((code("a\u{7}b"), code("a\u{202e}b")), ("invalid".to_owned(), "invalid".to_owned()));
        assert_eq!((code("Look: HTTPS://evil.test"), code("WWW.evil.test")), ("link".to_owned(), "link".to_owned()));
    }
}
