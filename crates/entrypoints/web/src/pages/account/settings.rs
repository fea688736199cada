//! `GET /account`: name and time zone.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;
use crate::views::{OptionView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Settings {
    pub form: Form,
    pub zones: Vec<OptionView>,
    pub email: String,
    pub email_verified: bool,
    pub is_saved: bool,
    /// The form that changes the password.
    pub password: Form,
}

impl Page for Settings {
    const TEMPLATE: &'static str = "pages/account/settings.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, is_saved, email_verified| Self {
            form,
            zones: samples::options(&["Europe/Berlin", "Europe/Lisbon", "America/New_York"], "Europe/Berlin"),
            email: "noor@example.test".to_owned(),
            email_verified,
            is_saved,
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
