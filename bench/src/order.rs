//! Writes down which functions of the program run at its start and for common requests, so that the linker puts them side by side
//! (`crates/entrypoints/stagedoor/build.rs`): the kernel maps code in pieces of 64 kB, and what lies between is resident, though unused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::attempt::BookingAttempt;
use crate::client::Client;
use crate::server::{MeasuredServer, free_port};
use crate::{OrderOptions, product, slots};

/// How long an idle server is followed after its start.
const REST: Duration = Duration::from_secs(30);
/// What visitors open, signed in or not.
const PAGES: [&str; 14] = [
    "/",
    "/discover",
    "/discover?q=music",
    "/login",
    "/register",
    "/help/ranking",
    "/api/celebrities?limit=20",
    "/api/categories",
    "/api/me",
    "/api/bookings",
    "/api/gift-cards",
    "/api/me/credit",
    "/livez",
    "/metrics",
];

/// Follows two runs with `valgrind` and writes the list.
pub async fn run(options: &OrderOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("order_of_functions").await?;
    product::load(&options.stage, &url, "lite").await?;
    let at_start = follow(options, &url, rest).await?;
    let serving = follow(options, &url, requests).await?;
    postgres.close()?;
    let later = serving.difference(&at_start);
    let list: String = at_start.iter().chain(later).map(|name| format!("{name}\n")).collect();
    fs::write(&options.out, list).with_context(|| format!("cannot write {}", options.out.display()))?;
    println!(
        "{}: {} functions run at the start, {} more for requests",
        options.out.display(),
        at_start.len(),
        serving.difference(&at_start).count()
    );
    Ok(())
}

/// The functions of the program that run from its start to the end of `visit`.
async fn follow(
    options: &OrderOptions,
    url: &str,
    visit: impl AsyncFnOnce(&MeasuredServer) -> anyhow::Result<()>,
) -> anyhow::Result<BTreeSet<String>> {
    let (port, log) = (free_port()?, options.stage.scratch.join("order.log"));
    let report = options.stage.scratch.join("order.callgrind");
    let program = options.stage.program(url);
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--demangle=no"]);
    command.arg(format!("--callgrind-out-file={}", report.display())).arg(program.get_program()).arg("serve");
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("STAGEDOOR_BIND", format!("127.0.0.1:{port}")).env("STAGEDOOR_DEMO", "none");
    let mut server = MeasuredServer::start("valgrind", port, &mut command, &log)?;
    server.wait_until_ready().await?;
    visit(&server).await?;
    server.stop().await?;
    let text = fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    let functions = functions(&text, &options.stage.program);
    ensure!(
        functions.len() > 1_000,
        "only {} functions of the program were seen; see {}",
        functions.len(),
        log.display()
    );
    Ok(functions)
}

/// Nothing happens.
async fn rest(_: &MeasuredServer) -> anyhow::Result<()> {
    tokio::time::sleep(REST).await;
    Ok(())
}

/// One of each kind of common request. They take a hundred times as long as usual.
async fn requests(server: &MeasuredServer) -> anyhow::Result<()> {
    let client = server.client().log_in("customer@demo.stagedoor.test", product::PASSWORD).await?;
    for page in PAGES {
        client.get(page).await?;
    }
    ensure!(!client.answers("/nowhere").await, "a page that is not there was found");
    let celebrity = slots::celebrities(&client).await?.into_iter().next().context("somebody can be booked")?;
    let profile = client.get(&format!("/api/celebrities/{celebrity}")).await?;
    let slug = profile["slug"].as_str().context("a profile has an address")?;
    client.get(&format!("/celebrities/{slug}")).await?;
    let body = slots::some(&client, 1).await?.remove(0);
    book(&client, BookingAttempt::new("order".to_owned(), body)).await
}

async fn book(client: &Client, mut attempt: BookingAttempt) -> anyhow::Result<()> {
    attempt.book_and_pay(client).await?;
    // The jobs that follow, and the mails.
    tokio::time::sleep(REST).await;
    let id = attempt.booking.as_deref().context("it was booked")?;
    client.get(&format!("/api/bookings/{id}")).await?;
    client.get(&format!("/api/bookings/{id}/cancellation-preview")).await?;
    attempt.cancel(client).await?;
    tokio::time::sleep(REST).await;
    Ok(())
}

/// The names of functions of `program` in a report of callgrind: a name stands beside its number where that is met first, and belongs to
/// the object that was named last.
fn functions(report: &str, program: &Path) -> BTreeSet<String> {
    let own = program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut objects, mut names) = (std::collections::HashMap::new(), std::collections::HashMap::new());
    let (mut is_own, mut found) = (false, BTreeSet::new());
    for line in report.lines() {
        let Some((key, entry)) = line.split_once('=') else { continue };
        let Some((number, name)) = entry.split_once(')') else { continue };
        match key {
            "ob" | "cob" => {
                if !name.is_empty() {
                    objects.insert(number, name.trim().ends_with(&format!("/{own}")));
                }
                if key == "ob" {
                    is_own = objects.get(number).copied().unwrap_or_default();
                }
            }
            "fn" | "cfn" => {
                if !name.is_empty() {
                    names.insert(number, name.trim());
                }
                if key == "fn" && is_own {
                    found.extend(names.get(number).and_then(|name| symbol(name)));
                }
            }
            _ => {}
        }
    }
    found
}

/// The symbol of a function; recursion is numbered after an apostrophe, and what has no name is given by its address.
fn symbol(name: &str) -> Option<String> {
    let name = name.split('\'').next().unwrap_or(name);
    let is_named = !name.starts_with("0x") && !name.starts_with('(');
    is_named.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_where_they_are_met_first() {
        let report = "ob=(1) /usr/lib/libc.so.6\nfn=(1) malloc\n12 3\ncob=(2) /target/stagedoor\ncfn=(2) _ZN4mainE\ncalls=1 5\n\
                      ob=(2)\nfn=(2)\n5 1\nfn=(3) _ZN5againE'2\nfn=(4) 0x00001\nob=(1)\nfn=(5) free\n";
        let names: Vec<String> = functions(report, Path::new("/target/stagedoor")).into_iter().collect();
        assert_eq!(names, ["_ZN4mainE", "_ZN5againE"]);
    }
}
