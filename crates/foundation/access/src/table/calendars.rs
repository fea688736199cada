//! Calendars that celebrities keep elsewhere, under `/api`. Who looks after no profile has none.

use crate::{Entry, Guard, Policy};

entries! {
    /// The calendars of the profiles that the caller looks after.
    LIST = Entry::get("/api/calendars", Policy::SignedIn);
    /// Adds one.
    ADD = Entry::post("/api/calendars", Policy::Verified);
    /// Removes one.
    REMOVE = Entry::delete("/api/calendars/{id}", Policy::SignedIn).guard(Guard::Calendar);
    /// Has one read now.
    READ = Entry::post("/api/calendars/{id}/reading", Policy::SignedIn).guard(Guard::Calendar);
}
