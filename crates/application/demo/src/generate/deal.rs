//! One booking of the demo.

use kernel::Instant;

use super::calendar::BookedTime;
use super::course::Course;

/// One booking before it becomes rows.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Indices into the lists of the world.
    pub star: u32,
    pub offer: u8,
    pub customer: u32,
    pub slot: Option<BookedTime>,
    pub course: Course,
    /// The rating from 1 to 5, and when it was written.
    pub review: Option<(i16, Instant)>,
}
