//! Payments over HTTP.

mod pay;
mod show;
pub(crate) mod views;
mod withdraw;

use access::table::payments as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::PAY, pay::handle)
        .on(&access::table::gift_cards::PAY_ORDER, pay::for_order)
        .on(&table::SHOW, show::show)
        .on(&table::REFRESH, show::refresh)
        .on(&table::WITHDRAW, withdraw::handle)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(pay::handle, pay::for_order, show::show, show::refresh, withdraw::handle))]
pub struct PaymentsDoc;
