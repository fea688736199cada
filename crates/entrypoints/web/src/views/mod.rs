//! What several pages show: posters, offerings, months, timelines. Everything is already words; templates only place it.

pub(crate) mod booking;
pub(crate) mod catalog;
pub(crate) mod month;

use serde::Serialize;

/// A celebrity as a poster with its caption.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PosterView {
    pub href: String,
    pub name: String,
    /// `Actor · Lisbon`.
    pub line: String,
    pub portrait: String,
    pub hue: Hue,
    /// `4.9`; none before the first review.
    pub rating: Option<String>,
    /// `from $480`, fees included; none when nothing is on offer.
    pub price: Option<String>,
    pub verified: bool,
    /// Why this one is here: `Free Sat 12 Dec`.
    pub note: Option<String>,
}

/// A hue in degrees as the three classes that the stylesheet turns into a colour: inline styles are not allowed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Hue {
    pub hundreds: i16,
    pub tens: i16,
    pub ones: i16,
}

impl From<i16> for Hue {
    fn from(degrees: i16) -> Self {
        let degrees = degrees.rem_euclid(360);
        Self { hundreds: degrees / 100, tens: degrees / 10 % 10, ones: degrees % 10 }
    }
}

/// A link with words, as in facets and crumbs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkView {
    pub href: String,
    pub label: String,
    pub count: Option<i64>,
    pub is_current: bool,
}

impl LinkView {
    /// A plain link.
    pub(crate) fn to(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into(), count: None, is_current: false }
    }
}

/// Something a celebrity offers, with the whole price.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OfferingView {
    pub href: String,
    /// Shows this offering's free times on the profile.
    pub times_href: Option<String>,
    pub is_current: bool,
    /// `Video call`.
    pub kind: &'static str,
    pub title: String,
    pub description: String,
    /// `40 minutes`, `Delivered within 7 days`.
    pub facts: Vec<String>,
    /// `$1,155.00`: the price with every fee.
    pub total: String,
    /// `$1,100.00 + $55.00 service fee`.
    pub makeup: String,
    pub policy_name: String,
    /// The cancellation policy in words.
    pub policy: String,
    /// Whether it can be booked and paid at once.
    pub is_instant: bool,
}

/// One month of free days, and the times of the chosen one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MonthView {
    /// `December 2026`.
    pub title: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Days before the first, so that the month begins under its weekday (Monday first).
    pub blanks: u8,
    pub days: Vec<DayView>,
    pub chosen: Option<ChosenDay>,
    /// `Times in Lisbon; yours in Berlin are one hour later.`
    pub zone_note: String,
    /// Where the first free day is when this month has none.
    pub nearest: Option<LinkView>,
}

/// A day of the month; one with a link has free times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DayView {
    pub number: u32,
    pub href: Option<String>,
    /// `Sat 12 December, 6 free times`.
    pub label: String,
    pub is_chosen: bool,
    pub is_today: bool,
}

/// The day that was picked, with its times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChosenDay {
    pub title: String,
    pub times: Vec<TimeView>,
}

/// A free time.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TimeView {
    pub href: String,
    /// On the celebrity's clock: `20:00`.
    pub theirs: String,
    /// On the visitor's: `21:00 for you`; none when both clocks agree.
    pub yours: Option<String>,
}

/// One line of "What happens when".
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MomentView {
    pub label: String,
    /// `by you`, `1 hour left`.
    pub note: Option<String>,
    pub when: String,
    /// `done`, `next`, `later` or `off`.
    pub state: &'static str,
}

/// One line of a sum.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MoneyLine {
    pub label: String,
    pub amount: String,
    pub is_sum: bool,
}

/// A booking in a list or a panel.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BookingCard {
    pub href: String,
    pub title: String,
    pub name: String,
    pub portrait: String,
    pub hue: Hue,
    pub status: StatusView,
    /// On both clocks.
    pub when: String,
    /// Who booked, for everybody else.
    pub customer: Option<String>,
    pub total: String,
    pub reference: String,
    /// What the person can do now: `Pay $1,155.00`.
    pub next: Option<LinkView>,
    /// `12 minutes left`.
    pub deadline: Option<String>,
}

/// A status in words with its colour.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StatusView {
    pub label: &'static str,
    /// `ok`, `wait`, `bad` or `still`.
    pub tone: &'static str,
}

/// What somebody said of a booking.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReviewView {
    pub author: String,
    pub rating: i16,
    pub body: String,
    /// `Video call · November 2026`.
    pub line: String,
}

/// One option of a drop-down list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OptionView {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// Invented celebrities and bookings for samples.
pub(crate) mod samples {
    use super::*;

    const PEOPLE: [(&str, &str, i16, &str, &str); 6] = [
        ("Mara Voss", "Actor · Berlin", 24, "4.9", "from $504"),
        ("Idris Kale", "Comedian · London", 63, "4.8", "from $231"),
        ("Juno Park", "Singer-songwriter · Lisbon", 145, "5.0", "from $1,155"),
        ("Teo Marin", "Chef · Barcelona", 208, "4.7", "from $367.50"),
        ("Ada Lindqvist-Oyelaran", "Astronaut and speaker · Stockholm", 258, "4.9", "from $2,100"),
        ("Wren Abara", "Magician · Montréal", 308, "4.6", "from $189"),
    ];

    /// Posters of `count` invented celebrities.
    pub(crate) fn posters(count: usize) -> Vec<PosterView> {
        PEOPLE.iter().cycle().take(count).enumerate().map(|(index, one)| poster(index % PEOPLE.len(), one)).collect()
    }

    fn poster(index: usize, (name, line, hue, rating, price): &(&str, &str, i16, &str, &str)) -> PosterView {
        PosterView {
            href: format!("/celebrities/{}", name.to_lowercase().replace(' ', "-")),
            name: (*name).to_owned(),
            line: (*line).to_owned(),
            portrait: portrait(index),
            hue: Hue::from(*hue),
            rating: (index != 5).then(|| (*rating).to_owned()),
            price: (index != 4).then(|| (*price).to_owned()),
            verified: index.is_multiple_of(2),
            note: (index == 2).then(|| "Free Sat 12 Dec".to_owned()),
        }
    }

    /// A portrait that only the gallery serves.
    pub(crate) fn portrait(index: usize) -> String {
        format!("/gallery/portraits/{}.svg", index % PEOPLE.len() + 1)
    }

    pub(crate) fn link(label: &str, href: &str) -> LinkView {
        LinkView::to(label, href)
    }

    pub(crate) fn month(chosen: bool) -> MonthView {
        let days = (1..=31).map(|number| DayView {
            number,
            href: (number > 4 && number % 7 != 0 && number % 3 != 0).then(|| format!("?day=2026-12-{number:02}")),
            label: format!("{number} December, 6 free times"),
            is_chosen: chosen && number == 11,
            is_today: number == 2,
        });
        MonthView {
            title: "December 2026".to_owned(),
            previous: None,
            next: Some("?month=2027-01".to_owned()),
            blanks: 1,
            days: days.collect(),
            chosen: chosen.then(|| ChosenDay { title: "Fri 11 December".to_owned(), times: times() }),
            zone_note: "Times are in Lisbon; the second one is yours, in Berlin.".to_owned(),
            nearest: None,
        }
    }

    pub(crate) fn times() -> Vec<TimeView> {
        (17..23)
            .map(|hour| TimeView {
                href: format!("/book/1?starts_at={hour}"),
                theirs: format!("{hour}:00"),
                yours: Some(format!("{}:00 for you", hour + 1)),
            })
            .collect()
    }

    pub(crate) fn offering(index: usize) -> OfferingView {
        let (kind, title, description, total, makeup, fact): (&'static str, _, _, _, _, _) = [
            (
                "Appearance",
                "Two songs at your launch",
                "An acoustic set of two songs and a short hello. Bring a chair and a quiet corner.",
                "$1,155.00",
                "$1,100.00 + $55.00 service fee",
                "40 minutes, travel included",
            ),
            (
                "Video call",
                "A call for your team",
                "Questions, answers and one song, for up to 40 people.",
                "$504.00",
                "$480.00 + $24.00 service fee",
                "30 minutes",
            ),
            (
                "Personal video",
                "A birthday song",
                "Your name in the chorus. Recorded for you alone.",
                "$157.50",
                "$150.00 + $7.50 service fee",
                "Delivered within 7 days",
            ),
        ][index % 3];
        OfferingView {
            href: "/book/1".to_owned(),
            times_href: (index % 3 != 2).then(|| "?offering=1#times".to_owned()),
            is_current: index == 0,
            kind,
            title: title.to_owned(),
            description: description.to_owned(),
            facts: vec![fact.to_owned(), "Book at least 2 days ahead".to_owned()],
            total: total.to_owned(),
            makeup: makeup.to_owned(),
            policy_name: "Moderate".to_owned(),
            policy: "Free cancellation until 5 days before, then nothing is paid back.".to_owned(),
            is_instant: index != 1,
        }
    }

    pub(crate) fn booking(label: &'static str, tone: &'static str, next: Option<&str>) -> BookingCard {
        BookingCard {
            href: "/bookings/1".to_owned(),
            title: "Two songs at your launch".to_owned(),
            name: "Juno Park".to_owned(),
            portrait: portrait(2),
            hue: Hue::from(145),
            status: StatusView { label, tone },
            when: "Sat 12 December 2026, 20:00–20:40 in Lisbon · 21:00 for you in Berlin".to_owned(),
            customer: None,
            total: "$1,155.00".to_owned(),
            reference: "SD-7KQ2-M4XW".to_owned(),
            next: next.map(|label| link(label, "/bookings/1/checkout")),
            deadline: next.map(|_| "12 minutes left".to_owned()),
        }
    }

    pub(crate) fn booked_by(label: &'static str, tone: &'static str) -> BookingCard {
        let customer = Some("Noor Haddad".to_owned());
        BookingCard { customer, total: "$1,000.00".to_owned(), ..booking(label, tone, None) }
    }

    pub(crate) fn sums() -> Vec<MoneyLine> {
        let line = |label: &str, amount: &str, is_sum| MoneyLine {
            label: label.to_owned(),
            amount: amount.to_owned(),
            is_sum,
        };
        vec![
            line("40 minutes, travel included", "$1,100.00", false),
            line("Service fee", "$55.00", false),
            line("Total", "$1,155.00", true),
        ]
    }

    pub(crate) fn options(all: &[&str], chosen: &str) -> Vec<OptionView> {
        all.iter()
            .map(|one| OptionView { value: (*one).to_owned(), label: (*one).to_owned(), is_chosen: *one == chosen })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hue_is_three_digits() {
        let Hue { hundreds, tens, ones } = Hue::from(217);
        assert_eq!((hundreds, tens, ones), (2, 1, 7));
        let Hue { hundreds, tens, ones } = Hue::from(-5);
        assert_eq!((hundreds, tens, ones), (3, 5, 5));
    }
}
