//! The site in a browser: pages rendered on the server, forms, and the assets of `frontend/`.
//!
//! Every page is a struct in `pages/<area>/<page>.rs` beside its template `templates/pages/<area>/<page>.html`; it is made with
//! `kit/` from the shared parts in `views/`. Samples of all pages are drawn by one test and by the gallery.

mod kit;
mod pages;
mod router;
mod views;

pub use kit::assets::front_end_is_built;
pub use router::{router, routes};
