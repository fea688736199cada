//! Whether a secret could have been guessed.

use std::collections::HashMap;

/// The least length, in bytes.
const LENGTH_MIN: usize = 32;
/// The least information that its letters may carry by their frequencies: 32 random hexadecimal digits carry more.
const BITS_MIN: f64 = 96.0;

/// Whether `secret` looks like chance made it: long enough, of many letters, neither a repetition nor a row.
pub fn is_strong(secret: &str) -> bool {
    secret.len() >= LENGTH_MIN && information_bits(secret) >= BITS_MIN && !is_repetition(secret) && !is_row(secret)
}

fn information_bits(secret: &str) -> f64 {
    let mut counts: HashMap<char, f64> = HashMap::new();
    for letter in secret.chars() {
        *counts.entry(letter).or_default() += 1.0;
    }
    let length: f64 = counts.values().sum();
    counts.values().map(|count| count * (length / count).log2()).sum()
}

/// Whether it is a shorter text, several times.
fn is_repetition(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    (1..=bytes.len() / 2).any(|period| bytes.iter().zip(&bytes[period..]).all(|(one, other)| one == other))
}

/// Whether most letters follow the one before them: `abcd`, `4321`, `aaaa`.
fn is_row(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    let steps = bytes.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    steps * 2 > bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_makes_is_taken_and_what_a_hand_makes_is_not() {
        for secret in [
            "b1946ac92492d2347c6235b4d2611184",
            "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "Zk9x2QmLr7TfVw1bYc8NsHd4JpGe6Ua3",
        ] {
            assert!(is_strong(secret), "{secret}");
        }
        for secret in [
            "",
            "Zk9x2QmLr7TfVw1bYc8NsHd4JpGe6Ua",
            &"a".repeat(32),
            &"ab".repeat(40),
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            &"change-me-please".repeat(2),
            "1111111111111111222222222222222233333333",
        ] {
            assert!(!is_strong(secret), "{secret}");
        }
    }
}
