//! A booking as a calendar file, which replaces its earlier versions in any calendar that imported it.

use calendar::{IcsDocument, booking_event_id};
use kernel::Instant;

use crate::booking::Booking;
use crate::status::Status;

/// The calendar event of a booking that has a time; `page` is the address of the booking.
pub fn invitation(booking: &Booking, stage_name: &str, page: &str, now: Instant) -> Option<String> {
    let time = booking.terms.time?;
    let (method, status) = match booking.status {
        Status::Cancelled | Status::Expired | Status::Declined | Status::Refunded => ("CANCEL", "CANCELLED"),
        Status::Requested | Status::OfferedByTalent | Status::OfferedByCustomer | Status::AwaitingPayment => {
            ("PUBLISH", "TENTATIVE")
        }
        Status::Confirmed | Status::InProgress | Status::Delivered | Status::Completed | Status::Disputed => {
            ("PUBLISH", "CONFIRMED")
        }
    };
    let mut file = IcsDocument::new("Booking", method);
    file.line("BEGIN", "VEVENT");
    file.line("UID", &booking_event_id(booking.id));
    file.line("SEQUENCE", &booking.version.to_string());
    file.instant("DTSTAMP", now);
    file.instant("DTSTART", time.starts_at);
    file.instant("DTEND", time.ends_at);
    file.text("SUMMARY", &format!("{} with {stage_name}", booking.terms.title));
    file.text("DESCRIPTION", &format!("Booking {}\n{page}", booking.reference));
    file.line("URL", page);
    file.line("STATUS", status);
    file.line("END", "VEVENT");
    Some(file.finish())
}
