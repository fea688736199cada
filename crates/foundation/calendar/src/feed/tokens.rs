//! The structure of a calendar file, read flat: which component each line belongs to. Its depth is bounded, and nothing recurses.

use super::lines::{FeedLine, FeedLines};
use super::troubles::{LineTroubleKind, LineTroubles};

/// Components that lie deeper are skipped; calendars need three levels.
const DEPTH_MAX: usize = 16;

/// What a component is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Component {
    Calendar,
    Event,
    FreeBusy,
    TimeZone,
    /// Standard or daylight saving time within a time zone.
    Observance,
    /// One whose lines keep nobody busy, such as a task or an alarm.
    Other,
}

/// What comes next in the file.
#[derive(Debug)]
pub(super) enum Token<'text> {
    /// A component begins; with the line that says so.
    Begin(Component, FeedLine<'text>),
    /// A line of the innermost component.
    Property(Component, FeedLine<'text>),
    End(Component),
}

/// Reads a file token by token.
#[derive(Debug)]
pub(super) struct Tokens<'text> {
    lines: FeedLines<'text>,
    /// The components that are open, from the outermost, with their names.
    open: Vec<(Component, String)>,
    /// How many levels deeper than allowed the current line lies.
    too_deep: usize,
    /// A line to read again, after the components that it ends implicitly.
    held: Option<FeedLine<'text>>,
    ends_early: bool,
}

impl<'text> Tokens<'text> {
    pub fn new(text: &'text str) -> Self {
        Self { lines: FeedLines::new(text), open: Vec::new(), too_deep: 0, held: None, ends_early: false }
    }

    /// Whether something was open at the end of the file, once that is reached.
    pub const fn ends_early(&self) -> bool {
        self.ends_early
    }

    pub fn next(&mut self, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        loop {
            let Some(line) = self.held.take().or_else(|| self.lines.next(troubles)) else {
                return self.end_of_file(troubles);
            };
            let token = if line.is("BEGIN") {
                self.begin(line, troubles)
            } else if line.is("END") {
                self.end(line, troubles)
            } else {
                self.property(line, troubles)
            };
            if token.is_some() {
                return token;
            }
        }
    }

    fn begin(&mut self, line: FeedLine<'text>, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        let name = short_name(line.value());
        let parent = self.open.last().map(|(component, _)| *component);
        // A calendar stands by itself, and these stand in a calendar: what is still open around them lacks its end.
        let belongs_here = match name.as_str() {
            "VCALENDAR" => parent.is_none(),
            "VEVENT" | "VFREEBUSY" | "VTIMEZONE" | "VTODO" | "VJOURNAL" | "VAVAILABILITY" => {
                self.too_deep == 0 && parent.is_none_or(|parent| parent == Component::Calendar)
            }
            _ => true,
        };
        if !belongs_here {
            return self.close_innermost(line, troubles);
        }
        if self.too_deep > 0 || self.open.len() >= DEPTH_MAX {
            if self.too_deep == 0 {
                troubles.tell(LineTroubleKind::Nesting, line.number, line.text());
            }
            self.too_deep += 1;
            return None;
        }
        let component = match name.as_str() {
            "VCALENDAR" => Component::Calendar,
            "VEVENT" => Component::Event,
            "VFREEBUSY" => Component::FreeBusy,
            "VTIMEZONE" => Component::TimeZone,
            "STANDARD" | "DAYLIGHT" if parent == Some(Component::TimeZone) => Component::Observance,
            _ => Component::Other,
        };
        // Tasks, notes and what a program keeps for itself keep nobody busy. Of everything else in a calendar we cannot know.
        let is_harmless = name.starts_with("X-") || matches!(name.as_str(), "VTODO" | "VJOURNAL" | "VALARM");
        if component == Component::Other && parent == Some(Component::Calendar) && !is_harmless {
            troubles.tell(LineTroubleKind::Component, line.number, line.text());
        }
        self.open.push((component, name));
        Some(Token::Begin(component, line))
    }

    fn end(&mut self, line: FeedLine<'text>, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        let name = short_name(line.value());
        if self.too_deep > 0 && name != "VCALENDAR" {
            self.too_deep -= 1;
            return None;
        }
        self.too_deep = 0;
        match self.open.iter().rposition(|(_, open)| *open == name) {
            Some(at) if at + 1 == self.open.len() => self.open.pop().map(|(component, _)| Token::End(component)),
            Some(_) => self.close_innermost(line, troubles),
            None => {
                troubles.tell(LineTroubleKind::Nesting, line.number, line.text());
                None
            }
        }
    }

    fn property(&mut self, line: FeedLine<'text>, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        if self.too_deep > 0 {
            return None;
        }
        let Some((component, _)) = self.open.last() else {
            troubles.tell(LineTroubleKind::Line, line.number, line.text());
            return None;
        };
        Some(Token::Property(*component, line))
    }

    /// Ends the innermost component, whose own end is missing, and reads `line` again after that.
    fn close_innermost(&mut self, line: FeedLine<'text>, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        troubles.tell(LineTroubleKind::Nesting, line.number, line.text());
        self.too_deep = 0;
        self.held = Some(line);
        self.open.pop().map(|(component, _)| Token::End(component))
    }

    /// Ends what is still open at the end of the file.
    fn end_of_file(&mut self, troubles: &mut LineTroubles) -> Option<Token<'text>> {
        let (component, name) = self.open.pop()?;
        self.ends_early = true;
        troubles.tell(LineTroubleKind::Nesting, self.lines.number(), &format!("the file ends before END:{name}"));
        Some(Token::End(component))
    }
}

/// The name of a component in capitals. Long ones are cut; none that we know is long.
fn short_name(name: &str) -> String {
    name.chars().take(40).collect::<String>().to_ascii_uppercase()
}
