//! Passkeys: added with the password, a way in without one, and nothing that was forged, replayed or somebody else's.

use chrono::TimeDelta;
use serde_json::json;
use testkit::TestSite;

use crate::steps::authenticator::{code_of, mails, proof, proof_with, with_app};
use crate::steps::device::Device;
use crate::steps::objects::NOBODY_S;
use crate::steps::passkeys::{add, log_in, question, question_for_new, send};
use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn a_passkey_opens_its_owner_s_account_without_a_password() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let (id, mut device) = add(customer, "Phone", 1).await;
    for _ in 0..2 {
        let answer = log_in(&site, &device.show(&question(&site).await)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["user"]["email"], "customer@example.org");
        let token = format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"));
        let me = site.cast.anonymous.call("GET", "/api/me", None, &[("authorization", &token)]).await;
        assert_eq!(me.status, 200);
    }
    let listed = customer.get("/api/me/passkeys").await.json();
    assert_eq!((listed["items"][0]["id"].as_str(), listed["items"][0]["name"].as_str()), (Some(&*id), Some("Phone")));
    assert!(listed["items"][0]["last_used_at"].is_string());

    let removal = format!("/api/me/passkeys/{id}/removal");
    let refused = customer.post(&removal, &json!({"current_password": "not this one"})).await;
    assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!("current_password")));
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200, "it is still there");
    assert_eq!(customer.post(&removal, &proof()).await.status, 204);
    let answer = log_in(&site, &device.show(&question(&site).await)).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "bad_passkey"));
    let mails: Vec<String> =
        sqlx::query_scalar("SELECT template FROM mails WHERE template LIKE 'passkey%' ORDER BY template")
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
    assert_eq!(mails, ["passkey_added", "passkey_removed"]);
    site.run_jobs().await;
}

#[tokio::test]
async fn what_was_forged_or_replayed_opens_nothing() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    give_password(&site, &site.cast.other_customer).await;
    let (_, mut device) = add(&site.cast.customer, "Phone", 1).await;
    let (_, mut other) = add(&site.cast.other_customer, "Phone", 2).await;

    let good = device.show(&question(&site).await);
    assert_eq!(log_in(&site, &good).await.status, 200);
    let mut refused = vec![("a replayed answer", good)];

    let lost = question(&site).await;
    site.clock.advance(TimeDelta::minutes(5));
    refused.push(("an answer that came too late", device.show(&lost)));

    let mut elsewhere = device.clone();
    elsewhere.origin = "https://stagedoor.test.evil.example".to_owned();
    refused.push(("another origin", elsewhere.show(&question(&site).await)));

    let mut absent = device.clone();
    absent.flags = 0x01;
    refused.push(("nobody was verified", absent.show(&question(&site).await)));

    let mut back = device.clone();
    back.counter = 0;
    refused.push(("a counter that went back", back.show(&question(&site).await)));

    let mut forged = device.show(&question(&site).await);
    forged["response"]["signature"] = other.show(&question(&site).await)["response"]["signature"].clone();
    refused.push(("another's signature", forged));

    let mut stolen = other.show(&question(&site).await);
    stolen["response"]["userHandle"] = device.show(&question(&site).await)["response"]["userHandle"].clone();
    refused.push(("another's name", stolen));

    let mut made_up = device.show(&question(&site).await);
    made_up["id"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    made_up["rawId"] = made_up["id"].clone();
    refused.push(("a passkey that nobody has", made_up));
    refused.push(("nothing", json!({})));

    for (what, credential) in refused {
        let answer = log_in(&site, &credential).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "bad_passkey"), "{what}: {}", answer.text());
    }
    // What failed has spoiled nothing.
    device.counter += 10;
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_passkey_is_added_by_its_owner_once_under_a_name_of_its_own() {
    let site = TestSite::new().await;
    let (customer, other) = (&site.cast.customer, &site.cast.other_customer);
    give_password(&site, customer).await;
    give_password(&site, other).await;
    let wrong = customer.post("/api/me/passkeys/challenge", &json!({"current_password": "not this one"})).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "invalid_fields"));

    let credential = Device::new(1).make(&question_for_new(customer).await);
    let foreign = send(other, "Phone", &credential).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (422, "invalid_fields"), "another's question");
    assert_eq!(send(customer, "Phone", &credential).await.status, 201, "and it is still there for its owner");
    let again = send(customer, "Tablet", &credential).await;
    assert_eq!(again.status, 422, "a question is answered once");

    let known = Device::new(1).make(&question_for_new(other).await);
    let known = send(other, "Mine", &known).await;
    assert_eq!((known.status, known.code().as_str()), (409, "passkey_known"));
    let same = Device::new(3).make(&question_for_new(customer).await);
    let same = send(customer, "phone", &same).await;
    assert_eq!((same.status, same.code().as_str()), (409, "passkey_name_taken"));
    let mut elsewhere = Device::new(4);
    elsewhere.origin = "http://stagedoor.test".to_owned();
    let elsewhere = elsewhere.make(&question_for_new(customer).await);
    assert_eq!(send(customer, "Elsewhere", &elsewhere).await.status, 422);
    for (name, credential) in
        [("\u{202e}", json!({})), ("Nothing", json!({})), ("Odd", json!({"id": [1], "response": 7}))]
    {
        assert_eq!(send(customer, name, &credential).await.status, 422, "{name}");
    }
    for number in 10..19 {
        add(customer, &format!("Key {number}"), number).await;
    }
    let eleventh = Device::new(30).make(&question_for_new(customer).await);
    let eleventh = send(customer, "Eleventh", &eleventh).await;
    assert_eq!((eleventh.status, eleventh.code().as_str()), (409, "too_many_passkeys"));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn each_question_is_a_new_one_and_names_this_site() {
    let site = TestSite::new().await;
    let (first, second) = (question(&site).await, question(&site).await);
    assert_ne!(first["challenge"], second["challenge"]);
    assert_eq!(first["rpId"], "stagedoor.test", "{first}");
}

#[tokio::test]
async fn nobody_sees_or_removes_the_passkeys_of_others() {
    let site = TestSite::new().await;
    let (customer, other) = (&site.cast.customer, &site.cast.other_customer);
    give_password(&site, customer).await;
    give_password(&site, other).await;
    let (id, mut device) = add(customer, "Phone", 1).await;
    assert_eq!(other.get("/api/me/passkeys").await.json()["items"], json!([]));
    for id in [id.as_str(), NOBODY_S] {
        let refused = other.post(&format!("/api/me/passkeys/{id}/removal"), &proof()).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{id}");
    }
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_who_is_verified_adds_passkeys() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.unverified).await;
    let challenge = json!({"current_password": PASSWORD});
    let key = json!({"name": "Phone", "credential": {}});
    for (path, body) in [("/api/me/passkeys/challenge", challenge), ("/api/me/passkeys", key)] {
        let refused = site.cast.unverified.post(path, &body).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "email_not_verified"), "{path}");
    }
}

#[tokio::test]
async fn where_an_app_is_on_its_code_is_asked_for_before_passkeys_change() {
    let site = TestSite::new().await;
    let (app, codes) = with_app(&site).await;
    let customer = &site.cast.customer;
    let challenge = "/api/me/passkeys/challenge";
    let refused = customer.post(challenge, &proof()).await;
    assert_eq!(refused.problem()["errors"][0]["code"], "required", "{}", refused.text());
    let refused = customer.post(challenge, &proof_with("000000")).await;
    assert_eq!(refused.problem()["errors"][0]["code"], "wrong", "{}", refused.text());
    let asked = customer.post(challenge, &proof_with(&code_of(&app, site.now()))).await;
    let credential = Device::new(1).make(&asked.json()["options"]);
    let added = send(customer, "Phone", &credential).await;
    assert_eq!(added.status, 201, "{}", added.text());

    let removal = format!("/api/me/passkeys/{}/removal", added.json()["id"].as_str().unwrap());
    assert_eq!(customer.post(&removal, &proof()).await.problem()["errors"][0]["field"], "code");
    assert_eq!(customer.post(&removal, &proof_with(&codes[0])).await.status, 204);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn the_list_has_the_newest_first_says_when_each_was_used_and_tells_no_key() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let (_, mut device) = add(customer, "Phone", 1).await;
    site.clock.advance(TimeDelta::minutes(1));
    let (id, _) = add(customer, "Tablet", 2).await;
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200);
    let listed = customer.get("/api/me/passkeys").await.json();
    let tablet = json!({"id": id, "name": "Tablet", "created_at": site.now(), "last_used_at": null});
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"][0]), (Some(2), &tablet));
    let phone = &listed["items"][1];
    assert_eq!((&phone["name"], &phone["last_used_at"]), (&json!("Phone"), &json!(site.now())));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_question_at_the_door_tells_nobody_who_has_passkeys() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    add(&site.cast.customer, "Phone", 1).await;
    let asked = question(&site).await;
    assert!(asked["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{asked}");
    assert_eq!(asked["userVerification"], "required", "{asked}");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_question_for_a_new_one_names_its_owner_and_what_they_have() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let first = question_for_new(customer).await;
    assert_eq!(
        (&first["rp"]["id"], &first["user"]["name"]),
        (&json!("stagedoor.test"), &json!("customer@example.org"))
    );
    let credential = Device::new(1).make(&first);
    assert_eq!(send(customer, "Phone", &credential).await.status, 201);
    let second = question_for_new(customer).await;
    assert_ne!(first["challenge"], second["challenge"]);
    // So that a device is not asked for a second one.
    assert_eq!(second["excludeCredentials"][0]["id"], credential["id"], "{second}");
    site.run_jobs().await;
}

#[tokio::test]
async fn guesses_at_the_password_of_an_open_session_are_slowed() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let challenge = "/api/me/passkeys/challenge";
    for _ in 0..5 {
        let refused = customer.post(challenge, &json!({"current_password": "not this one"})).await;
        assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!("current_password")));
    }
    let slowed = customer.post(challenge, &proof()).await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_failures"));
    assert_eq!(slowed.header("retry-after"), "1");
    site.clock.advance(TimeDelta::seconds(1));
    add(customer, "Phone", 1).await;
    site.run_jobs().await;
}

#[tokio::test]
async fn a_question_is_answered_within_five_minutes() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let late = Device::new(1).make(&question_for_new(customer).await);
    site.clock.advance(TimeDelta::minutes(5));
    let refused = send(customer, "Phone", &late).await;
    assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!("credential")));
    assert_eq!(customer.get("/api/me/passkeys").await.json()["items"], json!([]));
}

#[tokio::test]
async fn removing_one_ends_every_other_session() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let (id, mut device) = add(customer, "Phone", 1).await;
    let opened = log_in(&site, &device.show(&question(&site).await)).await.json();
    let thief = site.cast.anonymous.with_tokens(&opened);
    assert_eq!(thief.get("/api/me").await.status, 200);
    assert_eq!(customer.post(&format!("/api/me/passkeys/{id}/removal"), &proof()).await.status, 204);
    assert_eq!((thief.get("/api/me").await.status, customer.by_cookie().get("/api/me").await.status), (401, 401));
    assert_eq!(customer.get("/api/me").await.status, 200);
    assert_eq!(customer.post(&format!("/api/me/passkeys/{id}/removal"), &proof()).await.code(), "not_found");
    site.run_jobs().await;
    assert_eq!(mails(&site, "passkey_removed").await, 1);
}

#[tokio::test]
async fn a_passkey_stands_for_the_code_and_opens_no_suspended_account() {
    let site = TestSite::new().await;
    let (app, _) = with_app(&site).await;
    let customer = &site.cast.customer;
    let asked = customer.post("/api/me/passkeys/challenge", &proof_with(&code_of(&app, site.now()))).await.json();
    let mut device = Device::new(1);
    assert_eq!(send(customer, "Phone", &device.make(&asked["options"])).await.status, 201);
    assert_eq!(log_in(&site, &device.show(&question(&site).await)).await.status, 200, "no code is asked for");
    let mut tx = site.site.database.begin().await.expect("begins");
    accounts::commands::suspend(&mut tx, site.now(), customer.id()).await.expect("suspends");
    tx.commit().await.expect("commits");
    let refused = log_in(&site, &device.show(&question(&site).await)).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "account_suspended"));
    site.run_jobs().await;
}

#[tokio::test]
async fn removing_a_passkey_ends_every_other_session_and_the_owner_s_own_goes_on() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let (id, mut device) = add(customer, "Phone", 1).await;
    let by_passkey = site.cast.anonymous.with_tokens(&log_in(&site, &device.show(&question(&site).await)).await.json());
    let in_browser = customer.browser();
    assert_eq!((by_passkey.get("/api/me").await.status, in_browser.get("/account").await.status), (200, 200));
    assert_eq!(customer.post(&format!("/api/me/passkeys/{id}/removal"), &proof()).await.status, 204);
    let over = by_passkey.get("/api/me").await;
    assert_eq!((over.status, over.code().as_str()), (401, "invalid_token"), "{}", over.text());
    assert_eq!(in_browser.get("/account").await.status, 303, "signed out there");
    assert_eq!(customer.get("/api/me").await.status, 200);
    let left = customer.get("/api/me/sessions").await.json();
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "{left}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_site_without_a_name_takes_no_passkeys() {
    let site = TestSite::new().await;
    let customer = site.cast.customer.at(&site.server_at("http://192.0.2.7:8080"));
    give_password(&site, &customer).await;
    let refused = customer.post("/api/me/passkeys/challenge", &proof()).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "passkeys_need_name"), "{}", refused.text());
}
