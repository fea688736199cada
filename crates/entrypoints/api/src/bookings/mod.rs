//! Bookings over HTTP: place, read, cancel.

mod calendar;
mod cancellation;
mod create;
mod list;
mod show;
pub(crate) mod views;

use access::table::bookings as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::CREATE, create::handle)
        .on(&table::LIST, list::handle)
        .on(&table::SHOW, show::handle)
        .on(&table::CANCELLATION_PREVIEW, cancellation::preview)
        .on(&table::CANCEL, cancellation::cancel)
        .on(&table::CALENDAR, calendar::handle)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(create::handle, list::handle, show::handle, cancellation::preview, cancellation::cancel, calendar::handle),
    components(schemas(list::SideInput, ::bookings::Status))
)]
pub struct BookingsDoc;
