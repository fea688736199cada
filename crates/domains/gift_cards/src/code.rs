//! Codes of gift cards: 20 symbols of Crockford's base 32, of which 19 are random (95 bits) and the last one checks the others.
//!
//! The check is a sum in the field of 32 elements, weighted by powers of a generator: one wrong symbol and any two that were swapped
//! are found before anything is looked up.

use kernel::secret::HashKeys;
use kernel::text::is_visible;
use kernel::{Chance, Secret};

/// Letters and digits without I, L, O and U: <https://www.crockford.com/base32.html>.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of a code.
const SYMBOLS: usize = 20;
/// Symbols of a group, as codes are shown.
const GROUP: usize = 4;
/// The most bytes of a typed code: as many as a pasted link has.
const TYPED_BYTES_MAX: usize = 400;
/// How far the wide letters of East Asian keyboards are from the usual ones.
const WIDE: u32 = '！' as u32 - '!' as u32;
/// What x⁵ is in the field that x⁵ + x² + 1 makes.
const REDUCED: u8 = 0b00101;

/// A code with a right check symbol, as 20 plain symbols. It opens the card to whoever has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCode(Secret<String>);

/// What codes are stored as.
pub type CodeHash = [u8; 32];

impl GiftCode {
    /// A new code.
    pub fn new(chance: &dyn Chance) -> Self {
        let mut values = [0; SYMBOLS - 1];
        chance.fill(&mut values);
        let values = values.map(|byte| byte % 32);
        let symbols = values.into_iter().chain([check(&values)]).map(|value| char::from(ALPHABET[usize::from(value)]));
        Self(Secret::new(symbols.collect()))
    }

    /// What somebody typed or pasted, without regard to case, spaces, dashes, other punctuation, characters that draw nothing, wide
    /// letters, and letters that look like digits; of a claim link, its code. `None` if no card can have this code.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > TYPED_BYTES_MAX {
            return None;
        }
        let values: Option<Vec<u8>> = plain(typed).map(value_of).collect();
        let values = values.filter(|values| values.len() == SYMBOLS)?;
        let (last, others) = values.split_last()?;
        let symbols = || values.iter().map(|value| char::from(ALPHABET[usize::from(*value)]));
        (*last == check(others)).then(|| Self(Secret::new(symbols().collect())))
    }

    /// Whether somebody may have meant a code, right or mistyped: letters among about as many symbols.
    pub fn looks_like_one(typed: &str) -> bool {
        let symbols = plain(typed).count();
        let is_near = (SYMBOLS - GROUP..=SYMBOLS + GROUP).contains(&symbols);
        let are_all = plain(typed).all(|symbol| symbol.is_ascii_alphanumeric());
        // Two in three symbols of a code are letters; a mistyped number of a bank card has one or two.
        let letters = plain(typed).filter(char::is_ascii_alphabetic).count();
        Self::parse(typed).is_some() || (is_near && are_all && letters >= GROUP)
    }

    /// As it is shown to its owner: `7K3M-…`, five groups of four.
    pub fn shown(&self) -> Secret<String> {
        let groups: Vec<&str> = (0..SYMBOLS / GROUP).map(|group| &self.0.expose()[group * GROUP..][..GROUP]).collect();
        Secret::new(groups.join("-"))
    }

    /// What it is stored as.
    pub fn hash(&self, keys: &HashKeys) -> CodeHash {
        keys.hash(self.0.expose().as_bytes())
    }

    /// What it may be stored as: hashed with the current key, and with those before.
    pub fn hashes(&self, keys: &HashKeys) -> Vec<CodeHash> {
        keys.hashes(self.0.expose().as_bytes())
    }

    /// Its last group, by which people tell their cards apart.
    pub fn last_group(&self) -> String {
        self.0.expose()[SYMBOLS - GROUP..].to_owned()
    }
}

/// The letters and digits of what was typed; of a link, those of its code.
fn plain(typed: &str) -> impl Iterator<Item = char> {
    let of_link = typed.rsplit_once("code=").and_then(|(_, rest)| rest.split(['&', '#']).next());
    let typed = of_link.unwrap_or(typed);
    typed.chars().map(narrow).filter(|letter| is_visible(*letter) && letter.is_alphanumeric())
}

/// The symbol that makes the weighted sum of all symbols zero.
fn check(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_generator(sum ^ value))
}

fn times_generator(value: u8) -> u8 {
    let doubled = (value << 1) & 31;
    if value & 16 == 0 { doubled } else { doubled ^ REDUCED }
}

/// The usual letter for a wide one.
fn narrow(letter: char) -> char {
    match letter {
        '！'..='～' => char::from_u32(letter as u32 - WIDE).unwrap_or(letter),
        _ => letter,
    }
}

fn value_of(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    let place = ALPHABET.iter().position(|symbol| char::from(*symbol) == letter)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;
    use proptest::prelude::*;

    use super::*;

    fn code(seed: u64) -> GiftCode {
        GiftCode::new(&SeededChance::new(seed))
    }

    #[test]
    fn what_looks_alike_is_taken_as_meant() {
        let code = code(1);
        let shown = code.shown().expose().clone();
        assert_eq!(shown.len(), 24);
        assert_eq!(shown[20..], code.last_group());
        assert_eq!(GiftCode::parse(&shown), Some(code.clone()));
        let typed = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(GiftCode::parse(&format!("  {typed} ")), Some(code.clone()));
        for dash in ['\u{2010}', '\u{2011}', '\u{2212}', '–', '.', '\u{ad}', '\u{200b}', '\u{a0}'] {
            let pasted = shown.replace('-', &dash.to_string());
            assert_eq!(GiftCode::parse(&format!("\u{feff}„{pasted}“.\u{2069}")), Some(code.clone()), "{dash:?}");
        }
        let wide: String = shown.chars().map(|letter| char::from_u32(letter as u32 + WIDE).unwrap_or(letter)).collect();
        assert_eq!(GiftCode::parse(&wide), Some(code.clone()));
        assert_eq!(GiftCode::parse(&format!("https://stagedoor.example/claim?code={shown}")), Some(code.clone()));
        assert_eq!(GiftCode::parse(&format!("/claim?a=b&code={shown}&from=mail#top")), Some(code.clone()));
        assert_eq!(GiftCode::parse(&format!("{shown}{shown}")), None);
        assert_eq!(GiftCode::parse(&format!("{}{shown}", " ".repeat(TYPED_BYTES_MAX))), None);
        for wrong in ["", "7K3M", &shown[1..], &format!("{shown}0"), &shown.replace('-', "É"), &"0-".repeat(1_000)] {
            assert_eq!(GiftCode::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_code_is_told_from_the_number_of_a_bank_card() {
        let code = code(1).shown().expose().clone();
        let mistyped = format!("Z{}", &code[1..]);
        for typed in [
            code.as_str(),
            &code.to_lowercase(),
            &code.replace('-', " "),
            &mistyped,
            &code[..23],
            "0".repeat(20).as_str(),
        ] {
            assert!(GiftCode::looks_like_one(typed), "{typed}");
        }
        for typed in [
            "",
            "4242 4242 4242 4242",
            "4242424242424242422",
            "4242 4242 4242 424x!",
            "my card",
            "7K3M",
            &"x".repeat(90),
        ] {
            assert!(!GiftCode::looks_like_one(typed), "{typed}");
        }
    }

    #[test]
    fn codes_stay_what_they_were() {
        // Doubled for each place, in the field: 1 becomes 2, and 16 what x⁵ is.
        for code in [
            "0000-0000-0000-0000-0000",
            "0000-0000-0000-0000-0012",
            "0000-0000-0000-0000-00G5",
            "0000-0000-0000-0000-0GGF",
        ] {
            assert_eq!(GiftCode::parse(code).map(|code| code.shown().expose().clone()).as_deref(), Some(code));
        }
    }

    #[test]
    fn what_is_longer_than_anybody_writes_a_code_is_not_read() {
        let shown = code(1).shown().expose().clone();
        assert_eq!(GiftCode::parse(&format!("{shown:400}")), Some(code(1)));
        assert_eq!(GiftCode::parse(&format!("{shown:401}")), None);
    }

    #[test]
    fn a_code_never_prints() {
        assert_eq!(format!("{:?}", code(1)), "GiftCode(***)");
    }

    proptest! {
        #[test]
        fn one_wrong_symbol_and_any_swap_are_found(seed in 0..100_000_u64, one in 0..20_usize, other in 0..20_usize, by in 1..32_usize) {
            let plain: Vec<u8> = code(seed).0.expose().bytes().collect();
            let mut mistyped = plain.clone();
            let place = ALPHABET.iter().position(|symbol| *symbol == plain[one]).unwrap();
            mistyped[one] = ALPHABET[(place + by) % 32];
            prop_assert_eq!(GiftCode::parse(std::str::from_utf8(&mistyped).unwrap()), None);
            let mut swapped = plain.clone();
            swapped.swap(one, other);
            if swapped != plain {
                prop_assert_eq!(GiftCode::parse(std::str::from_utf8(&swapped).unwrap()), None);
            }
        }
    }
}
