//! Every entry point × every role × own, somebody else's and missing objects, from the registry alone: an entry that is
//! added is tested the moment it exists.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Entry, Guard, Method, Policy, Surface};
use entry::{Gate, Routes, Throttle, TrustedProxies};
use kernel::Role;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::objects::{self, Objects, Whose};

#[tokio::test]
async fn every_entry_point_lets_in_whom_its_policy_names() {
    let site = TestSite::new().await;
    let mut faults = Vec::new();
    let mut cells = 0;
    let mut tokens = Vec::new();
    for caller in site.cast.callers() {
        tokens.push(csrf_of(caller).await);
    }
    for entry in entries() {
        // What ends sessions gets people of its own.
        let other = if ends_sessions(entry) { Some(TestSite::new().await) } else { None };
        let site = other.as_ref().unwrap_or(&site);
        for (caller, token) in site.cast.callers().into_iter().zip(&tokens) {
            cells += 1;
            let own_token = if other.is_some() { Some(csrf_of(caller).await) } else { None };
            let csrf = own_token.as_ref().unwrap_or(token);
            // An object of nobody's, so that whoever is let in changes nothing for the next.
            let answer = ask(entry, caller, csrf, &Objects::missing_path(entry)).await;
            if let Some(fault) = policy_fault(entry, caller, &answer) {
                faults.push(describe(entry, caller, &answer, fault));
            }
        }
        site.jobs_may_be_left();
    }
    assert!(faults.is_empty(), "{} of {cells} cells:\n{}", faults.len(), faults.join("\n"));
    assert!(cells > 300, "only {cells} cells were tried");
}

fn ends_sessions(entry: &Entry) -> bool {
    let path = entry.path;
    entry.method.is_unsafe()
        && (path.ends_with("/logout") || path.ends_with("/end-others") || path == "/api/me/sessions")
}

#[tokio::test]
async fn another_s_object_answers_as_a_missing_one() {
    foreign_faults(|entry| entry.surface == Surface::Api || !entry.method.is_unsafe()).await;
}

#[tokio::test]
async fn a_form_about_another_s_object_answers_as_for_a_missing_one() {
    foreign_faults(|entry| entry.surface == Surface::Page && entry.method.is_unsafe()).await;
}

/// Asks for others' objects at the chosen entries.
async fn foreign_faults(is_chosen: impl Fn(&Entry) -> bool) {
    let site = TestSite::new().await;
    let objects = Objects::place(&site).await;
    let cast = &site.cast;
    let strangers = [&cast.other_customer, &cast.other_celebrity, &cast.other_agent];
    let mut faults = Vec::new();
    let mut guarded: Vec<&Entry> = entries().filter(|entry| entry.guard != Guard::None && is_chosen(entry)).collect();
    // One's own objects are among what is ended, so ends come last.
    guarded.sort_by_key(|entry| (entry.method == Method::Delete, entry.path.ends_with("/end")));
    for entry in guarded {
        for caller in strangers {
            let csrf = csrf_of(caller).await;
            let foreign = ask(entry, caller, &csrf, &objects.path(entry, Whose::First)).await;
            let missing = ask(entry, caller, &csrf, &objects.path(entry, Whose::Missing)).await;
            // A page names its own address here and there; the answer of the API is the same to the letter.
            let same = foreign.status == missing.status
                && (entry.surface == Surface::Page || foreign.timeless() == missing.timeless());
            if !same || foreign.status != 404 {
                faults.push(describe(entry, caller, &foreign, "another's object must look like a missing one"));
            }
        }
        // With sessions of their own, because the first ones are among the objects.
        let owner = Objects::owner(entry, &site).signed_in_anew(&site).await;
        let csrf = csrf_of(&owner).await;
        let foreign = ask(entry, &owner, &csrf, &objects.path(entry, Whose::Other)).await;
        if foreign.status != 404 {
            faults.push(describe(entry, &owner, &foreign, "another's object must look like a missing one"));
        }
        // The same call on one's own object is not the missing one, or the test above proves nothing.
        let own = ask(entry, &owner, &csrf, &objects.path(entry, Whose::First)).await;
        if matches!(own.status, 403 | 404) || own.status >= 500 {
            faults.push(describe(entry, &owner, &own, "one's own object must be found"));
        }
    }
    site.jobs_may_be_left();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn what_another_site_sends_changes_nothing() {
    let site = TestSite::new().await;
    let browsers = [site.cast.customer.by_cookie(), site.cast.anonymous.clone()];
    // Browsers that know `Sec-Fetch-Site`, and those that only name the origin.
    let forged = [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "")];
    let mut faults = Vec::new();
    for entry in entries().filter(|entry| entry.method.is_unsafe()) {
        let path = Objects::missing_path(entry);
        for browser in &browsers {
            for fetched in forged {
                let headers = [fetched, ("origin", "https://evil.test")];
                let answer = browser.call(entry.method.as_str(), &path, objects::body(entry).as_ref(), &headers).await;
                let is_named = match entry.surface {
                    Surface::Page => answer.text().contains("This request came from another site."),
                    _ => answer.code() == "cross_site",
                };
                if answer.status != 403 || !is_named {
                    faults.push(describe(entry, browser, &answer, "must refuse what another site sends"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_entry_is_mounted() {
    let site = TestSite::new().await;
    let gate = Gate::new(site.site.clone(), Arc::new(Throttle::new(1)), 1_024, TrustedProxies(Vec::new()));
    let api = api::routes(Routes::new(gate.clone()));
    let pages = web::routes(Routes::new(gate));
    let name = |entry: &&Entry| format!("{} {}", entry.method.as_str(), entry.path);
    let mounted: BTreeSet<String> = api.mounted().iter().chain(pages.mounted()).map(name).collect();
    // What only the program mounts is asked by its own tests.
    let is_of_program = |entry: &Entry| ["/livez", "/readyz", "/metrics"].contains(&entry.path);
    let listed: BTreeSet<String> =
        access::all().filter(|entry| !is_of_program(entry)).map(|entry| name(&entry)).collect();
    assert_eq!(mounted, listed);
}

/// Everything that people and programs call; health and assets know no callers.
fn entries() -> impl Iterator<Item = &'static Entry> {
    access::all().filter(|entry| entry.surface != Surface::Machine)
}

/// The token that forms of this caller carry; empty when nobody is signed in.
async fn csrf_of(caller: &TestCaller) -> String {
    let page = caller.browser().get("/account").await;
    if page.status == 200 { page.csrf() } else { String::new() }
}

/// Calls the API, opens a page, or sends its form with the token of the caller's session.
async fn ask(entry: &Entry, caller: &TestCaller, csrf: &str, path: &str) -> TestResponse {
    if entry.surface == Surface::Page && entry.method.is_unsafe() {
        return caller.browser().post(path, csrf, objects::form(entry)).await;
    }
    caller.call(entry.method.as_str(), path, objects::body(entry).as_ref(), &[]).await
}

/// What is wrong with the answer, seen from the policy.
fn policy_fault(entry: &Entry, caller: &TestCaller, answer: &TestResponse) -> Option<&'static str> {
    if answer.status >= 500 {
        return Some("must not fail");
    }
    let asked_in = if entry.surface == Surface::Page {
        answer.status == 303 && answer.header("location").starts_with("/login")
    } else {
        answer.status == 401
    };
    let is_known = !["anonymous", "suspended"].contains(&caller.name);
    if !is_known && entry.policy != Policy::Public {
        return (!asked_in).then_some("must ask to sign in");
    }
    // A token that died is refused everywhere, even where none is needed.
    if caller.name == "suspended" && entry.surface == Surface::Api {
        return (answer.status != 401).then_some("must refuse a dead token");
    }
    if is_known && asked_in && !path_signs_in(entry) {
        return Some("must know who that is");
    }
    let guard_said_no = ["email_not_verified", "role_required"].contains(&answer.code().as_str())
        || (entry.surface == Surface::Page && answer.status == 403);
    let may = match entry.policy {
        Policy::Public | Policy::SignedIn => true,
        Policy::Verified => caller.name != "unverified",
        Policy::Roles(roles) => roles.iter().any(|role| *role == role_of(caller)),
    };
    match (may, guard_said_no) {
        (true, true) => Some("must let in"),
        (false, false) => Some("must keep out"),
        _ => None,
    }
}

/// Logging in answers 401 to a wrong password, and leaving leads to the log-in page, whoever asks.
fn path_signs_in(entry: &Entry) -> bool {
    entry.policy == Policy::Public && entry.method.is_unsafe()
}

fn role_of(caller: &TestCaller) -> Role {
    let name = caller.name.trim_start_matches("other-");
    Role::from_text(name).unwrap_or(Role::Customer)
}

fn describe(entry: &Entry, caller: &TestCaller, answer: &TestResponse, fault: &str) -> String {
    let body: String = answer.text().chars().take(160).collect();
    format!("{} {} as {}: {fault}; got {} {body}", entry.method.as_str(), entry.path, caller.name, answer.status)
}
