//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use kernel::Secret;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::{Delivery, Mail, Mailer, MailerError};

/// The longest time that one mail may take in all.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends mail through an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// A mailer for the server at `url` (`smtp://` or `smtps://`, with user and password if needed), sending as `from`.
    pub fn new(url: &Secret<String>, from: &str) -> Result<Self, MailerError> {
        if shows_password(url.expose()) {
            return Err(MailerError::PasswordInTheClear);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(MailerError::BadUrl)?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { transport, from: from.parse().map_err(MailerError::BadSender)? })
    }

    fn message(&self, mail: &Mail) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let address: Address = mail.to_address.parse()?;
        let name = Some(mail.to_name.clone()).filter(|name| !name.is_empty());
        let readable = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
        let body = match &mail.attachment {
            None => readable,
            Some(file) => {
                let part: SinglePart =
                    Part::new(file.filename.clone()).body(file.text.clone(), ContentType::parse(&file.content_type)?);
                MultiPart::mixed().multipart(readable).singlepart(part)
            }
        };
        Ok(Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(mail.subject.clone())
            .multipart(body)?)
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailerError> {
        let message = self.message(mail).map_err(MailerError::Unsendable)?;
        // The transport's own time-out covers connecting only.
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(sent) => sent.map(|_| Delivery::Sent).map_err(MailerError::Unavailable),
            Err(_) => Err(MailerError::Silent),
        }
    }
}

/// Whether mails may go to the server at `url` over a network unencrypted. Loopback is no network.
pub fn is_clear(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("smtp://") else { return false };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let is_here = ["127.", "localhost", "[::1]"].iter().any(|here| host.starts_with(here));
    !is_here && !host.contains("tls=required")
}

/// Whether a password would be sent unencrypted.
fn shows_password(url: &str) -> bool {
    url.contains('@') && is_clear(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_sent_unencrypted_to_another_machine() {
        let shown = ["smtp://door:secret@mail.example:25", "smtp://door:secret@mail.example?tls=opportunistic"];
        let kept = [
            "smtps://door:secret@mail.example",
            "smtp://door:secret@mail.example:587?tls=required",
            "smtp://mail.example",
            "smtp://door:secret@127.0.0.1:2525",
        ];
        assert!(shown.iter().all(|url| shows_password(url)) && !kept.iter().any(|url| shows_password(url)));
        assert!(is_clear("smtp://mail.example") && !is_clear("smtps://mail.example") && !is_clear("smtp://[::1]:25"));
        let refused = SmtpMailer::new(&Secret::new(shown[0].to_owned()), "door@stagedoor.test").unwrap_err();
        assert!(refused.to_string().contains("smtps://") && !refused.to_string().contains("secret"));
    }
}
