//! When a celebrity can be booked: weekly hours, exceptions and blackouts.

use chrono::{Datelike as _, Days, NaiveDate};

use crate::dice::Dice;

/// Opening and closing minute for each weekday from Monday.
pub type Week = [Option<(i16, i16)>; 7];

/// One day that differs from the weekly hours.
#[derive(Debug, Clone)]
pub struct Exception {
    pub day: NaiveDate,
    /// `None` for a closed day.
    pub open: Option<(i16, i16)>,
    pub note: &'static str,
}

/// Days without any bookings, first and last included.
#[derive(Debug, Clone)]
pub struct Blackout {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub note: &'static str,
}

/// When a celebrity can be booked.
#[derive(Debug, Clone)]
pub struct Hours {
    pub week: Week,
    pub exceptions: Vec<Exception>,
    pub blackouts: Vec<Blackout>,
}

impl Hours {
    /// Opening and closing minute of `day`, without regard to blackouts.
    pub fn open(&self, day: NaiveDate) -> Option<(i16, i16)> {
        match self.exceptions.iter().find(|exception| exception.day == day) {
            Some(exception) => exception.open,
            None => self.week[day.weekday().num_days_from_monday() as usize],
        }
    }
}

/// The hours of the `star`-th celebrity.
pub fn hours(seed: u64, star: usize, today: NaiveDate) -> Hours {
    let mut dice = Dice::new(seed, "hours", star as u64);
    let hour = |hour: i16| hour * 60;
    // Saturdays are open for almost everybody.
    let (days, opens, closes): ([bool; 7], i16, i16) = match dice.weighted(&[6, 4, 4, 2]) {
        0 => ([false, true, true, true, true, true, true], hour(11), hour(23)),
        1 => ([true, true, true, true, true, true, false], hour(10), hour(22)),
        2 => ([false, false, true, true, true, true, true], hour(14), hour(24)),
        _ => ([true, true, true, true, true, true, false], hour(9), hour(19)),
    };
    let week = days.map(|is_open| is_open.then_some((opens, closes)));
    let exceptions = exceptions(&mut dice, today);
    let blackouts = blackouts(&mut dice, today);
    Hours { week, exceptions, blackouts }
}

fn exceptions(dice: &mut Dice, today: NaiveDate) -> Vec<Exception> {
    let mut exceptions: Vec<Exception> = vec![];
    for _ in 0..dice.between(0, 4) {
        let day = today + Days::new(dice.between(2, 150).unsigned_abs());
        let (open, note) = match dice.weighted(&[5, 2, 2]) {
            0 => (None, "Travelling"),
            1 => (Some((9 * 60, 13 * 60)), "Mornings only, rehearsal after"),
            _ => (Some((10 * 60, 24 * 60)), "Open late"),
        };
        if exceptions.iter().all(|other| other.day != day) {
            exceptions.push(Exception { day, open, note });
        }
    }
    exceptions
}

fn blackouts(dice: &mut Dice, today: NaiveDate) -> Vec<Blackout> {
    const NOTES: [&str; 5] = ["On tour", "Filming", "Family time", "Writing, door closed", "Training camp"];
    let mut blackouts: Vec<Blackout> = vec![];
    let mut from = today;
    for _ in 0..dice.between(0, 3) {
        let first = from + Days::new(dice.between(9, 60).unsigned_abs());
        let last = first + Days::new(dice.between(2, 13).unsigned_abs());
        blackouts.push(Blackout { first, last, note: dice.pick(&NOTES) });
        from = last;
    }
    blackouts
}
