//! Passwords as argon2id on a bounded blocking pool, so that a flood of log-ins slows log-ins and nothing else.

use std::sync::{Arc, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use kernel::{Chance, Secret};
use tokio::sync::Semaphore;

use crate::{AccountsError, Keys};

/// The least that OWASP ASVS 5 asks of argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;

/// Log-ins that may wait; the next one is told to come back.
const QUEUE_MAX: usize = 64;

/// Hashes and checks passwords, a few at a time.
#[derive(Clone)]
pub struct Hasher {
    running: Arc<Semaphore>,
    queued: Arc<Semaphore>,
    /// Memory of hashes that are done: fetching 19 MiB from the system anew costs more than the difference to a peer.
    spare: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl Hasher {
    /// Hashes at most `cores` passwords at once.
    pub fn new(cores: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(cores)),
            queued: Arc::new(Semaphore::new(QUEUE_MAX + cores)),
            spare: Arc::default(),
        }
    }

    /// A PHC string with a salt and the parameters in it.
    pub async fn hash(
        &self,
        keys: &Keys,
        chance: &dyn Chance,
        password: Secret<String>,
    ) -> Result<String, AccountsError> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let pepper = keys.pepper.clone();
        self.run(move |memory| {
            let output = digest(&pepper, &password, &salt, memory)?;
            Ok(phc(&salt, &output))
        })
        .await
    }

    /// Whether `password` belongs to `hash`. Without a hash the same work is done for nothing, so that time tells nothing.
    pub async fn verify(
        &self,
        keys: &Keys,
        hash: Option<String>,
        password: Secret<String>,
    ) -> Result<bool, AccountsError> {
        let pepper = keys.pepper.clone();
        self.run(move |memory| {
            let parsed = hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
            let salt = parsed.as_ref().and_then(|parsed| parsed.salt);
            let expected = parsed.as_ref().and_then(|parsed| parsed.hash);
            let output = digest(&pepper, &password, salt.as_ref().map_or(&[0; 16], |salt| salt.as_ref()), memory)?;
            Ok(expected.is_some_and(|expected| kernel::secret::equal_in_constant_time(expected.as_bytes(), &output)))
        })
        .await
    }

    /// Gives the memory of finished hashes back.
    pub fn tidy(&self) {
        if let Ok(mut spare) = self.spare.lock() {
            *spare = Vec::new();
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut [Block]) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, AccountsError> {
        let _queued = self.queued.clone().try_acquire_owned().map_err(|_| AccountsError::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| AccountsError::Busy)?;
        let spare = self.spare.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut memory = take(&spare).unwrap_or_else(|| vec![Block::default(); MEMORY_KIB as usize]);
            let result = work(&mut memory);
            give(&spare, memory);
            drop(running);
            result
        });
        done.await.map_err(|_| AccountsError::Busy)?
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("running", &self.running.available_permits()).finish_non_exhaustive()
    }
}

fn take(spare: &Mutex<Vec<Vec<Block>>>) -> Option<Vec<Block>> {
    spare.lock().ok()?.pop()
}

fn give(spare: &Mutex<Vec<Vec<Block>>>, memory: Vec<Block>) {
    if let Ok(mut spare) = spare.lock() {
        spare.push(memory);
    }
}

fn digest(
    pepper: &Secret<[u8; 32]>,
    password: &Secret<String>,
    salt: &[u8],
    memory: &mut [Block],
) -> Result<[u8; OUTPUT_BYTES], AccountsError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(AccountsError::Hash)?;
    let argon2 = Argon2::new_with_secret(pepper.expose(), Algorithm::Argon2id, Version::V0x13, params)
        .map_err(AccountsError::Hash)?;
    let mut output = [0; OUTPUT_BYTES];
    argon2
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut output, memory)
        .map_err(AccountsError::Hash)?;
    Ok(output)
}

/// The PHC string format, as other programs read it.
fn phc(salt: &[u8], output: &[u8]) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output)
    )
}
