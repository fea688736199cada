//! Connections that keep a place without using it, against the real server in this process, with short deadlines.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use entry::TrustedProxies;
use stagedoor::connections::{ConnectionLimits, Connections};
use stagedoor::deadlines::Deadlines;
use stagedoor::server::{self, Door};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// How long a deadline of a fraction of a second may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const EMPTY_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// `GET /` of localhost on stream 1, without a body.
const GET_OVER_HTTP2: &[u8] =
    &[0, 0, 14, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 9, b'l', b'o', b'c', b'a', b'l', b'h', b'o', b's', b't'];
const GO_AWAY: u8 = 7;

struct Served {
    address: SocketAddr,
    connections: Arc<Connections>,
    stop: CancellationToken,
    _runtime: Runtime,
}

impl Served {
    fn start(limits: ConnectionLimits) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let connections = Connections::new(limits, TrustedProxies::default());
        let short = Duration::from_millis(200);
        let deadlines = Deadlines { first_request: short, round: short, leave: short };
        let door = Door { connections: Arc::clone(&connections), deadlines };
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/large", get(|| async { vec![b'.'; 64 * 1024 * 1024] }));
        let stop = CancellationToken::new();
        let listener = runtime.block_on(server::listen(([127, 0, 0, 1], 0).into())).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        runtime.spawn(server::serve(listener, router, door, stop.clone()));
        Self { address, connections, stop, _runtime: runtime }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream
    }

    fn answers(&self) -> bool {
        let mut stream = self.connect();
        write!(stream, "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it reads");
        read_to_end(&mut stream).ends_with(b"here")
    }

    fn becomes_empty(&self) -> bool {
        let started = Instant::now();
        while self.connections.count() > 0 && started.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.connections.count() == 0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Everything until the server closes the connection; panics when it does not.
fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("it stays open: {error}"),
        _ => all,
    }
}

fn many() -> ConnectionLimits {
    ConnectionLimits { all: 1_000, network: 1_000 }
}

#[test]
fn whoever_sends_nothing_or_half_a_greeting_is_shown_out() {
    let served = Served::start(many());
    let (mut silent, mut half, mut slow) = (served.connect(), served.connect(), served.connect());
    half.write_all(&PREFACE[..16]).expect("it reads");
    slow.write_all(b"GET / HTTP/1.1\r\nhost: loc").expect("it reads");
    for stream in [&mut silent, &mut half, &mut slow] {
        assert_eq!(read_to_end(stream), b"");
    }
    assert!(served.answers() && served.becomes_empty());
}

#[test]
fn whoever_idles_is_told_to_leave() {
    let served = Served::start(many());
    let mut first = served.connect();
    write!(first, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("it reads");
    assert!(read_to_end(&mut first).ends_with(b"here"), "the answer, and then the end");

    let mut second = served.connect();
    second.write_all(&[PREFACE, EMPTY_SETTINGS, GET_OVER_HTTP2].concat()).expect("it reads");
    let frames = read_to_end(&mut second);
    let kinds = kinds_of(&frames);
    assert!(kinds.contains(&0) && kinds.contains(&GO_AWAY), "an answer, and a farewell: {kinds:?}");
    assert!(served.becomes_empty());
}

#[test]
fn an_answer_that_is_never_read_does_not_keep_its_place() {
    let served = Served::start(many());
    let mut first = served.connect();
    write!(first, "GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("it reads");
    // A window of zero bytes: nothing of an answer may be sent.
    let no_window = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    let mut second = served.connect();
    second.write_all(&[PREFACE, &no_window, GET_OVER_HTTP2].concat()).expect("it reads");
    let started = Instant::now();
    while served.connections.count() < 2 && started.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(served.becomes_empty(), "both hold an answer for ever");
    drop((first, second));
}

#[test]
fn one_network_cannot_take_every_place() {
    let served = Served::start(ConnectionLimits { all: 16, network: 2 });
    // This machine may have half.
    let mut held: Vec<TcpStream> = (0..12).map(|_| served.connect()).collect();
    // Whoever was refused is cut off; the others have time for their first request, in which there is no place for more.
    let most = served.connections.count();
    held.iter_mut().for_each(|stream| drop(read_to_end(stream)));
    assert!(most <= 8, "{most}");
    assert!(served.becomes_empty() && served.answers());
}

/// The kinds of HTTP/2 frames in their order.
fn kinds_of(mut frames: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [high, middle, low, kind, ..] = frames {
        kinds.push(*kind);
        let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
        frames = frames.get(9 + length..).unwrap_or_default();
    }
    kinds
}
