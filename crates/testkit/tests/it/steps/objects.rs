//! The object that an entry point's path names: one's own, somebody else's, or none at all.

use access::{Entry, Guard, Policy};
use kernel::Scope;
use serde_json::{Value, json};
use testkit::{BookingState, PlacedBooking, TestCaller, TestSite, TestStar};

use crate::steps::{gifts, keys, passkeys, passwords};

/// The id of an object that nobody has.
pub const NOBODY_S: &str = "01939e00-0000-7000-8000-000000000000";

/// Whose object is asked for, seen from the first owner's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The first customer's, with the first star; or that star's own.
    First,
    /// The other customer's, with the other star.
    Other,
    /// Nobody's.
    Missing,
}

/// One of everything, twice.
pub struct Objects {
    first: PlacedBooking,
    other: PlacedBooking,
    first_session: String,
    other_session: String,
    first_calendar: String,
    other_calendar: String,
    first_key: String,
    other_key: String,
    first_passkey: String,
    other_passkey: String,
    first_card: String,
    other_card: String,
    first_order: String,
    other_order: String,
}

impl Objects {
    pub async fn place(site: &TestSite) -> Self {
        let cast = &site.cast;
        Self {
            first: site.booking(&cast.customer, &cast.star, 9, BookingState::AWAITING_PAYMENT).await,
            other: site.booking(&cast.other_customer, &cast.other_star, 9, BookingState::AWAITING_PAYMENT).await,
            first_session: session_of(&cast.customer).await,
            other_session: session_of(&cast.other_customer).await,
            first_calendar: calendar_of(&cast.celebrity, &cast.star).await,
            other_calendar: calendar_of(&cast.other_celebrity, &cast.other_star).await,
            first_key: key_of(site, &cast.customer).await,
            other_key: key_of(site, &cast.other_customer).await,
            // The key has given its owner a password.
            first_passkey: passkeys::add(&cast.customer, "Phone", 1).await.0,
            other_passkey: passkeys::add(&cast.other_customer, "Phone", 2).await.0,
            first_card: gifts::card_of(site, &cast.customer, "goodwill").await,
            other_card: gifts::card_of(site, &cast.other_customer, "promotional").await,
            first_order: gifts::order_id(&cast.customer).await,
            other_order: gifts::order_id(&cast.other_customer).await,
        }
    }

    /// Who has the first of what `entry` names, or may do what it is for.
    pub fn owner<'site>(entry: &Entry, site: &'site TestSite) -> &'site TestCaller {
        match (entry.policy, entry.guard) {
            (Policy::Roles(_), _) => &site.cast.admin,
            (_, Guard::Calendar) => &site.cast.celebrity,
            _ => &site.cast.customer,
        }
    }

    /// The address of `entry` for an object that nobody has.
    pub fn missing_path(entry: &Entry) -> String {
        fill(entry.path, NOBODY_S)
    }

    /// The address of `entry` for an object.
    pub fn path(&self, entry: &Entry, whose: Whose) -> String {
        let id = match (entry.guard, whose) {
            (Guard::None, _) | (_, Whose::Missing) => return Self::missing_path(entry),
            (Guard::Booking, Whose::First) => self.first.id.0.to_string(),
            (Guard::Booking, Whose::Other) => self.other.id.0.to_string(),
            (Guard::Payment, Whose::First) => self.first.intent.0.to_string(),
            (Guard::Payment, Whose::Other) => self.other.intent.0.to_string(),
            (Guard::Session, Whose::First) => self.first_session.clone(),
            (Guard::Session, Whose::Other) => self.other_session.clone(),
            (Guard::Calendar, Whose::First) => self.first_calendar.clone(),
            (Guard::Calendar, Whose::Other) => self.other_calendar.clone(),
            (Guard::ApiKey, Whose::First) => self.first_key.clone(),
            (Guard::ApiKey, Whose::Other) => self.other_key.clone(),
            (Guard::Passkey, Whose::First) => self.first_passkey.clone(),
            (Guard::Passkey, Whose::Other) => self.other_passkey.clone(),
            (Guard::GiftCard, Whose::First) => self.first_card.clone(),
            (Guard::GiftCard, Whose::Other) => self.other_card.clone(),
            (Guard::GiftCardOrder, Whose::First) => self.first_order.clone(),
            (Guard::GiftCardOrder, Whose::Other) => self.other_order.clone(),
        };
        fill(entry.path, &id)
    }
}

/// A session of the caller's that is not the one of the call itself.
async fn session_of(caller: &TestCaller) -> String {
    let sessions = caller.get("/api/me/sessions").await.json();
    let items = sessions["items"].as_array().or(sessions.as_array()).cloned().unwrap_or_default();
    let idle = items.iter().find(|session| session["current"] == false).expect("the caller has two sessions");
    idle["id"].as_str().expect("a session has an id").to_owned()
}

/// A calendar elsewhere of the star's.
async fn calendar_of(caller: &TestCaller, star: &TestStar) -> String {
    let wish = json!({"celebrity_id": star.id, "name": "Family", "address": "http://127.0.0.1:9/basic.ics"});
    let calendar = caller.post("/api/calendars", &wish).await.json();
    calendar["id"].as_str().expect("a calendar has an id").to_owned()
}

/// An API key of the caller's.
async fn key_of(site: &TestSite, caller: &TestCaller) -> String {
    passwords::give_password(site, caller).await;
    let key = keys::make(caller, "Tour planner", &[Scope::BookingsRead]).await;
    key["id"].as_str().expect("a key has an id").to_owned()
}

/// Puts `id` where the path has `{…}`.
fn fill(path: &str, id: &str) -> String {
    let fill_one = |part: &str| if part.starts_with('{') { id.to_owned() } else { part.to_owned() };
    path.split('/').map(fill_one).collect::<Vec<_>>().join("/")
}

/// A body that the call accepts, so that the answer is about the object and not about the body.
pub fn body(entry: &Entry) -> Option<Value> {
    if !entry.method.is_unsafe() {
        return None;
    }
    Some(match entry.path {
        "/api/bookings/{id}/payments" => json!({"method": "card", "card": {"number": "4242424242424242"}}),
        // A wrong one, so that the passkey stays for the calls that follow.
        "/api/gift-card-orders/{id}/payments" => json!({"card": {"number": "4000000000000002"}}),
        "/api/gift-card-orders/{id}/deliveries" => json!({"email": "friend@example.net"}),
        "/api/gift-cards/{id}/redemptions" => json!({"amount_minor": 1}),
        "/api/gift-cards/{id}/transfers" => json!({"email": "friend@example.net"}),
        "/api/me/passkeys/{id}/removal" => json!({"current_password": "not this one"}),
        "/api/bookings/{id}/cancellation" => json!({"expected_refund_minor": 0}),
        _ => json!({}),
    })
}

/// The same for a form; its CSRF token is the browser's part.
pub fn form(entry: &Entry) -> &'static [(&'static str, &'static str)] {
    match entry.path {
        "/bookings/{id}/checkout" => &[("number", "4242424242424242")],
        "/bookings/{id}/checkout/withdrawn" => &[("leg", NOBODY_S)],
        "/gift-cards/{id}" => &[("number", "4000000000000002")],
        "/gift-cards/{id}/deliveries" => &[("attempt", NOBODY_S), ("email", "friend@example.net")],
        "/bookings/{id}/cancellation" => &[("expected_minor", "0")],
        "/account/gift-cards/{id}/transfer" => &[("email", "friend@example.net")],
        "/account/passkeys/{id}/end" => &[("current_password", "not this one")],
        _ => &[],
    }
}
