//! Payments over HTTP.

mod pay;
mod show;
pub(crate) mod views;

use access::table::payments as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes.on(&table::PAY, pay::handle).on(&table::SHOW, show::show).on(&table::REFRESH, show::refresh)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(pay::handle, show::show, show::refresh))]
pub struct PaymentsDoc;
