//! Headers that requests and answers of every kind have in common.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use site::Settings;

/// Security headers of every answer.
const FIXED: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// HTTPS only, for a year. RFC 6797 forbids the header over plain HTTP.
const SECURE_LINES_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// More headers for documents; they mean nothing on JSON.
const OF_DOCUMENTS: [(HeaderName, HeaderValue); 4] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("origin-agent-cluster"), HeaderValue::from_static("?1")),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), HeaderValue::from_static("none")),
];

/// The policy of an answer that is not a document: it loads nothing and cannot be framed.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// Adds the security headers of every answer.
pub fn protect(headers: &mut HeaderMap, settings: &Settings) {
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    if settings.public_url.starts_with("https:") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, SECURE_LINES_ONLY);
    }
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        protect_document(headers);
    }
}

/// Adds the security headers of documents; redirects between pages have them too.
pub fn protect_document(headers: &mut HeaderMap) {
    for (name, value) in OF_DOCUMENTS {
        headers.insert(name, value);
    }
}

/// Adds the strictest content security policy, unless the answer has its own.
pub(crate) fn forbid_everything(headers: &mut HeaderMap) {
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
}

/// The value of one cookie.
pub fn cookie<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(one, _)| *one == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected(public_url: &str, kind: &'static str) -> HeaderMap {
        let settings = Settings {
            public_url: public_url.to_owned(),
            development: false,
            staff_needs_second_factor: true,
            unpaid_max: None,
            facts_kept_days: 400,
            gift_batch_minor_max: 1,
            support_email: None,
        };
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        protect(&mut headers, &settings);
        headers
    }

    #[test]
    fn only_a_site_with_secure_lines_asks_for_them() {
        let says = |url| protected(url, "application/json").contains_key(header::STRICT_TRANSPORT_SECURITY);
        assert!(says("https://stagedoor.test") && !says("http://127.0.0.1:8080"));
    }

    #[test]
    fn documents_say_more_than_data() {
        let [document, data] =
            ["text/html; charset=utf-8", "application/json"].map(|kind| protected("http://a.test", kind));
        assert_eq!(document[header::REFERRER_POLICY], "no-referrer");
        assert!(!data.contains_key("cross-origin-opener-policy"));
        for headers in [document, data] {
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        }
    }
}
