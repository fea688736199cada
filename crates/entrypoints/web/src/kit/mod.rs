//! The tools for pages: frame, templates, forms, formatting of
//! money and times, assets. Does not depend on any page.

pub(crate) mod amount;
pub(crate) mod assets;
pub(crate) mod attempt;
pub(crate) mod extract;
pub(crate) mod form;
pub(crate) mod format;
pub(crate) mod frame;
pub(crate) mod headers;
pub(crate) mod page_address;
pub(crate) mod qr;
pub(crate) mod render;
