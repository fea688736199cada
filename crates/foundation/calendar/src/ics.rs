//! Writes calendar files (RFC 5545): escapes text and folds long lines.

use kernel::Instant;

/// The longest line of RFC 5545; longer ones are folded.
const LINE_BYTES_MAX: usize = 75;

/// A calendar file being written.
#[derive(Debug)]
pub struct IcsDocument(String);

impl IcsDocument {
    /// Begins a file of the named product; `method` is `PUBLISH` or `CANCEL`.
    pub fn new(product: &str, method: &str) -> Self {
        let mut document = Self(String::new());
        document.line("BEGIN", "VCALENDAR");
        document.line("VERSION", "2.0");
        document.line("PRODID", &format!("-//Stagedoor//{product}//EN"));
        document.line("METHOD", method);
        document
    }

    /// Adds a line whose value needs no escaping.
    pub fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE_BYTES_MAX {
                self.0.push_str("\r\n ");
                // The space at the start of a continued line counts.
                length = 1;
            }
            length += letter.len_utf8();
            self.0.push(letter);
        }
        self.0.push_str("\r\n");
    }

    /// Adds a line of free text, escaped.
    pub fn text(&mut self, name: &str, text: &str) {
        let text = text.replace('\r', "");
        self.line(name, &text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n"));
    }

    /// Adds an instant, in UTC.
    pub fn instant(&mut self, name: &str, at: Instant) {
        self.line(name, &at.format("%Y%m%dT%H%M%SZ").to_string());
    }

    /// The whole file.
    pub fn finish(mut self) -> String {
        self.line("END", "VCALENDAR");
        self.0
    }
}
