//! Names that pretend to be the house. Others read names in mails and reviews, and trust whoever is called support.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The name of the house, wherever it stands in a name.
const HOUSE: &str = "stagedoor";
/// Words that only the house's people go by.
const OFFICES: [&str; 9] = [
    "admin",
    "administrator",
    "moderator",
    "support",
    "helpdesk",
    "customer service",
    "customer care",
    "webmaster",
    "system",
];
/// Letters and digits that are read as others, by what they are read as.
const LOOK_ALIKES: [(&str, char); 15] = [
    ("аɑα@4", 'a'),
    ("сϲ", 'c'),
    ("ԁ", 'd'),
    ("еε3", 'e'),
    ("ɡ9", 'g'),
    ("һ", 'h'),
    ("іιlӏ1|ı", 'i'),
    ("м", 'm'),
    ("ոп", 'n'),
    ("оοσ0", 'o'),
    ("рρ", 'p'),
    ("гʀ", 'r'),
    ("ѕ5$", 's'),
    ("тτ7", 't'),
    ("υս", 'u'),
];

/// Whether a name reads like the house or one of its offices, however it is spelled.
pub fn poses_as_house(name: &str) -> bool {
    // A digit is read as a letter (`adm1n`) or comes after a name (`admin1`).
    let without_digits: String = name.nfkd().map(|letter| if letter.is_numeric() { ' ' } else { letter }).collect();
    let house = words(HOUSE).concat();
    [words(name), words(&without_digits)].iter().any(|words| {
        let joined = words.concat();
        joined.contains(&house) || OFFICES.iter().any(|office| is_office(words, &joined, office))
    })
}

fn is_office(words: &[String], joined: &str, office: &str) -> bool {
    let office = self::words(office);
    joined == office.concat() || words.windows(office.len()).any(|part| part == office)
}

/// The words of a name, with letters that look alike as one.
fn words(name: &str) -> Vec<String> {
    let plain = name.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    let alike = |letter: char| {
        LOOK_ALIKES.iter().find(|(letters, _)| letters.contains(letter)).map_or(letter, |(_, read_as)| *read_as)
    };
    let text: String = plain.map(alike).collect();
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_and_its_offices_are_known_however_they_are_spelled() {
        for name in [
            "Stagedoor Support",
            "STAGEDOOR",
            "S t a g e d o o r",
            "Stage-Door",
            "The Stagedoor Team",
            "Stаgеdооr",
            "Ｓｔａｇｅｄｏｏｒ",
            "5tagedo0r",
            "Stágedoör",
            "𝐒𝐭𝐚𝐠𝐞𝐝𝐨𝐨𝐫",
            "admin",
            "Admin 2",
            "Admin1",
            "support24!",
            "Ädmin",
            "аdmіn",
            "adm1n",
            "A.D.M.I.N.",
            "Customer Support",
            "Customer-Service",
            "support",
            "Site Administrator",
            "System",
        ] {
            assert!(poses_as_house(name), "{name}");
        }
    }

    #[test]
    fn people_keep_their_names() {
        for name in [
            "Ana Lima",
            "Vladmina Stage",
            "Stafford Doorn",
            "Miles Supportson",
            "Josef Stage",
            "Minna Da",
            "Аdа Сміт",
            "神木 隆",
            "Nadmin",
            "Zoë Ødegård",
            "Door",
        ] {
            assert!(!poses_as_house(name), "{name}");
        }
    }
}
