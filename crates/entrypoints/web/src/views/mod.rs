//! What several pages show, by kind, and how it is made of what domains know. Everything is already words; templates only place it.
//! Pure.

pub(crate) mod booking;
pub(crate) mod hue;
pub(crate) mod link;
pub(crate) mod money;
pub(crate) mod month;
pub(crate) mod offering;
pub(crate) mod poster;
pub(crate) mod review;
pub(crate) mod samples;
pub(crate) mod timeline;

pub(crate) use booking::{BookingCard, BookingPresenter, Viewer};
pub(crate) use hue::Hue;
pub(crate) use link::{LinkView, OptionView};
pub(crate) use money::{Fees, MoneyLine};
pub(crate) use month::{MonthView, TimeView};
pub(crate) use offering::OfferingCard;
pub(crate) use poster::PosterView;
pub(crate) use review::ReviewView;
pub(crate) use timeline::MomentView;
