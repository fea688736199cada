//! A device with a passkey on it, as software: what a browser's `toJSON` would send. It signs with Ed25519; the
//! browser tests' device does so with P-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use kernel::secret::sha256;
use serde_json::{Value, json};

pub const ORIGIN: &str = "https://stagedoor.test";

const USER_PRESENT_AND_VERIFIED: u8 = 0x05;
const HOLDS_A_KEY: u8 = 0x40;

/// A device.
#[derive(Clone)]
pub struct Device {
    key: SigningKey,
    credential_id: [u8; 32],
    /// Goes up with each answer.
    pub counter: u32,
    user_handle: String,
    /// Where the browser says it is.
    pub origin: String,
    /// Whether it made sure that it was its owner.
    pub flags: u8,
}

impl Device {
    /// A device that holds nothing yet; the same number makes the same key.
    pub fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[number; 32]),
            credential_id: [number; 32],
            counter: 0,
            user_handle: String::new(),
            origin: ORIGIN.to_owned(),
            flags: USER_PRESENT_AND_VERIFIED,
        }
    }

    /// Makes a passkey.
    pub fn make(&mut self, options: &Value) -> Value {
        self.user_handle = text(options, "/user/id");
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.authenticator_data(&text(options, "/rp/id"), HOLDS_A_KEY);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.credential_id);
        // A key of COSE: octet key pair, EdDSA, Ed25519, x.
        data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        data.extend(self.key.verifying_key().as_bytes());
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("a short answer"));
        object.extend(data);
        self.answer(json!({
            "clientDataJSON": encode(client_data.as_bytes()), "attestationObject": encode(&object), "transports": ["internal"]
        }))
    }

    /// Answers a question for a passkey.
    pub fn show(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(&text(options, "/rpId"), 0);
        let signed = [data.clone(), sha256(client_data.as_bytes()).to_vec()].concat();
        let signature = self.key.sign(&signed).to_bytes();
        self.answer(json!({
            "clientDataJSON": encode(client_data.as_bytes()), "authenticatorData": encode(&data),
            "signature": encode(&signature), "userHandle": self.user_handle
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = encode(&self.credential_id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let (challenge, origin) = (text(options, "/challenge"), &self.origin);
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#)
    }

    fn authenticator_data(&self, party: &str, more_flags: u8) -> Vec<u8> {
        [&sha256(party.as_bytes())[..], &[self.flags | more_flags], &self.counter.to_be_bytes()].concat()
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(options: &Value, pointer: &str) -> String {
    options.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {options}")).to_owned()
}
