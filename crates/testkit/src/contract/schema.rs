//! Holds a JSON value to a schema of our own document: types, closed sets, what is required, and that nothing is there that it does not
//! name.

use serde_json::{Map, Value};

use super::DOCUMENT;

/// Keywords that are no rules for responses: descriptions, and bounds that only requests are held to.
const NOT_HELD: [&str; 9] =
    ["description", "format", "maxLength", "minLength", "minimum", "maximum", "minItems", "example", "default"];

/// Where `value` differs from `schema`; `at` is the place of the value. `None` if it does not.
pub(super) fn fault(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let rules = one_schema(schema);
    rules.iter().find_map(|(rule, wanted)| fault_of_rule(&rules, rule, wanted, value, at))
}

/// A schema as one object of rules: `$ref` is followed, and the parts of `allOf` are merged.
fn one_schema(schema: &Value) -> Map<String, Value> {
    let named = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
    if let Some(name) = named {
        return one_schema(&DOCUMENT["components"]["schemas"][name]);
    }
    let mut rules = schema.as_object().cloned().unwrap_or_default();
    let Some(Value::Array(parts)) = rules.remove("allOf") else { return rules };
    for (rule, wanted) in parts.iter().flat_map(one_schema) {
        match (rules.get_mut(&rule), wanted) {
            (Some(Value::Object(fields)), Value::Object(more)) => fields.extend(more),
            (Some(Value::Array(names)), Value::Array(more)) => names.extend(more),
            (Some(_), _) => {}
            (None, wanted) => drop(rules.insert(rule, wanted)),
        }
    }
    rules
}

fn fault_of_rule(rules: &Map<String, Value>, rule: &str, wanted: &Value, value: &Value, at: &str) -> Option<String> {
    match rule {
        "type" => (!has_type(wanted, value)).then(|| format!("{at} should be {wanted} and is {value}")),
        "enum" => {
            let is_member = wanted.as_array()?.contains(value);
            (!is_member).then(|| format!("{at} should be one of {wanted} and is {value}"))
        }
        "required" => {
            let names = wanted.as_array()?.iter().filter_map(Value::as_str);
            let missing = names.into_iter().find(|name| value.is_object() && value.get(name).is_none())?;
            Some(format!("{at} has no {missing}"))
        }
        "properties" => {
            let fields = value.as_object()?;
            fields.iter().find_map(|(name, field)| {
                let Some(schema) = wanted.get(name) else {
                    let is_open = rules.contains_key("additionalProperties");
                    return (!is_open).then(|| format!("{at} has {name}, which is not documented"));
                };
                fault(schema, field, &format!("{at}.{name}"))
            })
        }
        "additionalProperties" => {
            let named = rules.get("properties");
            let mut others =
                value.as_object()?.iter().filter(|(name, _)| named.is_none_or(|named| named.get(name).is_none()));
            match wanted {
                Value::Bool(false) => {
                    others.next().map(|(name, _)| format!("{at} has {name}, which is not documented"))
                }
                wanted => others.find_map(|(name, field)| fault(wanted, field, &format!("{at}.{name}"))),
            }
        }
        "items" => value
            .as_array()?
            .iter()
            .enumerate()
            .find_map(|(place, item)| fault(wanted, item, &format!("{at}[{place}]"))),
        "oneOf" => {
            // As soon as one fits, the others do not matter.
            let faults: Vec<String> = wanted.as_array()?.iter().map_while(|schema| fault(schema, value, at)).collect();
            (faults.len() == wanted.as_array()?.len()).then(|| faults.join(", or "))
        }
        rule if NOT_HELD.contains(&rule) => None,
        rule => Some(format!("{at}: the document uses {rule}, which no test looks at; add it to contract/schema.rs")),
    }
}

/// Whether the value is of the type, or of one of several.
fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => false,
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_from_the_document_is_named_with_its_place() {
        let schema = json!({"type": "object", "required": ["state"], "properties": {
            "state": {"type": "string", "enum": ["open", "closed"]},
            "items": {"type": "array", "items": {"oneOf": [{"type": "null"}, {"type": "integer"}]}},
        }});
        let faults = |value: Value| fault(&schema, &value, "body");
        assert_eq!(faults(json!({"state": "open", "items": [1, null]})), None);
        for (value, expected) in [
            (json!([]), "body should be \"object\" and is []"),
            (json!({}), "body has no state"),
            (json!({"state": "Open"}), "body.state should be one of [\"open\",\"closed\"] and is \"Open\""),
            (json!({"state": "open", "more": 1}), "body has more, which is not documented"),
            (
                json!({"state": "open", "items": [1.5]}),
                "body.items[0] should be \"null\" and is 1.5, or body.items[0] should be \"integer\" and is 1.5",
            ),
        ] {
            assert_eq!(faults(value).as_deref(), Some(expected));
        }
        let both = json!({"allOf": [schema, {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}]});
        assert_eq!(fault(&both, &json!({"state": "open", "id": "a"}), "body"), None);
        assert_eq!(fault(&both, &json!({"state": "open"}), "body").as_deref(), Some("body has no id"));
        assert!(fault(&json!({"pattern": "a"}), &json!("a"), "body").is_some_and(|fault| fault.contains("pattern")));
    }
}
