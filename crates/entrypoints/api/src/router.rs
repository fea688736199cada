//! The routes of the whole API; each area lists its own.

use entry::Routes;

use crate::{accounts, bookings, calendars, catalog, gift_cards, openapi, operations, payments};

/// Mounts the whole API.
pub fn routes(routes: Routes) -> Routes {
    let areas =
        [accounts::routes, catalog::routes, bookings::routes, calendars::routes, payments::routes, gift_cards::routes];
    let routes = areas.into_iter().fold(routes, |routes, area| area(routes));
    operations::routes(routes, openapi::document)
}
