//! `GET /verify`: the mailed link lands here; a button uses it, so that no mail scanner can.

use serde::Serialize;

use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Verify {
    pub token: String,
    /// Why the link could not be used.
    pub problem: Option<String>,
}

impl Page for Verify {
    const TEMPLATE: &'static str = "pages/auth/verify.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |problem: Option<&str>| Self { token: "sample".to_owned(), problem: problem.map(str::to_owned) };
        vec![("ready", page(None)), ("lapsed", page(Some("This link was used before or is older than a day.")))]
    }
}
