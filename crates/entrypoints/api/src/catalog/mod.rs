//! The catalog over HTTP: public reading.

mod availability;
mod cache;
mod calendar;
mod categories;
mod celebrities;
mod celebrity;
mod offerings;
mod portrait;
mod price;
mod reviews;
mod views;

use std::sync::Arc;

use access::table::catalog as table;
use axum::extract::{Request, State};
use entry::{Routes, Site};

use cache::ReadyAnswers;

/// The routes of this area. Answers that are the same for everybody are cached for a few seconds.
pub fn routes(routes: Routes) -> Routes {
    let ready = Arc::new(ReadyAnswers::default());
    let (categories_ready, list_ready, profile_ready) = (ready.clone(), ready.clone(), ready);
    routes
        .on(&table::CATEGORIES, move |State(site): State<Site>, request: Request| {
            let ready = categories_ready.clone();
            async move { categories::handle(site, &ready, request).await }
        })
        .on(&table::CELEBRITIES, move |State(site): State<Site>, request: Request| {
            let ready = list_ready.clone();
            async move { celebrities::handle(site, &ready, request).await }
        })
        .on(&table::CELEBRITY, move |State(site): State<Site>, request: Request| {
            let ready = profile_ready.clone();
            async move { celebrity::handle(site, &ready, request).await }
        })
        .on(&table::OFFERINGS, offerings::handle)
        .on(&table::AVAILABILITY, availability::handle)
        .on(&table::REVIEWS, reviews::handle)
        .on(&table::CALENDAR, calendar::handle)
        .on(&table::PRICE, price::handle)
        .on(&table::PORTRAIT, portrait::handle)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        categories::handle,
        celebrities::handle,
        celebrity::handle,
        offerings::handle,
        availability::handle,
        reviews::handle,
        calendar::handle,
        price::handle
    ),
    components(schemas(::catalog::search::Sort))
)]
pub struct CatalogDoc;
