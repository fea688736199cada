//! Access tokens that must be refused.

use accounts::{Keys, tokens};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Instant, PersonId, Role, Secret, SessionId, SystemChance};
use serde_json::{Map, Value, json};
use uuid::Uuid;

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

fn keys() -> Keys {
    Keys::derive(&Secret::new(vec![7; 32]))
}

/// A genuine token to start from.
fn genuine() -> String {
    tokens::sign(
        &keys(),
        &SystemChance,
        now(),
        PersonId(Uuid::from_u128(1)),
        SessionId(Uuid::from_u128(2)),
        &[Role::Customer],
        0,
    )
    .unwrap()
    .text
}

fn part(token: &str, index: usize) -> Map<String, Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn refused(token: &str, what: &str) {
    assert!(tokens::verify(&keys(), now(), token).is_err(), "{what} got in");
}

/// Signed with our own key: only what it says is wrong.
fn signed(header: &Value, claims: &Value) -> String {
    use ed25519_dalek::Signer as _;
    let seed = kernel::secret::derive_key(&Secret::new(vec![7; 32]), "accounts/access-token/1");
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = SigningKey::from_bytes(&seed).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

#[test]
fn the_genuine_token_is_taken() {
    assert!(tokens::verify(&keys(), now(), &genuine()).is_ok());
    let token = genuine();
    assert!(
        tokens::verify(&keys(), now(), &signed(&Value::Object(part(&token, 0)), &Value::Object(part(&token, 1))))
            .is_ok(),
        "the forger's own tools work"
    );
}

#[test]
fn every_claim_is_required_and_typed() {
    let token = genuine();
    let (header, claims) = (Value::Object(part(&token, 0)), part(&token, 1));
    for name in ["iss", "aud", "sub", "sid", "iat", "exp", "jti", "ver"] {
        let mut without = claims.clone();
        without.remove(name);
        refused(&signed(&header, &Value::Object(without)), &format!("a token without {name}"));
        for wrong in [Value::Null, json!("4102444800"), json!(["x"]), json!({"x": 1}), json!(1.5), json!(true)] {
            if wrong == claims[name] {
                continue;
            }
            let mut changed = claims.clone();
            changed.insert(name.to_owned(), wrong.clone());
            refused(&signed(&header, &Value::Object(changed)), &format!("a token whose {name} is {wrong}"));
        }
    }
    for (name, value) in [
        ("iss", json!("another")),
        ("aud", json!("another")),
        ("exp", json!(1)),
        ("exp", json!(4_102_444_800_i64)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(now().timestamp() + 601)),
        ("exp", json!(now().timestamp())),
        ("iat", json!(i64::MIN)),
        ("iat", json!(now().timestamp() - 1)),
        ("iat", json!(4_102_444_800_i64)),
        ("role", json!("admin")),
    ] {
        let mut changed = claims.clone();
        changed.insert(name.to_owned(), value.clone());
        refused(&signed(&header, &Value::Object(changed)), &format!("a token whose {name} is {value}"));
    }
}

#[test]
fn the_header_must_be_ours() {
    let token = genuine();
    let (header, claims) = (part(&token, 0), Value::Object(part(&token, 1)));
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("typ", json!("JWT")),
        ("typ", json!("rt+jwt")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("0000000000000000")),
        ("kid", Value::Null),
        ("typ", Value::Null),
    ] {
        let mut changed = header.clone();
        changed.insert(name.to_owned(), value.clone());
        refused(&signed(&Value::Object(changed), &claims), &format!("a token whose header has {name} {value}"));
    }
}

#[test]
fn another_key_never_fits() {
    let token = genuine();
    let (header, claims) = (part(&token, 0), Value::Object(part(&token, 1)));
    let stranger = Keys::derive(&Secret::new(vec![8; 32]));
    let theirs = tokens::sign(
        &stranger,
        &SystemChance,
        now(),
        PersonId(Uuid::from_u128(1)),
        SessionId(Uuid::from_u128(2)),
        &[Role::Admin],
        0,
    )
    .unwrap();
    refused(&theirs.text, "a token of another installation");
    // Algorithm confusion: the public key used as an HMAC secret.
    let seed = kernel::secret::derive_key(&Secret::new(vec![7; 32]), "accounts/access-token/1");
    let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let mut confused = Header::new(algorithm);
        confused.typ = header["typ"].as_str().map(str::to_owned);
        confused.kid = header["kid"].as_str().map(str::to_owned);
        refused(
            &encode(&confused, &claims, &EncodingKey::from_secret(&public)).unwrap(),
            &format!("a token signed with {algorithm:?}"),
        );
    }
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("a token has three parts") };
    let mut key = header.clone();
    key.insert("jwk".to_owned(), json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public)}));
    let embedded = URL_SAFE_NO_PAD.encode(Value::Object(key).to_string());
    for (text, what) in [
        (format!("{head}.{body}."), "no signature"),
        (format!("{head}.{body}"), "two parts"),
        (format!("{head}.{body}.{signature}."), "four parts"),
        (format!("{head}.{body}.{}", "A".repeat(86)), "an empty signature"),
        (format!("{embedded}.{body}.{signature}"), "an embedded key"),
        (
            format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string().replace(":0", ":1"))),
            "changed claims",
        ),
        (format!("{head}.{body}.{signature} "), "a space"),
        ("x".repeat(1 << 20), "a megabyte"),
        (String::new(), "nothing"),
        ("..".to_owned(), "dots"),
    ] {
        refused(&text, what);
    }
}

#[test]
fn a_token_dies_on_time() {
    let token = genuine();
    let later = |seconds: i64| now() + chrono::TimeDelta::seconds(seconds);
    assert!(tokens::verify(&keys(), later(600), &token).is_ok(), "within the skew");
    assert!(tokens::verify(&keys(), later(631), &token).is_err());
    assert!(tokens::verify(&keys(), later(-60), &token).is_err(), "from the future");
}
