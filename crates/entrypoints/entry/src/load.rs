//! Load shedding: refuses requests before they begin when too many are under way, the least important first.

use std::sync::atomic::{AtomicUsize, Ordering};

use access::Priority;

/// Requests under way.
#[derive(Debug)]
pub struct Load {
    under_way: AtomicUsize,
    most: usize,
}

/// One request's permit; returned when dropped.
#[derive(Debug)]
pub struct Permit<'load>(&'load AtomicUsize);

impl Load {
    /// Takes up to `most` requests at once.
    pub fn new(most: usize) -> Self {
        Self { under_way: AtomicUsize::default(), most }
    }

    /// A permit, unless the share of this priority is used up.
    pub fn enter(&self, priority: Priority) -> Option<Permit<'_>> {
        let percent = match priority {
            Priority::First => 100,
            Priority::Second => 90,
            Priority::Third => 75,
            Priority::Last => 60,
        };
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let place = Permit(&self.under_way);
        (before < self.most * percent / 100).then_some(place)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_is_refused_first_and_places_come_back() {
        let load = Load::new(10);
        let held: Vec<_> = (0..6).map(|_| load.enter(Priority::Last).unwrap()).collect();
        assert!(load.enter(Priority::Last).is_none());
        assert!(load.enter(Priority::First).is_some());
        drop(held);
        assert!(load.enter(Priority::Last).is_some());
    }
}
