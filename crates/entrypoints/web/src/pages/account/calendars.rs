//! `GET /account/calendars`: external calendars with their state, and a form that adds one.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use calendar::{LineTrouble, LineTroubleKind};
use catalog::{CalendarFeed, CelebrityCard, FeedTrouble, UnreadLines, queries};
use chrono::TimeDelta;
use entry::{Answer, Path, Problem, SignedIn, Site};
use kernel::{CalendarFeedId, CelebrityId, Instant, Secret};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use workflows::booking::profiles_of;

use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::{OptionView, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct Calendars {
    pub items: Vec<CalendarView>,
    pub form: Form,
    /// The profiles that the person manages; empty for somebody who is only a customer.
    pub profiles: Vec<OptionView>,
    pub may_add: bool,
}

/// One external calendar.
#[derive(Debug, Serialize)]
pub(crate) struct CalendarView {
    /// The address of its forms, without their last segment.
    pub action: String,
    /// `Google, of Ada Quill`
    pub name: String,
    /// `calendar.google.com · read 5 minutes ago · 12 busy times`
    pub line: String,
    /// What is wrong, and what to do about it.
    pub trouble: Option<String>,
    pub is_emptied: bool,
    /// `3 lines could not be read. …`; nothing if everything could.
    pub unread: Option<String>,
    pub unread_lines: Vec<UnreadLineView>,
}

/// A line that could not be read.
#[derive(Debug, Serialize)]
pub(crate) struct UnreadLineView {
    pub number: u32,
    /// What is wrong, and what counts instead.
    pub sentence: &'static str,
    /// The beginning of the line.
    pub text: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct CalendarForm {
    celebrity: CelebrityId,
    name: String,
    address: Secret<String>,
}

/// The form that confirms that a calendar is rightly empty.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadingForm {
    #[serde(default)]
    may_be_empty: bool,
}

impl Calendars {
    async fn of(site: &Site, caller: &Caller, form: Form) -> Answer<Self> {
        let now = site.clock.now();
        let feeds = workflows::calendar::list(site, caller).await?;
        let mut connection = site.database.acquire().await?;
        let profiles = profiles_of(&mut connection, caller, Some(accounts::queries::Duty::Hold)).await?;
        let profiles = queries::cards(&mut connection, &profiles).await?;
        let chosen = form.values.get("celebrity").cloned();
        let option = |profile: &CelebrityCard| OptionView {
            value: profile.id.to_string(),
            label: profile.stage_name.clone(),
            is_chosen: chosen.as_ref() == Some(&profile.id.to_string()),
        };
        Ok(Self {
            items: feeds.iter().map(|feed| CalendarView::of(feed, &profiles, now)).collect(),
            profiles: profiles.iter().map(option).collect(),
            form,
            may_add: caller.email_verified,
        })
    }
}

impl CalendarView {
    fn of(feed: &CalendarFeed, profiles: &[CelebrityCard], now: Instant) -> Self {
        let read = match (feed.read_at, feed.asked_at) {
            (Some(at), _) => format!("read {}", format::relative(at, now)),
            (None, Some(at)) => format!("tried {}", format::relative(at, now)),
            (None, None) => "being read now".to_owned(),
        };
        let busy = match feed.busy_count {
            0 => "nothing busy".to_owned(),
            1 => "1 busy time".to_owned(),
            count => format!("{count} busy times"),
        };
        let whose = profiles.iter().find(|profile| profile.id == feed.celebrity_id);
        Self {
            action: format!("{}/{}", links::CALENDARS, feed.id),
            name: whose.map_or_else(|| feed.name.clone(), |whose| format!("{}, of {}", feed.name, whose.stage_name)),
            line: format!("{} · {read} · {busy}", feed.host),
            trouble: feed.trouble.map(sentence).map(str::to_owned),
            is_emptied: feed.trouble == Some(FeedTrouble::Emptied),
            unread: unread_sentence(feed.unread_count, feed.unread.0.len()),
            unread_lines: feed.unread.0.iter().map(UnreadLineView::of).collect(),
        }
    }
}

impl UnreadLineView {
    fn of(told: &LineTrouble) -> Self {
        Self { number: told.line, sentence: line_sentence(told.kind), text: told.text.clone() }
    }
}

/// How much could not be read, and how much of that is listed.
fn unread_sentence(count: i32, listed: usize) -> Option<String> {
    let places = match count {
        ..=0 => return None,
        1 => "One place of this calendar was not understood".to_owned(),
        count => format!("{count} places of this calendar were not understood"),
    };
    let first = if usize::try_from(count).is_ok_and(|count| count > listed) {
        "; the first of each kind are listed"
    } else {
        ""
    };
    Some(format!("{places}{first}. When in doubt, the time counts as busy."))
}

/// What is wrong with a line, and what counts instead.
const fn line_sentence(kind: LineTroubleKind) -> &'static str {
    match kind {
        LineTroubleKind::Nesting => "A part of the file begins or ends where it should not. The rest was read.",
        LineTroubleKind::Component => "This kind of entry is not evaluated, so what it may block is not busy here.",
        LineTroubleKind::Start => {
            "The beginning of this event cannot be read. The time before its end counts as busy, if it has one."
        }
        LineTroubleKind::End => "The end of this event cannot be read. An hour counts as busy, or the whole day.",
        LineTroubleKind::Rule => "How this event repeats cannot be read. It counts as busy every day.",
        LineTroubleKind::RulePart => {
            "A part of how this event repeats cannot be read. It may count as busy more often than it is."
        }
        LineTroubleKind::TooFine => {
            "This event repeats more often than hourly. All the time that it spans counts as busy."
        }
        LineTroubleKind::Date => {
            "A date cannot be read. If it leaves out or moves an event, the event still counts where it was."
        }
        LineTroubleKind::Zone => "This time zone is unknown. The times were read in the time zone of the profile.",
        LineTroubleKind::DefinedZone => {
            "The name of this time zone is unknown. The times were read as the file describes it."
        }
        LineTroubleKind::Long => "This event lasts longer than a year. All of that time counts as busy.",
        LineTroubleKind::CutOff => "There is more than is evaluated. From here on, all the time counts as busy.",
        LineTroubleKind::Line => "This line was not understood, and skipped.",
    }
}

/// What is wrong, which busy times still count, and what to do.
const fn sentence(trouble: FeedTrouble) -> &'static str {
    match trouble {
        FeedTrouble::Unreachable => {
            "The other service does not answer, or not to the end. What was busy still counts; we try again every quarter of an hour."
        }
        FeedTrouble::Refused => {
            "This calendar cannot be read at its address any more. What was busy still counts. Look whether its secret address has changed, and add it anew."
        }
        FeedTrouble::TooLarge | FeedTrouble::TooManyEvents => {
            "This calendar is too large to be taken over. What was busy still counts. Share a calendar with the coming months only."
        }
        FeedTrouble::NotPublic => {
            "This address leads into a private network, or to a port other than that of https. Add one that the whole internet can reach, without a port."
        }
        FeedTrouble::NotACalendar => {
            "What is there is no calendar in iCal format. What was busy still counts. Look for the secret address that ends in .ics."
        }
        FeedTrouble::Emptied => {
            "This calendar suddenly reads as empty. Until you say that this is right, what was busy still counts."
        }
    }
}

/// `GET /account/calendars`
pub(crate) async fn show(State(site): State<Site>, frame: Frame, SignedIn(caller): SignedIn) -> Answer<Response> {
    frame.answer(&Calendars::of(&site, &caller, Form::default()).await?)
}

/// `POST /account/calendars`
pub(crate) async fn add(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(wish): Posted<CalendarForm>,
) -> Answer<Response> {
    let added = workflows::calendar::add(&site, &caller, wish.celebrity, wish.name.clone(), &wish.address).await;
    match added.map_err(Problem::from) {
        Ok(_) => Ok(Redirect::to(links::CALENDARS).into_response()),
        Err(problem) if problem.status.is_server_error() => Err(problem),
        Err(problem) => {
            let form = Form::with([("name", wish.name), ("celebrity", wish.celebrity.to_string())]).refused(&problem);
            frame.answer_as(problem.status, &Calendars::of(&site, &caller, form).await?)
        }
    }
}

/// `POST /account/calendars/{id}/reading`
pub(crate) async fn read(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<CalendarFeedId>,
    Posted(reading): Posted<ReadingForm>,
) -> Answer<Redirect> {
    workflows::calendar::read_now(&site, &caller, id, reading.may_be_empty).await?;
    Ok(Redirect::to(links::CALENDARS))
}

/// `POST /account/calendars/{id}/end`
pub(crate) async fn remove(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<CalendarFeedId>,
    _: Posted<NoFields>,
) -> Answer<Redirect> {
    workflows::calendar::remove(&site, &caller, id).await?;
    Ok(Redirect::to(links::CALENDARS))
}

impl Template for Calendars {
    const TEMPLATE: &'static str = "pages/account/calendars.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let (now, ada) = (samples::now(), samples::celebrity().card);
        let with_unread =
            |name: &str, host: &str, ago: i64, busy_count, trouble: Option<FeedTrouble>, unread: Vec<LineTrouble>| {
                let asked_at = now - TimeDelta::minutes(ago);
                let feed = CalendarFeed {
                    id: CalendarFeedId(Uuid::nil()),
                    celebrity_id: ada.id,
                    name: name.to_owned(),
                    host: host.to_owned(),
                    created_at: asked_at,
                    asked_at: Some(asked_at),
                    read_at: (trouble != Some(FeedTrouble::Unreachable)).then_some(asked_at),
                    trouble,
                    busy_count,
                    unread_count: i32::try_from(unread.len()).unwrap_or(0) * 3,
                    unread: UnreadLines(unread),
                };
                CalendarView::of(&feed, std::slice::from_ref(&ada), now)
            };
        let one = |name: &str, host: &str, ago, busy_count, trouble| {
            with_unread(name, host, ago, busy_count, trouble, Vec::new())
        };
        let told = |line, kind, text: &str| LineTrouble { line, kind, text: text.to_owned() };
        let unread = vec![
            told(17, LineTroubleKind::Zone, "DTSTART;TZID=Middle Earth:20261203T080000"),
            told(42, LineTroubleKind::Rule, "RRULE:every other day or so"),
        ];
        let doubtful = with_unread("Old desktop", "files.example.org", 7, 31, None, unread);
        let page = |items, form| Self {
            items,
            form,
            profiles: samples::options(&["Juno Park", "Mara Voss"], "Juno Park"),
            may_add: true,
        };
        let good = || one("Family", "calendar.example.org", 5, 12, None);
        let emptied = one("Tour", "outlook.example.org", 240, 9, Some(FeedTrouble::Emptied));
        let away = one("Studio", "ics.example.org", 2, 0, Some(FeedTrouble::Unreachable));
        let faulty = Form::default().fault("address", "The address should begin with https:// or webcal://.");
        vec![
            ("none", page(Vec::new(), Form::default())),
            ("several", page(vec![good(), emptied, away, doubtful], Form::default())),
            ("faulty", page(vec![good()], faulty)),
            ("customer", Self { profiles: Vec::new(), ..page(Vec::new(), Form::default()) }),
        ]
    }
}
