//! Tokens: short signed access tokens, and opaque random ones that are stored as hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use kernel::secret::sha256;
use kernel::{Chance, Instant, PersonId, Role, SessionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AccountsError, Keys};

const ISSUER: &str = "stagedoor";
const AUDIENCE: &str = "stagedoor-api";
/// RFC 9068: an access token cannot be taken for another kind of token.
const TYPE: &str = "at+jwt";
/// Longer tokens are not ours.
const LENGTH_MAX: usize = 2_048;
/// How far two clocks may be apart.
const SKEW_S: u64 = 30;

/// Seconds an access token of a customer lives.
const LIFE_S: i64 = 600;
/// Seconds an access token of staff lives.
const STAFF_LIFE_S: i64 = 300;

/// What an access token says. Every claim is required and typed; anything else in it is refused.
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

impl Claims {
    /// From then on the token is refused.
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

/// The claims of a token that we signed and that still lives. Whatever is wrong with it, the answer is the same.
pub fn verify(keys: &Keys, now: Instant, token: &str) -> Result<Claims, AccountsError> {
    if token.len() > LENGTH_MAX {
        return Err(AccountsError::NoSession);
    }
    let header = decode_header(token).map_err(|_| AccountsError::NoSession)?;
    if header.typ.as_deref() != Some(TYPE) || header.kid.as_deref() != Some(keys.key_id.as_str()) {
        return Err(AccountsError::NoSession);
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The library reads the system's clock; ours is passed in, so the time is checked below.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &keys.verify, &validation).map_err(|_| AccountsError::NoSession)?.claims;
    let (now, skew) = (now.timestamp(), SKEW_S.cast_signed());
    if claims.exp <= now - skew || claims.iat > now + skew || claims.exp - claims.iat > LIFE_S {
        return Err(AccountsError::NoSession);
    }
    Ok(claims)
}

/// A fresh opaque token: what the holder gets, and what we store.
pub fn opaque(chance: &dyn Chance) -> (String, [u8; 32]) {
    let text = URL_SAFE_NO_PAD.encode(chance.bytes32());
    let hash = sha256(text.as_bytes());
    (text, hash)
}

/// How every API key begins, so that people and scanners know one when they see it.
pub const KEY_PREFIX: &str = "stagedoor_";

/// A fresh API key: what the holder gets, and what we store.
pub fn api_key(chance: &dyn Chance) -> (String, [u8; 32]) {
    let text = format!("{KEY_PREFIX}{}", opaque(chance).0);
    let hash = opaque_hash(&text);
    (text, hash)
}

/// What is stored of an opaque token.
pub fn opaque_hash(text: &str) -> [u8; 32] {
    sha256(text.as_bytes())
}
