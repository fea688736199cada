//! The state between the password and the code of a log-in, kept in the browser and signed by us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use kernel::secret::{equal_in_constant_time, hmac_sha256};
use kernel::{Instant, PersonId, Secret};
use uuid::Uuid;

use crate::Keys;

/// How long somebody may take to enter the code.
pub(crate) const LIFE: TimeDelta = TimeDelta::minutes(5);

/// Proof that a person's password was right at `proven_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecondStep {
    pub person: PersonId,
    /// The person's epoch then. A password reset or a suspension raises it and so voids this proof.
    pub epoch: i32,
    /// A password changed after this moment voids the proof as well.
    pub proven_at: Instant,
}

impl SecondStep {
    /// The proof as signed text.
    pub fn seal(&self, keys: &Keys) -> Secret<String> {
        let text = format!("{}.{}.{}", self.person.0.simple(), self.epoch, self.proven_at.timestamp_micros());
        let mac = URL_SAFE_NO_PAD.encode(hmac_sha256(keys.second_step.expose(), text.as_bytes()));
        Secret::new(format!("{text}.{mac}"))
    }

    /// Reads a sealed proof, if its signature is ours and it has not expired.
    pub fn open(keys: &Keys, now: Instant, sealed: &str) -> Option<Self> {
        let (text, mac) = sealed.rsplit_once('.')?;
        let is_ours = |keys: &Keys| {
            let expected = URL_SAFE_NO_PAD.encode(hmac_sha256(keys.second_step.expose(), text.as_bytes()));
            equal_in_constant_time(expected.as_bytes(), mac.as_bytes())
        };
        if !keys.each().any(is_ours) {
            return None;
        }
        let mut parts = text.split('.');
        let step = Self {
            person: PersonId(Uuid::try_parse(parts.next()?).ok()?),
            epoch: parts.next()?.parse().ok()?,
            proven_at: Instant::from_timestamp_micros(parts.next()?.parse().ok()?)?,
        };
        (now < step.proven_at + LIFE).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_needs_our_signature_and_expires_after_five_minutes() {
        let keys = Keys::derive(&Secret::new(vec![7; 32]));
        let now: Instant = "2026-12-01T12:00:00Z".parse().unwrap();
        let step = SecondStep { person: PersonId(Uuid::from_u128(1)), epoch: 3, proven_at: now };
        let sealed = step.seal(&keys);
        let open = |keys: &Keys, now, text: &str| SecondStep::open(keys, now, text);
        assert_eq!(open(&keys, now, sealed.expose()), Some(step));
        assert_eq!(open(&keys, now + LIFE - TimeDelta::seconds(1), sealed.expose()), Some(step));
        assert_eq!(open(&keys, now + LIFE, sealed.expose()), None);
        assert_eq!(open(&Keys::derive(&Secret::new(vec![8; 32])), now, sealed.expose()), None);
        let other = sealed.expose().replacen(".3.", ".4.", 1);
        for text in ["", ".", "a.b.c.d", &other, &sealed.expose()[..40]] {
            assert_eq!(open(&keys, now, text), None, "{text}");
        }
    }
}
