//! The texts of mails about passkeys.

use super::MailText;

/// To somebody who has a new passkey.
pub fn added(name: &str, passkey: &str, passkeys_url: &str) -> MailText {
    MailText {
        subject: "You have a new passkey".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            format!("The passkey “{passkey}” was added. It opens your account without a password."),
            "If that was not you, remove it and set a new password at once.".to_owned(),
        ],
        action: Some(("Look at my passkeys".to_owned(), passkeys_url.to_owned())),
    }
}

/// To somebody whose passkey was removed.
pub fn removed(name: &str, passkey: &str, passkeys_url: &str) -> MailText {
    MailText {
        subject: "A passkey was removed".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            format!(
                "The passkey “{passkey}” was removed. It does not open your account any more, and your other sessions were ended."
            ),
            "If that was not you, set a new password at once.".to_owned(),
        ],
        action: Some(("Look at my passkeys".to_owned(), passkeys_url.to_owned())),
    }
}
