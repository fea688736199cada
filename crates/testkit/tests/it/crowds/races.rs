//! Two who want the same time: exactly one gets it, and the other learns what else is free.

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Instant;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::journey::{ask_for, at};

/// The short form of `cargo xtask bench race`: as many at once, through two servers on one database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_want_one_time_and_one_gets_it() {
    let site = TestSite::new().await;
    let answers = rush(&site, 200, |site, _| at(site, 5, 10)).await;
    let taken: Vec<&TestResponse> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert_eq!(answers.len() - taken.len(), 1);
    for answer in taken {
        assert_eq!((answer.status, answer.code().as_str()), (409, "slot_taken"), "{}", answer.text());
        assert_eq!(answer.problem()["alternatives"].as_array().map(Vec::len), Some(3));
    }
    site.jobs_may_be_left();
}

/// Calls that touch leave no time to recover in between, so they exclude each other as those that overlap do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_calls_come_closer_than_their_buffer() {
    let site = TestSite::new().await;
    // Calls of 30 minutes with a quarter of an hour to recover begin every half hour.
    let answers = rush(&site, 60, |site, turn| at(site, 6, 9) + TimeDelta::minutes(30 * (turn % 16))).await;
    let mut kept: Vec<(Instant, Instant)> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| {
            let at = |name: &str| answer.json()[name].as_str().unwrap().parse::<Instant>().unwrap();
            (at("starts_at"), at("ends_at"))
        })
        .collect();
    kept.sort_unstable();
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    assert!(kept.len() >= 4, "only {} of the times were given", kept.len());
    assert!(kept.windows(2).all(|pair| pair[0].1 + TimeDelta::minutes(15) <= pair[1].0), "{kept:?}");
    site.jobs_may_be_left();
}

/// Everybody asks at once, half of them at each of two servers.
async fn rush(site: &TestSite, count: i64, wanted: impl Fn(&TestSite, i64) -> Instant) -> Vec<TestResponse> {
    let (_, second) = site.second_site().await;
    let callers = [&site.cast.customer, &site.cast.other_customer, &site.cast.other_agent, &site.cast.other_celebrity];
    let asking = (0..count).map(|turn| {
        let caller: &TestCaller = callers[usize::try_from(turn).unwrap_or(0) % callers.len()];
        let caller = if turn % 2 == 0 { caller.clone() } else { caller.at(&second) };
        let starts_at = wanted(site, turn);
        let star = site.cast.star.clone();
        tokio::spawn(async move { ask_for(&caller, &star, starts_at, &format!("rush-{turn}")).await })
    });
    join_all(asking).await.into_iter().map(|answer| answer.expect("nobody panics")).collect()
}
