//! `GET /reset`: sets a new password with the link that was mailed.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Reset {
    pub form: Form,
    pub token: String,
}

impl Page for Reset {
    const TEMPLATE: &'static str = "pages/auth/reset.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let lapsed = Form {
            problem: Some("This link was used before or is older than an hour. Ask for a new one.".to_owned()),
            ..Form::default()
        };
        vec![
            ("plain", Self { form: Form::default(), token: "sample".to_owned() }),
            ("lapsed", Self { form: lapsed, token: "sample".to_owned() }),
        ]
    }
}
