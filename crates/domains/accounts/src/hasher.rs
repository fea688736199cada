//! Passwords as argon2id on a bounded blocking pool, so that a flood of log-ins slows log-ins and nothing else.

use std::sync::{Arc, Mutex};

use argon2_rust::params::Memory;
use argon2_rust::{Algorithm, Argon2, Hasher as Workshop, Params, Version};
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
    spare: Arc<Mutex<Vec<Workshop>>>,
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
            let kept = hash.as_deref().and_then(parse);
            let output =
                digest(&pepper, &password, kept.as_ref().map_or(&[0; 16], |(salt, _)| salt.as_slice()), memory)?;
            Ok(kept.is_some_and(|(_, expected)| kernel::secret::equal_in_constant_time(&expected, &output)))
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
        work: impl FnOnce(&mut Workshop) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, AccountsError> {
        let _queued = self.queued.clone().try_acquire_owned().map_err(|_| AccountsError::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| AccountsError::Busy)?;
        let spare = self.spare.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut memory = take(&spare).map_or_else(workshop, Ok)?;
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

fn take(spare: &Mutex<Vec<Workshop>>) -> Option<Workshop> {
    spare.lock().ok()?.pop()
}

fn give(spare: &Mutex<Vec<Workshop>>, memory: Workshop) {
    if let Ok(mut spare) = spare.lock() {
        spare.push(memory);
    }
}

/// The parameters, with memory of their own.
fn workshop() -> Result<Workshop, AccountsError> {
    let params = Params::builder().memory(Memory::kib(u64::from(MEMORY_KIB))).passes(PASSES).lanes(LANES).build();
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(AccountsError::Hash)?).hasher())
}

fn digest(
    pepper: &Secret<[u8; 32]>,
    password: &Secret<String>,
    salt: &[u8],
    memory: &mut Workshop,
) -> Result<[u8; OUTPUT_BYTES], AccountsError> {
    let mut output = [0; OUTPUT_BYTES];
    memory
        .hash_into_with_ad(password.expose().as_bytes(), salt, pepper.expose(), &[], &mut output)
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

/// Salt and output of a PHC string of ours.
fn parse(phc: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let prefix = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    let (salt, output) = phc.strip_prefix(&prefix)?.split_once('$')?;
    Some((STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(output).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ours is the quicker of two implementations; the other one is the judge.
    #[test]
    fn agrees_with_another_implementation() {
        let params = argon2::Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).unwrap();
        let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
        let judge = argon2::Argon2::new_with_secret(&[7; 32], algorithm, version, params).unwrap();
        let mut memory = workshop().unwrap();
        for (password, salt) in
            [("correct horse", [1; 16]), ("", [2; 16]), ("pässwörd, rather long and with a snowman ☃", [3; 16])]
        {
            let mut expected = [0; OUTPUT_BYTES];
            judge.hash_password_into(password.as_bytes(), &salt, &mut expected).unwrap();
            let password = Secret::new(password.to_owned());
            assert_eq!(digest(&Secret::new([7; 32]), &password, &salt, &mut memory).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_kept_is_read_back() {
        assert_eq!(parse(&phc(&[1; 16], &[2; 32])), Some((vec![1; 16], vec![2; 32])));
        for other in ["", "$argon2id$none", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA"] {
            assert_eq!(parse(other), None);
        }
    }
}
