//! How long a session lives: each visit puts its end off, up to a limit that no visit moves.

use chrono::TimeDelta;
use kernel::{Instant, Role};

/// The life of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionLife {
    /// It ends after so long without a visit.
    pub idle: TimeDelta,
    /// It ends after so long in any case.
    pub whole: TimeDelta,
}

impl SessionLife {
    /// Staff sit at machines that others pass by, and can do more harm.
    pub fn of(roles: &[Role]) -> Self {
        if roles.iter().any(|role| role.is_staff()) {
            Self { idle: TimeDelta::minutes(30), whole: TimeDelta::hours(12) }
        } else {
            Self { idle: TimeDelta::days(14), whole: TimeDelta::days(90) }
        }
    }

    /// The end of a session that began at `began` and is visited `now`.
    pub fn ends_at(self, began: Instant, now: Instant) -> Instant {
        (now + self.idle).min(began + self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_puts_the_end_off_up_to_a_limit() {
        let (customer, staff) = (SessionLife::of(&[Role::Customer]), SessionLife::of(&[Role::Customer, Role::Admin]));
        let began: Instant = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(customer.ends_at(began, began), began + TimeDelta::days(14));
        assert_eq!(customer.ends_at(began, began + TimeDelta::days(80)), began + TimeDelta::days(90));
        assert_eq!(staff.ends_at(began, began), began + TimeDelta::minutes(30));
        assert_eq!(staff.ends_at(began, began + TimeDelta::minutes(715)), began + TimeDelta::hours(12));
    }
}
