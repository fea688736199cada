//! The OpenAPI document: paths and schemas from the code, security and common answers from the access registry.

mod registry;

use access::Surface;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::{accounts, bookings, calendars, catalog, gift_cards, operations, payments};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stagedoor",
        version = "1",
        description = "Book a celebrity: find, hold a time, pay, be confirmed. Money is an integer number of minor units with a currency; \
            times are RFC 3339; lists take `limit` and `cursor`; errors are problem+json with a stable `code`. Another person's object \
            answers exactly as a missing one."
    ),
    tags(
        (name = "accounts", description = "Accounts, sessions, second factors and API keys"),
        (name = "catalog", description = "Celebrities, what they offer and when; for everybody"),
        (name = "bookings", description = "Placing, reading and cancelling bookings"),
        (name = "calendars", description = "Calendars elsewhere that keep a celebrity's times busy"),
        (name = "payments", description = "Paying for a booking"),
        (name = "gift cards", description = "Gift cards, their codes and histories, and credit"),
        (name = "operations", description = "This document")
    ),
    components(schemas(entry::ProblemDocument))
)]
struct DocumentHead;

/// The document of the site at `public_url`, completed from the registry.
pub fn document(public_url: &str) -> Value {
    let mut frame = DocumentHead::openapi();
    let areas = [
        accounts::AccountsDoc::openapi(),
        catalog::CatalogDoc::openapi(),
        bookings::BookingsDoc::openapi(),
        calendars::CalendarsDoc::openapi(),
        payments::PaymentsDoc::openapi(),
        gift_cards::GiftCardsDoc::openapi(),
        operations::OperationsDoc::openapi(),
    ];
    for area in areas {
        frame.merge(area);
    }
    let mut document = serde_json::to_value(frame).expect("an OpenAPI document is plain data");
    document["servers"] = json!([{"url": public_url, "description": "This site"}]);
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token that `POST /api/auth/login` answers."
        },
        "api_key": {"type": "http", "scheme": "bearer", "bearerFormat": "stagedoor_…", "description": "An API key, made in the account or with `POST /api/me/api-keys`. It may do what its scopes name; where an operation names none, no key will do."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": entry::SESSION_COOKIE, "description": "The browser session of the site."}
    });
    name_items(&mut document["components"]["schemas"]);
    for entry in access::all().filter(|entry| entry.surface == Surface::Api) {
        let method = entry.method.as_str().to_ascii_lowercase();
        if let Some(operation) = document["paths"][entry.path][&method].as_object_mut() {
            registry::complete(entry, operation);
        }
    }
    document
}

/// Has pages of a list name the schema of their items, which utoipa writes out once more: clients would have two types of one thing.
fn name_items(schemas: &mut Value) {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some(item) = name.strip_prefix("Page_") {
            schema["properties"]["items"]["items"] = json!({"$ref": format!("#/components/schemas/{item}")});
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const HERE: &str = "https://stagedoor.test";

    fn operations(document: &Value) -> impl Iterator<Item = &Value> {
        let paths = document["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(_, methods)| methods.as_object().into_iter().flatten()).map(|(_, operation)| operation)
    }

    #[test]
    fn every_api_entry_is_documented_and_nothing_else_is() {
        let document = document(HERE);
        let mut documented: Vec<String> = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            documented
                .extend(methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
        }
        let mut registered: Vec<String> = access::all()
            .filter(|entry| entry.surface == Surface::Api)
            .map(|entry| format!("{} {}", entry.method.as_str(), entry.path))
            .collect();
        documented.sort();
        registered.sort();
        assert_eq!(documented, registered);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document(HERE);
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => open.extend(members.values()),
                Value::Array(items) => open.extend(items),
                Value::String(text) if text.starts_with("#/") => {
                    assert!(document.pointer(&text[1..]).is_some(), "{text} leads nowhere");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_document_is_openapi_3_1() {
        assert!(document(HERE)["openapi"].as_str().unwrap().starts_with("3.1"));
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_that_a_program_can_use() {
        let document = document(HERE);
        let names: Vec<&str> =
            operations(&document).filter_map(|operation| operation["operationId"].as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), operations(&document).count(), "{names:?}");
        // By default an operation's id is the name of its handler, which says nothing outside of its file.
        let is_bare =
            |name: &&&str| ["handle", "show", "list", "add", "remove", "create", "end", "update"].contains(*name);
        assert_eq!(names.iter().find(is_bare), None);
        let is_word = |letter: char| letter.is_ascii_lowercase() || letter == '_';
        assert!(names.iter().all(|name| name.chars().all(is_word)), "{names:?}");
    }

    #[test]
    fn the_document_says_where_the_api_is() {
        assert_eq!(document(HERE)["servers"][0]["url"], HERE);
    }

    #[test]
    fn a_page_of_a_list_names_its_items() {
        let document = document(HERE);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let pages: Vec<_> = schemas.iter().filter(|(name, _)| name.starts_with("Page_")).collect();
        assert!(!pages.is_empty());
        for (name, page) in pages {
            let item = &page["properties"]["items"]["items"]["$ref"];
            assert_eq!(*item, format!("#/components/schemas/{}", &name["Page_".len()..]));
        }
    }

    #[test]
    fn every_tag_is_explained() {
        let document = document(HERE);
        let explained: BTreeSet<&str> =
            document["tags"].as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
        let used: BTreeSet<&str> =
            operations(&document).filter_map(|operation| operation["tags"][0].as_str()).collect();
        assert_eq!(used, explained);
    }
}
