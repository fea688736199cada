//! What surrounds every page: who is signed in, the theme, where the styles are.

use accounts::Caller;
use serde::Serialize;

use crate::assets::{self, AssetLinks};
use crate::format;

/// The cookie that keeps the chosen theme.
pub(crate) const THEME_COOKIE: &str = "stagedoor-theme";

/// The surroundings of one rendered page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Frame {
    pub caller: Option<CallerView>,
    /// `light` or `dark` when the visitor chose one; else the device decides.
    pub theme: Option<&'static str>,
    /// Whether something waits for the signed-in person: the lamp glows.
    pub lamp_glows: bool,
    /// Proof that a form is ours, bound to the session.
    pub csrf: String,
    /// The page's own address, to come back to.
    pub path: String,
    pub assets: AssetLinks,
    pub development: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CallerView {
    pub name: String,
    pub initials: String,
    pub email: String,
    pub email_verified: bool,
}

impl From<&Caller> for CallerView {
    fn from(caller: &Caller) -> Self {
        Self {
            name: caller.display_name.clone(),
            initials: format::initials(&caller.display_name),
            email: caller.email.clone(),
            email_verified: caller.email_verified,
        }
    }
}

impl Frame {
    /// The surroundings for samples.
    pub(crate) fn sample(signed_in: bool) -> Self {
        Self {
            caller: signed_in.then(|| CallerView {
                name: "Noor Haddad".to_owned(),
                initials: "NH".to_owned(),
                email: "noor@example.test".to_owned(),
                email_verified: true,
            }),
            theme: None,
            lamp_glows: false,
            csrf: "sample".to_owned(),
            path: "/".to_owned(),
            assets: assets::links(),
            development: true,
        }
    }
}
