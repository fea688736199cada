//! The register of all pages, by area. A test renders every registered page and fails if one is missing here.

pub(crate) mod account;
pub(crate) mod auth;
pub(crate) mod book;
pub(crate) mod bookings;
pub(crate) mod celebrities;
pub(crate) mod checkout;
pub(crate) mod crawlers;
pub(crate) mod dashboard;
pub(crate) mod development;
pub(crate) mod discover;
pub(crate) mod errors;
mod free_times;
pub(crate) mod gift_cards;
pub(crate) mod gift_shop;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod mailbox;
pub(crate) mod staff;
pub(crate) mod theme;

use minijinja::Value;
use minijinja::value::Serde;

use crate::kit::render::{Sample, Template};

type Sampler = fn() -> Vec<Sample>;

fn samples_of<P: Template>() -> Vec<Sample> {
    let samples = P::samples().into_iter();
    samples.map(|(name, page)| Sample { template: P::TEMPLATE, name, page: Value::from(Serde(page)) }).collect()
}

/// The register of pages.
static PAGES: &[Sampler] = &[
    samples_of::<home::home::Home>,
    samples_of::<discover::results::Results>,
    samples_of::<celebrities::profile::Profile>,
    samples_of::<book::time::ChooseTime>,
    samples_of::<book::brief::Brief>,
    samples_of::<book::review::ReviewStep>,
    samples_of::<book::conflict::Conflict>,
    samples_of::<checkout::pay::Pay>,
    samples_of::<checkout::challenge::BankQuestion>,
    samples_of::<gift_shop::buy::BuyGiftCard>,
    samples_of::<gift_shop::order::OrderPage>,
    samples_of::<bookings::show::Show>,
    samples_of::<bookings::cancel::Cancel>,
    samples_of::<bookings::list::List>,
    samples_of::<dashboard::customer::Dashboard>,
    samples_of::<account::settings::AccountSettings>,
    samples_of::<account::calendars::Calendars>,
    samples_of::<account::keys::ApiKeysPage>,
    samples_of::<account::passkeys::Passkeys>,
    samples_of::<account::security::Security>,
    samples_of::<account::sessions::Sessions>,
    samples_of::<gift_cards::list::CardList>,
    samples_of::<gift_cards::credit::CreditPage>,
    samples_of::<gift_cards::show::CardPage>,
    samples_of::<gift_cards::transfer::SendCard>,
    samples_of::<gift_cards::claim::Claim>,
    samples_of::<gift_cards::print::Print>,
    samples_of::<staff::batches::Batches>,
    samples_of::<staff::issued::Issued>,
    samples_of::<staff::batch::Batch>,
    samples_of::<staff::card::Card>,
    samples_of::<staff::liability::LiabilityPage>,
    samples_of::<staff::refunds::Refunds>,
    samples_of::<staff::chargebacks::Chargebacks>,
    samples_of::<auth::login::LoginPage>,
    samples_of::<auth::code::Code>,
    samples_of::<auth::register::Register>,
    samples_of::<auth::forgot::Forgot>,
    samples_of::<auth::reset::Reset>,
    samples_of::<auth::verify::Verify>,
    samples_of::<auth::notice::NoticePage>,
    samples_of::<mailbox::inbox::Inbox>,
    samples_of::<mailbox::message::Message>,
    samples_of::<help::ranking::Ranking>,
    samples_of::<errors::problem::ProblemPage>,
    samples_of::<development::gallery::Gallery>,
];

/// Every sample of every page.
pub(crate) fn samples() -> impl Iterator<Item = Sample> {
    PAGES.iter().flat_map(|sampler| sampler())
}

#[cfg(test)]
mod tests;
