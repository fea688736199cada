//! The errors of this domain, in business terms.

use kernel::{Fault, FaultKind, FieldFault};

/// Why something about an account was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error("The e-mail address or the password is not right.")]
    BadCredentials,
    #[error("Sign in and try again.")]
    NoSession,
    #[error("This account is suspended. Write to support to learn why.")]
    Suspended,
    #[error("That was too often. Wait a minute and try again.")]
    NetworkSpent,
    #[error("Too many failed tries. Wait {0} s and try again, or set a new password.")]
    Slowed(u64),
    #[error("Too many wrong codes. Wait {} min and try again, or come in with a passkey.", .0.div_ceil(60))]
    CodesSlowed(u64),
    #[error(
        "Too many wrong passwords were tried for this account from elsewhere. Sign in where you have signed in before, with a passkey, or set a new password with a mailed link."
    )]
    Locked(u64),
    #[error("A link was mailed within the last hour. Look for it, among spam too, or ask again in {} min.", .0.div_ceil(60))]
    MailedLately(u64),
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("This link has been used or has expired. Ask for a new one.")]
    LinkSpent,
    #[error("This refresh token is not valid any more. Log in again.")]
    RefreshSpent,
    #[error(
        "The password is right. Send the same once more with `code`: the six digits of your authenticator app, or a recovery code."
    )]
    SecondFactorRequired,
    #[error("Staff accounts open with a passkey or with a code beside the password. Sign in with your passkey.")]
    PasskeyRequired,
    #[error("This code is not right, or it was used. Wait for the app's next one, or use a recovery code.")]
    BadSecondFactor,
    #[error("An authenticator app is on already. Turn it off before you set another one up.")]
    AppOn,
    #[error("No authenticator app is on. Set one up first.")]
    AppOff,
    #[error("No authenticator app is being set up, or that was too long ago. Begin anew.")]
    AppNotBegun,
    #[error("This passkey does not open an account here. Try again, or sign in with your password.")]
    BadPasskey,
    #[error("There is no such passkey.")]
    PasskeyNotFound,
    #[error("You have a passkey of this name. Choose another name.")]
    PasskeyNameTaken,
    #[error("This passkey is known here already.")]
    PasskeyKnown,
    #[error("You have 10 passkeys, and that is the limit. Remove one that you do not use any more.")]
    TooManyPasskeys,
    #[error(
        "Passkeys need a site with a name, and this one is reached by a number. Whoever runs it gives it one in STAGEDOOR_PUBLIC_URL."
    )]
    PasskeysNeedName,
    #[error("a stored passkey or a challenge cannot be encoded or decoded")]
    PasskeyUnreadable,
    #[error("There is no such session.")]
    SessionNotFound,
    #[error("An API key cannot do this. Log in and use the session's access token.")]
    SessionRequired,
    #[error("There is no such API key.")]
    KeyNotFound,
    #[error("You have an API key of this name. Choose another name, or end that key first.")]
    KeyNameTaken,
    #[error("You have 20 API keys, and that is the limit. End one that no program uses any more.")]
    TooManyKeys,
    #[error("Many people are signing in at this moment. Try again in a few seconds.")]
    Busy,
    #[error("the list of breached passwords cannot be read")]
    BreachedPasswords(#[source] std::io::Error),
    #[error("a password could not be hashed")]
    Hash(#[source] argon2_rust::Error),
    #[error("a token could not be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
    #[error("a statement on the tables of accounts failed")]
    Database(#[from] sqlx::Error),
}

impl Fault for AccountsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::BadCredentials
            | Self::NoSession
            | Self::RefreshSpent
            | Self::SecondFactorRequired
            | Self::PasskeyRequired
            | Self::BadSecondFactor
            | Self::BadPasskey => FaultKind::SignInFirst,
            Self::Suspended | Self::SessionRequired => FaultKind::Forbidden,
            Self::NetworkSpent | Self::Slowed(_) | Self::CodesSlowed(_) | Self::Locked(_) | Self::MailedLately(_) => {
                FaultKind::TooMany
            }
            Self::Fields(_) => FaultKind::Invalid,
            Self::LinkSpent
            | Self::KeyNameTaken
            | Self::TooManyKeys
            | Self::AppOn
            | Self::AppOff
            | Self::AppNotBegun
            | Self::PasskeyNameTaken
            | Self::PasskeyKnown
            | Self::TooManyPasskeys
            | Self::PasskeysNeedName => FaultKind::Conflict,
            Self::SessionNotFound | Self::KeyNotFound | Self::PasskeyNotFound => FaultKind::NotFound,
            Self::Busy | Self::BreachedPasswords(_) => FaultKind::Unavailable,
            Self::Hash(_) | Self::Sign(_) | Self::PasskeyUnreadable => FaultKind::Broken,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadCredentials => "bad_credentials",
            Self::NoSession => "sign_in_first",
            Self::Suspended => "account_suspended",
            Self::NetworkSpent => "too_many_requests",
            Self::Slowed(_) | Self::CodesSlowed(_) => "too_many_failures",
            Self::Locked(_) => "account_locked",
            Self::MailedLately(_) => "mailed_lately",
            Self::Fields(_) => "invalid_fields",
            Self::LinkSpent => "link_spent",
            Self::RefreshSpent => "refresh_spent",
            Self::SecondFactorRequired => "second_factor_required",
            Self::PasskeyRequired => "passkey_required",
            Self::BadSecondFactor => "bad_second_factor",
            Self::AppOn => "authenticator_on",
            Self::AppOff => "authenticator_off",
            Self::AppNotBegun => "authenticator_not_begun",
            Self::BadPasskey => "bad_passkey",
            Self::PasskeyNameTaken => "passkey_name_taken",
            Self::PasskeyKnown => "passkey_known",
            Self::TooManyPasskeys => "too_many_passkeys",
            Self::PasskeysNeedName => "passkeys_need_name",
            Self::SessionNotFound | Self::KeyNotFound | Self::PasskeyNotFound => "not_found",
            Self::SessionRequired => "session_required",
            Self::KeyNameTaken => "key_name_taken",
            Self::TooManyKeys => "too_many_keys",
            Self::Busy | Self::BreachedPasswords(_) => "busy",
            Self::Hash(_) | Self::Sign(_) | Self::PasskeyUnreadable => "internal",
            Self::Database(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        if let Self::Fields(fields) = self { fields.clone() } else { Vec::new() }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Slowed(seconds)
            | Self::CodesSlowed(seconds)
            | Self::Locked(seconds)
            | Self::MailedLately(seconds) => Some(*seconds),
            _ => None,
        }
    }
}
