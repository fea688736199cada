//! The catalog, under `/api`: public reading.

use crate::{Entry, Policy, Rate};

entries! {
    /// Every category with how many celebrities it has.
    CATEGORIES = Entry::get("/api/categories", Policy::Public);
    /// Search with filters, sorting and a cursor.
    CELEBRITIES = Entry::get("/api/celebrities", Policy::Public).rate(Rate::Search);
    /// One profile, by slug or id.
    CELEBRITY = Entry::get("/api/celebrities/{celebrity}", Policy::Public);
    /// What a celebrity offers.
    OFFERINGS = Entry::get("/api/celebrities/{celebrity}/offerings", Policy::Public);
    /// Free times of one offering.
    AVAILABILITY = Entry::get("/api/celebrities/{celebrity}/availability", Policy::Public);
    /// What customers said.
    REVIEWS = Entry::get("/api/celebrities/{celebrity}/reviews", Policy::Public);
    /// Open and taken days as a calendar feed, without who or why.
    CALENDAR = Entry::get("/api/celebrities/{celebrity}/calendar.ics", Policy::Public);
    /// The total with fees, before anybody signs in.
    PRICE = Entry::get("/api/offerings/{id}/price", Policy::Public);
    /// The image of a poster. Browsers cache it for good; a list loads dozens at once, so it has no rate limit.
    PORTRAIT = Entry::get("/portraits/{id}", Policy::Public).rate(Rate::None);
}
