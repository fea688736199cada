//! The addresses of pages, in one place for pages, redirects and mails.

use kernel::{
    BookingId, ChargebackId, Currency, GiftCardBatchId, GiftCardId, GiftCardOrderId, OfferingId, PortraitId,
    RefundRequestId,
};

/// The home page.
pub const HOME: &str = "/";
/// Search results.
pub const DISCOVER: &str = "/discover";
/// Buying a gift card.
pub const BUY_GIFT_CARD: &str = "/gift-cards";
/// Log-in form.
pub const LOGIN: &str = "/login";
/// The form for the code of an authenticator app.
pub const LOGIN_CODE: &str = "/login/code";
/// The form that requests a link for a new password.
pub const FORGOT: &str = "/forgot";
/// Registration form.
pub const REGISTER: &str = "/register";
/// The dashboard of the signed-in person.
pub const DASHBOARD: &str = "/dashboard";
/// The person's bookings.
pub const BOOKINGS: &str = "/bookings";
/// The bookings made by a person who can also be booked.
pub const BOOKINGS_OF_MINE: &str = "/bookings?side=mine";
/// The bookings of a celebrity, for themselves and their agents.
pub const BOOKINGS_WITH_ME: &str = "/bookings?side=talent";
/// Name and time zone.
pub const ACCOUNT: &str = "/account";
/// The person's sessions.
pub const SESSIONS: &str = "/account/sessions";
/// The person's external calendars.
pub const CALENDARS: &str = "/account/calendars";
/// Password and second factor.
pub const SECURITY: &str = "/account/security";
/// The person's passkeys.
pub const PASSKEYS: &str = "/account/passkeys";
/// The person's API keys.
pub const API_KEYS: &str = "/account/keys";
/// The person's gift cards and credit.
pub const GIFT_CARDS: &str = "/account/gift-cards";
/// What became of the person's credit.
pub const CREDIT: &str = "/account/credit";
/// Where a card is claimed.
pub const CLAIM: &str = "/claim";
/// The card that is claimed there, to print.
pub const CLAIM_PRINT: &str = "/claim/card";
/// Batches of gift cards, for staff.
pub const CARD_BATCHES: &str = "/staff/gift-cards";
/// What all cards hold, for staff.
pub const LIABILITY: &str = "/staff/gift-cards/liability";
/// Refunds beyond the policy, for staff.
pub const STAFF_REFUNDS: &str = "/staff/refunds";
/// What banks took back, for staff.
pub const STAFF_CHARGEBACKS: &str = "/staff/chargebacks";
/// Kept mails, in development.
pub const MAILBOX: &str = "/mailbox";

/// What became of the person's credit in a currency.
pub fn credit_in(currency: Currency) -> String {
    format!("{CREDIT}?currency={}", currency.code())
}

/// The form that sets a new password, as it is mailed.
pub fn reset_password(token: &str) -> String {
    format!("/reset?token={}", encode(token))
}

/// The page that verifies an address, as it is mailed.
pub fn verify_address(token: &str) -> String {
    format!("/verify?token={}", encode(token))
}

/// The page that shows and claims a gift card, as it is mailed.
pub fn claim_card(code: &str) -> String {
    format!("{CLAIM}?code={}", encode(code))
}

/// One gift card of the person's.
pub fn gift_card(id: GiftCardId) -> String {
    format!("{GIFT_CARDS}/{id}")
}

/// The form that sends a gift card to somebody.
pub fn card_transfer(id: GiftCardId) -> String {
    format!("{GIFT_CARDS}/{id}/transfer")
}

/// One batch of gift cards, for staff.
pub fn card_batch(id: GiftCardBatchId) -> String {
    format!("{CARD_BATCHES}/batches/{id}")
}

/// One gift card, for staff.
pub fn card_for_staff(id: GiftCardId) -> String {
    format!("{CARD_BATCHES}/cards/{id}")
}

/// The form that asks for a refund beyond the policy of a booking.
pub fn staff_refund_of(id: BookingId) -> String {
    format!("{STAFF_REFUNDS}?booking={id}")
}

/// The form that asks for a refund of a bought gift card.
pub fn staff_refund_of_order(id: GiftCardOrderId) -> String {
    format!("{STAFF_REFUNDS}?order={id}")
}

/// The decision about a refund beyond the policy.
pub fn staff_refund(id: RefundRequestId) -> String {
    format!("{STAFF_REFUNDS}/{id}")
}

/// The closing of a chargeback's case.
pub fn staff_chargeback(id: ChargebackId) -> String {
    format!("{STAFF_CHARGEBACKS}/{id}")
}

/// One celebrity's page.
pub fn celebrity(slug: &str) -> String {
    format!("/celebrities/{slug}")
}

/// One category's page.
pub fn category(slug: &str) -> String {
    format!("/categories/{slug}")
}

/// The first step of booking an offering: choosing the time.
pub fn book(offering: OfferingId) -> String {
    format!("/book/{offering}")
}

/// The second step of booking: what it is for.
pub fn brief(offering: OfferingId) -> String {
    format!("/book/{offering}/brief")
}

/// The last step of booking: a review of everything.
pub fn review(offering: OfferingId) -> String {
    format!("/book/{offering}/review")
}

/// The image of a portrait.
pub fn portrait(id: PortraitId) -> String {
    format!("/portraits/{id}")
}

/// One booking.
pub fn booking(id: BookingId) -> String {
    format!("/bookings/{id}")
}

/// The checkout of a booking.
pub fn checkout(id: BookingId) -> String {
    format!("/bookings/{id}/checkout")
}

/// Setting a gift card or credit aside on the checkout.
pub fn checkout_applied(id: BookingId) -> String {
    format!("{}/applied", checkout(id))
}

/// Withdrawing a gift card or credit that was set aside.
pub fn checkout_withdrawn(id: BookingId) -> String {
    format!("{}/withdrawn", checkout(id))
}

/// Paying with what is set aside.
pub fn checkout_covered(id: BookingId) -> String {
    format!("{}/covered", checkout(id))
}

/// Mailing a bought card again.
pub fn gift_card_delivery(id: GiftCardOrderId) -> String {
    format!("{}/deliveries", gift_card_order(id))
}

/// Returning a bought card.
pub fn gift_card_return(id: GiftCardOrderId) -> String {
    format!("{}/return", gift_card_order(id))
}

/// A gift card that is being bought.
pub fn gift_card_order(id: GiftCardOrderId) -> String {
    format!("{BUY_GIFT_CARD}/{id}")
}

/// The cancellation of a booking, which shows the refund first.
pub fn cancellation(id: BookingId) -> String {
    format!("/bookings/{id}/cancellation")
}

/// The page of the sandbox's bank that authenticates the payer (3-D Secure).
pub fn sandbox_card(reference: &str) -> String {
    format!("/sandbox/cards/{}", encode(reference))
}

/// A booking as a calendar file.
pub fn calendar_file(id: BookingId) -> String {
    format!("/api/bookings/{id}/calendar.ics")
}

/// The log-in form, which returns to `path` afterwards.
pub fn login_then(path: &str) -> String {
    then(LOGIN, path)
}

/// The form for the code of an authenticator app, which returns to `path` afterwards.
pub fn login_code_then(path: &str) -> String {
    then(LOGIN_CODE, path)
}

/// The registration form, from which a log-in returns to `path`.
pub fn register_then(path: &str) -> String {
    then(REGISTER, path)
}

/// The page that claims a gift card, which returns to `path` afterwards.
pub fn claim_then(path: &str) -> String {
    then(CLAIM, path)
}

fn then(form: &str, path: &str) -> String {
    format!("{form}?return_to={}", encode(path))
}

/// `path` if it is one of our pages, else the dashboard, so that a link cannot redirect people to another site.
pub fn safe_return(path: Option<&str>) -> &str {
    path.filter(|path| is_own(path)).unwrap_or(DASHBOARD)
}

/// Whether a browser that is sent to `path` stays on our site.
pub(crate) fn is_own(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|letter: char| letter == '\\' || letter.is_control())
}

/// Percent-encodes `text` for a query value.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_on_our_site() {
        for path in ["https://evil.test", "//evil.test", "/\\evil.test", "evil", "", "/\t/evil.test", "/\u{1}"] {
            assert_eq!(safe_return(Some(path)), DASHBOARD, "{path:?}");
        }
        assert_eq!(safe_return(Some("/book/1?starts_at=2026-12-12T20:00Z")), "/book/1?starts_at=2026-12-12T20:00Z");
    }

    #[test]
    fn a_path_survives_as_a_query_value() {
        assert_eq!(login_then("/book/1?a=b&c"), "/login?return_to=%2Fbook%2F1%3Fa%3Db%26c");
    }
}
