//! Repeatable randomness: a seed gives the same world on every machine and with every version of the libraries.

use kernel::Instant;
use uuid::Uuid;

/// A stream of random numbers (SplitMix64). Streams with different labels are independent, so that one more draw
/// in one place does not change what the others give.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of `seed` for `label` and `index`.
    pub fn new(seed: u64, label: &str, index: u64) -> Self {
        let hashed = label
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(seed ^ mix(hashed) ^ mix(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// From `low` up to but not including `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        debug_assert!(low < high, "an empty range has no member");
        let span = high.abs_diff(low);
        low.saturating_add_unsigned(((u128::from(self.bits()) * u128::from(span)) >> 64) as u64)
    }

    /// An index into a list of `length` items.
    pub fn index(&mut self, length: usize) -> usize {
        ((u128::from(self.bits()) * length as u128) >> 64) as usize
    }

    /// From 0 up to but not including 1.
    pub fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with a probability of `chance` in a thousand.
    pub fn permille(&mut self, chance: i64) -> bool {
        self.between(0, 1_000) < chance
    }

    /// One of `items`.
    pub fn pick<'list, Item: ?Sized>(&mut self, items: &'list [&'list Item]) -> &'list Item {
        items[self.index(items.len())]
    }

    /// An index into `weights`, each as likely as its weight.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
        let mut rest = self.between(0, total.max(1));
        for (index, weight) in weights.iter().enumerate() {
            rest -= i64::from(*weight);
            if rest < 0 {
                return index;
            }
        }
        0
    }
}

/// A shuffled deck that is shuffled again when it is empty, so that no item repeats before all were dealt.
#[derive(Debug)]
pub struct Deck<'list> {
    items: &'list [&'static str],
    order: Vec<usize>,
}

impl<'list> Deck<'list> {
    /// A deck of `items`.
    pub const fn of(items: &'list [&'static str]) -> Self {
        Self { items, order: vec![] }
    }

    /// Deals the next item.
    pub fn deal(&mut self, dice: &mut Dice) -> &'static str {
        if self.order.is_empty() {
            self.order = (0..self.items.len()).collect();
            for end in (1..self.order.len()).rev() {
                self.order.swap(end, dice.index(end + 1));
            }
        }
        let dealt = self.order.pop().expect("the pack was just shuffled");
        self.items[dealt]
    }
}

/// The UUIDv7 of the `index`-th thing called `label`, created at `at`; computed, so that nothing has to remember ids.
pub fn id(seed: u64, label: &str, index: u64, at: Instant) -> Uuid {
    let mut dice = Dice::new(seed, label, index);
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&dice.bits().to_le_bytes());
    bytes[8..].copy_from_slice(&dice.bits().to_le_bytes()[..2]);
    uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis().unsigned_abs(), &bytes).into_uuid()
}

/// A booking's reference for `index`, easy to say on the telephone: `SD-7KQ2-M4XW`.
pub fn reference(seed: u64, index: u64) -> String {
    // Without 0, 1, I, L, O and U, which are easily mistaken for each other.
    const ALPHABET: [u8; 30] = *b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    const LETTERS: u64 = ALPHABET.len() as u64;
    const SPACE: u64 = LETTERS.pow(8);
    // A multiplier without a common factor with `SPACE` maps every index to a different number.
    let mut rest = (u128::from(index) * 401_874_913_397 + u128::from(mix(seed))).rem_euclid(u128::from(SPACE)) as u64;
    let mut text = String::from("SD-");
    for place in 0..8 {
        if place == 4 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[(rest % LETTERS) as usize]));
        rest /= LETTERS;
    }
    text
}

const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |label| {
            let mut dice = Dice::new(7, label, 3);
            [dice.bits(), dice.bits()]
        };
        assert_eq!(draw("names"), draw("names"));
        assert_ne!(draw("names"), draw("hues"));
    }

    #[test]
    fn references_never_repeat() {
        let references: HashSet<String> = (0..100_000).map(|index| reference(7, index)).collect();
        assert_eq!(references.len(), 100_000);
    }

    #[test]
    fn draws_stay_in_range() {
        let mut dice = Dice::new(1, "range", 0);
        assert!((0..10_000).all(|_| (-3..4).contains(&dice.between(-3, 4))));
        assert!((0..1_000).all(|_| dice.weighted(&[0, 2, 0, 1]) % 2 == 1));
    }
}
