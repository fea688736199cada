//! Mail over SMTP.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use kernel::Secret;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Noop;
use lettre::{Address, Message};
use tokio::time::Instant;

use crate::server::SmtpServer;
use crate::{Delivery, Mail, Mailer, MailerError};

/// The longest time that one mail may take in all.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most conversations that are kept for the next mail, and for how long.
const KEPT_MAX: usize = 4;
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Sends mail through an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpMailer {
    server: SmtpServer,
    from: Mailbox,
    kept: Kept,
}

/// Conversations that went well: the next mail need not greet and sign in again. The one that was used last comes first.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<(AsyncSmtpConnection, Instant)>>>);

impl SmtpMailer {
    /// A mailer for the server at `url` (`smtp://` or `smtps://`, with user and password if needed), sending as `from`.
    pub fn new(url: &Secret<String>, from: &str) -> Result<Self, MailerError> {
        if shows_password(url.expose()) {
            return Err(MailerError::PasswordInTheClear);
        }
        let from = from.parse().map_err(MailerError::BadSender)?;
        Ok(Self { server: SmtpServer::read(url)?, from, kept: Kept::default() })
    }

    async fn hand_over(&self, message: &Message) -> Result<(), MailerError> {
        let mut conversation = match self.kept.take().await {
            Some(conversation) => conversation,
            None => self.server.greet().await?,
        };
        conversation.send(message.envelope(), &message.formatted()).await?;
        self.kept.put_back(conversation);
        Ok(())
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
        let sent = tokio::time::timeout(TIMEOUT, self.hand_over(&message)).await;
        sent.unwrap_or(Err(MailerError::Silent)).map(|()| Delivery::Sent)
    }
}

impl Kept {
    /// One that the server still takes part in. Those that nobody needed for long are hung up.
    async fn take(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut conversation, _) = {
                let mut kept = self.all();
                kept.retain(|(_, since)| since.elapsed() < KEPT_FOR);
                kept.pop()?
            };
            // A server that hangs up says so with a code of success (221).
            if conversation.command(Noop).await.is_ok_and(|reply| reply.has_code(250)) {
                return Some(conversation);
            }
        }
    }

    fn put_back(&self, conversation: AsyncSmtpConnection) {
        let mut kept = self.all();
        if kept.len() < KEPT_MAX {
            kept.push((conversation, Instant::now()));
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        // A panic while this lock is held cannot leave the list inconsistent, so a poisoned lock is still usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Kept").field(&self.all().len()).finish()
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
