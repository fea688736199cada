//! How long a session lives: each visit extends it, up to an absolute limit.

use chrono::TimeDelta;
use kernel::{Instant, Role};

/// The lifetime of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionLifetime {
    /// It ends after this long without a visit.
    pub idle: TimeDelta,
    /// It ends after this long in any case.
    pub absolute: TimeDelta,
}

impl SessionLifetime {
    /// Sessions of staff are short: staff have more rights, and often work at shared computers.
    pub fn of(roles: &[Role]) -> Self {
        if roles.iter().any(|role| role.is_staff()) {
            Self { idle: TimeDelta::minutes(30), absolute: TimeDelta::hours(12) }
        } else {
            Self { idle: TimeDelta::days(14), absolute: TimeDelta::days(90) }
        }
    }

    /// The end of a session that began at `began` and is visited `now`.
    pub fn ends_at(self, began: Instant, now: Instant) -> Instant {
        (now + self.idle).min(began + self.absolute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_extends_a_session_up_to_the_absolute_limit() {
        let (customer, staff) =
            (SessionLifetime::of(&[Role::Customer]), SessionLifetime::of(&[Role::Customer, Role::Admin]));
        let began: Instant = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(customer.ends_at(began, began), began + TimeDelta::days(14));
        assert_eq!(customer.ends_at(began, began + TimeDelta::days(80)), began + TimeDelta::days(90));
        assert_eq!(staff.ends_at(began, began), began + TimeDelta::minutes(30));
        assert_eq!(staff.ends_at(began, began + TimeDelta::minutes(715)), began + TimeDelta::hours(12));
    }
}
