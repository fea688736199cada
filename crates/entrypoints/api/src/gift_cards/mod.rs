//! Gift cards and credit over HTTP.

mod batches;
mod claim;
mod credit;
mod redeem;
mod show;
mod stop;
mod views;

use access::table::gift_cards as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::LIST, show::list)
        .on(&table::CLAIM, claim::handle)
        .on(&table::ISSUE_BATCH, batches::issue)
        .on(&table::SHOW, show::show)
        .on(&table::HISTORY, show::history)
        .on(&table::REDEEM, redeem::handle)
        .on(&table::FREEZE, stop::freeze)
        .on(&table::UNFREEZE, stop::unfreeze)
        .on(&table::CREDIT, credit::show)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    show::list,
    claim::handle,
    batches::issue,
    show::show,
    show::history,
    redeem::handle,
    stop::freeze,
    stop::unfreeze,
    credit::show
))]
pub struct GiftCardsDoc;
