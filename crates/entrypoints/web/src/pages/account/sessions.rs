//! `GET /account/sessions`: where the person is signed in, each with a way to end it.

use serde::Serialize;

use crate::render::Page;

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
