//! What could not be read of a calendar, with the line that it is about, in bounded form.

use kernel::text::turns_around;
use serde::{Deserialize, Serialize};

/// The most lines of one kind that are listed; all are counted.
const LISTED_MAX: usize = 5;
/// The most letters that are kept of a line.
const TEXT_MAX: usize = 80;

/// What could not be read, and what was assumed instead. When in doubt, the time is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineTroubleKind {
    /// A component begins or ends where it should not, or lies too deep; the rest was read.
    Nesting,
    /// A component that may block time and cannot be evaluated; skipped.
    Component,
    /// An event without a beginning that can be read; it is placed by its end, or skipped if that is missing too.
    Start,
    /// An event without an end that can be read: an hour or a day was assumed.
    End,
    /// A rule that cannot be read: the event counts on every day.
    Rule,
    /// A part of a rule that cannot be read; whatever it may mean counts.
    RulePart,
    /// A rule finer than hourly: all the time that it spans counts as busy.
    TooFine,
    /// A left out, added or replaced date that cannot be read; what is regular stays busy.
    Date,
    /// A zone whose name is unknown, and which the file does not define either: the celebrity's own was assumed.
    Zone,
    /// A zone whose name is unknown; its definition in the file was used.
    DefinedZone,
    /// An event that lasts longer than a year.
    Long,
    /// There is more than is evaluated: from there on all the time counts as busy.
    CutOff,
    /// A line that says nothing that can be understood; skipped.
    // After a downgrade, kinds that only the newer release knows are read as this one.
    #[serde(other)]
    Line,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineTrouble {
    /// The line of the file, from 1.
    pub line: u32,
    pub kind: LineTroubleKind,
    /// The beginning of that line.
    pub text: String,
}

/// Everything that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineTroubles {
    pub count: u32,
    /// The first ones of each kind, in the order in which they were found.
    pub listed: Vec<LineTrouble>,
}

impl LineTroubles {
    pub(super) fn tell(&mut self, kind: LineTroubleKind, line: u32, text: &str) {
        self.count = self.count.saturating_add(1);
        if self.listed.iter().filter(|listed| listed.kind == kind).count() < LISTED_MAX {
            // Control characters cannot be stored or shown.
            let is_stray = |letter: char| letter.is_control() || turns_around(letter);
            let text = text.chars().take(TEXT_MAX).map(|letter| if is_stray(letter) { '\u{fffd}' } else { letter });
            self.listed.push(LineTrouble { line, kind, text: text.collect() });
        }
    }
}
