//! The secret of the installation, and whether it is the one that its data was written with.

use anyhow::bail;
use database::{Database, Tx, installation};
use kernel::secret::{MasterSecret, fingerprint};
use kernel::{Chance as _, Clock as _, Secret, SystemChance, SystemClock};

use crate::config::Config;

/// The secret that development makes for itself.
const GENERATED: &str = "master_secret";
/// What a secret is known by; the secret cannot be found from it.
const FINGERPRINT: &str = "secret_fingerprint";

/// The secrets that keys are made from.
pub struct MasterSecrets {
    pub current: MasterSecret,
    /// The one before, whose tokens and hashes are still understood.
    pub previous: Option<MasterSecret>,
    /// The database was used with the one before so far.
    pub is_new: bool,
}

/// The configured secrets, or in development a generated one. Refuses those that this database was not written with. A new one is taken
/// over by [`replace`], once nothing else is in the way of a start.
pub async fn find(config: &Config, database: &Database) -> anyhow::Result<MasterSecrets> {
    let previous = config.secret_previous.as_ref().map(bytes);
    let known = known_fingerprint(database).await?;
    let current = match &config.secret {
        Some(secret) => bytes(secret),
        None => generated(database, known.as_deref()).await?,
    };
    let ours = fingerprint(&current);
    // Servers that start at the same time agree on the first one.
    let known = match known {
        Some(known) => known,
        None => installation::value_or_insert(database, FINGERPRINT, &ours, SystemClock.now()).await?,
    };
    let is_new = known != ours;
    if is_new && previous.as_ref().map(fingerprint).as_deref() != Some(&*known) {
        bail!(
            "STAGEDOOR_SECRET is not the secret that this database was used with, so that no password would match; \
                 set that one. To replace it, set it as STAGEDOOR_SECRET_PREVIOUS beside the new one; if it is lost, \
                 `stagedoor secret adopt` takes the new one, and everybody sets a new password"
        );
    }
    Ok(MasterSecrets { current, previous, is_new })
}

/// Makes `secret` the one that this database is used with. One that was generated is not kept beside it.
pub async fn replace(tx: &mut Tx, secret: &MasterSecret) -> anyhow::Result<()> {
    installation::forget(tx, GENERATED).await?;
    installation::replace(tx, FINGERPRINT, &fingerprint(secret), SystemClock.now()).await?;
    Ok(())
}

/// What is known of the secret. A database from before fingerprints were kept may hold a generated secret itself.
async fn known_fingerprint(database: &Database) -> anyhow::Result<Option<String>> {
    if let Some(known) = installation::value(database, FINGERPRINT).await? {
        return Ok(Some(known));
    }
    let generated = installation::value(database, GENERATED).await?;
    Ok(generated.map(|secret| fingerprint(&Secret::new(secret.into_bytes()))))
}

/// The generated secret. It is stored in the database, so that several servers share it: each proposes its own, and all use the one that
/// was inserted first. None is made for a database that was used with another.
async fn generated(database: &Database, known: Option<&str>) -> anyhow::Result<MasterSecret> {
    if let Some(secret) = installation::value(database, GENERATED).await? {
        return Ok(Secret::new(secret.into_bytes()));
    }
    if known.is_some() {
        bail!("this database was used with a secret; set it as STAGEDOOR_SECRET");
    }
    let candidate: String = SystemChance.bytes32().iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = installation::value_or_insert(database, GENERATED, &candidate, SystemClock.now()).await?;
    Ok(Secret::new(kept.into_bytes()))
}

pub(crate) fn bytes(secret: &Secret<String>) -> MasterSecret {
    Secret::new(secret.expose().clone().into_bytes())
}
