//! Values that must never be printed, and keys made from the installation's one master secret.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// A value that prints as `***` and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<Value: Zeroize>(Value);

impl<Value: Zeroize> Secret<Value> {
    pub const fn new(value: Value) -> Self {
        Self(value)
    }

    /// The value itself; the name makes each place visible where a secret is read.
    pub const fn expose(&self) -> &Value {
        &self.0
    }
}

impl<Value: Zeroize> std::fmt::Debug for Secret<Value> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl<Value: Zeroize> Drop for Secret<Value> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<'de> serde::Deserialize<'de> for Secret<String> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// The master secret that all keys of an installation are derived from.
pub type MasterSecret = Secret<Vec<u8>>;

/// A 256-bit key for one purpose (HKDF, RFC 5869), so that no key has two uses.
pub fn derive_key(master: &MasterSecret, purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, master.expose())
        .expand(purpose.as_bytes(), &mut key)
        .expect("32 bytes are within what HKDF can give");
    key
}

/// What a master secret can be recognised by; the secret cannot be found from it.
pub fn fingerprint(master: &MasterSecret) -> String {
    derive_key(master, "installation/fingerprint/1")[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256, for tokens that have enough entropy to need no salt.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// HMAC-SHA-256 of `bytes` under `key`.
pub fn hmac_sha256(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// Keys for hashes of values that we look up but must not be able to read. The current key makes new hashes; previous keys only find what
/// was hashed with them.
#[derive(Debug)]
pub struct HashKeys {
    current: Secret<[u8; 32]>,
    previous: Option<Box<Self>>,
}

impl HashKeys {
    /// Derived from the installation's secret for one purpose.
    pub fn derive(master: &MasterSecret, purpose: &str) -> Self {
        Self { current: Secret::new(derive_key(master, purpose)), previous: None }
    }

    /// The same keys; what was hashed with the `previous` ones is still found.
    #[must_use]
    pub fn with_previous(self, previous: Self) -> Self {
        Self { previous: Some(Box::new(previous)), ..self }
    }

    /// The hash to store.
    pub fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        hmac_sha256(self.current.expose(), bytes)
    }

    /// The hashes under which these bytes may be stored: with the current key, and with each previous one.
    pub fn hashes(&self, bytes: &[u8]) -> Vec<[u8; 32]> {
        std::iter::successors(Some(self), |keys| keys.previous.as_deref()).map(|keys| keys.hash(bytes)).collect()
    }
}

/// Compares in constant time.
pub fn equal_in_constant_time(one: &[u8], other: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(one, other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", Secret::new("hush".to_owned())), "***");
    }

    #[test]
    fn keys_differ_by_purpose() {
        let master = Secret::new(vec![7; 32]);
        assert_ne!(derive_key(&master, "one"), derive_key(&master, "two"));
        assert_eq!(derive_key(&master, "one"), derive_key(&master, "one"));
    }

    #[test]
    fn a_key_that_was_replaced_still_finds_what_it_hashed() {
        let keys = |seed| HashKeys::derive(&Secret::new(vec![seed; 32]), "test/1");
        let old = keys(1).hash(b"hush");
        let both = keys(2).with_previous(keys(1));
        assert!(both.hashes(b"hush").contains(&old));
        assert_ne!(both.hash(b"hush"), old, "nothing is hashed with the old one");
        assert!(!keys(2).hashes(b"hush").contains(&old));
    }
}
