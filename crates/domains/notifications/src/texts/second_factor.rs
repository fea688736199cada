//! The texts of mails about the second factor.

use super::MailText;

/// To somebody who has turned an authenticator app on.
pub fn second_factor_added(name: &str, security_url: &str) -> MailText {
    MailText {
        subject: "An authenticator app guards your account".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "From now on, signing in with your password asks for a code of your authenticator app as well. Keep the recovery codes where you find them without your phone.".to_owned(),
            "If that was not you, turn it off and set a new password at once.".to_owned(),
        ],
        action: Some(("Look at how I sign in".to_owned(), security_url.to_owned())),
    }
}

/// To somebody whose authenticator app was removed.
pub fn second_factor_removed(name: &str, security_url: &str) -> MailText {
    MailText {
        subject: "Your authenticator app was turned off".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "Signing in asks for your password alone again, and the recovery codes work no more.".to_owned(),
            "If that was not you, set a new password at once, then turn an app on again.".to_owned(),
        ],
        action: Some(("Look at how I sign in".to_owned(), security_url.to_owned())),
    }
}

/// To somebody who has new recovery codes.
pub fn recovery_codes_renewed(name: &str, security_url: &str) -> MailText {
    MailText {
        subject: "You have new recovery codes".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "New recovery codes were made in your account. The ones before work no more.".to_owned(),
            "If that was not you, set a new password at once.".to_owned(),
        ],
        action: Some(("Look at how I sign in".to_owned(), security_url.to_owned())),
    }
}

/// To somebody who logged in with a recovery code.
pub fn recovery_code_used(name: &str, left: i64, security_url: &str) -> MailText {
    let left = match left {
        0 => "It was the last one: make new ones before you need one again.".to_owned(),
        1 => "One is left.".to_owned(),
        left => format!("{left} are left."),
    };
    MailText {
        subject: "Somebody signed in with one of your recovery codes".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            format!("One of your recovery codes was used to sign in. {left}"),
            "If that was not you, set a new password and make new recovery codes at once.".to_owned(),
        ],
        action: Some(("Look at how I sign in".to_owned(), security_url.to_owned())),
    }
}
