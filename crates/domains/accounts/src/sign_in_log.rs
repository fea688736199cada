//! Lines of the log about signing in. They name the account by its id and the network, and nothing else that is personal.

use std::fmt;
use std::net::IpAddr;

use kernel::PersonId;

tokio::task_local! {
    static SOURCE: SourceNetwork;
}

/// A network that somebody asks from, by its first address; it reads `192.0.2.7` or `2001:db8:1:2::/64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceNetwork(pub IpAddr);

impl SourceNetwork {
    /// Answers a request from this network, which every line about signing in names then. Tasks that `work` spawns are none of it.
    pub async fn answer<T>(self, work: impl Future<Output = T>) -> T {
        SOURCE.scope(self, work).await
    }
}

impl fmt::Display for SourceNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(first) => write!(f, "{first}/64"),
        }
    }
}

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
pub(crate) fn failed(proof: ProofKind, reason: &'static str, account: Option<PersonId>) {
    let (account, network) = (account.map(tracing::field::display), network());
    tracing::warn!(target: "security", event = "proof_failed", proof = proof.as_str(), reason, account, network, "a proof failed");
}

/// A proof succeeded; a log-in may need more than one.
pub(crate) fn succeeded(proof: ProofKind, account: PersonId) {
    let network = network();
    tracing::info!(target: "security", event = "proof_succeeded", proof = proof.as_str(), account = %account, network, "a proof succeeded");
}

/// Something that opens an account was changed.
pub(crate) fn changed(what: &'static str, account: PersonId) {
    let network = network();
    tracing::info!(target: "security", event = "changed", what, account = %account, network, "what opens an account was changed");
}

/// Where the request came from that is being answered; nowhere in a job or a command.
fn network() -> Option<impl tracing::Value> {
    SOURCE.try_with(|source| tracing::field::display(*source)).ok()
}
