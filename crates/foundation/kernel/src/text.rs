//! Invisible characters, characters that change the direction of text, and short texts that others read.

use crate::fault::FieldFault;

/// The most characters of a name or reason that others read.
const TEXT_CHARACTERS_MAX: usize = 200;

/// Whether it is visible: spaces, control characters and joiners are not.
pub fn is_visible(letter: char) -> bool {
    let draws_nothing = matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !(letter.is_whitespace() || letter.is_control() || draws_nothing)
}

/// Whether it changes the direction of text (bidi control), which can make one name look like another.
pub fn turns_around(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with a name or a reason that others read.
pub fn text_fault(field: &str, text: &str) -> Option<FieldFault> {
    if text.chars().any(turns_around) {
        let message = "Leave out the characters that turn the direction of text around.";
        return Some(FieldFault::new(field, "invalid", message));
    }
    let has_words = text.chars().any(is_visible) && !text.chars().any(char::is_control);
    if has_words && text.chars().count() <= TEXT_CHARACTERS_MAX {
        return None;
    }
    let message = format!("Use 1 to {TEXT_CHARACTERS_MAX} characters, so that others know what this was for.");
    Some(FieldFault::new(field, "invalid_length", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draws_nothing_is_told_from_letters() {
        assert!("Zoë神🎤ا".chars().all(is_visible));
        assert!(!" \u{200b}\u{200d}\u{202e}\u{3164}\u{2800}\t\0".chars().any(is_visible));
        let fault = |text: &str| text_fault("reason", text).map(|fault| fault.code);
        assert_eq!((fault("Rain"), fault("Ra\u{202e}in").as_deref()), (None, Some("invalid")));
        assert!(turns_around('\u{202e}') && !turns_around('\u{200d}'));
    }
}
