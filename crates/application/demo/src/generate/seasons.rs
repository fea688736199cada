//! When bookings are placed and when events happen: growth over two years, seasons, weekends, time of day.

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta, Weekday};
use kernel::Instant;

use crate::dice::Dice;

/// How far back the demo data reaches.
pub const DAYS_BACK: i64 = 730;

/// Events by month: weddings in June, parties in December, a quiet January. In percent of an average month.
const MONTHS: [u32; 12] = [68, 82, 90, 100, 115, 128, 104, 86, 112, 104, 108, 148];

/// The demand for events on this day, out of a thousand for the day with the highest demand.
pub fn event_permille(day: NaiveDate) -> i64 {
    let weekday = match day.weekday() {
        Weekday::Sat => 100,
        Weekday::Fri => 72,
        Weekday::Sun => 62,
        Weekday::Thu => 44,
        _ => 36,
    };
    i64::from(MONTHS[day.month0() as usize]) * weekday * 1_000 / 14_800
}

/// When bookings are placed.
#[derive(Debug)]
pub struct Seasons {
    now: Instant,
    /// Running sums of the days' weights, oldest day first.
    sums: Vec<f64>,
}

impl Seasons {
    /// The two years that end at `now`.
    pub fn until(now: Instant) -> Self {
        let mut sum = 0.0;
        let first = now.date_naive() - Days::new(DAYS_BACK.unsigned_abs());
        let sums = (0..DAYS_BACK)
            .map(|day| {
                let date = first + Days::new(day.unsigned_abs());
                // People plan about six weeks ahead, so bookings follow the season of forty days later.
                let season = f64::from(MONTHS[(date + Days::new(40)).month0() as usize]) + 60.0;
                let weekday = if matches!(date.weekday(), Weekday::Sun | Weekday::Mon) { 1.25 } else { 1.0 };
                let growth = 0.45 + day as f64 / DAYS_BACK as f64;
                sum += season * weekday * growth;
                sum
            })
            .collect();
        Self { now, sums }
    }

    /// A random moment at which a booking is placed, not before `earliest`.
    pub fn placing(&self, dice: &mut Dice, earliest: Instant) -> Instant {
        let skipped = (DAYS_BACK - (self.now - earliest).num_days()).clamp(0, DAYS_BACK - 1) as usize;
        let below = if skipped == 0 { 0.0 } else { self.sums[skipped - 1] };
        let total = self.sums[self.sums.len() - 1];
        let drawn = below + (total - below) * dice.fraction();
        let day = self.sums.partition_point(|sum| *sum <= drawn).min(self.sums.len() - 1);
        // The sum of two uniform draws peaks around 16:00 UTC.
        let minute = (240 + dice.between(0, 720) + dice.between(0, 720)) % 1_440;
        let back = TimeDelta::days(DAYS_BACK - day as i64) - TimeDelta::minutes(minute);
        let second = TimeDelta::milliseconds(dice.between(0, 60_000));
        (self.now - back + second).clamp(earliest, self.now - TimeDelta::minutes(3))
    }
}

/// How many days ahead somebody books: most within weeks, some within months.
pub fn lead_days(dice: &mut Dice, mean: f64) -> i64 {
    (-(1.0 - dice.fraction()).ln() * mean) as i64
}
