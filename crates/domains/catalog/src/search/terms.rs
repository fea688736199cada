//! Splits typed text into words, and builds full-text queries from words. Pure.

/// The most words used; more would not narrow the result.
const WORDS_MAX: usize = 8;
/// The longest word used.
const WORD_LENGTH_MAX: usize = 40;

/// The words of `text`, lower case, letters and digits only.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| {
            word.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).take(WORD_LENGTH_MAX).collect()
        })
        .collect()
}

/// A query that matches if each word is a prefix of some word of the profile; empty without words.
pub(super) fn query(words: &[String]) -> String {
    words.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" & ")
}

/// A query that matches one of the choices for each word.
pub(super) fn query_of_choices(choices: &[Vec<String>]) -> String {
    let choices = choices
        .iter()
        .map(|choice| format!("({})", choice.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" | ")));
    choices.collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_only_noise() {
        assert_eq!(words("  Maya & (Voss):* | !x' \\ \0"), ["maya", "voss", "x"]);
        assert_eq!(query(&words("Zoë O’Hara")), "zoë:* & o:* & hara:*");
        assert_eq!(query(&[]), "");
    }

    #[test]
    fn choices_are_alternatives() {
        let choices = [vec!["maya".to_owned(), "mara".to_owned()], vec!["voss".to_owned()]];
        assert_eq!(query_of_choices(&choices), "(maya:* | mara:*) & (voss:*)");
    }

    #[test]
    fn floods_are_cut() {
        assert_eq!(words(&"word ".repeat(100)).len(), WORDS_MAX);
        assert_eq!(words(&"x".repeat(1_000))[0].len(), WORD_LENGTH_MAX);
    }
}
