//! CSRF tokens in forms, bound to a session, or to a visitor's cookie where nobody is signed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::SessionId;
use kernel::secret::{equal_in_constant_time, hmac_sha256};

use crate::Keys;

/// What a CSRF token is bound to.
#[derive(Debug, Clone, Copy)]
pub enum Bound<'value> {
    /// The session of the person who sees the form.
    Session(SessionId),
    /// The random value of a cookie, where nobody is signed in.
    Visitor(&'value str),
}

/// The token for a form.
pub fn token(keys: &Keys, bound: Bound<'_>) -> String {
    let text = match bound {
        Bound::Session(id) => format!("session/{id}"),
        Bound::Visitor(value) => format!("visitor/{value}"),
    };
    URL_SAFE_NO_PAD.encode(hmac_sha256(keys.csrf.expose(), text.as_bytes()))
}

/// Whether `sent` is the token for this session or visitor.
pub fn verify(keys: &Keys, bound: Bound<'_>, sent: &str) -> bool {
    keys.each().any(|keys| equal_in_constant_time(token(keys, bound).as_bytes(), sent.as_bytes()))
}
