//! The mail server, as its address names it, and conversations with it.

use std::borrow::Cow;

use kernel::Secret;
use lettre::transport::smtp::SUBMISSION_PORT;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use tokio_util::compat::FuturesAsyncReadCompatExt as _;
use url::Url;

use crate::MailerError;
use crate::bounded::Bounded;

/// Where mails are handed over, and how.
#[derive(Debug, Clone)]
pub(crate) struct SmtpServer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// Who we say we are.
    hello: ClientId,
}

impl SmtpServer {
    /// Reads `smtps://user:password@host:port`, or `smtp://…` with or without `?tls=required` or `?tls=opportunistic`. A path is the name
    /// that we give ourselves.
    pub fn read(url: &Secret<String>) -> Result<Self, MailerError> {
        let url = Url::parse(url.expose()).map_err(|_| MailerError::BadUrl)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailerError::BadUrl)?.to_owned();
        let wish = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, wish)| wish);
        let parameters = || TlsParameters::new(host.clone()).map_err(MailerError::Encryption);
        let (tls, usual_port) = match (url.scheme(), wish.as_deref()) {
            ("smtps", _) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(parameters()?), SUBMISSION_PORT),
            ("smtp", None) => (Tls::None, SMTP_PORT),
            _ => return Err(MailerError::BadUrl),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(Cow::into_owned);
        let credentials = match url.password() {
            None => None,
            Some(password) => match (decoded(url.username()), decoded(password)) {
                (Ok(user), Ok(password)) => Some(Credentials::new(user, password)),
                _ => return Err(MailerError::BadUrl),
            },
        };
        let name = url.path().trim_matches('/');
        let hello = if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) };
        Ok(Self { port: url.port().unwrap_or(usual_port), host, tls, credentials, hello })
    }

    /// Begins a conversation, in which mails can be handed over.
    pub async fn greet(&self) -> Result<AsyncSmtpConnection, MailerError> {
        let mut conversation = self.connect().await?;
        match &self.tls {
            Tls::Required(tls) => conversation.starttls(tls.clone(), &self.hello).await?,
            Tls::Opportunistic(tls) if conversation.can_starttls() => {
                conversation.starttls(tls.clone(), &self.hello).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            conversation.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(conversation)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailerError> {
        // An address of IPv6 stands in brackets in a URL.
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.port)).await?;
        let peer = stream.peer_addr()?;
        let Tls::Wrapper(tls) = &self.tls else {
            let stream = Box::new(Bounded::new(stream, peer));
            return Ok(AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?);
        };
        #[expect(deprecated, reason = "the library encrypts streams of others by this type only")]
        let mut encrypted = lettre::transport::smtp::client::AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
        encrypted.upgrade_tls(tls.clone()).await?;
        let stream = Box::new(Bounded::new(encrypted.compat(), peer));
        Ok(AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<SmtpServer, MailerError> {
        SmtpServer::read(&Secret::new(url.to_owned()))
    }

    #[test]
    fn an_address_says_how_the_server_is_reached() {
        let tls = |server: &SmtpServer| match server.tls {
            Tls::None => "none",
            Tls::Wrapper(_) => "at once",
            Tls::Required(_) => "required",
            Tls::Opportunistic(_) => "if offered",
        };
        for (url, host, port, wanted) in [
            ("smtp://mail.example", "mail.example", 25, "none"),
            ("smtp://mail.example:2525/door.example", "mail.example", 2525, "none"),
            ("smtp://u:p@mail.example?tls=required", "mail.example", 587, "required"),
            ("smtp://mail.example?tls=opportunistic", "mail.example", 587, "if offered"),
            ("smtps://mail.example", "mail.example", 465, "at once"),
            ("smtps://192.0.2.7:4650", "192.0.2.7", 4650, "at once"),
            ("smtp://[::1]:25", "[::1]", 25, "none"),
        ] {
            let server = read(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!((&*server.host, server.port, tls(&server)), (host, port, wanted), "{url}");
        }
        let named = read("smtp://u%40x:p%3Aw@mail.example/door.example").unwrap();
        assert_eq!(named.credentials, Some(Credentials::new("u@x".to_owned(), "p:w".to_owned())));
        assert_eq!(named.hello, ClientId::Domain("door.example".to_owned()));
        for url in
            ["mail.example", "smtp://", "https://mail.example", "smtp://mail.example?tls=maybe", "smtp://mail:port"]
        {
            assert!(matches!(read(url), Err(MailerError::BadUrl)), "{url}");
        }
    }
}
