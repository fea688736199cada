//! External calendars of celebrities.

mod feeds;

use access::table::calendars as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::LIST, feeds::list)
        .on(&table::ADD, feeds::add)
        .on(&table::REMOVE, feeds::remove)
        .on(&table::READ, feeds::read)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(feeds::list, feeds::add, feeds::remove, feeds::read))]
pub struct CalendarsDoc;
