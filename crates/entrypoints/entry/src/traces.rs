//! A span for each request when traces are exported; otherwise none is made, at next to no cost.

use access::Entry;
use http::{HeaderMap, Method};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use uuid::Uuid;

use crate::Problem;

/// The span of a request. Joins the trace that a trusted proxy began.
pub(crate) fn request(entry: &Entry, method: &Method, id: Uuid, headers: &HeaderMap, is_from_proxy: bool) -> Span {
    let span = tracing::info_span!(
        target: "trace",
        "request",
        otel.name = format!("{method} {}", entry.path),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.route = entry.path,
        http.response.status_code = Empty,
        error.type = Empty,
        request_id = %id.as_simple(),
    );
    if is_from_proxy
        && !span.is_disabled()
        && let Some(parent) = headers.get("traceparent").and_then(|value| parent(value.to_str().ok()?))
    {
        // The parent can be set because nothing has entered the span yet.
        span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent)).ok();
    }
    span
}

/// Records how the request ended; returns the trace id for the log line.
pub(crate) fn finish(span: &Span, status: http::StatusCode, problem: Option<&Problem>) -> Option<TraceId> {
    if span.is_disabled() {
        return None;
    }
    span.record("http.response.status_code", status.as_u16());
    if let Some(problem) = problem {
        span.record("error.type", problem.code);
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let context = span.context();
    let trace = context.span().span_context().trace_id();
    (trace != TraceId::INVALID).then_some(trace)
}

/// Parses `traceparent`, version 00: <https://www.w3.org/TR/trace-context/>.
fn parent(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let ("00", trace, span, flags, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !(is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2)) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    Some(SpanContext::new(trace, span, flags, true, TraceState::NONE)).filter(SpanContext::is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_what_the_standard_says() {
        let parent_of = |text: &str| parent(text).map(|parent| (parent.span_id().to_string(), parent.is_sampled()));
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        assert_eq!(parent_of(&format!("00-{trace}-{span}-01")), Some((span.to_owned(), true)));
        assert_eq!(parent_of(&format!("00-{trace}-{span}-00")), Some((span.to_owned(), false)));
        for text in [
            "",
            "00",
            "00-0-0-0",
            &format!("01-{trace}-{span}-01"),
            &format!("00-{trace}-{span}-01-x"),
            &format!("00-{}-{span}-01", "0".repeat(32)),
            &format!("00-{}-{span}-01", trace.to_uppercase()),
        ] {
            assert_eq!(parent_of(text), None, "{text:?}");
        }
    }
}
