//! API keys, with the mail to their owner.

use accounts::Caller;
use accounts::commands::{self, KeyRequest, MadeKey};
use kernel::Secret;
use notifications::texts;
use site::{Services, links};

use super::mails::mail_to;
use crate::WorkflowError;

/// Makes an API key after checking the password, and mails its owner.
pub async fn create_api_key(
    site: &Services,
    caller: &Caller,
    password: Secret<String>,
    request: KeyRequest,
) -> Result<MadeKey, WorkflowError> {
    let prepared =
        commands::prepare_key(&site.database, &site.keys, &site.hasher, site.clock.now(), caller, password, request)
            .await?;
    let mut tx = site.database.begin().await?;
    let made = commands::create_key(&mut tx, site.circumstances(), caller, prepared).await?;
    let url = site.settings.url(links::API_KEYS);
    let key = format!("api_key_created/{}", made.view.id);
    mail_to(site, &mut tx, caller.id, key, "api_key_created", |name| {
        texts::api_key_created(name, &made.view.name, &url)
    })
    .await?;
    tx.commit().await?;
    Ok(made)
}
