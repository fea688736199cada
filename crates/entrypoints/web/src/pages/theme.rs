//! `POST /theme`: keeps the chosen theme in a cookie, so that the next page is drawn in it from its first byte.

use axum::response::{Redirect, Response};
use entry::{Answer, cookies};
use serde::Deserialize;

use crate::kit::extract::Posted;
use crate::kit::frame::THEME_COOKIE;
use site::links;

/// How long a choice is remembered.
const YEAR_S: i64 = 365 * 24 * 60 * 60;

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    theme: String,
    return_to: String,
}

pub(crate) async fn keep(Posted(chosen): Posted<Chosen>) -> Answer<Response> {
    let theme = if chosen.theme == "dark" { "dark" } else { "light" };
    let back = Redirect::to(links::safe_return(Some(&chosen.return_to)));
    Ok(cookies::keep(back, THEME_COOKIE, theme, YEAR_S))
}
