//! `GET /forgot`: asks for a link that sets a new password.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Forgot {
    pub form: Form,
}

impl Page for Forgot {
    const TEMPLATE: &'static str = "pages/auth/forgot.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let faulty = Form::with([("email", "noor@".to_owned())]).fault("email", "This is not an e-mail address yet.");
        vec![("plain", Self { form: Form::default() }), ("faulty", Self { form: faulty })]
    }
}
