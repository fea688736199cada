//! The site in a browser: pages rendered on the server, forms, and the assets of `frontend/`.
//!
//! Every page is a struct in `pages/<area>/<page>.rs` beside its template `templates/pages/<area>/<page>.html`; samples of all of
//! them are drawn by one test and by the gallery.

mod assets;
mod booking_views;
mod catalog_views;
mod cookies;
mod draft;
mod errors;
mod extract;
mod form;
mod format;
mod frame;
mod free_times;
mod headers;
mod month;
mod pages;
mod qr;
mod render;
mod router;
mod views;
mod way_back;

pub use assets::front_end_is_built;
pub use router::router;
