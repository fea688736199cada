//! What production demands.

use database::Transport;
use mailer::is_clear;

use super::strength::is_strong;
use super::{CLEAR_IS_MEANT, Config, Mode, SANDBOX_IS_MEANT};

impl Config {
    /// The faults that matter where real people come.
    pub(super) fn check_production(&self, faults: &mut Vec<String>) {
        if self.secret.as_ref().is_none_or(|secret| !is_strong(secret.expose())) {
            let fault = "STAGEDOOR_SECRET should be a random text of at least 32 characters in production; \
                         `openssl rand -hex 32` makes one";
            faults.push(fault.to_owned());
        }
        if self.secret_previous.as_ref().is_some_and(|secret| !is_strong(secret.expose())) {
            let fault = "STAGEDOOR_SECRET_PREVIOUS should be the secret that STAGEDOOR_SECRET replaces, which production demanded to be \
                         as strong; `stagedoor secret adopt` takes a new one without it";
            faults.push(fault.to_owned());
        }
        if !self.public.is_https {
            faults.push("STAGEDOOR_PUBLIC_URL should be the https address people use in production".to_owned());
        }
        if self.smtp_url.is_none() {
            let fault = "STAGEDOOR_SMTP_URL should be the mail server in production, such as smtps://user:password@host:465; \
                         without it nobody gets the links that verify an address or set a new password";
            faults.push(fault.to_owned());
        }
        if self.smtp_url.as_ref().is_some_and(|url| is_clear(url.expose())) && !self.smtp_may_be_clear {
            faults.push(format!(
                "STAGEDOOR_SMTP_URL should demand TLS in production, as smtps:// or with ?tls=required at its end, since mails hold links \
                 that open accounts and gift cards; where the way to the mail server is protected otherwise, say \
                 STAGEDOOR_SMTP_TLS={CLEAR_IS_MEANT}"
            ));
        }
        if !self.sandbox_is_meant {
            faults.push(format!(
                "STAGEDOOR_CARDS should be {SANDBOX_IS_MEANT} in production: there is no other card provider yet, and the \
                 sandbox confirms bookings without a payment"
            ));
        }
        if self.demo_size.is_some() {
            faults.extend(self.open_logins());
        }
        faults.extend(self.clear_database());
    }

    /// The fault of demo logins that anybody could use, because their default password is in the documentation.
    pub fn open_logins(&self) -> Option<String> {
        let is_known = self.demo_password.expose() == demo::PASSWORD_DEFAULT;
        (self.mode == Mode::Production && is_known).then(|| {
            "STAGEDOOR_DEMO_PASSWORD should be a password of your own in production: \
             demo data brings an administrator's login"
                .to_owned()
        })
    }

    /// The fault of a database whose statements anybody on the way could read.
    fn clear_database(&self) -> Option<String> {
        let url = self.database_url.as_ref()?;
        // An address that cannot be read is reported when it is opened.
        let is_clear = Transport::of(url.expose()).is_ok_and(|transport| transport == Transport::Clear);
        (is_clear && !self.database_may_be_clear).then(|| {
            format!(
                "DATABASE_URL should demand TLS in production, with sslmode=verify-full at its end; \
                 where the way to the database is protected otherwise, say STAGEDOOR_DATABASE_TLS={CLEAR_IS_MEANT}"
            )
        })
    }
}
