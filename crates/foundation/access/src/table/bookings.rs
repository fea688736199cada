//! Bookings, under `/api`.

use kernel::Scope;

use crate::{Entry, Guard, Policy};

entries! {
    /// Places a booking and holds its time.
    CREATE = Entry::post("/api/bookings", Policy::Verified).scope(Scope::BookingsWrite).idempotent();
    /// The caller's bookings, newest first.
    LIST = Entry::get("/api/bookings", Policy::SignedIn).scope(Scope::BookingsRead);
    /// One booking with its history and deadlines.
    SHOW = Entry::get("/api/bookings/{id}", Policy::SignedIn).scope(Scope::BookingsRead).guard(Guard::Booking);
    /// What would be paid back.
    CANCELLATION_PREVIEW = Entry::get("/api/bookings/{id}/cancellation-preview", Policy::SignedIn)
        .scope(Scope::BookingsRead)
        .guard(Guard::Booking);
    /// Cancels and pays back what the policy says.
    CANCEL = Entry::post("/api/bookings/{id}/cancellation", Policy::SignedIn)
        .scope(Scope::BookingsWrite)
        .guard(Guard::Booking)
        .idempotent();
    /// The booking as a calendar file.
    CALENDAR = Entry::get("/api/bookings/{id}/calendar.ics", Policy::SignedIn).scope(Scope::BookingsRead).guard(Guard::Booking);
}
