//! Time-based one-time codes (TOTP, RFC 6238): six digits, a new code every thirty seconds, as all authenticator apps support.

use kernel::secret::hmac_sha256;
use kernel::{Instant, PersonId, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Algorithm, Builder, Totp};

use crate::Keys;

/// How many digits a code has.
pub(crate) const DIGITS: usize = 6;
/// What apps show above the code.
const ISSUER: &str = "Stagedoor";
/// How long a code is shown, in seconds.
const STEP_S: u64 = 30;
/// The step before and the step after are accepted too, because clocks differ and typing takes time.
const STEPS_APART: u16 = 1;

/// One person's authenticator.
pub(crate) struct Authenticator(Totp);

impl Authenticator {
    /// The secret is derived from a key of the installation and a stored salt, so a copy of the database alone yields no codes.
    pub fn new(keys: &Keys, person: PersonId, salt: &[u8]) -> Self {
        let mac = hmac_sha256(keys.authenticators.expose(), &[person.0.as_bytes(), salt].concat());
        let secret: [u8; 20] = mac[..20].try_into().expect("a MAC of 32 bytes has 20");
        Self::with_secret(secret)
    }

    fn with_secret(secret: [u8; 20]) -> Self {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret);
        let builder = builder.with_digits(DIGITS as u8).with_skew(STEPS_APART).with_step_duration(STEP_S);
        Self(builder.build().expect("160 bits and six digits are what RFC 6238 asks for"))
    }

    /// The matching TOTP step, for an app that was set up with the current keys or the previous ones.
    pub fn step_by_any(keys: &Keys, person: PersonId, salt: &[u8], code: &str, now: Instant) -> Option<i64> {
        keys.each().find_map(|keys| Self::new(keys, person, salt).step_of(code, now))
    }

    /// The matching TOTP step, if within the window.
    pub fn step_of(&self, code: &str, now: Instant) -> Option<i64> {
        let step = self.0.check(code, now.timestamp().try_into().ok()?)?;
        i64::try_from(step).ok()
    }

    /// The shared secret in base32, for typing into the app.
    pub fn secret(&self) -> Secret<String> {
        Secret::new(self.0.secret().to_base32())
    }

    /// The secret as an `otpauth://` address for a QR code; the app shows `email` to tell accounts apart.
    /// Shape: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>.
    pub fn address(&self, email: &str) -> Secret<String> {
        let (label, secret) = (utf8_percent_encode(email, NON_ALPHANUMERIC), self.secret());
        Secret::new(format!(
            "otpauth://totp/{ISSUER}:{label}?secret={}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}",
            secret.expose()
        ))
    }
}

/// The input without spaces, if it is six digits and so a code of the app. Anything else may be a recovery code.
pub(crate) fn digits_of(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let app = Authenticator::with_secret(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(app.step_of(code, at(seconds)), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_and_one_step_late() {
        let app = Authenticator::with_secret(*b"12345678901234567890");
        let taken = |seconds| app.step_of("287082", at(seconds)).is_some();
        assert_eq!([0, 29, 30, 59, 60, 89, 90].map(taken), [true, true, true, true, true, true, false]);
    }

    #[test]
    fn the_secret_differs_by_person_and_by_salt() {
        let keys = Keys::derive(&Secret::new(vec![7; 32]));
        let secret = |person: u128, salt: &[u8]| {
            Authenticator::new(&keys, PersonId(uuid::Uuid::from_u128(person)), salt).secret()
        };
        assert_eq!(secret(1, b"a"), secret(1, b"a"));
        assert!(secret(1, b"a") != secret(2, b"a") && secret(1, b"a") != secret(1, b"b"));
    }

    #[test]
    fn the_address_has_the_shape_that_apps_read() {
        let address = Authenticator::with_secret(*b"12345678901234567890").address("ana+x@example.org");
        assert_eq!(
            address.expose(),
            "otpauth://totp/Stagedoor:ana%2Bx%40example%2Eorg?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Stagedoor&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn spaces_in_a_code_are_ignored() {
        assert_eq!(digits_of(" 123 456 ").as_deref(), Some("123456"));
        for other in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert_eq!(digits_of(other), None, "{other}");
        }
    }
}
