//! Gift cards and credit over HTTP.

mod batch_list;
mod batches;
mod claim;
mod credit;
mod deliver;
mod liability;
mod loyalty;
mod order;
mod redeem;
mod sent;
mod show;
mod stop;
mod stop_batch;
mod transfer;
mod validate;
mod views;

use access::table::gift_cards as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::LIST, show::list)
        .on(&table::ORDER, order::order)
        .on(&table::LIST_ORDERS, order::list)
        .on(&table::SHOW_ORDER, order::show)
        .on(&table::RETURN_ORDER, order::give_back)
        .on(&table::DELIVER_ORDER, deliver::handle)
        .on(&table::VALIDATE, validate::handle)
        .on(&table::CLAIM, claim::handle)
        .on(&table::ISSUE_BATCH, batches::issue)
        .on(&table::BATCHES, batch_list::list)
        .on(&table::BATCH, batch_list::show)
        .on(&table::FREEZE_BATCH, stop_batch::freeze)
        .on(&table::UNFREEZE_BATCH, stop_batch::unfreeze)
        .on(&table::LIABILITY, liability::show)
        .on(&table::SHOW, show::show)
        .on(&table::HISTORY, show::history)
        .on(&table::REDEEM, redeem::handle)
        .on(&table::SEND, transfer::send)
        .on(&table::SENT, sent::show)
        .on(&table::TAKE_BACK, sent::take_back)
        .on(&table::FREEZE, stop::freeze)
        .on(&table::UNFREEZE, stop::unfreeze)
        .on(&table::LOYALTY, loyalty::show)
        .on(&table::CREDIT, credit::show)
        .on(&table::CREDIT_HISTORY, credit::history)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    show::list,
    order::order,
    order::list,
    order::show,
    order::give_back,
    deliver::handle,
    validate::handle,
    claim::handle,
    batches::issue,
    batch_list::list,
    batch_list::show,
    stop_batch::freeze,
    stop_batch::unfreeze,
    liability::show,
    show::show,
    show::history,
    redeem::handle,
    transfer::send,
    sent::show,
    sent::take_back,
    stop::freeze,
    stop::unfreeze,
    loyalty::show,
    credit::show,
    credit::history
))]
pub struct GiftCardsDoc;
