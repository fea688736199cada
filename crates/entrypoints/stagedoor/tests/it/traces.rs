//! Traces as a collector receives them: OTLP over HTTP, decoded with the standard's schema.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use crate::program::{ProgramFolder, RunningServer};

/// A collector that receives traces until the test ends.
fn collector() -> (SocketAddr, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            std::thread::spawn(move || while take(&stream).is_some_and(|request| sender.send(request).is_ok()) {});
        }
    });
    (address, receiver)
}

/// Reads one request of a connection that stays open.
fn take(mut stream: &TcpStream) -> Option<ExportTraceServiceRequest> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    assert!(line.starts_with("POST /v1/traces "), "{line}");
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some(ExportTraceServiceRequest::decode(&*body).expect("it is OTLP"))
}

/// Requests a page with the `traceparent` of a trace that somebody else began.
fn get_within_a_trace(server: &RunningServer, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address).expect("it listens");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", server.address);
    write!(stream, "{head}traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n")
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// All spans that a server sends while it answers one request and stops, and its log.
fn spans_of_a_question(name: &str, environment: &[(&str, &str)]) -> (Vec<Span>, String) {
    spans_of(name, environment, |server, _| {
        let answer = get_within_a_trace(server, "/api/categories");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    })
}

/// All spans that a server sends while it is asked and stops, and its log.
pub fn spans_of(
    name: &str,
    environment: &[(&str, &str)],
    ask: impl FnOnce(&RunningServer, &ProgramFolder),
) -> (Vec<Span>, String) {
    let (address, sent) = collector();
    let folder = ProgramFolder::new(name);
    let endpoint = format!("http://{address}");
    let mut all = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    all.extend(environment);
    let server = RunningServer::start(&folder.0, &all);
    ask(&server, &folder);
    let log = server.log_path();
    assert!(server.interrupt(), "the end is clean");
    let log = std::fs::read_to_string(log).expect("there is a log");
    let resources = sent.try_iter().flat_map(|request| request.resource_spans);
    let scopes = resources.flat_map(|resource| {
        let service = resource.resource.as_ref().and_then(|resource| text(&resource.attributes, "service.name"));
        assert_eq!(service.as_deref(), Some("stagedoor"));
        resource.scope_spans
    });
    (scopes.flat_map(|scope| scope.spans).collect(), log)
}

fn text(attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue], key: &str) -> Option<String> {
    let value = attributes.iter().find(|one| one.key == key)?.value.as_ref()?.value.as_ref()?;
    Some(match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_collector_hears_of_a_request_and_its_statements() {
    let (spans, log) = spans_of_a_question("traced", &[]);
    let span = spans.iter().find(|span| span.name == "GET /api/categories").expect("the request has a span");
    assert_eq!(text(&span.attributes, "http.response.status_code").as_deref(), Some("200"));
    assert_eq!(text(&span.attributes, "http.route").as_deref(), Some("/api/categories"));
    assert!(span.events.iter().any(|event| text(&event.attributes, "db.statement").is_some()), "{:?}", span.events);
    // A stranger's trace is not ours to continue.
    assert_ne!(hex(&span.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert!(span.parent_span_id.is_empty());
    assert!(log.contains(&hex(&span.trace_id)), "the line of log names the trace: {log}");
}

#[test]
fn a_trace_that_a_proxy_of_ours_began_goes_on() {
    let trusted = [("STAGEDOOR_MODE", "development-shown-to-everybody"), ("STAGEDOOR_TRUSTED_PROXIES", "127.0.0.1")];
    let (spans, _) = spans_of_a_question("continued", &trusted);
    let span = spans.iter().find(|span| span.name == "GET /api/categories").expect("the request has a span");
    assert_eq!(hex(&span.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(hex(&span.parent_span_id), "00f067aa0ba902b7");
}

#[test]
fn neither_spans_nor_a_log_at_debug_hold_what_was_sent() {
    let (email, name, password) = ("zuleika@planted.example", "Zuleika Plantain", "planted words for a door");
    let token = "stagedoor_PlantedPlantedPlantedPlantedPlantedPlanted0";
    let (spans, log) = spans_of("planted", &[("STAGEDOOR_LOG", "debug")], |server, _| {
        let account = format!(
            r#"{{"email": "{email}", "display_name": "{name}", "password": "{password}", "time_zone": "UTC"}}"#
        );
        let login = format!(r#"{{"email": "{email}", "password": "{password}"}}"#);
        let head = format!(
            "Authorization: Bearer {token}\r\nCookie: __Host-stagedoor=planted-cookie\r\nUser-Agent: planted agent\r\n"
        );
        for (path, head, body, status) in [
            ("/api/auth/register", "", &account, "202"),
            ("/api/auth/register", "", &account, "202"),
            ("/api/auth/login", "", &login, "200"),
            ("/api/auth/login", "", &login.replace("door", "window"), "401"),
            ("/api/auth/password/reset", "", &login.replace("password", "other"), "422"),
            ("/api/auth/password/reset", "", &format!(r#"{{"email": "{email}"}}"#), "202"),
            (
                "/api/auth/password/reset/confirmation",
                "",
                &format!(r#"{{"token": "planted link", "password": "{password}"}}"#),
                "409",
            ),
            ("/api/bookings", head.as_str(), &login, "401"),
        ] {
            let answer = server.post(path, head, body).expect("it answers");
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}\n{}", server.log());
        }
        let found = server.get("/discover?q=Zuleika+Plantain").expect("it answers");
        assert!(found.starts_with("HTTP/1.1 200"), "{found}");
        // The mails are written and sent meanwhile.
        std::thread::sleep(std::time::Duration::from_secs(1));
    });
    let spans = format!("{spans:?}");
    for heard in ["POST /api/auth/register", "POST /api/auth/login", "db.statement", "send_mail"] {
        assert!(spans.contains(heard), "{heard} in {spans}");
    }
    assert!(log.contains("/api/auth/register") && log.contains("DEBUG"), "{log}");
    for planted in [email, name, "Zuleika", "Plantain", "planted", "Planted"] {
        for (of, text) in [("the spans", &spans), ("the log", &log)] {
            let line = text.lines().find(|line| line.contains(planted)).unwrap_or_default();
            assert!(!text.contains(planted), "{planted} in {of}: {line}");
        }
    }
}
