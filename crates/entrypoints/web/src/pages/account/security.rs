//! `GET /account/security`: sets up and removes the authenticator app.

use accounts::Caller;
use accounts::commands::{self, AppSetUp};
use accounts::queries::{self, SecondFactorView};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Problem, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::{Deserialize, Serialize};

use crate::kit::extract::Posted;
use crate::kit::form::{Form, ProofForm};
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::qr;
use crate::kit::render::Template;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Security {
    /// Recovery codes that were just made, shown only now.
    pub codes: Vec<String>,
    pub app: App,
    pub form: Form,
    /// Whether the person may set up an app: their address must be verified.
    pub may_begin: bool,
    /// Whether they are staff who can do nothing else before they have a second factor.
    pub must_begin: bool,
}

/// The state of the authenticator app.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum App {
    Off,
    /// It is being set up.
    Begun {
        /// The secret in groups, to type.
        secret: String,
        /// The secret as a QR code, in SVG.
        picture: String,
    },
    On {
        /// `since 2 minutes ago`.
        since: String,
        codes_left: i64,
    },
}

/// The first code.
#[derive(Debug, Deserialize)]
pub(crate) struct FirstCode {
    code: Secret<String>,
}

impl Security {
    async fn of(site: &Site, caller: &Caller, form: Form) -> Answer<Self> {
        let at = site.circumstances();
        let mut connection = site.database.acquire().await?;
        let SecondFactorView { enabled_at, recovery_codes_left, .. } =
            queries::second_factor(&mut connection, caller.id).await?;
        let begun = commands::app_set_up(&mut connection, &site.keys, at, caller).await?;
        let app = match (enabled_at, begun) {
            (Some(since), _) => App::On { since: format::relative(since, at.now), codes_left: recovery_codes_left },
            (None, Some(begun)) => App::of(&begun),
            (None, None) => App::Off,
        };
        let must_begin = site.settings.staff_needs_second_factor && caller.lacks_second_factor;
        Ok(Self { codes: Vec::new(), app, form, may_begin: caller.email_verified, must_begin })
    }

    async fn with_codes(site: &Site, caller: &Caller, codes: Vec<Secret<String>>) -> Answer<Self> {
        let codes = codes.iter().map(|code| code.expose().clone()).collect();
        Ok(Self { codes, ..Self::of(site, caller, Form::default()).await? })
    }
}

impl App {
    fn of(begun: &AppSetUp) -> Self {
        let letters: Vec<char> = begun.secret.expose().chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Self::Begun { secret: groups.join(" "), picture: qr::svg(begun.address.expose()) }
    }
}

/// `GET /account/security`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    frame.answer(&Security::of(&site, &caller, Form::default()).await?)
}

/// `POST /account/security/app`
pub(crate) async fn begin(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(proof): Posted<ProofForm>,
) -> Answer<Response> {
    let begun = workflows::account::second_factor::begin_app(&site, &caller, proof.into()).await;
    back_or_refused(&site, &frame, &caller, begun.map(drop)).await
}

/// `POST /account/security/app/confirmation`: the answer is the page with the codes, without a redirect.
pub(crate) async fn confirm(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(FirstCode { code }): Posted<FirstCode>,
) -> Answer<Response> {
    match workflows::account::second_factor::confirm_app(&site, &caller, &code).await {
        Ok(codes) => frame.answer(&Security::with_codes(&site, &caller, codes).await?),
        Err(error) => back_or_refused(&site, &frame, &caller, Err(error)).await,
    }
}

/// `POST /account/security/codes`: likewise.
pub(crate) async fn renew_codes(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(proof): Posted<ProofForm>,
) -> Answer<Response> {
    match workflows::account::second_factor::renew_recovery_codes(&site, &caller, proof.into()).await {
        Ok(codes) => frame.answer_as(StatusCode::CREATED, &Security::with_codes(&site, &caller, codes).await?),
        Err(error) => back_or_refused(&site, &frame, &caller, Err(error)).await,
    }
}

/// `POST /account/security/app/end`
pub(crate) async fn end(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(proof): Posted<ProofForm>,
) -> Answer<Response> {
    let ended = workflows::account::second_factor::remove_app(&site, &caller, proof.into()).await;
    back_or_refused(&site, &frame, &caller, ended).await
}

/// Redirects to the page after success; otherwise shows the page with the error.
async fn back_or_refused(
    site: &Site,
    frame: &Frame,
    caller: &Caller,
    done: Result<(), workflows::WorkflowError>,
) -> Answer<Response> {
    match done.map_err(Problem::from) {
        Ok(()) => Ok(Redirect::to(links::SECURITY).into_response()),
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let page = Security::of(site, caller, Form::default().refused(&problem)).await?;
            frame.answer_as(problem.status, &page)
        }
    }
}

impl Template for Security {
    const TEMPLATE: &'static str = "pages/account/security.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |app, form| Self { codes: Vec::new(), app, form, may_begin: true, must_begin: false };
        let begun = || App::Begun {
            secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
            picture: qr::svg("otpauth://totp/Stagedoor:noor%40example%2Etest?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        };
        let on = |codes_left| App::On { since: "3 months ago".to_owned(), codes_left };
        let wrong = |field: &str, sentence: &str| Form::default().fault(field, sentence);
        let codes = (0..10).map(|turn| format!("abcd-efgh-jkmn-pqrs-tuvw-xyz2-345{}", 9 - turn % 8)).collect();
        vec![
            ("off", page(App::Off, Form::default())),
            ("faulty", page(App::Off, wrong("current_password", "This is not your current password."))),
            ("begun", page(begun(), Form::default())),
            ("wrong-code", page(begun(), wrong("code", "This is not the code that the app shows now."))),
            ("codes", Self { codes, ..page(on(10), Form::default()) }),
            ("on", page(on(7), Form::default())),
            ("few-codes", page(on(1), Form::default())),
            ("unverified", Self { may_begin: false, ..page(App::Off, Form::default()) }),
            ("staff", Self { must_begin: true, ..page(App::Off, Form::default()) }),
        ]
    }
}
