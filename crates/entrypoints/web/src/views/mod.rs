//! Views that several pages share, and the pure functions that make them from
//! data of domains. All values are text already; templates only place it.

pub(crate) mod bar;
pub(crate) mod booking;
pub(crate) mod gift_card;
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
