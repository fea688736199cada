//! The list of all samples of pages.

use serde::Serialize;

use crate::kit::render::{Sample, Template};

/// The list of samples.
#[derive(Debug, Serialize)]
pub(crate) struct Gallery {
    pub samples: Vec<SampleLinks>,
}

/// One sample, as strangers and as signed-in people see it.
#[derive(Debug, Serialize)]
pub(crate) struct SampleLinks {
    pub name: String,
    pub signed_out: String,
    pub signed_in: String,
}

impl SampleLinks {
    pub(super) fn of(sample: &Sample) -> Self {
        let name =
            format!("{}/{}", sample.template.trim_start_matches("pages/").trim_end_matches(".html"), sample.name);
        Self { signed_out: format!("/gallery/pages/out/{name}"), signed_in: format!("/gallery/pages/in/{name}"), name }
    }
}

impl Template for Gallery {
    const TEMPLATE: &'static str = "pages/development/gallery.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let one = SampleLinks {
            name: "home/home/full".to_owned(),
            signed_out: "#out".to_owned(),
            signed_in: "#in".to_owned(),
        };
        vec![("list", Self { samples: vec![one] })]
    }
}
