//! Lines of the log about signing in. They name the account by its id and the network, and nothing else that is personal.

use kernel::PersonId;

/// How somebody proves who they are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ProofKind {
    Password,
    Code,
    Passkey,
    RefreshToken,
    /// The password of somebody who is signed in, asked for before a change.
    OwnPassword,
}

impl ProofKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Passkey => "passkey",
            Self::RefreshToken => "refresh_token",
            Self::OwnPassword => "own_password",
        }
    }
}

/// A proof failed. `account` is absent where nobody has the address or the passkey; `reason` is the code of the refusal.
pub(crate) fn failed(proof: ProofKind, reason: &'static str, account: Option<PersonId>, network: &str) {
    let account = account.map(tracing::field::display);
    tracing::warn!(target: "security", event = "proof_failed", proof = proof.as_str(), reason, account, network, "a proof failed");
}

/// A proof succeeded; a log-in may need more than one.
pub(crate) fn succeeded(proof: ProofKind, account: PersonId, network: &str) {
    tracing::info!(target: "security", event = "proof_succeeded", proof = proof.as_str(), account = %account, network, "a proof succeeded");
}

/// Something that opens an account was changed.
pub(crate) fn changed(what: &'static str, account: PersonId) {
    tracing::info!(target: "security", event = "changed", what, account = %account, "what opens an account was changed");
}
