//! Hashes passwords with argon2id. At most a few run at once and the queue is bounded, so a flood of log-ins slows only log-ins.

use std::sync::{Arc, Mutex};

use argon2_rust::params::Memory;
use argon2_rust::{Algorithm, Argon2, Hasher as Argon2Hasher, Params, Version};
use kernel::{Chance, Secret};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use crate::{AccountsError, Keys};

/// The cost of new hashes: 19 MiB, two passes, one lane, the minimum of OWASP ASVS 5 for argon2id.
const COST: Cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };
/// The most memory that any hash of ours uses. A stored hash that claims more is refused, because it would exhaust the server.
const MEMORY_KIB_MAX: u32 = 262_144;
const OUTPUT_BYTES: usize = 32;

/// Password checks that may wait for their turn; the next one is refused as busy.
const QUEUE_MAX: usize = 64;

/// The parameters of argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A stored password hash, parsed.
#[derive(Debug, PartialEq, Eq)]
struct StoredHash {
    cost: Cost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// The result of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCheck {
    pub matches: bool,
    /// It matches, but the stored hash has another cost than new ones, or is of the password as it was typed, and should be replaced.
    pub is_outdated: bool,
}

/// Hashes and checks passwords, a few at a time.
#[derive(Clone)]
pub struct Hasher {
    running: Arc<Semaphore>,
    queued: Arc<Semaphore>,
    /// Work memory of finished hashes, for reuse: asking the system for 19 MiB each time costs measurable log-in rate.
    spare: Arc<Mutex<Vec<Argon2Hasher>>>,
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

    /// Hashes `password`, normalised, with a fresh salt; returns a PHC string with salt and parameters.
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
            let output = digest(&pepper, &normalised(&password), &salt, memory)?;
            Ok(phc(&salt, &output))
        })
        .await
    }

    /// Whether `password` matches `hash`, with the current keys or with the previous ones; in the latter case it is outdated. While there
    /// are previous keys, every account takes the same work, so that the time tells nothing.
    pub async fn verify(
        &self,
        keys: &Keys,
        hash: Option<String>,
        password: Secret<String>,
    ) -> Result<PasswordCheck, AccountsError> {
        let mut check = self.verify_with(keys, hash.clone(), password.clone()).await?;
        for previous in keys.each().skip(1) {
            let found = self.verify_with(previous, hash.clone(), password.clone()).await?;
            if found.matches {
                check = PasswordCheck { matches: true, is_outdated: true };
            }
        }
        Ok(check)
    }

    /// Whether `password` matches `hash`, at the cost that the hash names: normalised, and, where that differs, as it was typed, because
    /// earlier releases hashed it so. Without a hash the same work is done and discarded, so that the response time does not reveal
    /// whether an account exists.
    async fn verify_with(
        &self,
        keys: &Keys,
        hash: Option<String>,
        password: Secret<String>,
    ) -> Result<PasswordCheck, AccountsError> {
        let pepper = keys.pepper.clone();
        self.run(move |memory| {
            let plain = normalised(&password);
            let typed = (plain != password).then_some(password);
            let stored = hash.as_deref().and_then(parse);
            let mut check = PasswordCheck { matches: false, is_outdated: false };
            for (password, is_normalised) in [(Some(plain), true), (typed, false)] {
                let Some(password) = password.filter(|_| !check.matches) else { continue };
                let Some(StoredHash { cost, salt, output }) = &stored else {
                    digest(&pepper, &password, &[0; 16], memory)?;
                    continue;
                };
                let found = if *cost == COST {
                    digest(&pepper, &password, salt, memory)?
                } else {
                    digest(&pepper, &password, salt, &mut argon2_hasher(*cost)?)?
                };
                let matches = kernel::secret::equal_in_constant_time(output, &found);
                check = PasswordCheck { matches, is_outdated: matches && (*cost != COST || !is_normalised) };
            }
            Ok(check)
        })
        .await
    }

    /// Frees the spare work memory.
    pub fn tidy(&self) {
        if let Ok(mut spare) = self.spare.lock() {
            *spare = Vec::new();
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Argon2Hasher) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, AccountsError> {
        // Two semaphores: the first bounds how many wait and run, and refuses at once; the second bounds how many run, and waits.
        let _queued = self.queued.clone().try_acquire_owned().map_err(|_| AccountsError::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| AccountsError::Busy)?;
        let spare = self.spare.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut memory = take(&spare).map_or_else(|| argon2_hasher(COST), Ok)?;
            let result = work(&mut memory);
            give(&spare, memory);
            // Released only here: if the caller is cancelled, the hash still runs to its end and must still count.
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

fn take(spare: &Mutex<Vec<Argon2Hasher>>) -> Option<Argon2Hasher> {
    spare.lock().ok()?.pop()
}

fn give(spare: &Mutex<Vec<Argon2Hasher>>, memory: Argon2Hasher) {
    if let Ok(mut spare) = spare.lock() {
        spare.push(memory);
    }
}

/// The password in one spelling (NFC): keyboards write the same letter as one character or as two.
pub(crate) fn normalised(password: &Secret<String>) -> Secret<String> {
    Secret::new(password.expose().nfc().collect())
}

/// A hasher for this cost with its own work memory.
fn argon2_hasher(Cost { memory_kib, passes, lanes }: Cost) -> Result<Argon2Hasher, AccountsError> {
    let params = Params::builder().memory(Memory::kib(u64::from(memory_kib))).passes(passes).lanes(lanes).build();
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(AccountsError::Hash)?).hasher())
}

fn digest(
    pepper: &Secret<[u8; 32]>,
    password: &Secret<String>,
    salt: &[u8],
    memory: &mut Argon2Hasher,
) -> Result<[u8; OUTPUT_BYTES], AccountsError> {
    let mut output = [0; OUTPUT_BYTES];
    memory
        .hash_into_with_ad(password.expose().as_bytes(), salt, pepper.expose(), &[], &mut output)
        .map_err(AccountsError::Hash)?;
    Ok(output)
}

/// Formats a hash as a PHC string.
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

/// Parses a PHC string of ours.
fn parse(phc: &str) -> Option<StoredHash> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let (cost, kept) = phc.strip_prefix("$argon2id$v=19$")?.split_once('$')?;
    let (memory, cost) = cost.strip_prefix("m=")?.split_once(",t=")?;
    let (passes, lanes) = cost.split_once(",p=")?;
    let cost = Cost { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()?, lanes: lanes.parse().ok()? };
    let (salt, output) = kept.split_once('$')?;
    let kept =
        StoredHash { cost, salt: STANDARD_NO_PAD.decode(salt).ok()?, output: STANDARD_NO_PAD.decode(output).ok()? };
    (cost.memory_kib <= MEMORY_KIB_MAX).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// We use the faster of two implementations and test it against the other.
    #[test]
    fn agrees_with_another_implementation() {
        let params = argon2::Params::new(COST.memory_kib, COST.passes, COST.lanes, Some(OUTPUT_BYTES)).unwrap();
        let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
        let judge = argon2::Argon2::new_with_secret(&[7; 32], algorithm, version, params).unwrap();
        let mut memory = argon2_hasher(COST).unwrap();
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
    fn a_formatted_hash_parses_to_the_same_parts() {
        let kept = StoredHash { cost: COST, salt: vec![1; 16], output: vec![2; 32] };
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
    async fn a_hash_of_another_cost_still_matches_and_counts_as_outdated() {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD_NO_PAD;
        let (hasher, keys) = (Hasher::new(1), Keys::derive(&Secret::new(vec![7; 32])));
        let right = || Secret::new("correct horse battery".to_owned());
        let earlier = Cost { memory_kib: 8_192, passes: 1, lanes: 1 };
        let output = digest(&keys.pepper, &right(), &[1; 16], &mut argon2_hasher(earlier).unwrap()).unwrap();
        let [salt, output] = [&[1; 16][..], &output[..]].map(|bytes| STANDARD_NO_PAD.encode(bytes));
        let hash = format!("$argon2id$v=19$m=8192,t=1,p=1${salt}${output}");
        let verify = |password| hasher.verify(&keys, Some(hash.clone()), password);
        assert_eq!(verify(right()).await.unwrap(), PasswordCheck { matches: true, is_outdated: true });
        let wrong = verify(Secret::new("wrong horse".to_owned())).await.unwrap();
        assert_eq!(wrong, PasswordCheck { matches: false, is_outdated: false });
        let today = hasher.hash(&keys, &kernel::SystemChance, right()).await.unwrap();
        let found = hasher.verify(&keys, Some(today), right()).await.unwrap();
        assert_eq!(found, PasswordCheck { matches: true, is_outdated: false });
    }

    #[tokio::test]
    async fn a_letter_is_the_same_however_a_keyboard_writes_it() {
        let (hasher, keys) = (Hasher::new(1), Keys::derive(&Secret::new(vec![7; 32])));
        let secret = |text: &str| Secret::new(text.to_owned());
        let (one, two) = ("caf\u{e9} au lait, please", "cafe\u{301} au lait, please");
        let stored = hasher.hash(&keys, &kernel::SystemChance, secret(two)).await.unwrap();
        for typed in [one, two] {
            let found = hasher.verify(&keys, Some(stored.clone()), secret(typed)).await.unwrap();
            assert_eq!(found, PasswordCheck { matches: true, is_outdated: false }, "{typed:?}");
        }
        // As earlier releases hashed it.
        let as_typed =
            phc(&[1; 16], &digest(&keys.pepper, &secret(two), &[1; 16], &mut argon2_hasher(COST).unwrap()).unwrap());
        let found = hasher.verify(&keys, Some(as_typed.clone()), secret(two)).await.unwrap();
        assert_eq!(found, PasswordCheck { matches: true, is_outdated: true });
        for wrong in ["cafe au lait, please", "cafe\u{300} au lait, please"] {
            assert!(!hasher.verify(&keys, Some(as_typed.clone()), secret(wrong)).await.unwrap().matches, "{wrong:?}");
        }
    }
}
