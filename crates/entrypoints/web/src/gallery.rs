//! `/gallery`: every sample of every page, for judging the look. In development only.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use entry::{Answer, Path, Problem, Site};
use http::{HeaderValue, header};
use kernel::FaultKind;

use crate::frame::Frame;
use crate::pages::{self, Sample};
use crate::render;

/// `GET /gallery`
pub(crate) async fn index(State(site): State<Site>) -> Answer<Response> {
    in_development(&site)?;
    let links: Vec<String> = pages::samples()
        .map(|sample| {
            let address = address(&sample);
            format!("<li>{address}: <a href=\"/gallery/pages/out/{address}\">signed out</a> <a href=\"/gallery/pages/in/{address}\">signed in</a></li>")
        })
        .collect();
    Ok(Html(format!(
        "<!doctype html><html lang=\"en\"><title>Gallery</title><h1>Gallery</h1><ul>{}</ul></html>",
        links.join("\n")
    ))
    .into_response())
}

/// `GET /gallery/pages/{side}/{area}/{page}/{sample}`
pub(crate) async fn page(
    State(site): State<Site>,
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
pub(crate) async fn portrait(State(site): State<Site>, Path(file): Path<String>) -> Answer<Response> {
    in_development(&site)?;
    let number: u8 = file.trim_end_matches(".svg").parse().map_err(|_| Problem::not_found())?;
    let path = format!("{}/../../../frontend/samples/{number}.svg", env!("CARGO_MANIFEST_DIR"));
    let drawing = tokio::fs::read(path).await.map_err(|_| Problem::not_found())?;
    let mut response = drawing.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    Ok(response)
}

fn address(sample: &Sample) -> String {
    format!("{}/{}", sample.template.trim_start_matches("pages/").trim_end_matches(".html"), sample.name)
}

fn in_development(site: &Site) -> Answer<()> {
    if site.settings.development { Ok(()) } else { Err(Problem::not_found()) }
}
