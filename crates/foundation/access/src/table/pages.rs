//! Pages and forms of the site.

use crate::{Entry, Policy};

entries! {
    /// The home page.
    HOME = Entry::get("/", Policy::Public);
}
