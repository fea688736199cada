//! The WebAuthn ceremonies for passkeys: making challenges, and verifying a device's answers to them.

use std::net::IpAddr;

use kernel::PersonId;
use serde_json::Value;
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16, Username,
};
use webauthn_rp::request::{AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

use crate::AccountsError;
use crate::queries::Person;

/// The WebAuthn relying party: the domain that passkeys are bound to, and the only origin whose answers are accepted.
#[derive(Debug)]
pub struct RelyingParty {
    id: RpId,
    origin: String,
}

/// A challenge to a device.
#[derive(Debug)]
pub(crate) struct PasskeyChallenge {
    pub bytes: [u8; 16],
    /// The library's server state, needed to verify the answer.
    pub state: Vec<u8>,
    /// For the browser, in the form of `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`.
    pub options: Value,
}

/// The stored part of a passkey.
#[derive(Debug)]
pub(crate) struct StoredPasskey {
    pub credential_id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub device_state: Vec<u8>,
    pub transports: i16,
}

impl RelyingParty {
    /// The relying party for a site at `public_url`. Browsers make passkeys for domain names only, never for IP addresses; a
    /// loopback address is replaced by `localhost`.
    pub fn of(public_url: &str) -> Result<Self, AccountsError> {
        let address = public_url.to_ascii_lowercase();
        let (scheme, rest) = address.split_once("://").ok_or(AccountsError::PasskeysNeedName)?;
        let authority = rest.split('/').next().unwrap_or_default();
        // Browsers leave the default port out of an origin.
        let known = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(known).unwrap_or(authority);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, format!(":{port}")),
            _ => (authority, String::new()),
        };
        let host = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(number) if number.is_loopback() => "localhost",
            Ok(_) => return Err(AccountsError::PasskeysNeedName),
            Err(_) => host,
        };
        let domain = AsciiDomain::try_from(host.to_owned()).map_err(|_| AccountsError::PasskeysNeedName)?;
        Ok(Self { id: RpId::Domain(domain), origin: format!("{scheme}://{host}{port}") })
    }

    /// The origin as browsers write it: `https://stagedoor.example`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A challenge to make a passkey for `person`. A device that holds one of `known` refuses to make another.
    pub(crate) fn challenge_new(
        &self,
        person: &Person,
        known: Vec<(Vec<u8>, i16)>,
    ) -> Result<PasskeyChallenge, AccountsError> {
        let handle = handle(person.id);
        let user = PublicKeyCredentialUserEntity {
            // Shown by the device. Not every e-mail address is a valid user name by the standard's rules.
            name: Username::try_from(person.email.as_str())
                .or_else(|_| Username::try_from("account"))
                .map_err(|_| AccountsError::PasskeyUnreadable)?,
            id: &handle,
            display_name: Nickname::try_from(person.display_name.as_str()).ok(),
        };
        let known = known.into_iter().map(|(id, transports)| descriptor(id, transports)).collect::<Result<_, _>>()?;
        let mut options = PublicKeyCredentialCreationOptions::passkey(&self.id, user, known);
        // Preferred, not required: most devices do not support the extension, and they verify the user anyway.
        options.extensions.cred_protect = CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
        let bytes = options.challenge.as_data().to_le_bytes();
        let (server, client) = options.start_ceremony().map_err(|_| AccountsError::PasskeyUnreadable)?;
        let state = server.encode().map_err(|_| AccountsError::PasskeyUnreadable)?;
        let mut options = to_value(&client)?;
        // The name that the device shows; the library sets the domain here.
        options["rp"]["name"] = "Stagedoor".into();
        Ok(PasskeyChallenge { bytes, state, options })
    }

    /// A challenge that any passkey of this site can answer.
    pub(crate) fn challenge(&self) -> Result<PasskeyChallenge, AccountsError> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let bytes = options.0.challenge.as_data().to_le_bytes();
        let (server, client) = options.start_ceremony().map_err(|_| AccountsError::PasskeyUnreadable)?;
        let state = server.encode().map_err(|_| AccountsError::PasskeyUnreadable)?;
        Ok(PasskeyChallenge { bytes, state, options: to_value(&client)? })
    }

    /// Verifies a device's answer to the challenge that `state` belongs to, and returns the new passkey.
    pub(crate) fn verify_attestation(&self, state: &[u8], answer: &Attestation) -> Option<StoredPasskey> {
        let state = RegistrationServerState::<16>::decode(state).ok()?;
        let origins = [self.origin.as_str()];
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            // Devices send extensions that nobody asked for; we ignore them.
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        let made = state.verify(&self.id, &answer.0, &options).ok()?;
        let Ok(public_key) = made.static_state().encode();
        let Ok(device_state) = made.dynamic_state().encode();
        let Ok(transports) = made.transports().encode();
        Some(StoredPasskey {
            credential_id: made.id().as_ref().to_vec(),
            public_key,
            device_state: device_state.to_vec(),
            transports: i16::from(transports),
        })
    }

    /// Verifies an answer to the challenge that `state` belongs to, made with the passkey `kept`, and returns the device's new
    /// state. A signature counter that went back means that the device was cloned; such an answer is refused with `None`.
    pub(crate) fn verify_assertion(
        &self,
        state: &[u8],
        answer: &Assertion,
        kept: &StoredPasskey,
    ) -> Result<Option<Vec<u8>>, AccountsError> {
        let unreadable = |()| AccountsError::PasskeyUnreadable;
        let handle = handle(answer.person().ok_or(AccountsError::BadPasskey)?);
        let device_state: [u8; 7] =
            kept.device_state.as_slice().try_into().map_err(|_| AccountsError::PasskeyUnreadable)?;
        let mut credential = AuthenticatedCredential::new(
            CredentialId::<&[u8]>::decode(&kept.credential_id).map_err(|_| unreadable(()))?,
            &handle,
            StaticState::<PublicKey>::decode(&kept.public_key).map_err(|_| unreadable(()))?,
            DynamicState::decode(device_state).map_err(|_| unreadable(()))?,
        )
        .map_err(|_| unreadable(()))?;
        let Ok(state) = DiscoverableAuthenticationServerState::decode(state) else { return Ok(None) };
        let origins = [self.origin.as_str()];
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        if state.verify(&self.id, &answer.0, &mut credential, &options).is_err() {
            return Ok(None);
        }
        let Ok(device_state) = credential.dynamic_state().encode();
        Ok(Some(device_state.to_vec()))
    }
}

type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A device's answer to a challenge that asked for a new passkey.
#[derive(Debug)]
pub(crate) struct Attestation(Registration);

impl Attestation {
    /// Reads what a browser's `toJSON` made of it.
    pub fn read(json: &Value) -> Option<Self> {
        Registration::from_json_relaxed(json.to_string().as_bytes()).ok().map(Self)
    }

    /// Which challenge it answers.
    pub fn challenge(&self) -> Option<[u8; 16]> {
        self.0.challenge_relaxed().ok().map(|sent| sent.0.to_le_bytes())
    }
}

/// A device's answer to a challenge that asked for an existing passkey.
#[derive(Debug)]
pub(crate) struct Assertion(DiscoverableAuthentication16);

impl Assertion {
    /// Reads what a browser's `toJSON` made of it.
    pub fn read(json: &Value) -> Option<Self> {
        DiscoverableAuthentication16::from_json_relaxed(json.to_string().as_bytes()).ok().map(Self)
    }

    /// Which challenge it answers.
    pub fn challenge(&self) -> Option<[u8; 16]> {
        self.0.challenge_relaxed().ok().map(|sent| sent.0.to_le_bytes())
    }

    /// Which passkey it was made with.
    pub fn credential_id(&self) -> Vec<u8> {
        self.0.raw_id().as_ref().to_vec()
    }

    /// Whose passkey it claims to be.
    pub fn person(&self) -> Option<PersonId> {
        let bytes: [u8; 16] = self.0.response().user_handle().as_ref().try_into().ok()?;
        Some(PersonId(uuid::Uuid::from_bytes(bytes)))
    }
}

/// The user handle that devices store: the person's id, which reveals nothing about them.
fn handle(person: PersonId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(person.0.into_bytes());
    handle
}

fn descriptor(id: Vec<u8>, transports: i16) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, AccountsError> {
    let transports = u8::try_from(transports).map_err(|_| AccountsError::PasskeyUnreadable)?;
    Ok(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(id).map_err(|_| AccountsError::PasskeyUnreadable)?,
        transports: AuthTransports::decode(transports).map_err(|_| AccountsError::PasskeyUnreadable)?,
    })
}

fn to_value(client: &impl serde::Serialize) -> Result<Value, AccountsError> {
    serde_json::to_value(client).map_err(|_| AccountsError::PasskeyUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relying_party_has_a_domain_name_and_one_origin() {
        let place = |url: &str| RelyingParty::of(url).map(|party| (party.id.as_ref().to_owned(), party.origin)).ok();
        let expected = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(place("https://stagedoor.test"), expected("stagedoor.test", "https://stagedoor.test"));
        assert_eq!(place("https://Stagedoor.test:443"), expected("stagedoor.test", "https://stagedoor.test"));
        assert_eq!(place("http://localhost:8080"), expected("localhost", "http://localhost:8080"));
        assert_eq!(place("http://127.0.0.1:8080"), expected("localhost", "http://localhost:8080"));
        assert_eq!(place("http://[::1]:8080"), expected("localhost", "http://localhost:8080"));
        assert_eq!(place("http://[::1]"), expected("localhost", "http://localhost"));
        for url in ["http://192.0.2.1:8080", "http://[2001:db8::1]:8080", "stagedoor.test", "https://", ""] {
            assert_eq!(place(url), None, "{url}");
        }
    }

    #[test]
    fn malformed_answers_are_refused() {
        for json in [Value::Null, serde_json::json!({}), serde_json::json!({"id": 7, "response": []})] {
            assert!(Assertion::read(&json).is_none() && Attestation::read(&json).is_none(), "{json}");
        }
    }
}
