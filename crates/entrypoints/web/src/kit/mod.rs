//! What pages are made with: the frame around them, templates, forms in and out, words for money and time, cookies, assets. Knows
//! no page.

pub(crate) mod assets;
pub(crate) mod cookies;
pub(crate) mod extract;
pub(crate) mod form;
pub(crate) mod format;
pub(crate) mod frame;
pub(crate) mod headers;
pub(crate) mod qr;
pub(crate) mod render;
