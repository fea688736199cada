//! The texts of mails: plain, friendly and exact, with one thing to do in each.

pub mod booking;
pub mod gift_card;
pub mod passkeys;
pub mod second_factor;

/// The text of a mail. A greeting is added, and the HTML is made from the same lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    pub subject: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// The label and the address of the one thing to do.
    pub action: Option<(String, String)>,
}

impl MailText {
    /// As plain text.
    pub fn plain(&self) -> String {
        let mut text = self.lines.join("\n\n");
        if let Some((label, url)) = &self.action {
            text.push_str(&format!("\n\n{label}:\n{url}"));
        }
        text + "\n\nStagedoor\n"
    }

    /// As simple HTML, readable in any program and theme.
    pub fn html(&self) -> String {
        let paragraphs: String = self.lines.iter().map(|line| format!("<p>{}</p>", escape(line))).collect();
        let action = self.action.as_ref().map_or_else(String::new, |(label, url)| {
            let style = "display:inline-block;padding:12px 20px;border-radius:999px;background:#ffb020;color:#17131c;font-weight:600;text-decoration:none";
            format!("<p><a href=\"{}\" style=\"{style}\">{}</a></p>", escape(url), escape(label))
        });
        format!("<div style=\"font:16px/1.5 sans-serif;max-width:560px\">{paragraphs}{action}<p>Stagedoor</p></div>")
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// To somebody who has just registered.
///
/// It does not greet by name: the address may belong to somebody other than whoever typed it.
pub fn verify_address(url: &str) -> MailText {
    MailText {
        subject: "Verify your e-mail address".to_owned(),
        lines: vec![
            "Welcome to Stagedoor.".to_owned(),
            "With this link and the password that you chose you tell us that this address is yours. Then you can book. It works for 48 hours.".to_owned(),
            "If you did not register, do nothing: nobody can book in your name.".to_owned(),
        ],
        action: Some(("Verify my address".to_owned(), url.to_owned())),
    }
}

/// To the owner of an address that somebody registered again.
pub fn already_registered(name: &str, login_url: &str) -> MailText {
    MailText {
        subject: "You already have an account".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "Somebody, probably you, registered with this address. It has an account already, so nothing was changed."
                .to_owned(),
            "If you forgot your password, you can set a new one on the sign-in page.".to_owned(),
        ],
        action: Some(("Sign in".to_owned(), login_url.to_owned())),
    }
}

/// To somebody who forgot their password.
pub fn reset_password(name: &str, url: &str) -> MailText {
    MailText {
        subject: "Set a new password".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "Here is the link to set a new password. It works once, for one hour. All your sessions will end when you use it.".to_owned(),
            "If you did not ask for it, do nothing: your password stays as it is.".to_owned(),
        ],
        action: Some(("Set a new password".to_owned(), url.to_owned())),
    }
}

/// To somebody whose password was changed.
///
/// `passkeys_url` links to the passkeys, if there are any, because a new password does not remove them.
pub fn password_changed(name: &str, reset_url: &str, passkeys_url: Option<&str>) -> MailText {
    let mut lines = vec![
        format!("Hello {name}."),
        "Your password was changed a moment ago, and your other sessions were ended.".to_owned(),
        "If that was not you, set a new password now.".to_owned(),
    ];
    if let Some(url) = passkeys_url {
        lines.push(format!("Your passkeys go on opening your account. Look whether all are yours: {url}"));
    }
    MailText {
        subject: "Your password was changed".to_owned(),
        lines,
        action: Some(("It was not me".to_owned(), reset_url.to_owned())),
    }
}

/// To somebody who has a new API key.
pub fn api_key_created(name: &str, key_name: &str, keys_url: &str) -> MailText {
    MailText {
        subject: "You have a new API key".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            format!("The API key “{key_name}” was made in your account. With it a program acts in your name."),
            "If that was not you, end the key and set a new password at once.".to_owned(),
        ],
        action: Some(("Look at my API keys".to_owned(), keys_url.to_owned())),
    }
}

/// To somebody whose refresh token was used twice, which ended the session.
pub fn session_ended_for_safety(name: &str, sessions_url: &str) -> MailText {
    MailText {
        subject: "We ended one of your sessions".to_owned(),
        lines: vec![
            format!("Hello {name}."),
            "One of your sessions was used from two places at once, which can mean that somebody copied its key. We ended it.".to_owned(),
            "Look through your sessions, and set a new password if one is not yours.".to_owned(),
        ],
        action: Some(("Look at my sessions".to_owned(), sessions_url.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let html = reset_password("<script>alert(1)</script>", "https://example.org/?a=1&b=\"").html();
        assert!(!html.contains("<script>") && html.contains("&amp;b=&quot;"), "{html}");
    }

    #[test]
    fn the_plain_text_holds_the_link_on_a_line_of_its_own() {
        assert!(reset_password("Ana", "https://example.org/reset").plain().contains("\nhttps://example.org/reset\n"));
    }
}
