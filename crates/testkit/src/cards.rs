//! The sandbox's card provider behind a bad network: answers are lost, charges are lost or late, and refunds hang or fail.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cards::{CardDispute, CardPayment, CardProvider, CardsError, ChargeRequest, SandboxCards};
use kernel::{Currency, Instant, Money};
use tokio::sync::Notify;

/// What happens to a charge on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFault {
    /// It is made, and its answer is lost.
    LosesAnswer,
    /// It never arrives.
    LosesCharge,
    /// It arrives when the test calls [`FaultyCards::deliver_late`].
    DelaysCharge,
    /// It is made, and nobody answers: the caller waits until its time is over.
    Hangs,
    /// The provider refuses it.
    Refuses,
}

/// What happens to a capture on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureFault {
    /// It is made, and its answer is lost.
    LosesAnswer,
    /// It never arrives.
    IsLost,
}

/// What happens to a refund on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundFault {
    /// It is paid, and nobody answers before the test calls [`FaultyCards::answer_at_last`].
    Hangs,
    /// It never arrives.
    IsLost,
}

/// A provider with faults; without any, the sandbox.
#[derive(Debug)]
pub struct FaultyCards {
    sandbox: Arc<SandboxCards>,
    faults: Mutex<VecDeque<CardFault>>,
    refund_faults: Mutex<VecDeque<RefundFault>>,
    capture_faults: Mutex<VecDeque<CaptureFault>>,
    late: Mutex<Vec<ChargeRequest>>,
    hangs: Notify,
    answers: Notify,
    is_simple: AtomicBool,
}

impl FaultyCards {
    pub(crate) fn new(sandbox: Arc<SandboxCards>) -> Self {
        Self {
            sandbox,
            faults: Mutex::default(),
            refund_faults: Mutex::default(),
            capture_faults: Mutex::default(),
            late: Mutex::default(),
            hangs: Notify::new(),
            answers: Notify::new(),
            is_simple: AtomicBool::new(false),
        }
    }

    /// What happens to the next charges, one after the other.
    pub fn will(&self, faults: impl IntoIterator<Item = CardFault>) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// What happens to the next refunds, one after the other.
    pub fn will_refund(&self, faults: impl IntoIterator<Item = RefundFault>) {
        self.refund_faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// What happens to the next captures, one after the other.
    pub fn will_capture(&self, faults: impl IntoIterator<Item = CaptureFault>) {
        self.capture_faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Forgets faults that no charge has met.
    pub fn will_do_nothing(&self) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// From now on it cannot close a key that it does not know, as simple providers cannot.
    pub fn cannot_close_keys(&self) {
        self.is_simple.store(true, Ordering::Relaxed);
    }

    /// Waits until a charge or a refund hangs.
    pub async fn hangs(&self) {
        self.hangs.notified().await;
    }

    /// A refund that hangs is answered.
    pub fn answer_at_last(&self) {
        self.answers.notify_one();
    }

    /// The delayed charges arrive.
    pub async fn deliver_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
        for request in late {
            drop(self.sandbox.charge(&request).await);
        }
    }
}

#[async_trait]
impl CardProvider for FaultyCards {
    fn name(&self) -> &'static str {
        self.sandbox.name()
    }

    async fn charge(&self, request: &ChargeRequest) -> Result<CardPayment, CardsError> {
        let fault = self.faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match fault {
            None => return self.sandbox.charge(request).await,
            Some(CardFault::Refuses) => return Err(CardsError::Refused("the test says so")),
            Some(CardFault::LosesCharge) => {}
            Some(CardFault::LosesAnswer) => drop(self.sandbox.charge(request).await?),
            Some(CardFault::DelaysCharge) => {
                self.late.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
            }
            Some(CardFault::Hangs) => {
                self.sandbox.charge(request).await?;
                self.hangs.notify_one();
                std::future::pending::<()>().await;
            }
        }
        Err(CardsError::Timeout)
    }

    async fn find(&self, idempotency_key: &str) -> Result<Option<CardPayment>, CardsError> {
        self.sandbox.find(idempotency_key).await
    }

    fn least_minor(&self, currency: Currency) -> i64 {
        self.sandbox.least_minor(currency)
    }

    async fn capture(&self, idempotency_key: &str) -> Result<CardPayment, CardsError> {
        let fault = self.capture_faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match fault {
            None => return self.sandbox.capture(idempotency_key).await,
            Some(CaptureFault::LosesAnswer) => drop(self.sandbox.capture(idempotency_key).await?),
            Some(CaptureFault::IsLost) => {}
        }
        Err(CardsError::Timeout)
    }

    async fn cancel(&self, idempotency_key: &str, amount: Money) -> Result<Option<CardPayment>, CardsError> {
        if self.is_simple.load(Ordering::Relaxed) && self.sandbox.find(idempotency_key).await?.is_none() {
            return Ok(None);
        }
        self.sandbox.cancel(idempotency_key, amount).await
    }

    async fn disputes(&self, since: Instant) -> Result<Vec<CardDispute>, CardsError> {
        self.sandbox.disputes(since).await
    }

    async fn refund(&self, provider_ref: &str, amount: Money, idempotency_key: &str) -> Result<(), CardsError> {
        let fault = self.refund_faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if fault == Some(RefundFault::IsLost) {
            return Err(CardsError::Timeout);
        }
        self.sandbox.refund(provider_ref, amount, idempotency_key).await?;
        if fault == Some(RefundFault::Hangs) {
            self.hangs.notify_one();
            self.answers.notified().await;
        }
        Ok(())
    }
}
