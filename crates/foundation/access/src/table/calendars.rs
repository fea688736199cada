//! External calendars of celebrities, under `/api`. The list is empty for a caller who manages no profile.

use kernel::Scope;

use crate::{Entry, Guard, Policy};

entries! {
    /// The external calendars of the profiles that the caller manages.
    LIST = Entry::get("/api/calendars", Policy::SignedIn).scope(Scope::CalendarsRead);
    /// Adds an external calendar.
    ADD = Entry::post("/api/calendars", Policy::Verified).scope(Scope::CalendarsWrite);
    /// Removes an external calendar.
    REMOVE = Entry::delete("/api/calendars/{id}", Policy::SignedIn).scope(Scope::CalendarsWrite).guard(Guard::Calendar);
    /// Reads an external calendar now.
    READ = Entry::post("/api/calendars/{id}/reading", Policy::SignedIn).scope(Scope::CalendarsWrite).guard(Guard::Calendar);
}
