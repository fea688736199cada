//! `GET /book/{offering}/brief`: the second step, saying what it is for.

use serde::Serialize;

use super::Summary;
use crate::form::Form;
use crate::render::Page;

#[derive(Debug, Serialize)]
pub(crate) struct Brief {
    pub summary: Summary,
    pub action: String,
    pub form: Form,
    /// What is good to know, by kind of offering.
    pub hint: &'static str,
    /// Characters the brief may have.
    pub length_max: usize,
}

impl Page for Brief {
    const TEMPLATE: &'static str = "pages/booking/brief.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form| Self {
            summary: Summary::sample(Some(())),
            action: "/book/1/brief".to_owned(),
            form,
            hint: "Where it is, who will be there, and what you are hoping for. Is there a stage, a piano, a microphone?",
            length_max: 2_000,
        };
        let faulty =
            Form::with([("brief", "Launch".to_owned())]).fault("brief", "Say a little more: at least 20 characters.");
        vec![("empty", page(Form::default())), ("faulty", page(faulty))]
    }
}
