//! Customers who book and pay all the time, and repeat with the same keys what was not answered well.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::attempt::BookingAttempt;
use crate::client::Client;

/// How many customers book at the same time.
const CUSTOMERS: usize = 4;
/// The pause of a customer between two bookings, and before a repetition.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a customer waits for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// How long they go on trying after the end.
const LAST_TRIES: Duration = Duration::from_secs(30);

/// The bookings that can still be made.
pub type Bodies = Arc<Mutex<VecDeque<Value>>>;

/// Customers at work.
pub struct CustomerLoad {
    customers: JoinSet<Vec<BookingAttempt>>,
    is_over: Arc<AtomicBool>,
    successes: Arc<Mutex<Vec<Instant>>>,
    began: Instant,
}

/// What the customers did.
pub struct CustomerLoadResult {
    pub attempts: Vec<BookingAttempt>,
    /// When a booking was made and paid, in order.
    pub successes: Vec<Instant>,
    pub began: Instant,
    pub ended: Instant,
}

impl CustomerLoad {
    /// Sends customers to `servers`, who try the next one whenever one does not answer.
    pub fn begin(name: &str, servers: &[Client], bodies: &Bodies) -> Self {
        let (is_over, successes) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let mut customers = JoinSet::new();
        for number in 0..CUSTOMERS {
            let customer = Customer {
                name: format!("{}-{number}", name.replace(' ', "-")),
                servers: servers.to_vec(),
                bodies: Arc::clone(bodies),
                is_over: Arc::clone(&is_over),
                successes: Arc::clone(&successes),
            };
            customers.spawn(customer.book_on(number));
        }
        Self { customers, is_over, successes, began: Instant::now() }
    }

    /// How many bookings were made so far.
    pub fn count(&self) -> usize {
        self.successes.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until `count` more bookings were made, or the patience is over.
    pub async fn more(&self, count: usize, patience: Duration) -> bool {
        let (wanted, deadline) = (self.count() + count, Instant::now() + patience);
        while self.count() < wanted && Instant::now() < deadline {
            sleep(Duration::from_millis(20)).await;
        }
        self.count() >= wanted
    }

    /// Lets everybody finish what they began.
    pub async fn end(self) -> CustomerLoadResult {
        let ended = Instant::now();
        self.is_over.store(true, Ordering::Relaxed);
        let attempts = self.customers.join_all().await.into_iter().flatten().collect();
        let successes = std::mem::take(&mut *self.successes.lock().unwrap_or_else(PoisonError::into_inner));
        CustomerLoadResult { attempts, successes, began: self.began, ended }
    }
}

impl CustomerLoadResult {
    /// The longest time without a success.
    pub fn gap(&self) -> Duration {
        let ends = self.successes.iter().copied().chain([self.ended]);
        let begins = std::iter::once(self.began).chain(self.successes.iter().copied());
        begins.zip(ends).map(|(begin, end)| end.saturating_duration_since(begin)).max().unwrap_or_default()
    }

    /// How long after `moment` the next success was.
    pub fn next_success(&self, moment: Instant) -> Option<Duration> {
        self.successes.iter().find(|success| **success > moment).map(|success| *success - moment)
    }
}

struct Customer {
    name: String,
    servers: Vec<Client>,
    bodies: Bodies,
    is_over: Arc<AtomicBool>,
    successes: Arc<Mutex<Vec<Instant>>>,
}

impl Customer {
    async fn book_on(self, mut turn: usize) -> Vec<BookingAttempt> {
        let mut attempts = Vec::new();
        while !self.is_over.load(Ordering::Relaxed) {
            let body = self.bodies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(body) = body else { break };
            let mut attempt = BookingAttempt::new(format!("{}-{}", self.name, attempts.len()), body);
            let mut over_since = None;
            loop {
                let server = &self.servers[turn % self.servers.len()];
                turn += 1;
                let error = match timeout(ANSWER_MAX, attempt.finish(server)).await {
                    Ok(Ok(())) => {
                        self.successes.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
                        break;
                    }
                    Ok(Err(error)) => error,
                    Err(_) => anyhow::anyhow!("no answer within {ANSWER_MAX:?}"),
                };
                if self.is_over.load(Ordering::Relaxed)
                    && over_since.get_or_insert_with(Instant::now).elapsed() > LAST_TRIES
                {
                    eprintln!("given up: {error:#}");
                    break;
                }
                sleep(PAUSE).await;
            }
            attempts.push(attempt);
            sleep(PAUSE).await;
        }
        attempts
    }
}
