//! The errors of this domain, in business terms.

use kernel::{Fault, FaultKind, FieldFault};

/// Why something about the catalog was refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("There is no such celebrity.")]
    CelebrityNotFound,
    #[error("There is no such offering.")]
    OfferingNotFound,
    #[error("There is no such portrait.")]
    PortraitNotFound,
    #[error("There is no such calendar.")]
    FeedNotFound,
    #[error("This calendar is read already.")]
    FeedKnown,
    #[error("Ten calendars are read for this profile, and that is the limit. Remove one first.")]
    TooManyFeeds,
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("Another profile has this address already. Choose another.")]
    SlugTaken,
    #[error("This booking has been reviewed already.")]
    AlreadyReviewed,
    #[error("The cursor is not one that this list gave out; start again without it.")]
    BadCursor,
    #[error("The cursor belongs to another search, or another order of it; start again without it.")]
    CursorOfAnotherSort,
    #[error("the catalog's tables could not be used")]
    Database(#[from] sqlx::Error),
}

impl CatalogError {
    /// A fault in one field.
    pub(crate) fn field(field: &str, code: &str, message: &str) -> Self {
        Self::Fields(vec![FieldFault::new(field, code, message)])
    }
}

impl From<kernel::paging::BadCursor> for CatalogError {
    fn from(_: kernel::paging::BadCursor) -> Self {
        Self::BadCursor
    }
}

impl Fault for CatalogError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::CelebrityNotFound | Self::OfferingNotFound | Self::PortraitNotFound | Self::FeedNotFound => {
                FaultKind::NotFound
            }
            Self::Fields(_) | Self::BadCursor | Self::CursorOfAnotherSort => FaultKind::Invalid,
            Self::SlugTaken | Self::AlreadyReviewed | Self::FeedKnown | Self::TooManyFeeds => FaultKind::Conflict,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::CelebrityNotFound | Self::OfferingNotFound | Self::PortraitNotFound | Self::FeedNotFound => {
                "not_found"
            }
            Self::FeedKnown => "calendar_known",
            Self::TooManyFeeds => "too_many_calendars",
            Self::Fields(_) => "invalid_fields",
            Self::SlugTaken => "slug_taken",
            Self::AlreadyReviewed => "already_reviewed",
            Self::BadCursor => "bad_cursor",
            Self::CursorOfAnotherSort => "cursor_of_another_sort",
            Self::Database(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        if let Self::Fields(fields) = self { fields.clone() } else { Vec::new() }
    }
}
