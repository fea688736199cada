//! Guests beside the cast, who differ from it and from each other: zones, currencies, kinds of offerings, buffers and policies.

use kernel::{BookingMode, CelebrityId, Currency, OfferingId, OfferingKind};

use crate::TestSite;
use crate::catalog::{OfferingTerms, ProfileTerms, publish_profile};

/// A profile with one offering, which is booked at once.
#[derive(Debug, Clone, Copy)]
pub struct Guest {
    pub profile: ProfileTerms,
    pub offering: OfferingTerms,
}

/// A guest who has been published.
#[derive(Debug, Clone, Copy)]
pub struct InvitedGuest {
    pub id: CelebrityId,
    pub slug: &'static str,
    pub offering: OfferingId,
}

const APPEARANCE: OfferingTerms = OfferingTerms {
    kind: OfferingKind::Appearance,
    mode: BookingMode::Instant,
    title: "An evening",
    price_minor: 0,
    duration_minutes: 90,
    buffer_minutes: (60, 45),
    policy: "headline",
};

const CALL: OfferingTerms = OfferingTerms { kind: OfferingKind::VideoCall, ..APPEARANCE };

const UNTIMED: OfferingTerms = OfferingTerms { buffer_minutes: (0, 0), ..APPEARANCE };

const fn profile(slug: &'static str, zone: &'static str, hours: (i16, i16), currency: Currency) -> ProfileTerms {
    ProfileTerms { slug, stage_name: slug, zone, open_minutes: (hours.0 * 60, hours.1 * 60), currency }
}

/// Half an hour beside the full hours.
pub const KOLKATA: Guest = Guest {
    profile: profile("asha-rao", "Asia/Kolkata", (9, 17), Currency::Usd),
    offering: OfferingTerms { price_minor: 123_450, ..APPEARANCE },
};

/// The clocks go back at midnight.
pub const SANTIAGO: Guest = Guest {
    profile: profile("bruno-diaz", "America/Santiago", (20, 24), Currency::Eur),
    offering: OfferingTerms {
        price_minor: 33_333,
        duration_minutes: 60,
        buffer_minutes: (15, 15),
        policy: "moderate",
        ..CALL
    },
};

/// The clocks go forward at midnight.
pub const CAIRO: Guest = Guest {
    profile: profile("dalia-aziz", "Africa/Cairo", (0, 4), Currency::Chf),
    offering: OfferingTerms {
        price_minor: 9_999,
        duration_minutes: 45,
        buffer_minutes: (30, 0),
        policy: "flexible",
        ..CALL
    },
};

/// Money without decimals.
pub const TOKYO: Guest = Guest {
    profile: profile("emi-sato", "Asia/Tokyo", (18, 21), Currency::Jpy),
    offering: OfferingTerms {
        price_minor: 12_345,
        duration_minutes: 30,
        buffer_minutes: (5, 10),
        policy: "limited",
        ..CALL
    },
};

/// Money with three decimals.
pub const KUWAIT: Guest = Guest {
    profile: profile("farah-ali", "Asia/Kuwait", (16, 22), Currency::Kwd),
    offering: OfferingTerms {
        price_minor: 1_234_565,
        duration_minutes: 120,
        buffer_minutes: (90, 30),
        policy: "firm",
        ..APPEARANCE
    },
};

/// The clocks change by half an hour.
pub const LORD_HOWE: Guest = Guest {
    profile: profile("gus-hill", "Australia/Lord_Howe", (9, 12), Currency::Aud),
    offering: OfferingTerms {
        price_minor: 2_000,
        duration_minutes: 30,
        buffer_minutes: (0, 60),
        policy: "flexible",
        ..CALL
    },
};

/// A video, within a week.
pub const NEW_YORK: Guest = Guest {
    profile: profile("hal-moore", "America/New_York", (9, 17), Currency::Gbp),
    offering: OfferingTerms { kind: OfferingKind::PersonalVideo, price_minor: 4_567, policy: "video", ..UNTIMED },
};

/// An endorsement, without a date.
pub const STOCKHOLM: Guest = Guest {
    profile: profile("ida-berg", "Europe/Stockholm", (9, 17), Currency::Sek),
    offering: OfferingTerms { kind: OfferingKind::Endorsement, price_minor: 12_000_000, policy: "flexible", ..UNTIMED },
};

impl TestSite {
    /// Publishes a guest, who is looked after by the other agent.
    pub async fn invite(&self, guest: &Guest) -> InvitedGuest {
        let at = self.site.circumstances();
        let offering = OfferingId::new(at.chance, at.now);
        let agent = self.cast.other_agent.id();
        let id = publish_profile(&self.site, &guest.profile, None, agent, &[(offering, guest.offering)]).await;
        InvitedGuest { id, slug: guest.profile.slug, offering }
    }
}
