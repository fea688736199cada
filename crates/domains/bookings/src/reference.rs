//! A booking's reference, short enough to say on the telephone: `SD-7KQ2-M4XW`.

use kernel::Chance;

/// Without 0, 1, I, L, O and U, which are easily misread or spell words.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh reference; the column is unique.
pub fn fresh(chance: &dyn Chance) -> String {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let letters: Vec<char> =
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect();
    let (first, second) = letters.split_at(4);
    format!("SD-{}-{}", first.iter().collect::<String>(), second.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reference_reads_well() {
        let reference = super::fresh(&kernel::SeededChance::new(1));
        assert_eq!(reference.len(), 12);
        assert!(reference.starts_with("SD-") && !reference.contains(['0', '1', 'I', 'L', 'O', 'U']), "{reference}");
    }
}
