//! `GET /account/sessions`: where the person is signed in, each with a way to end it.

use accounts::{commands, queries};
use axum::extract::State;
use axum::response::{Redirect, Response};
use entry::{Answer, Path, SignedIn, Site};
use kernel::SessionId;
use serde::Serialize;

use crate::kit::extract::{Form, NoFields};
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Page;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Sessions {
    pub items: Vec<SessionView>,
}

/// One session.
#[derive(Debug, Serialize)]
pub(crate) struct SessionView {
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
    let items = found.into_iter().map(|session| SessionView {
        action: format!("{}/{}/end", links::SESSIONS, session.id),
        device: if session.kind == "api" {
            "An app with API access".to_owned()
        } else {
            format::device(&session.user_agent)
        },
        line: format!(
            "Signed in {} · last seen {} · {}",
            format::relative(session.created_at, now),
            format::relative(session.last_seen_at, now),
            session.ip_prefix
        ),
        is_current: session.current,
    });
    frame.answer(&Sessions { items: items.collect() })
}

/// `POST /account/sessions/{id}/end`
pub(crate) async fn end(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<SessionId>,
    _: Form<NoFields>,
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
    _: Form<NoFields>,
) -> Answer<Redirect> {
    let mut tx = site.database.begin().await?;
    commands::end_other_sessions(&mut tx, site.clock.now(), &caller).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(Redirect::to(links::SESSIONS))
}

impl Page for Sessions {
    const TEMPLATE: &'static str = "pages/account/sessions.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let one = |device: &str, is_current| SessionView {
            action: "/account/sessions/1/end".to_owned(),
            device: device.to_owned(),
            line: "Signed in 3 days ago · last seen 2 minutes ago · 203.0.113.7".to_owned(),
            is_current,
        };
        vec![
            (
                "several",
                Self {
                    items: vec![
                        one("Firefox on Linux", true),
                        one("Safari on iPhone", false),
                        one("An app with API access", false),
                    ],
                },
            ),
            ("one", Self { items: vec![one("Firefox on Linux", true)] }),
        ]
    }
}
