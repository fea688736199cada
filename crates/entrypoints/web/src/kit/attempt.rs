//! Forms whose button may be pressed twice: the hidden field `attempt` names one showing of the form, and the first press that commits
//! is the one that counts.

use accounts::Caller;
use database::Tx;
use database::idempotency::{self, CallAttempt, Found};
use entry::{Answer, Problem, Site};
use http::StatusCode;
use kernel::FaultKind;
use kernel::secret::sha256;
use uuid::Uuid;

/// A value for the field, new each time a form is drawn.
pub(crate) fn new(site: &Site) -> String {
    site.chance.uuid(site.clock.now()).simple().to_string()
}

/// The attempt that a form sent in its field `attempt`; `content` is everything else that it sent, so that a form which was changed
/// and sent again is not taken for a second press.
pub(crate) fn read(caller: &Caller, route: &str, attempt: &str, content: &str) -> Answer<CallAttempt> {
    let id = Uuid::parse_str(attempt)
        .map_err(|_| Problem::new(FaultKind::Invalid, "invalid_form", "Send the form from its page."))?;
    Ok(CallAttempt {
        actor_id: caller.id.0,
        route: route.to_owned(),
        key: id.simple().to_string(),
        request_hash: sha256(content.as_bytes()),
    })
}

/// Writes down, in the transaction of its effect and before it, that `attempt` leads to the page `to`. `false` for a second press, which
/// has nothing left to do; it waits for a first one that is under way. A changed form under the same attempt is a conflict.
pub(crate) async fn is_first(site: &Site, tx: &mut Tx, attempt: &CallAttempt, to: &str) -> Answer<bool> {
    let status = StatusCode::SEE_OTHER.as_u16();
    if idempotency::keep(tx, attempt, status, to.as_bytes(), site.clock.now()).await? {
        return Ok(true);
    }
    match idempotency::find(tx, attempt).await? {
        Found::Mismatch => Err(changed()),
        Found::Nothing | Found::Replay { .. } => Ok(false),
    }
}

/// The refusal of a form that was sent before with other words.
pub(crate) fn changed() -> Problem {
    let detail = "This was sent before, with other words, and the first one counts. Look at what came of it before you send it again.";
    Problem::new(FaultKind::Conflict, "attempt_used", detail)
}
