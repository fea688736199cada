//! The lines of a calendar file: continued lines joined, and each taken apart into name, parameters and value.

use std::borrow::Cow;

use super::troubles::{LineTroubleKind, LineTroubles};

/// One line, such as `DTSTART;TZID=Europe/Berlin:20261201T100000`.
#[derive(Debug, Clone)]
pub(super) struct FeedLine<'text> {
    /// Its number in the file, from 1; of a continued line the first.
    pub number: u32,
    text: Cow<'text, str>,
    name_ends: usize,
    value_begins: usize,
}

/// The lines of a text.
#[derive(Debug)]
pub(super) struct FeedLines<'text> {
    rest: &'text str,
    number: u32,
}

impl<'text> FeedLines<'text> {
    pub fn new(text: &'text str) -> Self {
        Self { rest: text, number: 0 }
    }

    /// The number of the line that was read last.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The next line that says something. Those that cannot be understood are told and skipped.
    pub fn next(&mut self, troubles: &mut LineTroubles) -> Option<FeedLine<'text>> {
        while !self.rest.is_empty() {
            let number = self.number.saturating_add(1);
            let text = self.joined();
            if text.trim().is_empty() {
                continue;
            }
            match FeedLine::of(number, text) {
                Ok(line) => return Some(line),
                Err(text) => troubles.tell(LineTroubleKind::Line, number, &text),
            }
        }
        None
    }

    /// The next line with those that continue it.
    fn joined(&mut self) -> Cow<'text, str> {
        let mut text = Cow::Borrowed(self.physical());
        while self.rest.starts_with([' ', '\t']) {
            let more = &self.physical()[1..];
            text.to_mut().push_str(more);
        }
        // Old programs continue lines as mails do (vCalendar 1.0).
        while text.ends_with('=') && is_quoted_printable(&text) && !self.rest.is_empty() {
            let more = self.physical();
            let text = text.to_mut();
            text.pop();
            text.push_str(more);
        }
        text
    }

    fn physical(&mut self) -> &'text str {
        self.number = self.number.saturating_add(1);
        let Some(end) = self.rest.find(['\r', '\n']) else { return std::mem::take(&mut self.rest) };
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        line
    }
}

impl<'text> FeedLine<'text> {
    /// Takes a line apart; gives it back if it has no name or no value.
    fn of(number: u32, text: Cow<'text, str>) -> Result<Self, Cow<'text, str>> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let begin =
            text.len() - text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}').len();
        let name_ends = text[begin..].find(|letter| !is_of_name(letter)).map(|length| begin + length);
        let Some(name_ends) = name_ends.filter(|end| *end > begin && matches!(text.as_bytes()[*end], b':' | b';'))
        else {
            return Err(text);
        };
        // A colon within quotation marks belongs to a parameter. If a mark is never closed, it does not count.
        let mut is_quoted = false;
        let outside = text[name_ends..].find(|letter| {
            is_quoted ^= letter == '"';
            letter == ':' && !is_quoted
        });
        let Some(colon) = outside.or_else(|| text[name_ends..].find(':')) else { return Err(text) };
        let text = if begin == 0 { text } else { Cow::Owned(text[begin..].to_owned()) };
        let name_ends = name_ends - begin;
        Ok(Self { number, value_begins: name_ends + colon + 1, name_ends, text })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this is its name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    pub fn name(&self) -> &str {
        &self.text[..self.name_ends]
    }

    pub fn value(&self) -> &str {
        self.text[self.value_begins..].trim()
    }

    /// The parameters and the value of a line with a colon within a parameter, as in `TZID=(UTC+01:00) Berlin:20261201`.
    pub fn value_after_last_colon(&self) -> (&str, &str) {
        let (front, value) = self.text.rsplit_once(':').unwrap_or((&self.text, ""));
        (front.get(self.name_ends..).unwrap_or_default(), value.trim())
    }

    pub fn parameters(&self) -> &str {
        &self.text[self.name_ends..self.value_begins - 1]
    }

    /// The value of a parameter, without quotation marks.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        parameter_of(self.parameters(), name)
    }
}

/// The value of a parameter in `;NAME=value;OTHER="value"`, without quotation marks.
pub(super) fn parameter_of<'line>(parameters: &'line str, name: &str) -> Option<&'line str> {
    let mut is_quoted = false;
    let parts = parameters.split(move |letter| {
        is_quoted ^= letter == '"';
        letter == ';' && !is_quoted
    });
    parts
        .filter_map(|part| part.split_once('='))
        .find_map(|(key, value)| key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').trim()))
}

/// Whether the parameters of this line say that its value is encoded as quoted-printable.
fn is_quoted_printable(text: &str) -> bool {
    let front = text.split(':').next().unwrap_or_default();
    front.len() < 200 && front.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}
