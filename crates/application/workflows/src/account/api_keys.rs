//! API keys, with the mail to their owner.

use accounts::Caller;
use accounts::commands::{self, KeyRequest, MadeKey, OwnerProof};
use notifications::texts;
use site::{Services, links};

use super::confirmation::confirm_owner;
use super::mails::mail_to;
use crate::WorkflowError;

/// Makes an API key for its owner, who has proven themselves, and mails them.
pub async fn create_api_key(
    site: &Services,
    caller: &Caller,
    proof: OwnerProof,
    request: KeyRequest,
) -> Result<MadeKey, WorkflowError> {
    let prepared = commands::prepare_key(request)?;
    confirm_owner(site, caller, proof).await?;
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
