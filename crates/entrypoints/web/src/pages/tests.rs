//! Draws every page from its samples, and finds templates and pages that nobody registered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::kit::frame::Frame;
use crate::kit::render;

/// Texts that come with a view which the page shows only in part.
const UNUSED: [&str; 6] = [
    "pages/bookings/cancel.html.booking.portrait",
    "pages/bookings/cancel.html.booking.reference",
    "pages/bookings/cancel.html.booking.status.label",
    "pages/celebrities/profile.html.poster.line",
    "pages/checkout/pay.html.booking.deadline",
    "pages/checkout/pay.html.booking.status.label",
];

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
fn every_sample_has_one_heading_and_says_what_the_others_do_not() {
    let mut faults = Vec::new();
    let mut said: BTreeMap<&str, Vec<(&str, BTreeSet<String>)>> = BTreeMap::new();
    for Sample { template, name, page } in samples() {
        let html = render::render_value(template, &Frame::sample(true), page).expect("it draws");
        let main = between(&html, "<main", "</main>").unwrap_or_else(|| panic!("{template} has no main part"));
        let headings: Vec<String> =
            main.split("<h1").skip(1).filter_map(|rest| Some(words_of(rest.split("</h1>").next()?))).collect();
        if headings.len() != 1 || headings[0].is_empty() {
            faults.push(format!("{template}, sample {name}: its headings are {headings:?}"));
        }
        let title = between(&html, "<title>", "</title>").map(words_of).unwrap_or_default();
        if title.is_empty() || title == "Stagedoor" && !template.contains("home") {
            faults.push(format!("{template}, sample {name}: its title is {title:?}"));
        }
        said.entry(template).or_default().push((name, texts_of(main)));
    }
    for (template, samples) in &said {
        for (name, texts) in samples {
            let others = samples.iter().filter(|(other, _)| other != name);
            if let Some((other, _)) = others.into_iter().find(|(_, other)| other == texts) {
                faults.push(format!("{template}: the samples {name} and {other} say the same"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_text_that_a_page_knows_is_drawn_in_some_sample() {
    let mut drawn: BTreeMap<(&str, String), bool> = BTreeMap::new();
    for Sample { template, name: _, page } in samples() {
        let html = plain(&render::render_value(template, &Frame::sample(true), page.clone()).expect("it draws"));
        let known = serde_json::to_value(&page).expect("plain data");
        let mut open = vec![(String::new(), &known)];
        while let Some((path, value)) = open.pop() {
            match value {
                serde_json::Value::Object(fields) => {
                    open.extend(fields.iter().map(|(field, value)| (format!("{path}.{field}"), value)));
                }
                serde_json::Value::Array(items) => open.extend(items.iter().map(|item| (format!("{path}[]"), item))),
                serde_json::Value::String(text) if !text.is_empty() => {
                    *drawn.entry((template, path)).or_default() |= html.contains(text.as_str());
                }
                _ => {}
            }
        }
    }
    let forgotten: Vec<String> =
        drawn.iter().filter(|(_, drawn)| !**drawn).map(|((page, path), _)| format!("{page}{path}")).collect();
    assert_eq!(forgotten, UNUSED, "texts that no sample draws");
}

/// The texts between the tags.
fn texts_of(html: &str) -> BTreeSet<String> {
    let texts = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| plain(text).trim().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

fn words_of(html: &str) -> String {
    let texts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    plain(&texts.collect::<String>()).trim().to_owned()
}

/// With the letters that were escaped.
fn plain(html: &str) -> String {
    let letters = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    letters.iter().fold(html.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter))
}

fn between<'html>(html: &'html str, start: &str, end: &str) -> Option<&'html str> {
    let rest = &html[html.find(start)? + start.len()..];
    Some(&rest[..rest.find(end)?])
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
