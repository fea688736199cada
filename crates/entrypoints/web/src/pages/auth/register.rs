//! `GET /register`.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;
use crate::views::{OptionView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Register {
    pub form: Form,
    pub return_to: String,
    pub zones: Vec<OptionView>,
}

impl Page for Register {
    const TEMPLATE: &'static str = "pages/auth/register.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form| Self {
            form,
            return_to: "/dashboard".to_owned(),
            zones: samples::options(&["Europe/Berlin", "Europe/Lisbon", "UTC"], "UTC"),
        };
        let faulty = Form::with([("email", "noor@".to_owned()), ("display_name", "Noor".to_owned())])
            .fault("email", "This is not an e-mail address yet.")
            .fault("password", "Use at least 12 characters.");
        vec![("plain", page(Form::default())), ("faulty", page(faulty))]
    }
}
