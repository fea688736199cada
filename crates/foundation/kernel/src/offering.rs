//! Kinds of offerings and modes of booking, shared by several domains.

use crate::closed_set;

closed_set! {
    /// The four kinds of service, in the order of the pages.
    OfferingKind {
        VideoCall = "video_call",
        Appearance = "appearance",
        PersonalVideo = "personal_video",
        Endorsement = "endorsement",
    }
}

closed_set! {
    /// How a booking comes about.
    BookingMode {
        /// Booked and paid at once.
        Instant = "instant",
        /// The talent accepts or declines a request first.
        Request = "request",
        /// The talent names a price first.
        Quote = "quote",
    }
}

impl OfferingKind {
    /// Whether it takes time on the calendar.
    pub const fn takes_time(self) -> bool {
        matches!(self, Self::VideoCall | Self::Appearance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_sent_as_it_is_stored() {
        for kind in OfferingKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for mode in BookingMode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
        }
    }
}
