//! Validation of what people enter: addresses, names, time zones, languages and passwords.

use kernel::FieldFault;
use kernel::text::{is_visible, turns_around};

/// The three thousand most common passwords of at least twelve characters (from the zxcvbn and SecLists projects, MIT).
const COMMON: &str = include_str!("common_passwords.txt");

const PASSWORD_CHARACTERS_MIN: usize = 12;
const STAFF_PASSWORD_CHARACTERS_MIN: usize = 15;
const PASSWORD_CHARACTERS_MAX: usize = 128;

/// The e-mail address as it is stored: trimmed, host in lower case.
pub fn email(text: &str) -> Result<String, FieldFault> {
    let bad = || FieldFault::new("email", "invalid", "This should be an e-mail address, such as name@example.org.");
    let text = text.trim();
    let (local, host) = text.rsplit_once('@').ok_or_else(bad)?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"@".contains(letter))
    };
    let host_fits = plain(host)
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    if text.len() > 254 || local.len() > 64 || !plain(local) || !host_fits {
        return Err(bad());
    }
    Ok(format!("{local}@{}", host.to_lowercase()))
}

/// A name of 1 to 80 characters on one line, at least one of them visible.
pub fn display_name(text: &str) -> Result<String, FieldFault> {
    // Our mails contain names: a link in a name would be spam that we send.
    let is_address = |name: &String| name.contains("://") || name.to_lowercase().contains("www.");
    line(text, 80).filter(|name| !is_address(name)).ok_or_else(|| {
        let sentence = "This should be a name of 1 to 80 letters on one line, without a link in it.";
        FieldFault::new("display_name", "invalid", sentence)
    })
}

/// The owner's name for an API key or a passkey: 1 to 60 characters on one line, at least one of them visible.
pub fn key_name(text: &str) -> Result<String, FieldFault> {
    line(text, 60)
        .ok_or_else(|| FieldFault::new("name", "invalid", "This should be a name of 1 to 60 letters on one line."))
}

/// The trimmed text, if it is visible and on one line.
fn line(text: &str, characters_max: usize) -> Option<String> {
    let text = text.trim();
    let stray = |letter: char| letter.is_control() || turns_around(letter);
    let fits = (1..=characters_max).contains(&text.chars().count());
    (fits && text.chars().any(is_visible) && !text.chars().any(stray)).then(|| text.to_owned())
}

/// An IANA time zone.
pub fn time_zone(text: &str) -> Result<String, FieldFault> {
    let zone: Result<chrono_tz::Tz, _> = text.trim().parse();
    zone.map(|zone| zone.name().to_owned())
        .map_err(|_| FieldFault::new("time_zone", "unknown", "This should be a time zone, such as Europe/Lisbon."))
}

/// A language tag such as `en` or `pt-BR`.
pub fn locale(text: &str) -> Result<String, FieldFault> {
    let text = text.trim();
    let fits = (2..=12).contains(&text.len())
        && text.split('-').all(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric()));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(FieldFault::new("locale", "unknown", "This should be a language, such as en or pt-BR."))
    }
}

/// Checks that a password is long enough and not easy to guess. It is neither trimmed nor normalised.
pub fn password(text: &str, email: &str, is_staff: bool) -> Result<(), FieldFault> {
    let least = if is_staff { STAFF_PASSWORD_CHARACTERS_MIN } else { PASSWORD_CHARACTERS_MIN };
    let count = text.chars().count();
    if count < least {
        return Err(FieldFault::new(
            "password",
            "too_short",
            format!("Use at least {least} characters; a few unrelated words are easy to remember."),
        ));
    }
    if count > PASSWORD_CHARACTERS_MAX {
        return Err(FieldFault::new(
            "password",
            "too_long",
            format!("Use at most {PASSWORD_CHARACTERS_MAX} characters."),
        ));
    }
    if is_guessable(&text.to_lowercase(), &email.to_lowercase()) {
        return Err(FieldFault::new(
            "password",
            "too_common",
            "This password is among the first that somebody would try. Choose another.",
        ));
    }
    Ok(())
}

fn is_guessable(password: &str, email: &str) -> bool {
    let few_characters = password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5;
    let letters: String = password.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let is_of = |part: &str| part.chars().count() >= 4 && password.replace(part, "").chars().count() < 6;
    let own = is_of(email) || email.split('@').next().is_some_and(is_of);
    let product = letters.contains("stagedoor") && letters.replace("stagedoor", "").chars().count() < 6;
    let half = password.len() / 2;
    let repeated = (1..=half).any(|unit| {
        password.is_char_boundary(unit)
            && password.len().is_multiple_of(unit)
            && password == password[..unit].repeat(password.len() / unit)
    });
    few_characters || repeated || own || product || COMMON.lines().any(|common| common == password || common == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_addresses_are_refused() {
        assert_eq!(email("  Ana@Example.ORG "), Ok("Ana@example.org".to_owned()));
        for text in [
            "",
            "ana",
            "ana@",
            "@example.org",
            "ana@host",
            "a b@example.org",
            "ana@example..org",
            "ana@-x.org",
            "ana\n@example.org",
            &format!("{}@example.org", "a".repeat(65)),
        ] {
            assert!(email(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_is_visible_and_on_one_line() {
        for text in ["Zoë", "O’Hara-Núñez", "神木", "محمد\u{200c}رضا", "👩\u{200d}🎤"] {
            assert_eq!(display_name(&format!(" {text} ")), Ok(text.to_owned()));
        }
        for text in
            ["", "  ", "\u{200b}", "\u{3164}\u{2800}", "Ana\nLima", "ana\u{202e}amil", "A\u{7}", &"x".repeat(81)]
        {
            assert!(display_name(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_password_is_long_and_uncommon() {
        let code = |text: &str| password(text, "ana.lima@example.org", false).err().map(|fault| fault.code);
        assert_eq!(code("eleven char"), Some("too_short".into()));
        assert_eq!(code(&"x".repeat(129)), Some("too_long".into()));
        for text in
            ["aaaaaaaaaaaa", "passwordpassword", "stagedoor1234", "Ana.Lima12345", "010203040506", "012345678910"]
        {
            assert_eq!(code(text), Some("too_common".into()), "{text}");
        }
        for text in ["correct horse battery", "ein  Satz mit Löchern", "🦜🎹🥁🎺🎸🪕🎻🪗🎷🪘🎤🎬"]
        {
            assert_eq!(code(text), None, "{text}");
        }
        assert_eq!(password("fourteen chars", "a@b.c", true).unwrap_err().code, "too_short");
    }
}
