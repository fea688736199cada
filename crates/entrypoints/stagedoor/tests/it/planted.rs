//! Codes of gift cards, the links that mails bring them with, and numbers of bank cards: kept nowhere but where they belong.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::program::{ProgramFolder, RunningServer, said};
use crate::traces::spans_of;

/// A bank card of the sandbox.
const NUMBER: &str = "4242424242424242";
/// A code that opens nothing, with a right check symbol.
const GUESSED: &str = "0000-0000-0000-0000-00G5";

/// A mail server that takes everything; what it was given, each as its text.
fn mail_server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            std::thread::spawn(move || take_mails(&stream, |mail| sender.send(mail).is_ok()));
        }
    });
    (port, receiver)
}

fn take_mails(mut stream: &TcpStream, keep: impl Fn(String) -> bool) -> Option<()> {
    let mut reader = BufReader::new(stream);
    stream.write_all(b"220 here\r\n").ok()?;
    let (mut line, mut mail) = (String::new(), None::<String>);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let answer = match (&mut mail, line.trim_end()) {
            (Some(text), ".") => {
                // As it reads without the breaks and signs of its encoding.
                let text = text.replace("=\r\n", "").replace("=3D", "=");
                keep(text).then_some(())?;
                mail = None;
                "250 kept\r\n"
            }
            (Some(text), _) => {
                text.push_str(&line);
                continue;
            }
            (None, "DATA") => {
                mail = Some(String::new());
                "354 go on\r\n"
            }
            (None, "QUIT") => "221 bye\r\n",
            (None, _) => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

/// The code that the next mail brings.
fn mailed_code(mails: &Receiver<String>) -> String {
    loop {
        let mail = mails.recv_timeout(Duration::from_secs(30)).expect("a mail with a code comes");
        if let Some((_, rest)) = mail.split_once("/claim?code=") {
            return rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        }
    }
}

/// The text after `name` in an answer.
fn field<'answer>(answer: &'answer str, name: &str) -> &'answer str {
    let (_, rest) = answer.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {answer}"));
    rest.split('"').next().unwrap_or_default()
}

/// Calls as whoever has the token, which is expected to succeed.
fn call(server: &RunningServer, token: &str, path: &str, body: &str) -> String {
    static KEYS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let key = KEYS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let head = format!("Authorization: Bearer {token}\r\nIdempotency-Key: planted-{key}\r\n");
    let answer = server.post(path, &head, body).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 20"), "{path}: {answer}\n{}", server.log());
    answer
}

fn log_in(server: &RunningServer, role: &str) -> String {
    let login = format!(r#"{{"email": "{role}@demo.stagedoor.test", "password": "stage-door-demo"}}"#);
    let answer = server.post("/api/auth/login", "", &login).expect("it answers");
    field(&answer, "access_token").to_owned()
}

/// Buys, issues, sends, looks at and claims cards; all codes that were in use.
fn plant(server: &RunningServer, mails: &Receiver<String>) -> BTreeSet<String> {
    let [customer, agent, admin] = ["customer", "agent", "admin"].map(|role| log_in(server, role));
    let order = r#"{"value_minor": 5000, "currency": "USD", "design": "alley", "time_zone": "UTC",
        "recipient": {"email": "friend@elsewhere.test", "name": "Ada", "from": "Bo", "message": "See you there!"}}"#;
    let ordered = call(server, &customer, "/api/gift-cards", order);
    let path = format!("/api/gift-card-orders/{}/payments", field(&ordered, "id"));
    call(server, &customer, &path, &format!(r#"{{"card": {{"number": "{NUMBER}"}}}}"#));
    let bought = mailed_code(mails);
    let batch = r#"{"name": "Planted", "kind": "goodwill", "cards": 1, "value_minor": 700, "currency": "USD", "reason": "A test"}"#;
    let issued = call(server, &admin, "/api/gift-cards/batches", batch);
    let given = field(&issued, "code").to_owned();
    let claimed = call(server, &customer, "/api/gift-cards/claims", &format!(r#"{{"code": "{given}"}}"#));
    let sent = format!("/api/gift-cards/{}/transfers", field(&claimed, "id"));
    call(server, &customer, &sent, r#"{"email": "other@elsewhere.test", "message": "Yours"}"#);
    let passed_on = mailed_code(mails);
    for code in [&bought, &given, &passed_on] {
        let page = server.get(&format!("/claim?code={code}")).expect("it answers");
        assert!(page.starts_with("HTTP/1.1 303"), "{page}");
    }
    call(server, &agent, "/api/gift-cards/claims", &format!(r#"{{"code": "{passed_on}"}}"#));
    for wrong in [GUESSED, "planted-nonsense", given.as_str()] {
        let head = format!("Authorization: Bearer {agent}\r\nIdempotency-Key: {}\r\n", wrong.len());
        let body = format!(r#"{{"code": "{wrong}"}}"#);
        let refused = server.post("/api/gift-cards/claims", &head, &body).expect("it answers");
        assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    }
    [bought, given, passed_on, GUESSED.to_owned()].into()
}

/// Everything in the database as text.
fn dump(folder: &ProgramFolder) -> String {
    let tool = cluster::program("pg_dump").expect("PostgreSQL is installed");
    let dumped = Command::new(tool).args(["--inserts", &folder.database_url()]).output().expect("it runs");
    assert!(dumped.status.success(), "{}", said(&dumped));
    String::from_utf8(dumped.stdout).expect("it is text")
}

#[test]
fn no_code_link_or_card_number_is_in_a_dump_the_log_the_spans_or_the_figures() {
    let (port, mails) = mail_server();
    let smtp = format!("smtp://127.0.0.1:{port}");
    let environment = [("STAGEDOOR_LOG", "debug"), ("STAGEDOOR_DEMO", "lite"), ("STAGEDOOR_SMTP_URL", &smtp)];
    let (mut codes, mut dumped, mut figures) = (BTreeSet::new(), String::new(), String::new());
    let (spans, log) = spans_of("secrets", &environment, |server, folder| {
        codes = plant(server, &mails);
        // The text of a mail is deleted in the transaction that records that it was sent.
        for _ in 0..100 {
            dumped = dump(folder);
            if !codes.iter().any(|code| dumped.contains(code.as_str())) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        figures = server.get("/metrics").expect("it answers");
    });
    let spans = format!("{spans:?}");
    assert_eq!(codes.len(), 4, "{codes:?}");
    for (heard, of) in
        [("/api/gift-cards/claims", &spans), ("/claim", &log), ("gift_card_codes", &dumped), ("stagedoor_", &figures)]
    {
        assert!(of.contains(heard), "{heard} is not there");
    }
    let mut planted: Vec<String> = codes.iter().flat_map(|code| [code.clone(), code.replace('-', "")]).collect();
    planted.extend(planted.clone().into_iter().map(|code| code.to_lowercase()));
    planted.extend([NUMBER.to_owned(), "4242 4242".to_owned(), "planted-nonsense".to_owned()]);
    for planted in planted {
        for (of, text) in [("the dump", &dumped), ("the spans", &spans), ("the log", &log), ("the figures", &figures)] {
            let line = text.lines().find(|line| line.contains(&planted)).unwrap_or_default();
            assert!(!text.contains(&planted), "{planted} in {of}: {line}");
        }
    }
}
