//! Draws every page from its samples, and finds templates and pages that nobody registered.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::kit::frame::Frame;
use crate::kit::render;

#[test]
fn every_page_draws_from_every_sample() {
    let into = std::env::var_os("STAGEDOOR_GALLERY_DIR");
    for Sample { template, name, page } in samples() {
        for signed_in in [false, true] {
            let html = render::render_value(template, &Frame::sample(signed_in), page.clone())
                .unwrap_or_else(|error| panic!("{template}, sample {name}: {error:#}"));
            assert!(
                html.contains("<title>") && html.contains("</html>"),
                "{template}, sample {name} is not a whole page"
            );
            assert!(
                !html.contains(" style="),
                "{template}, sample {name} has an inline style, which the browser would refuse"
            );
            if let Some(folder) = &into {
                let side = if signed_in { "in" } else { "out" };
                let file = template.trim_start_matches("pages/").replace(".html", "").replace('/', "-");
                std::fs::write(Path::new(folder).join(format!("{file}-{name}-{side}.html")), html).unwrap();
            }
        }
    }
}

#[test]
fn no_template_is_forgotten() {
    let registered: BTreeSet<String> = samples().map(|sample| sample.template.to_owned()).collect();
    let files: BTreeSet<String> = render::template_names().into_iter().collect();
    let pages: BTreeSet<String> = files.iter().filter(|name| name.starts_with("pages/")).cloned().collect();
    assert_eq!(registered, pages, "registered pages and files under templates/pages differ");
    let all_text: String =
        files.iter().map(|name| std::fs::read_to_string(Path::new("templates").join(name)).unwrap()).collect();
    for part in files.difference(&pages) {
        assert!(all_text.contains(&format!("\"{part}\"")), "{part} is used by no page");
    }
}

#[test]
fn a_template_lies_where_its_page_does() {
    for template in samples().map(|sample| sample.template) {
        let source = template.replace("pages/", "src/pages/").replace(".html", ".rs");
        assert!(Path::new(&source).exists(), "{template} has no {source}");
    }
}
