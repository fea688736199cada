//! `GET /dashboard`: what the person has to do now, and their next bookings.

use axum::extract::State;
use axum::response::Response;
use bookings::{Booking, Status, queries};
use catalog::search::{Search, search};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::{Answer, SignedIn, Site};
use kernel::PageRequest;
use overviews::price;
use payments::queries::{WaitingForStaff, waiting_for_staff};
use serde::Serialize;
use site::links;
use workflows::booking::profiles_of;

use crate::kit::format;
use crate::kit::frame::{Frame, is_staff};
use crate::kit::render::Template;
use crate::pages::bookings::cards;
use crate::views::poster::poster;
use crate::views::{BookingCard, Fees, LinkView, PosterView, Viewer, samples};

/// Bookings of one state that the page looks through.
const LOOKED_AT: u16 = 50;
/// Bookings that one panel shows.
const SHOWN: usize = 5;

#[derive(Debug, Serialize)]
pub(crate) struct Dashboard {
    /// `Good evening, Noor.`
    pub greeting: String,
    /// Bookings that wait for the person, most urgent first.
    pub needs_me: Vec<BookingCard>,
    pub upcoming: Vec<BookingCard>,
    pub past_count: i64,
    /// Whether the address still has to be verified.
    pub verify_email: bool,
    /// A suggestion, if there are no bookings.
    pub ideas: Vec<PosterView>,
    /// Whether the person is booked, or acts for somebody who is.
    pub is_talent: bool,
    /// What our staff may decide; none for everybody else.
    pub staff: Option<Vec<LinkView>>,
    /// Bookings in which the person is on the talent's side.
    pub for_talent: Vec<BookingCard>,
}

/// `GET /dashboard`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    let (now, yours) = (site.clock.now(), frame.yours());
    let mut connection = site.database.acquire().await?;
    let mine = queries::BookingsOf::Customer(caller.id);
    let held = in_state(&mut connection, &mine, Status::AwaitingPayment).await?;
    let payable: Vec<Booking> = held.into_iter().filter(|one| one.payable(now).is_ok()).collect();
    let upcoming = upcoming(&mut connection, &mine, now).await?;
    let talent = profiles_of(&mut connection, &caller, None).await?;
    let is_talent = !talent.is_empty();
    let for_talent = if talent.is_empty() {
        Vec::new()
    } else {
        self::upcoming(&mut connection, &queries::BookingsOf::Talent(talent), now).await?
    };
    let past_count = queries::past_count(&mut connection, caller.id).await?;
    let staff = match is_staff(&caller) {
        true => Some(staff_links(waiting_for_staff(&mut connection, caller.id).await?)),
        false => None,
    };
    let is_idle = payable.is_empty() && upcoming.is_empty() && !is_talent && staff.is_none();
    let ideas = if is_idle { ideas(&mut connection, now).await? } else { Vec::new() };
    let needs_me = cards::cards(&mut connection, &payable, Viewer::Customer, yours, now).await?;
    let upcoming = cards::cards(&mut connection, &upcoming, Viewer::Customer, yours, now).await?;
    let for_talent = cards::cards(&mut connection, &for_talent, Viewer::Talent, yours, now).await?;
    drop(connection);
    frame.answer(&Dashboard {
        greeting: greeting(&caller.display_name, now, yours),
        needs_me,
        upcoming,
        past_count,
        verify_email: !caller.email_verified,
        ideas,
        is_talent,
        staff,
        for_talent,
    })
}

/// What waits for our staff, each with where it is decided.
fn staff_links(waiting: WaitingForStaff) -> Vec<LinkView> {
    let link = |count, one, many, href| (count > 0).then(|| LinkView::to(format::counted(count, one, many), href));
    let refunds = link(waiting.refunds, "refund to decide", "refunds to decide", links::STAFF_REFUNDS);
    let chargebacks = link(waiting.chargebacks, "open chargeback", "open chargebacks", links::STAFF_CHARGEBACKS);
    [refunds, chargebacks].into_iter().flatten().collect()
}

async fn in_state(connection: &mut Connection, side: &queries::BookingsOf, status: Status) -> Answer<Vec<Booking>> {
    Ok(queries::list(connection, side, Some(status), &PageRequest::first(LOOKED_AT)).await?.items)
}

/// Confirmed and running bookings, soonest first.
async fn upcoming(connection: &mut Connection, side: &queries::BookingsOf, now: DateTime<Utc>) -> Answer<Vec<Booking>> {
    let mut found = in_state(connection, side, Status::InProgress).await?;
    found.extend(in_state(connection, side, Status::Confirmed).await?);
    found.retain(|one| one.terms.time.is_none_or(|time| time.ends_at > now));
    // What has no date comes last.
    found.sort_by_key(|one| one.terms.begins_by().map_or((true, one.created_at), |at| (false, at)));
    found.truncate(SHOWN);
    Ok(found)
}

/// A suggestion: celebrities to look at.
async fn ideas(connection: &mut Connection, now: DateTime<Utc>) -> Answer<Vec<PosterView>> {
    let fees = Fees(price::schedules(connection, now.date_naive()).await?);
    let found = search(connection, &Search::default(), &PageRequest::first(4)).await?.items;
    let total =
        |card: &catalog::CelebrityCard| card.from_price.and_then(|price| fees.total(price)).map(|price| price.total);
    Ok(found.iter().map(|card| poster(card, total(card), None)).collect())
}

/// `Good evening, Noor.`, by the person's own clock.
fn greeting(name: &str, now: DateTime<Utc>, yours: Tz) -> String {
    let part = match now.with_timezone(&yours).hour() {
        5..=11 => "morning",
        12..=17 => "afternoon",
        _ => "evening",
    };
    let name = name.split_whitespace().next().unwrap_or(name);
    format!("Good {part}, {name}.")
}

impl Template for Dashboard {
    const TEMPLATE: &'static str = "pages/dashboard/customer.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let confirmed = || samples::presented(&samples::confirmed()).sample_card();
        let busy = Self {
            greeting: greeting("Noor Haddad", samples::now() + TimeDelta::hours(5), samples::YOURS),
            needs_me: vec![samples::presented(&samples::held()).sample_card()],
            upcoming: vec![confirmed(), confirmed()],
            past_count: 3,
            verify_email: true,
            ideas: Vec::new(),
            is_talent: true,
            staff: None,
            for_talent: vec![samples::seen_by_talent(&samples::confirmed()).sample_card()],
        };
        let nothing = |is_talent| Self {
            greeting: greeting("Noor Haddad", samples::now() - TimeDelta::hours(5), samples::YOURS),
            needs_me: Vec::new(),
            upcoming: Vec::new(),
            past_count: 0,
            verify_email: false,
            ideas: if is_talent { Vec::new() } else { samples::posters(4) },
            is_talent,
            staff: None,
            for_talent: Vec::new(),
        };
        let staff = |refunds, chargebacks| Self {
            staff: Some(staff_links(WaitingForStaff { refunds, chargebacks })),
            ideas: Vec::new(),
            ..nothing(false)
        };
        vec![
            ("busy", busy),
            ("fresh", nothing(false)),
            ("talent-fresh", nothing(true)),
            ("staff", staff(3, 1)),
            ("staff-idle", staff(0, 0)),
        ]
    }
}
