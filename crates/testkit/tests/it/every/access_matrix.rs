//! Every entry point × every role × own, somebody else's and missing objects, from the registry alone: an entry that is
//! added is tested the moment it exists.

use access::{Entry, Guard, Method, Policy, Surface};
use kernel::Role;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::objects::{self, Objects, Whose};

#[tokio::test]
async fn every_entry_point_lets_in_whom_its_policy_names() {
    let site = TestSite::new().await;
    let mut faults = Vec::new();
    let mut cells = 0;
    for entry in entries() {
        // What ends sessions gets people of its own.
        let other = if ends_sessions(entry) { Some(TestSite::new().await) } else { None };
        let site = other.as_ref().unwrap_or(&site);
        for caller in site.cast.callers() {
            cells += 1;
            // An object of nobody's, so that whoever is let in changes nothing for the next.
            let answer = ask(entry, caller, &Objects::missing_path(entry)).await;
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
    let site = TestSite::new().await;
    let objects = Objects::place(&site).await;
    let cast = &site.cast;
    let strangers = [&cast.other_customer, &cast.other_celebrity, &cast.other_agent];
    let mut faults = Vec::new();
    // Forms of pages are refused for their content type before anybody is looked up; what they lead to is asked by the pages.
    let is_asked = |entry: &&Entry| entry.surface == Surface::Api || !entry.method.is_unsafe();
    let mut guarded: Vec<&Entry> = entries().filter(|entry| entry.guard != Guard::None).filter(is_asked).collect();
    // One's own objects are among what the API ends, so pages come first and ends last.
    guarded.sort_by_key(|entry| (entry.surface == Surface::Api, entry.method == Method::Delete));
    for entry in guarded {
        for caller in strangers {
            let foreign = ask(entry, caller, &objects.path(entry, Whose::First)).await;
            let missing = ask(entry, caller, &objects.path(entry, Whose::Missing)).await;
            // A page names its own address here and there; the answer of the API is the same to the letter.
            let same = foreign.status == missing.status
                && (entry.surface == Surface::Page || foreign.timeless() == missing.timeless());
            if !same || foreign.status != 404 {
                faults.push(describe(entry, caller, &foreign, "another's object must look like a missing one"));
            }
        }
        // The same call on one's own object is not the missing one, or the test above proves nothing.
        let owner = Objects::owner(entry, &site);
        let own = ask(entry, owner, &objects.path(entry, Whose::First)).await;
        if own.status == 404 || own.status >= 500 {
            faults.push(describe(entry, owner, &own, "one's own object must be found"));
        }
        let foreign = ask(entry, owner, &objects.path(entry, Whose::Other)).await;
        if foreign.status != 404 {
            faults.push(describe(entry, owner, &foreign, "another's object must look like a missing one"));
        }
    }
    site.jobs_may_be_left();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn a_cookie_from_another_site_changes_nothing() {
    let site = TestSite::new().await;
    let mut faults = Vec::new();
    for entry in entries().filter(|entry| entry.method.is_unsafe()) {
        let path = Objects::missing_path(entry);
        let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test"), ("authorization", "")];
        let headers = if entry.surface == Surface::Page { &headers[..2] } else { &headers[..] };
        let answer =
            site.cast.customer.call(entry.method.as_str(), &path, objects::body(entry).as_ref(), headers).await;
        if !matches!(answer.status, 401 | 403) {
            faults.push(describe(entry, &site.cast.customer, &answer, "must refuse"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Everything that people and programs call; health and assets know no callers.
fn entries() -> impl Iterator<Item = &'static Entry> {
    access::all().filter(|entry| entry.surface != Surface::Machine)
}

async fn ask(entry: &Entry, caller: &TestCaller, path: &str) -> TestResponse {
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
        (true, true) if entry.surface == Surface::Api => Some("must let in"),
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
