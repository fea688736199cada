//! The OpenAPI document as an HTML page, without scripts.

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use entry::Site;
use http::{HeaderValue, header};
use kernel::secret::sha256;
use serde_json::Value;

const STYLE: &str = include_str!("docs.css");

/// The API as a page.
#[utoipa::path(get, path = "/api/docs", operation_id = "get_api_page", tag = "operations",
    responses((status = 200, description = "The page", content_type = "text/html")))]
pub async fn handle(State(site): State<Site>, document: fn(&str) -> Value) -> Response {
    static PAGE: OnceLock<(String, HeaderValue)> = OnceLock::new();
    let (page, policy) = PAGE.get_or_init(|| {
        let hash = base64::engine::general_purpose::STANDARD.encode(sha256(STYLE.as_bytes()));
        let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'");
        let address = &site.settings.public_url;
        (draw(&document(address), address), HeaderValue::from_str(&policy).expect("a hash is visible ASCII"))
    });
    let mut response = axum::response::Html(page.as_str()).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

fn draw(document: &Value, address: &str) -> String {
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Stagedoor API</title>\
         <style>{STYLE}</style><main><h1>Stagedoor API</h1><p>{}</p>\
         <nav><a href='/api/openapi.json'>OpenAPI 3.1 document</a> <a href='/'>To the site</a></nav>\
         <p>To try a call that needs more than a question, make an <a href='/account/keys'>API key</a> and send it along:</p>\
         <pre>curl -H 'Authorization: Bearer stagedoor_…' {}/api/bookings</pre>",
        prose(document["info"]["description"].as_str().unwrap_or_default()),
        escape(address)
    );
    let mut by_tag: std::collections::BTreeMap<&str, Vec<(&str, &str, &Value)>> = std::collections::BTreeMap::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            by_tag.entry(operation["tags"][0].as_str().unwrap_or("other")).or_default().push((path, method, operation));
        }
    }
    page.push_str("<nav>");
    for tag in by_tag.keys() {
        let _ = write!(page, "<a href='#{tag}'>{tag}</a> ");
    }
    page.push_str("<a href='#schemas'>schemas</a></nav>");
    for (tag, operations) in by_tag {
        let _ = write!(page, "<h2 id='{tag}'>{tag}</h2>");
        operations.into_iter().for_each(|(path, method, operation)| draw_operation(&mut page, path, method, operation));
    }
    page.push_str("<h2 id=schemas>schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            page,
            "<details id='schema-{name}'><summary><code>{name}</code></summary><pre>{}</pre></details>",
            escape(&text)
        );
    }
    page + "</main></html>"
}

fn draw_operation(page: &mut String, path: &str, method: &str, operation: &Value) {
    let summary = operation["summary"].as_str().or_else(|| operation["description"].as_str()).unwrap_or_default();
    let _ = write!(
        page,
        "<details><summary><b class='{method}'>{}</b> <code>{}</code> <span>{}</span></summary>",
        method.to_uppercase(),
        escape(path),
        prose(summary)
    );
    draw_callers(page, &operation["security"]);
    if let Some(parameters) = operation["parameters"].as_array() {
        page.push_str("<h3>Parameters</h3><table><tr><th>Name<th>In<th>Type<th>What");
        for parameter in parameters {
            let required = if parameter["required"].as_bool() == Some(true) { " (required)" } else { "" };
            let _ = write!(
                page,
                "<tr><td><code>{}</code>{required}<td>{}<td>{}<td>{}",
                escape(parameter["name"].as_str().unwrap_or_default()),
                parameter["in"].as_str().unwrap_or_default(),
                schema_link(&parameter["schema"]),
                prose(parameter["description"].as_str().unwrap_or_default())
            );
        }
        page.push_str("</table>");
    }
    if let Some(schema) = operation["requestBody"]["content"]["application/json"]["schema"].as_object() {
        let _ = write!(page, "<h3>Body</h3><p>{}</p>", schema_link(&Value::Object(schema.clone())));
    }
    page.push_str("<h3>Answers</h3><table><tr><th>Status<th>When<th>Body");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let schema = response["content"]
            .as_object()
            .and_then(|content| content.values().next())
            .map_or(&Value::Null, |media| &media["schema"]);
        let description = prose(response["description"].as_str().unwrap_or_default());
        let _ = write!(page, "<tr><td>{status}<td>{description}<td>{}", schema_link(schema));
    }
    page.push_str("</table></details>");
}

/// Who may call it.
fn draw_callers(page: &mut String, security: &Value) {
    let ways: Vec<&Value> = security.as_array().into_iter().flatten().collect();
    if ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty)) {
        page.push_str("<p>Anybody may call this.</p>");
        return;
    }
    let _ = match ways.iter().find_map(|way| way["api_key"][0].as_str()) {
        Some(scope) => {
            write!(page, "<p>Needs a session, or an API key with the scope <code>{}</code>.</p>", escape(scope))
        }
        None => write!(page, "<p>Needs a session; no API key will do.</p>"),
    };
}

/// A link to a named schema, or its type: the one that is not null, where there are several.
fn schema_link(schema: &Value) -> String {
    let named = |one: &Value| one["$ref"].as_str().and_then(|name| name.rsplit('/').next()).map(str::to_owned);
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    if let Some(name) = named(schema).or_else(|| choices.filter_map(named).next()) {
        return format!("<a href='#schema-{name}'><code>{name}</code></a>");
    }
    let types = schema["type"].as_array().into_iter().flatten().chain([&schema["type"]]);
    escape(types.filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default())
}

/// Text of the document, in which backquotes mark code.
fn prose(text: &str) -> String {
    let parts = escape(text);
    let parts = parts.split('`').enumerate();
    parts.map(|(turn, part)| if turn % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
