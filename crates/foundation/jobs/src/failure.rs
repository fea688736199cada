//! Why a job failed, in a form that may be stored and logged.

use std::error::Error;
use std::fmt::Write as _;

use kernel::{Causes, Fault};

/// The longest stored reason; another server's error page would be longer.
const REASON_CHARACTERS_MAX: usize = 600;

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A retry may succeed.
    Retry(String),
    /// A retry is pointless.
    Final(String),
}

impl Failure {
    /// Try again later. The reason is the whole chain of causes.
    pub fn retry(error: &(dyn Error + 'static)) -> Self {
        Self::Retry(Causes(error).to_string())
    }

    /// Give up. The reason is the whole chain of causes.
    pub fn last(error: &(dyn Error + 'static)) -> Self {
        Self::Final(Causes(error).to_string())
    }
}

/// So that `?` retries: most failures are a database or a service that is unavailable.
impl<Error: Fault> From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::retry(&error)
    }
}

/// A reason that may be stored and logged: shortened, on one line, without e-mail addresses and without
/// the path and query of URLs. Mail servers quote recipients in errors, and URLs can contain tokens.
pub fn presentable(reason: &str) -> String {
    let mut text = String::new();
    for word in reason.split_whitespace() {
        let separator = if text.is_empty() { "" } else { " " };
        let written = match (word.split_once("://"), word.contains('@')) {
            (Some((scheme, rest)), _) => {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                write!(text, "{separator}{scheme}://{}", authority.rsplit('@').next().unwrap_or_default())
            }
            (None, true) => write!(text, "{separator}<address>"),
            (None, false) => write!(text, "{separator}{word}"),
        };
        written.expect("a String takes everything");
    }
    match text.char_indices().nth(REASON_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_short_and_names_nobody() {
        let reason =
            presentable("refused: 550 <ann@example.org>:\n no such user at smtps://user:word@mail.test:465/x?t=1 ");
        assert_eq!(reason, "refused: 550 <address> no such user at smtps://mail.test:465");
        let long = presentable(&"é".repeat(2_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (REASON_CHARACTERS_MAX + 1, true));
    }

    #[test]
    fn the_whole_chain_is_the_reason() {
        let error = kernel_error();
        assert_eq!(Failure::retry(&error), Failure::Retry("the queue could not be used: the disk is full".to_owned()));
        assert_eq!(Failure::last(&error), Failure::Final("the queue could not be used: the disk is full".to_owned()));
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the queue could not be used")]
    struct Outer(#[source] std::io::Error);

    fn kernel_error() -> Outer {
        Outer(std::io::Error::other("the disk is full"))
    }
}
