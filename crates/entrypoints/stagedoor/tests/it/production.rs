//! What production refuses to start with: known logins, a strange secret.

use std::time::{Duration, Instant};

use crate::program::{ProgramFolder, RunningServer, command, free_address, run, said};

const SECRET: (&str, &str) = ("STAGEDOOR_SECRET", "b1946ac92492d2347c6235b4d2611184");
const OTHER_SECRET: (&str, &str) = ("STAGEDOOR_SECRET", "2c26b46b68ffc68ff99b453c1d304134");

/// What production needs, on this machine.
fn production<'a>(secret: (&'a str, &'a str), more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [
        ("STAGEDOOR_MODE", "production"),
        ("STAGEDOOR_PUBLIC_URL", "https://stage.example"),
        ("STAGEDOOR_SMTP_URL", "smtp://127.0.0.1:9"),
        ("STAGEDOOR_CARDS", "sandbox-that-moves-no-money"),
        secret,
    ];
    [&all, more].concat()
}

fn refusal(folder: &ProgramFolder, environment: &[(&str, &str)]) -> String {
    let mut serve = command(&folder.0);
    serve.arg("serve").env("STAGEDOOR_BIND", free_address().to_string()).envs(environment.iter().copied());
    let output = serve.output().expect("the program runs");
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

#[test]
fn demo_data_of_development_is_not_served_to_the_public() {
    let folder = ProgramFolder::new("production");
    let loaded = command(&folder.0).args(["demo", "--size", "lite"]).env(SECRET.0, SECRET.1).output().expect("runs");
    assert!(loaded.status.success(), "{}", said(&loaded));
    let books = run(&folder.0, &["ledger", "check"]);
    assert!(books.status.success() && said(&books).contains("The books balance"), "{}", said(&books));
    let text = refusal(&folder, &production(OTHER_SECRET, &[]));
    assert!(text.contains("STAGEDOOR_SECRET is not the secret"), "{text}");
    let text = refusal(&folder, &production(SECRET, &[]));
    assert!(text.contains("stagedoor demo remove"), "{text}");

    let closed = run(&folder.0, &["demo", "close"]);
    assert!(closed.status.success() && said(&closed).contains("cannot log in any more"), "{}", said(&closed));
    let books = run(&folder.0, &["ledger", "check"]);
    assert!(books.status.success(), "what they had stays in the books: {}", said(&books));
    let server = RunningServer::start(&folder.0, &production(SECRET, &[]));
    let page = server.get("/").expect("it answers");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let mailbox = server.get("/mailbox").expect("it answers");
    assert!(mailbox.starts_with("HTTP/1.1 404"), "{mailbox}");
    assert!(server.interrupt(), "the end is clean");

    let removed = run(&folder.0, &["demo", "remove"]);
    assert!(removed.status.success(), "{}", said(&removed));
    let left = "SELECT count(*) FROM gift_cards UNION ALL SELECT count(*) FROM gift_card_rules WHERE valid_from < '2026-01-01'";
    assert_eq!(folder.query(left), "0\n0\n", "nor is a rule left that only the demo had");
    // An empty database takes any secret, once.
    let server = RunningServer::start(&folder.0, &production(OTHER_SECRET, &[]));
    assert!(server.interrupt(), "the end is clean");
    assert!(refusal(&folder, &production(SECRET, &[])).contains("STAGEDOOR_SECRET"));
    let previous = ("STAGEDOOR_SECRET_PREVIOUS", OTHER_SECRET.1);
    let text = refusal(&folder, &production(SECRET, &[previous, ("STAGEDOOR_BREACHED_PASSWORDS", "/not/there")]));
    assert!(text.contains("/not/there"), "{text}");
    let text = refusal(&folder, &production(SECRET, &[]));
    assert!(
        text.contains("STAGEDOOR_SECRET is not the secret"),
        "a start that is refused takes no secret over: {text}"
    );
    let overlap = production(SECRET, &[previous]);
    let server = RunningServer::start(&folder.0, &overlap);
    assert!(server.interrupt(), "the end is clean");
    assert!(refusal(&folder, &production(OTHER_SECRET, &[])).contains("STAGEDOOR_SECRET"));
    let adopted =
        command(&folder.0).args(["secret", "adopt"]).env(OTHER_SECRET.0, OTHER_SECRET.1).output().expect("runs");
    assert!(adopted.status.success(), "{}", said(&adopted));
    let server = RunningServer::start(&folder.0, &production(OTHER_SECRET, &[]));
    assert!(server.interrupt(), "the end is clean");
}

/// The addresses in a page that begin so.
fn links<'page>(page: &'page str, start: &str) -> Vec<&'page str> {
    let hrefs = page.split("href=\"").chain(page.split("src=\"")).skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with(start)).collect()
}

#[test]
fn what_development_shows_is_not_there_in_production_and_who_stops_says_so_first() {
    let folder = ProgramFolder::new("shown");
    let server = RunningServer::start(&folder.0, &[SECRET]);
    let account = r#"{"email": "noor@example.test", "display_name": "Noor", "password": "a quiet corner and a chair", "time_zone": "UTC"}"#;
    let registered = server.post("/api/auth/register", "", account).expect("it answers");
    assert!(registered.starts_with("HTTP/1.1 202"), "{registered}");
    let deadline = Instant::now() + Duration::from_secs(30);
    let plain = |page: String| page.replace("&#x2f;", "/");
    let mailbox = loop {
        let mailbox = plain(server.get("/mailbox").expect("it answers"));
        if !links(&mailbox, "/mailbox/").is_empty() {
            break mailbox;
        }
        assert!(Instant::now() < deadline, "no mail came: {mailbox}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let gallery = plain(server.get("/gallery").expect("it answers"));
    let mail = links(&mailbox, "/mailbox/")[0].to_owned();
    let page = links(&gallery, "/gallery/pages/")[0].to_owned();
    let portraits = plain(server.get(&page).expect("it answers"));
    let mut shown = vec!["/mailbox".to_owned(), mail.clone(), "/gallery".to_owned(), page];
    shown.extend(links(&portraits, "/gallery/portraits/").first().map(|portrait| (*portrait).to_owned()));
    for path in &shown {
        let answer = server.get(path).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    let file = format!("{mail}/file");
    shown.push(file);
    let of_development =
        |entry: &&access::Entry| ["/mailbox", "/gallery"].iter().any(|start| entry.path.starts_with(start));
    assert_eq!(access::all().filter(of_development).count(), 6, "each has an address here");
    assert!(server.interrupt(), "the end is clean");

    let server = RunningServer::start(&folder.0, &production(SECRET, &[]));
    for path in shown {
        let answer = server.get(&path).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    // Nobody sends new requests to one that stops; those that come still are answered.
    server.begin_to_stop();
    let stopping = loop {
        let answer = server.get("/readyz").expect("it still answers");
        if !answer.starts_with("HTTP/1.1 200") {
            break answer;
        }
    };
    assert!(stopping.starts_with("HTTP/1.1 503") && stopping.ends_with("stopping\n"), "{stopping}");
    assert!(server.get("/").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    assert!(server.ends(), "the end is clean");
}
