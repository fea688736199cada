//! Payments over the API.

mod ask_order_refund;
mod ask_refund;
mod chargebacks;
mod decide_refund;
mod pay;
mod refund_requests;
mod show;
mod withdraw;
