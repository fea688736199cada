//! Templates: strict, escaped, embedded in a release and reloaded from disk in development.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use rust_embed::RustEmbed;
use serde::Serialize;

#[derive(RustEmbed)]
#[folder = "templates"]
struct Files;

/// A page: plain data that its template draws.
pub(crate) trait Template: Serialize + Sized + 'static {
    /// The template's name under `templates/`.
    const TEMPLATE: &'static str;

    /// Named samples of every state the page can be in, for the test that draws them and for the gallery.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// One sample of one page, ready to draw.
#[derive(Debug)]
pub(crate) struct Sample {
    pub template: &'static str,
    pub name: &'static str,
    pub page: Value,
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters are valid"));
    environment.set_loader(|name| {
        let file = Files::get(name).map(|file| String::from_utf8(file.data.into_owned()));
        file.transpose().map_err(|error| minijinja::Error::new(minijinja::ErrorKind::BadEscape, error.to_string()))
    });
    environment
}

/// Renders `page` within `frame`.
pub(crate) fn render<P: Template>(frame: &impl Serialize, page: &P) -> Result<String, minijinja::Error> {
    render_value(P::TEMPLATE, frame, Value::from(Serde(page)))
}

/// The same for a type-erased page.
pub(crate) fn render_value(template: &str, frame: &impl Serialize, page: Value) -> Result<String, minijinja::Error> {
    let fresh;
    let environment = if cfg!(debug_assertions) {
        // An edited template shows with the next request.
        fresh = environment();
        &fresh
    } else {
        &*ENVIRONMENT
    };
    environment.get_template(template)?.render(context! { frame => Serde(frame), page })
}

/// The names of all template files, for the test that finds unused ones.
#[cfg(test)]
pub(crate) fn template_names() -> Vec<String> {
    Files::iter().map(|name| name.to_string()).collect()
}
