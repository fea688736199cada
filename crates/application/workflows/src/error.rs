//! The errors of workflows: those of the domains, and those that arise only where domains meet.

use std::sync::Arc;

use database::group_commit::LostOutcome;
use database::idempotency::FirstCallRuns;
use kernel::{Fault, FaultKind, FieldFault};
use serde_json::json;

use crate::booking::free_time::FreeTime;

/// Why a workflow failed.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    #[error(transparent)]
    Accounts(#[from] accounts::AccountsError),
    #[error(transparent)]
    Bookings(#[from] bookings::BookingsError),
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogError),
    #[error(transparent)]
    GiftCards(#[from] gift_cards::GiftCardsError),
    #[error(transparent)]
    Notifications(#[from] notifications::NotificationsError),
    #[error(transparent)]
    Overviews(#[from] overviews::OverviewError),
    #[error(transparent)]
    Payments(#[from] payments::PaymentsError),
    #[error("Somebody has just taken this time. Choose another: the nearest free ones are listed.")]
    SlotTaken { alternatives: Vec<FreeTime> },
    #[error("This time is not on offer. Choose a free one: the nearest are listed.")]
    NotOffered { alternatives: Vec<FreeTime> },
    #[error("The hold on this time has lapsed, and nothing was charged. Choose a time again.")]
    HoldLapsed,
    #[error(
        "{max} of your bookings wait for your payment, and more may not wait. Pay for one or cancel it, then book this time."
    )]
    TooManyUnpaid { max: u32 },
    #[error("This profile is yours, or in your care; nobody books themselves.")]
    OwnProfile,
    #[error("This was sent before, and done. Look at what became of it, or send it again as something new.")]
    EarlierTry,
    #[error(transparent)]
    FirstCallRuns(#[from] FirstCallRuns),
    #[error("This Idempotency-Key was used for another request. Send a fresh key with a new request.")]
    KeyReused,
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("the card provider could not be used")]
    Cards(#[from] cards::CardsError),
    #[error(
        "This payment was begun with a provider that is not set up here any more ({provider}). Ask our support team about it."
    )]
    ProviderNotConfigured { provider: String },
    #[error("the queue of jobs could not be used")]
    Jobs(#[from] jobs::JobsError),
    #[error("the database could not be used")]
    Database(#[from] database::Error),
    #[error("what was to be written together has no outcome")]
    LostOutcome(#[from] LostOutcome),
    /// An error of all members of a group commit.
    #[error(transparent)]
    Shared(#[from] Arc<WorkflowError>),
}

impl WorkflowError {
    /// The error of a domain, if it is one.
    fn inner(&self) -> Option<&dyn Fault> {
        match self {
            Self::Accounts(error) => Some(error),
            Self::FirstCallRuns(error) => Some(error),
            Self::Bookings(error) => Some(error),
            Self::Catalog(error) => Some(error),
            Self::GiftCards(error) => Some(error),
            Self::Notifications(error) => Some(error),
            Self::Overviews(error) => Some(error),
            Self::Payments(error) => Some(error),
            Self::Jobs(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Shared(error) => Some(&**error),
            _ => None,
        }
    }
}

impl Fault for WorkflowError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::SlotTaken { .. }
            | Self::HoldLapsed
            | Self::TooManyUnpaid { .. }
            | Self::OwnProfile
            | Self::EarlierTry
            | Self::ProviderNotConfigured { .. } => FaultKind::Conflict,
            Self::NotOffered { .. } | Self::KeyReused | Self::Fields(_) => FaultKind::Invalid,
            Self::Cards(_) => FaultKind::Unavailable,
            other => other.inner().map_or(FaultKind::Broken, Fault::kind),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SlotTaken { .. } => "slot_taken",
            Self::TooManyUnpaid { .. } => "too_many_unpaid",
            Self::NotOffered { .. } => "slot_not_offered",
            Self::HoldLapsed => "hold_lapsed",
            Self::OwnProfile => "own_profile",
            Self::EarlierTry => "attempt_used",
            Self::KeyReused => "idempotency_key_reused",
            Self::Fields(_) => "invalid_fields",
            Self::Cards(_) => "provider_unavailable",
            Self::ProviderNotConfigured { .. } => "provider_not_configured",
            other => other.inner().map_or("internal", Fault::code),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Fields(fields) => fields.clone(),
            Self::NotOffered { .. } => {
                vec![FieldFault::new("starts_at", "not_offered", "This time is not on offer. Choose a free one.")]
            }
            other => other.inner().map(Fault::fields).unwrap_or_default(),
        }
    }

    fn extra(&self) -> Option<serde_json::Value> {
        match self {
            Self::SlotTaken { alternatives } | Self::NotOffered { alternatives } => {
                Some(json!({ "alternatives": alternatives }))
            }
            other => other.inner().and_then(Fault::extra),
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        self.inner().and_then(Fault::retry_after_s)
    }
}
