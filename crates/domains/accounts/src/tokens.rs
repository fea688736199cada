//! Tokens: short-lived signed access tokens, and opaque random tokens that are stored as hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use kernel::secret::sha256;
use kernel::{Chance, Instant, PersonId, Role, SessionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AccountsError, Keys};

const ISSUER: &str = "stagedoor";
const AUDIENCE: &str = "stagedoor-api";
/// The `typ` of RFC 9068, so that no other kind of token passes as an access token.
const TYPE: &str = "at+jwt";
/// Longer tokens are refused before they are parsed.
const LENGTH_MAX: usize = 2_048;
/// The clock difference between servers that is tolerated.
const SKEW_S: u64 = 30;

/// The lifetime of a customer's access token.
const LIFE_S: i64 = 600;
/// The lifetime of a staff access token.
const STAFF_LIFE_S: i64 = 300;

/// The claims of an access token. All are required; unknown ones are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The person.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
    /// The person's epoch when the token was made.
    pub ver: i32,
}

/// The header of an access token. Others are refused: one that names keys, or, with `crit`, rules of its own (RFC 7515, 4.1.11).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenHeader {
    typ: String,
    alg: String,
    kid: String,
}

impl TokenHeader {
    fn of(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn is_ours(&self, keys: &Keys) -> bool {
        self.typ == TYPE && self.alg == "EdDSA" && self.kid == keys.key_id
    }
}

impl Claims {
    /// The moment from which the token is refused.
    pub fn refused_from(&self) -> Instant {
        Instant::from_timestamp(self.exp.saturating_add(SKEW_S.cast_signed()), 0).unwrap_or(Instant::MIN_UTC)
    }
}

/// An access token and the seconds it lives.
#[derive(Debug, Clone)]
pub struct AccessToken {
    pub text: String,
    pub expires_in_s: i64,
}

/// Signs an access token.
pub fn sign(
    keys: &Keys,
    chance: &dyn Chance,
    now: Instant,
    person: PersonId,
    session: SessionId,
    roles: &[Role],
    epoch: i32,
) -> Result<AccessToken, AccountsError> {
    let expires_in_s = if roles.iter().any(|role| role.is_staff()) { STAFF_LIFE_S } else { LIFE_S };
    let iat = now.timestamp();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: person.0,
        sid: session.0,
        iat,
        exp: iat + expires_in_s,
        jti: chance.uuid(now),
        ver: epoch,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(keys.key_id.clone());
    let text = encode(&header, &claims, &keys.sign).map_err(AccountsError::Sign)?;
    Ok(AccessToken { text, expires_in_s })
}

/// The same, with the current keys or the previous ones.
pub fn verify_any(keys: &Keys, now: Instant, token: &str) -> Result<Claims, AccountsError> {
    keys.each().find_map(|keys| verify(keys, now, token).ok()).ok_or(AccountsError::NoSession)
}

/// The claims of a token that we signed and that has not expired. The error is the same for every defect.
pub fn verify(keys: &Keys, now: Instant, token: &str) -> Result<Claims, AccountsError> {
    if token.len() > LENGTH_MAX {
        return Err(AccountsError::NoSession);
    }
    if !TokenHeader::of(token).is_some_and(|header| header.is_ours(keys)) {
        return Err(AccountsError::NoSession);
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The library would read the system clock. Our time is passed in, so expiry is checked below.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &keys.verify, &validation).map_err(|_| AccountsError::NoSession)?.claims;
    let (now, skew) = (now.timestamp(), SKEW_S.cast_signed());
    let lives = claims.exp.checked_sub(claims.iat).is_some_and(|life_s| (1..=LIFE_S).contains(&life_s));
    if claims.exp <= now - skew || claims.iat > now + skew || !lives {
        return Err(AccountsError::NoSession);
    }
    Ok(claims)
}

/// A new opaque token: the text for its holder, and the hash that we store.
pub fn opaque(chance: &dyn Chance) -> (String, [u8; 32]) {
    let text = URL_SAFE_NO_PAD.encode(chance.bytes32());
    let hash = sha256(text.as_bytes());
    (text, hash)
}

/// The prefix of every API key, so that people and secret scanners recognise one.
pub const KEY_PREFIX: &str = "stagedoor_";

/// A new API key: the text for its holder, and the hash that we store.
pub fn api_key(chance: &dyn Chance) -> (String, [u8; 32]) {
    let text = format!("{KEY_PREFIX}{}", opaque(chance).0);
    let hash = opaque_hash(&text);
    (text, hash)
}

/// The stored hash of an opaque token.
pub fn opaque_hash(text: &str) -> [u8; 32] {
    sha256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;

    #[test]
    fn opaque_values_are_256_random_bits_that_nobody_finds_from_what_is_stored() {
        let chance = SeededChance::new(1);
        let ((one, stored), (other, _)) = (opaque(&chance), opaque(&chance));
        assert_ne!(one, other);
        let bits = URL_SAFE_NO_PAD.decode(&one).unwrap();
        assert!(bits.len() == 32 && bits != stored, "{one}");
        assert_eq!(stored, opaque_hash(&one));
        let (key, stored) = api_key(&chance);
        assert_eq!(URL_SAFE_NO_PAD.decode(key.strip_prefix(KEY_PREFIX).unwrap()).unwrap().len(), 32);
        assert_eq!(stored, opaque_hash(&key));
    }
}
