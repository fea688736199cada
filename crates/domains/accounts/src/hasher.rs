//! Passwords as argon2id on a bounded blocking pool, so that a flood of log-ins slows log-ins and nothing else.

use std::sync::{Arc, Mutex};

use argon2_rust::params::Memory;
use argon2_rust::{Algorithm, Argon2, Hasher as Workshop, Params, Version};
use kernel::{Chance, Secret};
use tokio::sync::Semaphore;

use crate::{AccountsError, Keys};

/// What new hashes cost, the least that OWASP ASVS 5 asks of argon2id: 19 MiB, two passes, one lane.
const COST: Cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };
/// No hash of ours ever took more; what claims to is not one of ours.
const MEMORY_KIB_MAX: u32 = 262_144;
const OUTPUT_BYTES: usize = 32;

/// Log-ins that may wait; the next one is told to come back.
const QUEUE_MAX: usize = 64;

/// The parameters of argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What is kept of a password.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    cost: Cost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// What came of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub matches: bool,
    /// It matches a hash that costs other than new ones do, and should be hashed anew.
    pub is_outdated: bool,
}

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

    /// Whether `password` belongs to `hash`, which says itself what it cost. Without a hash the same work is done for nothing, so
    /// that time tells nothing.
    pub async fn verify(
        &self,
        keys: &Keys,
        hash: Option<String>,
        password: Secret<String>,
    ) -> Result<Verdict, AccountsError> {
        let pepper = keys.pepper.clone();
        self.run(move |memory| {
            let Some(Kept { cost, salt, output }) = hash.as_deref().and_then(parse) else {
                digest(&pepper, &password, &[0; 16], memory)?;
                return Ok(Verdict { matches: false, is_outdated: false });
            };
            let found = if cost == COST {
                digest(&pepper, &password, &salt, memory)?
            } else {
                digest(&pepper, &password, &salt, &mut workshop(cost)?)?
            };
            let matches = kernel::secret::equal_in_constant_time(&output, &found);
            Ok(Verdict { matches, is_outdated: matches && cost != COST })
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
            let mut memory = take(&spare).map_or_else(|| workshop(COST), Ok)?;
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

/// Hashing at this cost, with memory of its own.
fn workshop(Cost { memory_kib, passes, lanes }: Cost) -> Result<Workshop, AccountsError> {
    let params = Params::builder().memory(Memory::kib(u64::from(memory_kib))).passes(passes).lanes(lanes).build();
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
    let Cost { memory_kib, passes, lanes } = COST;
    format!(
        "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output)
    )
}

/// What a PHC string of ours says.
fn parse(phc: &str) -> Option<Kept> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let (cost, kept) = phc.strip_prefix("$argon2id$v=19$")?.split_once('$')?;
    let (memory, cost) = cost.strip_prefix("m=")?.split_once(",t=")?;
    let (passes, lanes) = cost.split_once(",p=")?;
    let cost = Cost { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()?, lanes: lanes.parse().ok()? };
    let (salt, output) = kept.split_once('$')?;
    let kept = Kept { cost, salt: STANDARD_NO_PAD.decode(salt).ok()?, output: STANDARD_NO_PAD.decode(output).ok()? };
    (cost.memory_kib <= MEMORY_KIB_MAX).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ours is the quicker of two implementations; the other one is the judge.
    #[test]
    fn agrees_with_another_implementation() {
        let params = argon2::Params::new(COST.memory_kib, COST.passes, COST.lanes, Some(OUTPUT_BYTES)).unwrap();
        let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
        let judge = argon2::Argon2::new_with_secret(&[7; 32], algorithm, version, params).unwrap();
        let mut memory = workshop(COST).unwrap();
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
        let kept = Kept { cost: COST, salt: vec![1; 16], output: vec![2; 32] };
        assert_eq!(parse(&phc(&[1; 16], &[2; 32])), Some(kept));
        let others = [
            "",
            "$argon2id$none",
            "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA",
            "$argon2id$v=19$m=262145,t=2,p=1$AAAA$AAAA",
        ];
        for other in others {
            assert_eq!(parse(other), None);
        }
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_still_opens_and_asks_to_be_made_anew() {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD_NO_PAD;
        let (hasher, keys) = (Hasher::new(1), Keys::derive(&Secret::new(vec![7; 32])));
        let right = || Secret::new("correct horse battery".to_owned());
        let earlier = Cost { memory_kib: 8_192, passes: 1, lanes: 1 };
        let output = digest(&keys.pepper, &right(), &[1; 16], &mut workshop(earlier).unwrap()).unwrap();
        let [salt, output] = [&[1; 16][..], &output[..]].map(|bytes| STANDARD_NO_PAD.encode(bytes));
        let hash = format!("$argon2id$v=19$m=8192,t=1,p=1${salt}${output}");
        let verify = |password| hasher.verify(&keys, Some(hash.clone()), password);
        assert_eq!(verify(right()).await.unwrap(), Verdict { matches: true, is_outdated: true });
        let wrong = verify(Secret::new("wrong horse".to_owned())).await.unwrap();
        assert_eq!(wrong, Verdict { matches: false, is_outdated: false });
        let today = hasher.hash(&keys, &kernel::SystemChance, right()).await.unwrap();
        let found = hasher.verify(&keys, Some(today), right()).await.unwrap();
        assert_eq!(found, Verdict { matches: true, is_outdated: false });
    }
}
