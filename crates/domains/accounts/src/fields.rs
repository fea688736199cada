//! Validation of what people enter: addresses, names, time zones, languages and passwords.

use kernel::house_names::poses_as_house;
use kernel::text::{is_visible, turns_around};
use kernel::{FieldFault, Role, Secret};

use crate::hasher::normalised;
use crate::{AccountsError, BreachedPasswords};

/// The three thousand most common passwords of at least twelve characters (from the zxcvbn and SecLists projects, MIT).
const COMMON: &str = include_str!("common_passwords.txt");

/// The longest address (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;

const PASSWORD_CHARACTERS_MIN: usize = 12;
const STAFF_PASSWORD_CHARACTERS_MIN: usize = 15;
const PASSWORD_CHARACTERS_MAX: usize = 128;

/// The e-mail address as it is stored: trimmed, host in the letters of DNS (`xn--…` where it has others). Only what any mail server can
/// send to is taken, so before the `@` there are ASCII letters alone.
pub fn email(text: &str) -> Result<String, FieldFault> {
    let bad = || FieldFault::new("email", "invalid", "This should be an e-mail address, such as name@example.org.");
    let text = text.trim();
    let (local, host) = text.rsplit_once('@').ok_or_else(bad)?;
    if text.len() > 4 * EMAIL_BYTES_MAX || !text.chars().all(is_visible) {
        return Err(bad());
    }
    if !local.is_ascii() {
        let sentence = "Before the @, mail can be sent only to plain letters (a to z), digits and signs.";
        return Err(FieldFault::new("email", "invalid", sentence));
    }
    let is_local = |letter: u8| letter.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&letter);
    let fits = local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.bytes().all(is_local));
    let host = idna::domain_to_ascii_strict(host).map_err(|_| bad())?;
    let ends_in_letters =
        host.rsplit_once('.').is_some_and(|(_, last)| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let address = format!("{local}@{host}");
    if !fits || !ends_in_letters || address.len() > EMAIL_BYTES_MAX {
        return Err(bad());
    }
    Ok(address)
}

/// The spellings under which an address may be stored: as [`email`] makes it, and with the host in its own letters, as earlier releases
/// did. Text that is no address is its own only spelling.
pub(crate) fn email_spellings(text: &str) -> [String; 2] {
    let text = text.trim();
    let address = email(text).unwrap_or_else(|_| text.to_owned());
    let as_typed = match address.rsplit_once('@') {
        Some((local, host)) => format!("{local}@{}", idna::domain_to_unicode(host).0),
        None => address.clone(),
    };
    [address, as_typed]
}

/// The name that somebody of the house goes by; anybody else's is [`own_name`].
pub(crate) fn display_name(text: &str, roles: &[Role]) -> Result<String, FieldFault> {
    if roles.iter().any(|role| role.is_staff()) { name(text) } else { own_name(text) }
}

/// A name that does not pretend to be the house.
pub(crate) fn own_name(text: &str) -> Result<String, FieldFault> {
    let name = name(text)?;
    if poses_as_house(&name) {
        let sentence = "This reads like a name of ours, and others would take you for our people. Use your own name.";
        return Err(FieldFault::new("display_name", "reserved", sentence));
    }
    Ok(name)
}

/// A name of 1 to 80 characters on one line, at least one of them visible.
fn name(text: &str) -> Result<String, FieldFault> {
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

/// What is wrong with a new password, if anything. It is looked at as it is hashed: normalised (NFC), and not trimmed.
pub(crate) async fn password_fault(
    breached: Option<&BreachedPasswords>,
    password: &Secret<String>,
    email: &str,
    is_staff: bool,
) -> Result<Option<FieldFault>, AccountsError> {
    let password = normalised(password);
    if let Err(fault) = check_password(password.expose(), email, is_staff) {
        return Ok(Some(fault));
    }
    let Some(breached) = breached else { return Ok(None) };
    let is_breached = breached.contain(password.expose()).await.map_err(AccountsError::BreachedPasswords)?;
    Ok(is_breached.then(|| {
        let sentence =
            "This password was found in a breach of another site, so it is among those that are tried. Choose another.";
        FieldFault::new("password", "breached", sentence)
    }))
}

/// Checks that a password is long enough and not easy to guess.
fn check_password(text: &str, email: &str, is_staff: bool) -> Result<(), FieldFault> {
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
            "ana@192.0.2.1",
            ".ana@example.org",
            "ana..lima@example.org",
            "ana.@example.org",
            "ana@example.org.",
            "ana@exa_mple.org",
            "an\u{200b}a@example.org",
            "ana@exam\u{ad}ple.org",
            "ana@example.org\u{feff}x",
            "an\u{e1}@example.org",
            &format!("ana@{}.org", "a".repeat(64)),
            &format!("ana@{}org", "abcdefgh.".repeat(30)),
        ] {
            assert!(email(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_host_is_stored_in_the_letters_of_dns() {
        for (typed, stored) in [
            ("ana@B\u{fc}cher.example", "ana@xn--bcher-kva.example"),
            ("ana@bu\u{308}cher.example", "ana@xn--bcher-kva.example"),
            ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
            ("o'hara+tickets@example.co.uk", "o'hara+tickets@example.co.uk"),
        ] {
            assert_eq!(email(typed), Ok(stored.to_owned()), "{typed}");
        }
    }

    #[test]
    fn an_address_of_an_earlier_release_is_found() {
        let stored = "ana@b\u{fc}cher.example";
        for typed in [stored, "ana@xn--bcher-kva.example", " ana@B\u{dc}CHER.example "] {
            assert_eq!(email_spellings(typed), ["ana@xn--bcher-kva.example", stored], "{typed}");
        }
        assert_eq!(email_spellings(" Jos\u{e9}@Example.org "), ["Jos\u{e9}@Example.org", "Jos\u{e9}@example.org"]);
        assert_eq!(email_spellings("nobody"), ["nobody", "nobody"]);
    }

    #[test]
    fn a_name_is_visible_and_on_one_line() {
        for text in ["Zoë", "O’Hara-Núñez", "神木", "محمد\u{200c}رضا", "👩\u{200d}🎤"] {
            assert_eq!(own_name(&format!(" {text} ")), Ok(text.to_owned()));
        }
        for text in
            ["", "  ", "\u{200b}", "\u{3164}\u{2800}", "Ana\nLima", "ana\u{202e}amil", "A\u{7}", &"x".repeat(81)]
        {
            assert!(own_name(text).is_err(), "{text:?}");
        }
        assert_eq!(own_name("Stagedoor Support").unwrap_err().code, "reserved");
        assert!(display_name("Stagedoor Support", &[Role::Customer]).is_err());
        assert!(display_name("Stagedoor Support", &[Role::Customer, Role::Support]).is_ok());
    }

    #[test]
    fn a_password_is_long_and_uncommon() {
        let code = |text: &str| check_password(text, "ana.lima@example.org", false).err().map(|fault| fault.code);
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
        assert_eq!(check_password("fourteen chars", "a@b.c", true).unwrap_err().code, "too_short");
    }
}
