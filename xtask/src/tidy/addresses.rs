//! Addresses in templates lead somewhere: each is a path of the registry, so that a page that moves leaves no dead link behind.

use super::literals;
use super::source::Source;

const TEMPLATES: &str = "crates/entrypoints/web/templates/";
const REGISTRY: &str = "crates/foundation/access/src/table/";
/// The attributes that hold addresses.
const ATTRIBUTES: [&str; 4] = [" href=\"", " action=\"", " formaction=\"", " src=\""];

/// Every address in a template that no entry of the registry answers.
pub fn check(sources: &[Source]) -> Vec<String> {
    let entries = sources.iter().filter(|source| source.path.starts_with(REGISTRY));
    let paths: Vec<String> = entries.flat_map(|source| paths_of(&source.text)).collect();
    let templates = sources.iter().filter(|source| source.path.starts_with(TEMPLATES));
    let mut complaints = Vec::new();
    for template in templates {
        for (line, address) in addresses(&template.text) {
            if !paths.iter().any(|path| answers(path, address)) {
                complaints.push(format!("{}:{line}: nothing answers at {address}", template.path));
            }
        }
    }
    complaints
}

fn paths_of(registry: &str) -> Vec<String> {
    let literals = literals::of(registry).1.into_iter().map(|literal| literal.text);
    literals.filter(|text| text.starts_with('/')).collect()
}

/// The fixed addresses of a template with their lines, without query and fragment.
fn addresses(template: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = template.lines().zip(1..);
    lines.flat_map(|(text, line)| {
        ATTRIBUTES.iter().flat_map(move |attribute| text.split(attribute).skip(1)).filter_map(move |rest| {
            let address = rest.split(['"', '?', '#']).next()?;
            (address.starts_with('/') && !address.contains("{{")).then_some((line, address))
        })
    })
}

/// Whether the entry at `path`, in which `{name}` is any one segment, answers at an address.
fn answers(path: &str, address: &str) -> bool {
    let (path, address): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), address.split('/').collect());
    path.len() == address.len() && path.iter().zip(&address).all(|(part, given)| part.starts_with('{') || part == given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn an_address_is_answered_or_complained_about() {
        let registry = source(
            &format!("{REGISTRY}pages.rs"),
            "HOME = Entry::get(\"/\", P);\nHELP = Entry::get(\"/help/{topic}\", P);\n",
        );
        let template = source(
            &format!("{TEMPLATES}home.html"),
            "<a class=\"x\" href=\"/\"><a href=\"/help/ranking?q={{ q }}#top\"><a href=\"{{ page.next }}/end\">\n\
             <form action=\"/helping\"><a href=\"/help\"><a href=\"https://example.org/\">",
        );
        let found = check(&[registry, template]);
        let expected =
            ["/help", "/helping"].map(|address| format!("{TEMPLATES}home.html:2: nothing answers at {address}"));
        assert_eq!(found, expected);
    }
}
