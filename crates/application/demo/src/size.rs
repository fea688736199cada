//! The sizes of demo data.

/// A size of the demo world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A few of everything, loaded in seconds, for tests.
    Lite,
    /// A platform with two years of history, loaded by a first start.
    Demo,
    /// As much data as the peer of the benchmarks has.
    Peer,
    /// A million bookings, for measurements.
    Scale,
}

impl Size {
    /// As it is written on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lite => "lite",
            Self::Demo => "demo",
            Self::Peer => "peer",
            Self::Scale => "scale",
        }
    }

    /// The number of celebrities.
    pub const fn stars(self) -> usize {
        match self {
            Self::Lite => 24,
            Self::Demo => 240,
            Self::Peer => 2_000,
            Self::Scale => 50_000,
        }
    }

    /// The number of customers, including the demo login.
    pub const fn customers(self) -> usize {
        match self {
            Self::Lite => 60,
            Self::Demo => 4_000,
            Self::Peer => 12_001,
            Self::Scale => 100_000,
        }
    }

    /// The number of agents, including the demo login.
    pub const fn agents(self) -> usize {
        match self {
            Self::Lite => 6,
            Self::Demo => 45,
            Self::Peer => 120,
            Self::Scale => 450,
        }
    }

    /// The number of agencies.
    pub const fn agencies(self) -> usize {
        match self {
            Self::Lite => 4,
            Self::Demo | Self::Peer | Self::Scale => 18,
        }
    }

    /// The number of bookings, whatever their outcome.
    pub const fn deals(self) -> usize {
        match self {
            Self::Lite => 230,
            Self::Demo => 18_800,
            Self::Peer => 200_000,
            Self::Scale => 1_000_000,
        }
    }
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Lite, Self::Demo, Self::Peer, Self::Scale]
            .into_iter()
            .find(|size| size.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no size of demo data; choose lite, demo, peer or scale"))
    }
}
