//! The commands of this domain.

mod api_keys;
mod codes;
mod confirmation;
mod guess;
mod links;
mod login;
mod passkeys;
mod password;
mod profile;
mod refresh;
mod register;
mod second_factor;
mod sessions;

pub use api_keys::{KEY_DAYS_MAX, KeyRequest, MadeKey, PreparedKey, create_key, end_key, prepare_key};
pub use codes::CodeOutcome;
pub use confirmation::{OwnerProof, check_own_password, confirm_code, wrong_code};
pub use guess::{Inside, Presented};
pub use links::{
    PasswordLink, VerificationLink, password_link_owner, request_password_link, request_verification,
    verification_owner, verify_email,
};
pub use login::{
    BrowserSession, PasswordLogin, PasswordProven, TokenPair, check_password, open_api_session, open_browser_session,
    resume_login,
};
pub use passkeys::{
    PreparedPasskey, ShownPasskey, add_passkey, challenge_for_new_passkey, challenge_for_passkey, find_passkey,
    person_with_passkey, prepare_passkey, read_passkey, remove_passkey,
};
pub use password::{PreparedPassword, RenewedSession, change_password, prepare_change, prepare_reset, reset_password};
pub use profile::{ProfileChange, update_profile};
pub use refresh::{Refreshed, refresh};
pub use register::{Registered, Registration, prepare_registration, register};
pub use second_factor::{
    AppSetUp, app_set_up, begin_app, confirm_app, enter, enter_without_code, remove_app, renew_recovery_codes,
};
pub use sessions::{end_other_sessions, end_session, forget_old, log_out, suspend};

use kernel::{Chance, Instant};

use crate::{BreachedPasswords, Hasher, Keys};

/// Time and randomness, passed to every command.
#[derive(Clone, Copy)]
pub struct Circumstances<'site> {
    pub now: Instant,
    pub chance: &'site dyn Chance,
}

/// What passwords are hashed and checked with.
#[derive(Debug, Clone, Copy)]
pub struct Passwords<'site> {
    pub keys: &'site Keys,
    pub hasher: &'site Hasher,
    /// The operator's list of passwords that were found in breaches.
    pub breached: Option<&'site BreachedPasswords>,
}
