//! The context of every page: who is signed in, theme, CSRF token, assets.

use std::sync::Arc;
use std::time::Duration;

use accounts::Caller;
use accounts::csrf::{self, Bound};
use axum::extract::{FromRequestParts, Request};
use axum::response::{Html, IntoResponse, Response};
use chrono_tz::Tz;
use entry::{Answer, MaybeSignedIn, Problem, Site, cookie};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use kernel::{FaultKind, Role};
use payments::queries::waiting_for_staff;
use serde::Serialize;

use crate::kit::assets::{self, AssetLinks};
use crate::kit::format;
use crate::kit::page_address::page_address;
use crate::kit::render::{self, Template};

/// The cookie that keeps the chosen theme.
pub(crate) const THEME_COOKIE: &str = "__Host-stagedoor-theme";

/// The cookie in which a script keeps the visitor's time zone.
const ZONE_COOKIE: &str = "__Host-stagedoor-zone";

/// How long an error page waits to know whose it is.
const CALLER_WAITED_FOR: Duration = Duration::from_millis(500);

/// The context of one rendered page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Frame {
    pub caller: Option<CallerView>,
    /// `light` or `dark` if the visitor chose one; otherwise the device decides.
    pub theme: Option<&'static str>,
    /// Whether the signed-in person has something to pay or to decide; then the lamp in the header glows.
    pub lamp_glows: bool,
    /// The CSRF token of forms, bound to the session.
    pub csrf: String,
    /// The address of the page, to come back to.
    pub path: String,
    /// The visitor's time zone, if known.
    #[serde(skip)]
    pub zone: Option<Tz>,
    pub assets: AssetLinks,
    /// The e-mail address for people who need help.
    pub support: Option<String>,
    pub development: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CallerView {
    pub name: String,
    pub initials: String,
    pub email: String,
    pub email_verified: bool,
    /// Whether an authenticator app is on, whose code is asked for before changes.
    pub has_app: bool,
    /// Whether the pages of admins are theirs.
    pub is_admin: bool,
    /// Whether those of all our staff are.
    pub is_staff: bool,
}

impl From<&Caller> for CallerView {
    fn from(caller: &Caller) -> Self {
        Self {
            name: caller.display_name.clone(),
            initials: format::initials(&caller.display_name),
            email: caller.email.clone(),
            email_verified: caller.email_verified,
            has_app: caller.has_app,
            is_admin: caller.is(Role::Admin),
            is_staff: is_staff(caller),
        }
    }
}

/// The parts of a request that error pages need, because the handler consumes the request.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub method: Method,
    /// Path and query.
    pub path: String,
    theme: Option<&'static str>,
    session: Option<String>,
}

impl Visit {
    /// Reads it from `request`.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            path: path_of(request.uri()),
            theme: theme_of(request.headers()),
            session: cookie(request.headers(), entry::SESSION_COOKIE).map(str::to_owned),
        }
    }
}

impl Frame {
    /// The context of a page for `caller`.
    fn new(site: &Site, caller: Option<&Caller>, theme: Option<&'static str>, zone: Option<Tz>, path: String) -> Self {
        Self {
            csrf: caller
                .and_then(|caller| caller.session().ok())
                .map(|session| csrf::token(&site.keys, Bound::Session(session)))
                .unwrap_or_default(),
            caller: caller.map(CallerView::from),
            theme,
            lamp_glows: false,
            path,
            zone: caller.and_then(|caller| caller.time_zone.parse().ok()).or(zone),
            assets: assets::links(),
            support: site.settings.support_email.clone(),
            development: site.settings.development,
        }
    }

    /// The context of an error page, which is rendered by middleware outside of any route.
    pub(crate) async fn outside(site: &Site, visit: &Visit) -> Self {
        let caller: Option<Arc<Caller>> = match &visit.session {
            Some(cookie) => {
                let found = site.sessions.by_cookie(&site.database, site.clock.now(), cookie);
                // An error page is drawn without a name rather than late.
                tokio::time::timeout(CALLER_WAITED_FOR, found).await.ok().and_then(Result::ok)
            }
            None => None,
        };
        Self::new(site, caller.as_deref(), visit.theme, None, page_address(&visit.method, &visit.path))
    }

    /// The visitor's time zone, or UTC.
    pub(crate) fn yours(&self) -> Tz {
        self.zone.unwrap_or(Tz::UTC)
    }

    /// The same context of a page that is found at `path`, for forms whose own address does not say which page they are of.
    pub(crate) fn found_at(self, path: String) -> Self {
        Self { path, ..self }
    }

    /// Draws `page` as the answer.
    pub(crate) fn answer<P: Template>(&self, page: &P) -> Answer<Response> {
        self.answer_as(StatusCode::OK, page)
    }

    /// Draws `page` as the answer, under another status.
    pub(crate) fn answer_as<P: Template>(&self, status: StatusCode, page: &P) -> Answer<Response> {
        let html = render::render(self, page).map_err(|error| {
            tracing::error!(%error, template = P::TEMPLATE, "a page could not be drawn");
            Problem::new(
                FaultKind::Broken,
                "internal",
                "This is our mistake, and it is in our log. Look whether it was done before you send it again.",
            )
        })?;
        let mut response = (status, Html(html)).into_response();
        // The page depends on cookies: session, theme and time zone.
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("cookie"));
        Ok(response)
    }
}

impl FromRequestParts<Site> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Answer<Self> {
        let MaybeSignedIn(caller) = MaybeSignedIn::from_request_parts(parts, site).await?;
        let lamp_glows = match &caller {
            Some(caller) => needs_them(site, caller).await,
            None => false,
        };
        let (theme, zone) = (theme_of(&parts.headers), zone_of(&parts.headers));
        let path = page_address(&parts.method, &path_of(&parts.uri));
        let frame = Self::new(site, caller.as_deref(), theme, zone, path);
        Ok(Self { lamp_glows, ..frame })
    }
}

/// Whether this person has something to pay or, as one of our staff, to decide: one look-up for each page. If it fails, the lamp stays
/// off instead of failing the page.
async fn needs_them(site: &Site, caller: &Caller) -> bool {
    let Ok(mut connection) = site.database.acquire().await else { return false };
    if is_staff(caller) {
        return waiting_for_staff(&mut connection, caller.id).await.unwrap_or_default().is_any();
    }
    bookings::queries::has_unpaid(&mut connection, caller.id, site.clock.now()).await.unwrap_or(false)
}

/// Whether the pages of our staff are theirs.
pub(crate) fn is_staff(caller: &Caller) -> bool {
    caller.is(Role::Admin) || caller.is(Role::Support)
}

fn theme_of(headers: &HeaderMap) -> Option<&'static str> {
    match cookie(headers, THEME_COOKIE) {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    }
}

/// The time zone that the browser stored in its cookie.
fn zone_of(headers: &HeaderMap) -> Option<Tz> {
    cookie(headers, ZONE_COOKIE)?.parse().ok()
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

impl Frame {
    /// The context of samples.
    pub(crate) fn sample(signed_in: bool) -> Self {
        Self {
            caller: signed_in.then(|| CallerView {
                name: "Noor Haddad".to_owned(),
                initials: "NH".to_owned(),
                email: "noor@example.test".to_owned(),
                email_verified: true,
                has_app: true,
                is_admin: true,
                is_staff: true,
            }),
            theme: None,
            lamp_glows: false,
            csrf: "sample".to_owned(),
            path: "/".to_owned(),
            zone: None,
            assets: assets::links(),
            support: Some("help@stagedoor.test".to_owned()),
            development: true,
        }
    }
}
