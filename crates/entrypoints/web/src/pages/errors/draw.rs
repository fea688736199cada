//! Turns problems into error pages for browsers: what happened, whether anything was charged or lost, what to do now.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use entry::compression::{accepted, compress};
use entry::{Problem, Site};
use http::{HeaderValue, Method, StatusCode, header};

use crate::kit::frame::{CallerView, Frame, Visit};
use crate::pages::errors::problem::{ProblemPage, title};
use crate::views::LinkView;
use site::links;

/// The middleware around every page.
pub(crate) async fn draw_problems(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (visit, encodings) = (Visit::of(&request), accepted(request.headers()));
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Arc<Problem>>().cloned() else {
        return response;
    };
    if visit.path.starts_with("/api/") {
        return response;
    }
    // After log-in the visitor is sent to the page that they asked for.
    if problem.status == StatusCode::UNAUTHORIZED {
        let back = if visit.method == Method::GET { visit.path.clone() } else { links::DASHBOARD.to_owned() };
        return keep_headers(&response, Redirect::to(&links::login_then(&back)).into_response());
    }
    if problem.code == "second_factor_missing" {
        return keep_headers(&response, Redirect::to(links::SECURITY).into_response());
    }
    let frame = Frame::outside(&site, &visit).await;
    let request_id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let form = (!visit.method.is_safe() && frame.path != links::HOME).then(|| frame.path.clone());
    let asked = visit.method.is_safe().then_some(visit.path.as_str());
    match crate::kit::render::render(&frame, &page_of(&problem, request_id, form, asked, frame.caller.as_ref())) {
        Ok(html) => compress(encodings, keep_headers(&response, (problem.status, Html(html)).into_response())).await,
        Err(error) => {
            tracing::error!(%error, "the error page could not be drawn");
            response
        }
    }
}

/// `form` is the page of the form that was sent, if one was, and `asked` the address of a page that was opened.
fn page_of(
    problem: &Problem,
    request_id: Option<String>,
    form: Option<String>,
    asked: Option<&str>,
    reader: Option<&CallerView>,
) -> ProblemPage {
    let mut next = vec![LinkView::to("Discover people", links::DISCOVER), LinkView::to("Home", links::HOME)];
    if problem.code == "email_not_verified" {
        next = vec![LinkView::to("To my account", links::ACCOUNT)];
    }
    if let Some(form) = form.filter(|_| problem.status != StatusCode::NOT_FOUND) {
        next.insert(0, LinkView::to("Back to the form", form));
    }
    if let Some(asked) = asked.filter(|_| passes(problem.status)) {
        next.insert(0, LinkView::to("Try again", asked));
    }
    ProblemPage {
        status: problem.status.as_u16(),
        title: title(problem.status, problem.code),
        detail: match problem.code {
            "bad_cursor" | "cursor_of_another_sort" => {
                "This page of the list is not there any more. Begin with the first one.".to_owned()
            }
            "role_required" => for_staff(reader),
            _ => problem.detail.clone(),
        },
        request_id: request_id.filter(|_| problem.status.is_server_error()),
        next,
    }
}

/// What somebody reads who opened a page of our staff.
fn for_staff(reader: Option<&CallerView>) -> String {
    let whose = if reader.is_some_and(|reader| reader.is_staff) { "our admins" } else { "our staff" };
    let who = reader.map(|reader| format!(" You are signed in as {}.", reader.name));
    format!("This page is for {whose}.{}", who.unwrap_or_default())
}

/// Whether the same address may answer a moment later.
fn passes(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE
    )
}

/// The error page keeps the guard's headers of the answer that it replaces.
fn keep_headers(from: &Response, mut to: Response) -> Response {
    let own = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::WWW_AUTHENTICATE];
    for name in from.headers().keys().filter(|name| !own.contains(name)) {
        if !to.headers().contains_key(name) {
            // All of a name's values: there may be several cookies.
            for value in from.headers().get_all(name) {
                to.headers_mut().append(name, value.clone());
            }
        }
    }
    to.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    to
}
