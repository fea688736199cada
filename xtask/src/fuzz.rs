//! `cargo xtask fuzz`: runs schemathesis with the API document against a server with a small demo site.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::testing::databases::Databases;
use crate::testing::server::TestServer;
use crate::{frontend, machine, python, shell};

const TOOL: &str = "schemathesis==4.32.5";
const CONFIG: &str = include_str!("fuzz.toml");

/// Calls that end the session. They are tried after the others and without a session.
const ENDS_SESSION: [&str; 2] = ["/api/auth/logout", "/api/me/sessions"];

/// Tries all calls; fails when a response does not match the document.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    machine::provide_for_python()?;
    let tool = python::environment("schemathesis", &[TOOL], TOOL)?.join("st");
    frontend::build()?;
    shell::run(shell::cargo().args(["build", "--package", "stagedoor"]))?;
    let databases = Databases::start()?;
    let server = TestServer::start(&databases.url_of_empty("fuzz")?)?;
    let known = Known::learn(server.address)?;

    shell::heading("As a customer");
    let mut signed_in = st(&tool, server.address, &known, arguments)?;
    signed_in.arg("--header").arg(format!("Authorization: Bearer {}", known.token));
    signed_in.args(ENDS_SESSION.iter().flat_map(|path| ["--exclude-path", path]));
    let first = shell::run(&mut signed_in);

    shell::heading("As nobody");
    let second = shell::run(&mut st(&tool, server.address, &known, arguments)?);
    let log = fs::read_to_string(&server.log)?;
    server.stop()?;
    drop(databases);
    first.and(second).context("the API answered otherwise than its document says; see above")?;
    let broken = log.lines().filter(|line| line.contains("ERROR")).count();
    println!("the API keeps to its document; {broken} errors in the server's log");
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn st(tool: &PathBuf, address: SocketAddr, known: &Known, arguments: &[String]) -> Result<Command> {
    let folder = shell::target()?.join("fuzz");
    fs::create_dir_all(&folder)?;
    let config = folder.join("schemathesis.toml");
    fs::write(&config, known.settings())?;
    let mut command = Command::new(tool);
    command.current_dir(&folder).arg("--config-file").arg(config);
    command.arg("run").arg(format!("http://{address}/api/openapi.json")).args(["--no-color", "--continue-on-failure"]);
    command.args(arguments);
    Ok(command)
}

/// Ids that exist on the demo site, so that calls get further than "not found".
struct Known {
    token: String,
    /// Ids by the name of the parameter.
    dictionaries: Vec<(&'static str, Vec<String>)>,
}

impl Known {
    fn learn(address: SocketAddr) -> Result<Self> {
        let password = std::env::var("STAGEDOOR_DEMO_PASSWORD").unwrap_or_else(|_| "stage-door-demo".to_owned());
        let login = format!(r#"{{"email":"customer@demo.stagedoor.test","password":"{password}"}}"#);
        let answer = ask(address, "POST", "/api/auth/login", None, &login)?;
        let token = between(&answer, r#""access_token":""#).next().map(str::to_owned);
        let token = token.with_context(|| format!("the demo customer cannot log in: {answer}"))?;
        let get = |path: &str| ask(address, "GET", path, Some(&token), "");

        let celebrities: Vec<String> = owned(between(&get("/api/celebrities?limit=8")?, r#""slug":""#));
        let celebrities: Vec<String> = celebrities.into_iter().filter(|slug| slug.contains('-')).collect();
        let first = celebrities.first().context("the demo site has no celebrities")?;
        let offerings = owned(between(&get(&format!("/api/celebrities/{first}/offerings"))?, r#"{"id":""#));
        let starts = free_times(&offerings, &|offering, days| {
            get(&format!("/api/celebrities/{first}/availability?offering_id={offering}&{days}"))
        })?;
        let bookings = owned(between(&get("/api/bookings?limit=40")?, r#"{"id":""#));
        let mut payments = Vec::new();
        for booking in bookings.iter().take(5) {
            payments.extend(owned(between(&get(&format!("/api/bookings/{booking}"))?, r#""payment":{"id":""#)));
        }
        let dictionaries = vec![
            ("celebrities", celebrities),
            ("offerings", offerings),
            ("starts", starts),
            ("bookings", bookings),
            ("payments", payments),
        ];
        Ok(Self { token, dictionaries })
    }

    /// The configuration of schemathesis with these ids as dictionaries.
    fn settings(&self) -> String {
        let mut text = CONFIG.to_owned();
        // Where the demo site has nothing, an id that does not exist is used, and the response is 404.
        let nothing = vec!["00000000-0000-7000-8000-000000000000".to_owned()];
        for (name, ids) in &self.dictionaries {
            let ids = if ids.is_empty() { &nothing } else { ids };
            text.push_str(&format!("\n[dictionaries.{name}]\nvalues = {ids:?}\n"));
        }
        text
    }
}

/// The free slots of the first offering that has any in the next weeks.
fn free_times(offerings: &[String], ask: &dyn Fn(&str, &str) -> Result<String>) -> Result<Vec<String>> {
    let day = |from_now: &str| shell::capture(Command::new("date").args(["-u", "-d", from_now, "+%F"]));
    let days = format!("from={}&to={}", day("+3 days")?.trim(), day("+40 days")?.trim());
    for offering in offerings {
        let starts = owned(between(&ask(offering, &days)?, r#""starts_at":""#));
        if !starts.is_empty() {
            return Ok(starts);
        }
    }
    Ok(Vec::new())
}

/// Sends one request; returns the response with its headers.
fn ask(address: SocketAddr, method: &str, path: &str, token: Option<&str>, body: &str) -> Result<String> {
    let authorization = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{authorization}Content-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The texts after each `mark`, up to the next quotation mark.
fn between<'text>(text: &'text str, mark: &str) -> impl Iterator<Item = &'text str> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next())
}

fn owned<'text>(texts: impl Iterator<Item = &'text str>) -> Vec<String> {
    texts.map(str::to_owned).collect()
}
