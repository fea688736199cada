//! `GET /login`.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Login {
    pub form: Form,
    pub return_to: String,
    /// Why the visitor is here: `Sign in to hold this time. What you wrote is kept.`
    pub reason: Option<&'static str>,
}

impl Page for Login {
    const TEMPLATE: &'static str = "pages/auth/login.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form, reason| Self { form, return_to: "/dashboard".to_owned(), reason };
        let wrong = Form {
            problem: Some("The e-mail address and the password do not belong together.".to_owned()),
            ..Form::with([("email", "noor@example.test".to_owned())])
        };
        vec![
            ("plain", page(Form::default(), None)),
            ("on-the-way", page(Form::default(), Some("Sign in to hold this time. What you chose and wrote is kept."))),
            ("wrong", page(wrong, None)),
        ]
    }
}
