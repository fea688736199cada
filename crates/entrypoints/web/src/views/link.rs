//! Links and choices.

use serde::Serialize;

/// A link with words, as in facets and crumbs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkView {
    pub href: String,
    pub label: String,
    pub count: Option<i64>,
    pub is_current: bool,
}

impl LinkView {
    /// A plain link.
    pub(crate) fn to(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into(), count: None, is_current: false }
    }
}

/// One option of a drop-down list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OptionView {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// Every time zone people live in, with the one that is chosen.
pub(crate) fn zones(chosen: &str) -> Vec<OptionView> {
    let named = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let lived_in = named.filter(|name| {
        *name == "UTC"
            || *name == chosen
            || (name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/"))
    });
    let option =
        |name: &str| OptionView { value: name.to_owned(), label: name.replace('_', " "), is_chosen: name == chosen };
    lived_in.map(option).collect()
}
