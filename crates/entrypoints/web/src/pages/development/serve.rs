//! `/gallery`: every sample of every page, for judging the look. In development only.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use entry::{Answer, OnThisMachine, Path, Problem, Site};
use http::{HeaderValue, header};
use kernel::FaultKind;

use super::gallery::{Gallery, SampleLinks};
use crate::kit::frame::Frame;
use crate::kit::render;
use crate::pages;

/// `GET /gallery`
pub(crate) async fn index(State(site): State<Site>, _: OnThisMachine, frame: Frame) -> Answer<Response> {
    in_development(&site)?;
    frame.answer(&Gallery { samples: pages::samples().map(|sample| SampleLinks::of(&sample)).collect() })
}

/// `GET /gallery/pages/{side}/{area}/{page}/{sample}`
pub(crate) async fn page(
    State(site): State<Site>,
    _: OnThisMachine,
    Path((side, area, page, name)): Path<(String, String, String, String)>,
) -> Answer<Response> {
    in_development(&site)?;
    let template = format!("pages/{area}/{page}.html");
    let sample = pages::samples()
        .find(|sample| sample.template == template && sample.name == name)
        .ok_or_else(Problem::not_found)?;
    let html = render::render_value(sample.template, &Frame::sample(side == "in"), sample.page)
        .map_err(|error| Problem::new(FaultKind::Broken, "internal", format!("{error:#}")))?;
    Ok(Html(html).into_response())
}

/// `GET /gallery/portraits/{file}`: the sample portraits, from the source tree.
pub(crate) async fn portrait(State(site): State<Site>, _: OnThisMachine, Path(file): Path<String>) -> Answer<Response> {
    in_development(&site)?;
    let number: u8 = file.trim_end_matches(".svg").parse().map_err(|_| Problem::not_found())?;
    let path = format!("{}/../../../frontend/samples/{number}.svg", env!("CARGO_MANIFEST_DIR"));
    let drawing = tokio::fs::read(path).await.map_err(|_| Problem::not_found())?;
    let mut response = drawing.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    Ok(response)
}

fn in_development(site: &Site) -> Answer<()> {
    if site.settings.development { Ok(()) } else { Err(Problem::not_found()) }
}
