//! Accounts and sessions.

mod api_keys;
mod email;
mod login;
mod me;
mod passkeys;
mod password;
mod register;
mod sessions;
mod totp;
mod views;

use access::table::accounts as table;
use entry::Routes;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes
        .on(&table::REGISTER, register::handle)
        .on(&table::VERIFY_EMAIL, email::verify)
        .on(&table::RESEND_VERIFICATION, email::resend)
        .on(&table::LOGIN, login::handle)
        .on(&table::REFRESH, login::refresh)
        .on(&table::LOGOUT, sessions::log_out)
        .on(&table::PASSWORD_RESET_REQUEST, password::request_reset)
        .on(&table::PASSWORD_RESET, password::reset)
        .on(&table::PASSWORD_CHANGE, password::change)
        .on(&table::ME, me::show)
        .on(&table::ME_UPDATE, me::update)
        .on(&table::SESSIONS, sessions::list)
        .on(&table::SESSION_END, sessions::end)
        .on(&table::SESSIONS_END, sessions::end_others)
        .on(&table::TOTP, totp::show)
        .on(&table::TOTP_BEGIN, totp::begin)
        .on(&table::TOTP_CONFIRM, totp::confirm)
        .on(&table::TOTP_CODES, totp::renew_codes)
        .on(&table::TOTP_REMOVE, totp::remove)
        .on(&table::PASSKEY_CHALLENGE, passkeys::challenge)
        .on(&table::PASSKEY_LOGIN, passkeys::log_in)
        .on(&table::PASSKEYS, passkeys::list)
        .on(&table::PASSKEY_NEW_CHALLENGE, passkeys::challenge_new)
        .on(&table::PASSKEY_ADD, passkeys::add)
        .on(&table::PASSKEY_REMOVE, passkeys::remove)
        .on(&table::API_KEYS, api_keys::list)
        .on(&table::API_KEY_CREATE, api_keys::create)
        .on(&table::API_KEY_END, api_keys::end)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    register::handle,
    email::verify,
    email::resend,
    login::handle,
    login::refresh,
    sessions::log_out,
    password::request_reset,
    password::reset,
    password::change,
    me::show,
    me::update,
    sessions::list,
    sessions::end,
    sessions::end_others,
    totp::show,
    totp::begin,
    totp::confirm,
    totp::renew_codes,
    totp::remove,
    passkeys::challenge,
    passkeys::log_in,
    passkeys::list,
    passkeys::challenge_new,
    passkeys::add,
    passkeys::remove,
    api_keys::list,
    api_keys::create,
    api_keys::end
))]
pub struct AccountsDoc;
