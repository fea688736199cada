//! Payments over HTTP.

mod ask_order_refund;
mod ask_refund;
mod chargebacks;
mod decide_refund;
mod pay;
mod refund_requests;
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
        .on(&table::ASK_ORDER_REFUND, ask_order_refund::handle)
        .on(&table::ASK_REFUND, ask_refund::handle)
        .on(&table::REFUND_REQUESTS, refund_requests::list)
        .on(&table::REFUND_REQUEST, refund_requests::show)
        .on(&table::APPROVE_REFUND, decide_refund::approve)
        .on(&table::DECLINE_REFUND, decide_refund::decline)
        .on(&table::CHARGEBACKS, chargebacks::list)
        .on(&table::CHARGEBACK, chargebacks::show)
        .on(&table::CLOSE_CHARGEBACK, chargebacks::close)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    pay::handle,
    pay::for_order,
    show::show,
    show::refresh,
    withdraw::handle,
    ask_order_refund::handle,
    ask_refund::handle,
    refund_requests::list,
    refund_requests::show,
    decide_refund::approve,
    decide_refund::decline,
    chargebacks::list,
    chargebacks::show,
    chargebacks::close
))]
pub struct PaymentsDoc;
