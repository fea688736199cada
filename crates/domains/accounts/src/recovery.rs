//! Recovery codes, for people who have lost their authenticator app. Each works once.

use kernel::secret::hmac_sha256;
use kernel::{Chance, Secret};

use crate::Keys;

/// How many codes a person gets at a time.
pub(crate) const CODES: usize = 10;
/// Letters and digits without those that look alike (0, 1, l, o).
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a code: 140 bits. Codes of earlier releases have 16 and work on.
const LETTERS: usize = 28;
/// Letters in a group, as codes are shown.
const GROUP: usize = 4;

/// New codes as their owner sees them: `abcd-efgh-jkmn-pqrs-tuvw-xyz2-3456`.
pub(crate) fn fresh(chance: &dyn Chance) -> Vec<Secret<String>> {
    (0..CODES).map(|_| one(chance)).collect()
}

fn one(chance: &dyn Chance) -> Secret<String> {
    let mut bytes = [0; LETTERS];
    chance.fill(&mut bytes);
    let mut code = String::with_capacity(LETTERS + LETTERS / GROUP);
    for (place, byte) in bytes.into_iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Secret::new(code)
}

/// The stored hash of a code. Case, spaces and hyphens are ignored.
pub(crate) fn hash(keys: &Keys, typed: &str) -> [u8; 32] {
    let plain: String = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    hmac_sha256(keys.recovery_codes.expose(), plain.to_lowercase().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::SeededChance;

    use super::*;

    #[test]
    fn codes_differ_and_their_format_does_not_matter() {
        let keys = Keys::derive(&Secret::new(vec![7; 32]));
        let codes = fresh(&SeededChance::new(1));
        let hashes: BTreeSet<[u8; 32]> = codes.iter().map(|code| hash(&keys, code.expose())).collect();
        assert_eq!(hashes.len(), CODES);
        let code = codes[0].expose();
        assert_eq!(code.len(), 34);
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(hash(&keys, &typed), hash(&keys, code));
        assert_ne!(hash(&keys, &code[1..]), hash(&keys, code));
    }
}
