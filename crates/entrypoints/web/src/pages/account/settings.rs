//! `GET /account`: name and time zone.

use accounts::Caller;
use accounts::commands::{self, OwnerProof, RenewedSession};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, ClientDevice, Problem, Query, SignedIn, Site, cookies};
use http::StatusCode;
use kernel::{Role, Secret};
use serde::{Deserialize, Serialize};
use site::links;

use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::link::zones;
use crate::views::{OptionView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct AccountSettings {
    pub form: Form,
    pub zones: Vec<OptionView>,
    pub email: String,
    pub email_verified: bool,
    pub is_saved: bool,
    /// Whether to link to calendars: the person is booked, or acts for somebody who is.
    pub is_talent: bool,
    /// The form that changes the password.
    pub password: Form,
}

/// Whether something was just saved.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    saved: Option<String>,
}

/// What the first form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct ProfileForm {
    display_name: String,
    time_zone: String,
}

/// What the password form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct PasswordChangeForm {
    current_password: Secret<String>,
    new_password: Secret<String>,
    #[serde(default)]
    code: Option<Secret<String>>,
}

impl AccountSettings {
    fn of(caller: &Caller) -> Self {
        Self {
            form: Form::with([("display_name", caller.display_name.clone())]),
            zones: zones(&caller.time_zone),
            email: caller.email.clone(),
            email_verified: caller.email_verified,
            is_saved: false,
            is_talent: caller.is(Role::Celebrity) || caller.is(Role::Agent),
            password: Form::default(),
        }
    }
}

/// `GET /account`
pub(crate) async fn show(frame: Frame, SignedIn(caller): SignedIn, Query(query): Query<Saved>) -> Answer<Response> {
    frame.answer(&AccountSettings { is_saved: query.saved.is_some(), ..AccountSettings::of(&caller) })
}

/// `POST /account`
pub(crate) async fn save(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(profile): Posted<ProfileForm>,
) -> Answer<Response> {
    let change = commands::ProfileChange {
        display_name: Some(profile.display_name.clone()),
        time_zone: Some(profile.time_zone.clone()),
        ..Default::default()
    };
    let at = site.circumstances();
    let mut tx = site.database.begin().await?;
    match commands::update_profile(&mut tx, at, &caller, change).await.map_err(Problem::from) {
        Ok(_) => {}
        Err(problem) if problem.status.is_server_error() => return Err(problem),
        Err(problem) => {
            let form = Form::with([("display_name", profile.display_name)]).refused(&problem);
            let page = AccountSettings { form, zones: zones(&profile.time_zone), ..AccountSettings::of(&caller) };
            return frame.answer_as(problem.status, &page);
        }
    }
    tx.commit().await?;
    site.sessions.forget();
    Ok(Redirect::to(&format!("{}?saved=profile", links::ACCOUNT)).into_response())
}

/// `POST /account/password`: the session goes on under a new cookie.
pub(crate) async fn change_password(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    device: ClientDevice,
    Posted(PasswordChangeForm { current_password, new_password, code }): Posted<PasswordChangeForm>,
) -> Answer<Response> {
    let proof = OwnerProof { password: current_password, code };
    let changed = workflows::account::change_password(&site, &caller, proof, new_password, device.presented()).await;
    match changed.map_err(Problem::from) {
        Ok(renewed) => {
            let saved = Redirect::to(&format!("{}?saved=password", links::ACCOUNT));
            Ok(match renewed {
                RenewedSession::Browser(session) => cookies::keep_session(saved, &session),
                RenewedSession::Api(_) => saved.into_response(),
            })
        }
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let page = AccountSettings { password: Form::default().refused(&problem), ..AccountSettings::of(&caller) };
            frame.answer_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

impl Template for AccountSettings {
    const TEMPLATE: &'static str = "pages/account/settings.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, is_saved, email_verified| Self {
            form,
            zones: samples::options(&["Europe/Berlin", "Europe/Lisbon", "America/New_York"], "Europe/Berlin"),
            email: "noor@example.test".to_owned(),
            email_verified,
            is_saved,
            is_talent: email_verified,
            password: Form::default(),
        };
        let form = || Form::with([("display_name", "Noor Haddad".to_owned())]);
        vec![
            ("plain", page(form(), false, true)),
            ("saved", page(form(), true, false)),
            ("faulty", page(Form::default().fault("display_name", "Tell us what to call you."), false, true)),
        ]
    }
}
