//! The site in a browser: pages rendered on the server, forms, and the assets of `frontend/`.
//!
//! Every page is a struct in `pages/<area>/<page>.rs` beside its template `templates/pages/<area>/<page>.html`; samples of all of
//! them are drawn by one test and by the gallery.

mod assets;
//ENTRY mod errors;
//ENTRY mod extract;
mod form;
mod format;
mod frame;
//ENTRY mod gallery;
pub mod links;
mod pages;
mod render;
//ENTRY mod router;
mod views;

pub use assets::front_end_is_built;
//ENTRY pub use errors::draw_problems;
//ENTRY pub use router::routes;
