//! Finds the string literals of a Rust file, so that statements are told from comments and code.

/// A literal and the line it begins in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    pub line: usize,
    pub text: String,
}

/// The file without comments, and its string literals. Escapes are left as they stand, except that an escaped line break
/// joins its lines as the compiler does.
pub fn of(source: &str) -> (String, Vec<Literal>) {
    let mut reader = Reader { rest: source, line: 1, code: String::new(), literals: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    (reader.code, reader.literals)
}

struct Reader<'source> {
    rest: &'source str,
    line: usize,
    code: String,
    literals: Vec<Literal>,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.skip(length);
        } else if self.rest.starts_with("/*") {
            let length = self.rest.find("*/").map_or(self.rest.len(), |end| end + 2);
            self.skip(length);
        } else if let Some(hashes) = raw_opening(self.rest, &self.code) {
            self.literal(hashes + 2, &format!("\"{}", "#".repeat(hashes)), false);
        } else if self.rest.starts_with('"') {
            self.literal(1, "\"", true);
        } else if let Some(length) = character_literal(self.rest) {
            self.skip(length);
        } else {
            let length = self.rest.chars().next().map_or(1, char::len_utf8);
            self.code.push_str(&self.rest[..length]);
            self.skip(length);
        }
    }

    /// Takes a literal whose opening has `opening` bytes and that ends with `closing`.
    fn literal(&mut self, opening: usize, closing: &str, has_escapes: bool) {
        let line = self.line;
        self.skip(opening);
        let mut end = 0;
        while end < self.rest.len() && !self.rest[end..].starts_with(closing) {
            let escaped = usize::from(has_escapes && self.rest[end..].starts_with('\\'));
            end += escaped;
            end += self.rest[end..].chars().next().map_or(0, char::len_utf8);
        }
        let text = self.rest[..end].replace("\\\n", " ");
        self.literals.push(Literal { line, text });
        self.code.push_str("\"\"");
        self.skip((end + closing.len()).min(self.rest.len()));
    }

    fn skip(&mut self, length: usize) {
        let lines = self.rest[..length].matches('\n').count();
        self.line += lines;
        self.code.extend(std::iter::repeat_n('\n', lines));
        // A line break that stands alone was copied already.
        if length == 1 && lines == 1 {
            self.code.pop();
        }
        self.rest = &self.rest[length..];
    }
}

/// The number of `#` of a raw literal that begins here.
fn raw_opening(rest: &str, code: &str) -> Option<usize> {
    if code.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
        return None;
    }
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of `'x'` or `'\n'`; a lifetime has no closing quote right behind.
fn character_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return Some(inner[2..].find('\'')? + 4);
    }
    let first = inner.chars().next()?;
    inner[first.len_utf8()..].starts_with('\'').then_some(first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_plain_and_raw_literals() {
        let source =
            "// \"no\"\nlet a = \"one \\\" two\"; let c = '\"';\nlet b = r#\"three \"four\"\"#; fn x<'a>() {}\n";
        let (code, literals) = of(source);
        let texts: Vec<_> = literals.iter().map(|literal| (literal.line, literal.text.as_str())).collect();
        assert_eq!(texts, [(2, "one \\\" two"), (3, "three \"four\"")]);
        assert_eq!(code.lines().count(), 3);
        assert!(code.contains("fn x<'a>()"));
    }
}
