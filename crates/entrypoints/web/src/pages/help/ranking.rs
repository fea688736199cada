//! `GET /help/ranking`: why results stand in the order they do.

use serde::Serialize;

use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Ranking {}

impl Page for Ranking {
    const TEMPLATE: &'static str = "pages/help/ranking.html";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("plain", Self {})]
    }
}
