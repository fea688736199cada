//! `GET /help/ranking`: why results stand in the order they do.

use axum::response::Response;
use entry::Answer;
use serde::Serialize;

use crate::kit::frame::Frame;
use crate::kit::render::Template;

#[derive(Debug, Serialize)]
pub(crate) struct Ranking {}

pub(crate) async fn show(frame: Frame) -> Answer<Response> {
    frame.answer(&Ranking {})
}

impl Template for Ranking {
    const TEMPLATE: &'static str = "pages/help/ranking.html";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("plain", Self {})]
    }
}
