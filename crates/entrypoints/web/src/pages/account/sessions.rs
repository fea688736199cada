//! `GET /account/sessions`: where the person is signed in, each with a way to end it.

use accounts::queries::{self, SessionView};
use accounts::{SessionKind, commands};
use axum::extract::State;
use axum::response::{Redirect, Response};
use chrono::TimeDelta;
use entry::{Answer, Path, SignedIn, Site};
use kernel::{Instant, SessionId};
use serde::Serialize;
use uuid::Uuid;

use crate::kit::extract::{NoFields, Posted};
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Sessions {
    pub items: Vec<SessionLine>,
}

/// One session.
#[derive(Debug, Serialize)]
pub(crate) struct SessionLine {
    pub action: String,
    /// `Firefox on Linux`.
    pub device: String,
    /// `Signed in 3 days ago · last seen 2 minutes ago · 203.0.113.7`.
    pub line: String,
    pub is_current: bool,
}

/// `GET /account/sessions`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    let now = site.clock.now();
    let found = queries::sessions(&mut *site.database.acquire().await?, caller.id, caller.session()?, now).await?;
    frame.answer(&Sessions { items: found.iter().map(|session| SessionLine::of(session, now)).collect() })
}

impl SessionLine {
    fn of(session: &SessionView, now: Instant) -> Self {
        let signed_in = format::relative(session.created_at, now);
        let last_seen = format::relative(session.last_seen_at, now);
        Self {
            action: format!("{}/{}/end", links::SESSIONS, session.id),
            device: if session.kind == SessionKind::Api {
                "An app with API access".to_owned()
            } else {
                format::device(&session.user_agent)
            },
            line: format!("Signed in {signed_in} · last seen {last_seen} · {}", session.ip_prefix),
            is_current: session.current,
        }
    }
}

/// `POST /account/sessions/{id}/end`
pub(crate) async fn end(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<SessionId>,
    _: Posted<NoFields>,
) -> Answer<Redirect> {
    let mut tx = site.database.begin().await?;
    commands::end_session(&mut tx, site.clock.now(), &caller, id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Redirect::to(links::SESSIONS))
}

/// `POST /account/sessions/end-others`
pub(crate) async fn end_others(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    _: Posted<NoFields>,
) -> Answer<Redirect> {
    let mut tx = site.database.begin().await?;
    commands::end_other_sessions(&mut tx, site.clock.now(), &caller).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Redirect::to(links::SESSIONS))
}

impl Template for Sessions {
    const TEMPLATE: &'static str = "pages/account/sessions.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let now = samples::now();
        let one = |kind, user_agent: &str, current| {
            let session = SessionView {
                id: SessionId(Uuid::nil()),
                kind,
                user_agent: user_agent.to_owned(),
                ip_prefix: "203.0.113.7".to_owned(),
                created_at: now - TimeDelta::days(3),
                last_seen_at: now - TimeDelta::minutes(2),
                current,
            };
            SessionLine::of(&session, now)
        };
        let here = || {
            one(SessionKind::Browser, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", true)
        };
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
        vec![
            (
                "several",
                Self { items: vec![here(), one(SessionKind::Browser, phone, false), one(SessionKind::Api, "", false)] },
            ),
            ("one", Self { items: vec![here()] }),
        ]
    }
}
