//! One booking of the demo.

use kernel::Instant;

use super::calendar::BookedTime;
use super::course::Course;

/// One booking, before it becomes rows.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Places in the lists of the world.
    pub star: u32,
    pub offer: u8,
    pub customer: u32,
    pub slot: Option<BookedTime>,
    pub course: Course,
    /// From 1 to 5, and when it was written.
    pub review: Option<(i16, Instant)>,
}
