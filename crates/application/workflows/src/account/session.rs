//! Refreshing tokens, and ending sessions whose token was stolen.

use accounts::AccountsError;
use accounts::commands::{self, Refreshed, TokenPair};
use accounts::queries::Person;
use kernel::Secret;
use notifications::texts;
use site::{Services, links};

use super::mails::{fingerprint, mail_to};
use crate::WorkflowError;

/// The next pair of tokens. If the token was stolen, the session ends, its owner is mailed, and the call is refused.
pub async fn refresh(site: &Services, token: &Secret<String>) -> Result<(TokenPair, Person), WorkflowError> {
    let mut tx = site.database.begin().await?;
    match commands::refresh(&mut tx, &site.keys, site.circumstances(), token).await? {
        Refreshed::Pair { pair, person } => {
            tx.commit().await?;
            Ok((pair, *person))
        }
        Refreshed::Stolen { person } => {
            let url = site.settings.url(links::SESSIONS);
            let key = format!("session_ended/{}", fingerprint(token));
            mail_to(site, &mut tx, person, key, "session_ended_for_safety", |name| {
                texts::session_ended_for_safety(name, &url)
            })
            .await?;
            tx.commit().await?;
            site.sessions.forget();
            Err(AccountsError::RefreshSpent.into())
        }
    }
}
