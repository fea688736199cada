//! Every page and form of the site on one screen.

use access::table::pages;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use entry::{Routes, Site};

use crate::kit::{assets, headers};
use crate::pages::{
    account, auth, book, bookings, celebrities, checkout, crawlers, dashboard, development, discover, errors,
    gift_cards, help, home, mailbox, staff, theme,
};

/// The whole site. `site` is what the error pages are drawn with, outside of any route.
pub fn router(routes: Routes, site: Site) -> Router<Site> {
    self::routes(routes)
        .into_last_router()
        .layer(from_fn(auth::left_behind::clear_after_session))
        .layer(from_fn_with_state(site.clone(), errors::draw::draw_problems))
        .layer(from_fn_with_state(site, headers::protect))
}

/// Mounts every page and form.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&pages::HOME, home::home::show)
        .on(&pages::DISCOVER, discover::results::search)
        .on(&pages::CATEGORY, discover::results::category)
        .on(&pages::CELEBRITY, celebrities::profile::show)
        .on(&pages::RANKING, help::ranking::show)
        .on(&pages::ROBOTS, crawlers::robots)
        .on(&pages::FAVICON, crawlers::favicon)
        .on(&pages::BOOK, book::time::show)
        .on(&pages::BRIEF, book::brief::show)
        .on(&pages::BRIEF_KEEP, book::brief::keep)
        .on(&pages::REVIEW, book::review::show)
        .on(&pages::PLACE, book::place::place)
        .on(&pages::DASHBOARD, dashboard::customer::show)
        .on(&pages::BOOKINGS, bookings::list::show)
        .on(&pages::BOOKING, bookings::show::show)
        .on(&pages::CHECKOUT, checkout::pay::show)
        .on(&pages::CHECKOUT_PAY, checkout::pay::pay)
        .on(&pages::CANCELLATION, bookings::cancel::show)
        .on(&pages::CANCEL, bookings::cancel::cancel)
        .on(&pages::SANDBOX_CARD, checkout::challenge::show)
        .on(&pages::SANDBOX_CARD_ANSWER, checkout::challenge::answer)
        .on(&pages::LOGIN_FORM, auth::login::show)
        .on(&pages::LOGIN, auth::login::open)
        .on(&pages::LOGIN_CODE_FORM, auth::code::show)
        .on(&pages::LOGIN_CODE, auth::code::open)
        .on(&pages::LOGIN_PASSKEY, auth::passkey::open)
        .on(&pages::LOGOUT, auth::login::close)
        .on(&pages::REGISTER_FORM, auth::register::show)
        .on(&pages::REGISTER, auth::register::create)
        .on(&pages::FORGOT_FORM, auth::forgot::show)
        .on(&pages::FORGOT, auth::forgot::send)
        .on(&pages::RESET_FORM, auth::reset::show)
        .on(&pages::RESET, auth::reset::set)
        .on(&pages::VERIFY_FORM, auth::verify::show)
        .on(&pages::VERIFY, auth::verify::verify)
        .on(&pages::VERIFY_MAIL, auth::verify::send)
        .on(&pages::ACCOUNT, account::settings::show)
        .on(&pages::ACCOUNT_SAVE, account::settings::save)
        .on(&pages::PASSWORD, account::settings::change_password)
        .on(&pages::SESSIONS, account::sessions::show)
        .on(&pages::SESSION_END, account::sessions::end)
        .on(&pages::SESSIONS_END, account::sessions::end_others)
        .on(&pages::CALENDARS, account::calendars::show)
        .on(&pages::CALENDAR_ADD, account::calendars::add)
        .on(&pages::CALENDAR_READ, account::calendars::read)
        .on(&pages::CALENDAR_REMOVE, account::calendars::remove)
        .on(&pages::SECURITY, account::security::show)
        .on(&pages::APP_BEGIN, account::security::begin)
        .on(&pages::APP_CONFIRM, account::security::confirm)
        .on(&pages::APP_END, account::security::end)
        .on(&pages::RECOVERY_CODES, account::security::renew_codes)
        .on(&pages::PASSKEYS, account::passkeys::show)
        .on(&pages::PASSKEY_ADD, account::passkeys::add)
        .on(&pages::PASSKEY_REMOVE, account::passkeys::remove)
        .on(&pages::API_KEYS, account::keys::show)
        .on(&pages::API_KEY_CREATE, account::keys::create)
        .on(&pages::API_KEY_END, account::keys::end)
        .on(&pages::GIFT_CARDS, gift_cards::list::show)
        .on(&pages::GIFT_CARD, gift_cards::show::show)
        .on(&pages::CARD_TRANSFER, gift_cards::transfer::show)
        .on(&pages::CARD_SEND, gift_cards::transfer::send)
        .on(&pages::CARD_TAKE_BACK, gift_cards::transfer::take_back)
        .on(&pages::CLAIM_FORM, gift_cards::claim::show)
        .on(&pages::CLAIM, gift_cards::claim::claim)
        .on(&pages::CLAIM_CODE, gift_cards::claim::look)
        .on(&pages::CLAIM_PRINT, gift_cards::print::show)
        .on(&pages::CARD_BATCHES, staff::batches::show)
        .on(&pages::CARD_BATCH_ISSUE, staff::batches::issue)
        .on(&pages::CARD_BATCH, staff::batch::show)
        .on(&pages::CARD_BATCH_STOP, staff::batch::stop)
        .on(&pages::CARD_OF_BATCH, staff::card::show)
        .on(&pages::CARD_STOP, staff::card::stop)
        .on(&pages::LIABILITY, staff::liability::show)
        .on(&pages::THEME, theme::keep)
        .on(&pages::MAILBOX, mailbox::inbox::show)
        .on(&pages::MAIL, mailbox::message::show)
        .on(&pages::MAIL_FILE, mailbox::message::file)
        .on(&pages::GALLERY, development::serve::index)
        .on(&pages::GALLERY_PAGE, development::serve::page)
        .on(&pages::GALLERY_PORTRAIT, development::serve::portrait)
        .on(&pages::ASSETS, assets::serve)
}
