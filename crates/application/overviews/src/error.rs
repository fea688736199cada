//! The errors of overviews.

use kernel::{Fault, FaultKind};

/// Why an overview was refused.
#[derive(Debug, thiserror::Error)]
pub enum OverviewError {
    #[error("There is no such offering.")]
    OfferingNotFound,
    #[error("There is no such celebrity.")]
    CelebrityNotFound,
    #[error("The cursor is not one that this list gave out; start again without it.")]
    BadCursor,
    #[error("no fees are laid down for this currency and day")]
    NoFeeSchedule,
    #[error("the profile's time zone is not known")]
    UnknownZone,
    #[error("the tables could not be read")]
    Database(#[from] sqlx::Error),
}

impl Fault for OverviewError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::OfferingNotFound | Self::CelebrityNotFound => FaultKind::NotFound,
            Self::BadCursor => FaultKind::Invalid,
            Self::NoFeeSchedule | Self::UnknownZone => FaultKind::Broken,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::OfferingNotFound | Self::CelebrityNotFound => "not_found",
            Self::BadCursor => "bad_cursor",
            Self::NoFeeSchedule | Self::UnknownZone => "internal",
            Self::Database(error) => error.code(),
        }
    }
}
