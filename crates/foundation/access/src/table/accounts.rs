//! Accounts and sessions, under `/api`.

use kernel::Scope;

use crate::{Entry, Guard, Policy, Rate};

entries! {
    /// Makes an account and mails a link that verifies the address.
    REGISTER = Entry::post("/api/auth/register", Policy::Public).rate(Rate::Register);
    /// Uses the link that was mailed.
    VERIFY_EMAIL = Entry::post("/api/auth/email-verification", Policy::Public).rate(Rate::Login);
    /// Mails the link again.
    RESEND_VERIFICATION = Entry::post("/api/auth/email-verification/mail", Policy::SignedIn).rate(Rate::Recovery).before_second_factor();
    /// Opens a session.
    LOGIN = Entry::post("/api/auth/login", Policy::Public).rate(Rate::Login).known_devices_pass();
    /// Turns a refresh token into the next pair.
    REFRESH = Entry::post("/api/auth/refresh", Policy::Public);
    /// Ends the session of the caller.
    LOGOUT = Entry::post("/api/auth/logout", Policy::SignedIn).before_second_factor();
    /// Mails a link that sets a new password.
    PASSWORD_RESET_REQUEST = Entry::post("/api/auth/password/reset", Policy::Public).rate(Rate::Recovery);
    /// Sets a new password with the link that was mailed. Has no limit on guesses: the token has 256 bits, and a limit by network would
    /// lock out an owner who shares one.
    PASSWORD_RESET = Entry::post("/api/auth/password/reset/confirmation", Policy::Public);
    /// Changes the password, knowing the old one.
    PASSWORD_CHANGE = Entry::post("/api/auth/password", Policy::SignedIn).rate(Rate::Login).before_second_factor();
    /// Who the caller is.
    ME = Entry::get("/api/me", Policy::SignedIn).scope(Scope::ProfileRead).before_second_factor();
    /// Changes name, time zone and language.
    ME_UPDATE = Entry::patch("/api/me", Policy::SignedIn).scope(Scope::ProfileWrite);
    /// Where the caller is signed in.
    SESSIONS = Entry::get("/api/me/sessions", Policy::SignedIn).before_second_factor();
    /// Ends one of the caller's sessions.
    SESSION_END = Entry::delete("/api/me/sessions/{id}", Policy::SignedIn).guard(Guard::Session).before_second_factor();
    /// Ends every session of the caller but this one.
    SESSIONS_END = Entry::delete("/api/me/sessions", Policy::SignedIn).before_second_factor();
    /// Whether log-in asks for a code of an authenticator app.
    TOTP = Entry::get("/api/auth/totp", Policy::SignedIn).before_second_factor();
    /// Begins to set up an authenticator app; requires the password.
    TOTP_BEGIN = Entry::post("/api/auth/totp", Policy::Verified).rate(Rate::Login).before_second_factor();
    /// Turns the app on with its first code.
    TOTP_CONFIRM = Entry::post("/api/auth/totp/confirmation", Policy::Verified).rate(Rate::Login).before_second_factor();
    /// Replaces the recovery codes; requires the password.
    TOTP_CODES = Entry::post("/api/auth/totp/recovery-codes", Policy::SignedIn).rate(Rate::Login);
    /// Removes the app; requires the password and a code.
    TOTP_REMOVE = Entry::post("/api/auth/totp/removal", Policy::SignedIn).rate(Rate::Login);
    /// A challenge for logging in with a passkey.
    PASSKEY_CHALLENGE = Entry::post("/api/auth/passkeys/challenge", Policy::Public);
    /// Opens a session with a passkey, which nobody guesses either.
    PASSKEY_LOGIN = Entry::post("/api/auth/passkeys/login", Policy::Public);
    /// The caller's passkeys.
    PASSKEYS = Entry::get("/api/me/passkeys", Policy::SignedIn).before_second_factor();
    /// A challenge for making a new passkey; requires the password.
    PASSKEY_NEW_CHALLENGE = Entry::post("/api/me/passkeys/challenge", Policy::Verified).rate(Rate::Login).before_second_factor();
    /// Adds the new passkey.
    PASSKEY_ADD = Entry::post("/api/me/passkeys", Policy::Verified).before_second_factor();
    /// Removes a passkey; requires the password.
    PASSKEY_REMOVE =
        Entry::post("/api/me/passkeys/{id}/removal", Policy::SignedIn).guard(Guard::Passkey).rate(Rate::Login);
    /// The caller's API keys.
    API_KEYS = Entry::get("/api/me/api-keys", Policy::SignedIn);
    /// Makes an API key; requires the password.
    API_KEY_CREATE = Entry::post("/api/me/api-keys", Policy::Verified).rate(Rate::Login);
    /// Ends one of the caller's API keys.
    API_KEY_END = Entry::delete("/api/me/api-keys/{id}", Policy::SignedIn).guard(Guard::ApiKey);
}
