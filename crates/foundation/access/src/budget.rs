//! The rate limits: how many calls a person or a network may make in which time.

use crate::Rate;

/// A token bucket: at most `calls` at once, refilled evenly over `window_s` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub name: &'static str,
    pub calls: u32,
    pub window_s: u32,
}

impl Budget {
    /// The same budget, `times` as large.
    pub const fn times(self, times: u32) -> Self {
        Self { calls: self.calls.saturating_mul(times), ..self }
    }
}

/// A width at which networks are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkWidth {
    /// The leading bits of addresses that count as one network.
    pub bits: u8,
    /// How many times the budget of one person such a network has.
    pub share: u32,
}

const fn width(bits: u8, share: u32) -> NetworkWidth {
    NetworkWidth { bits, share }
}

impl NetworkWidth {
    /// One address, and the neighbours that an owner of several addresses usually has. Narrow first.
    pub const V4: [Self; 2] = [width(32, 1), width(24, 10)];
    /// One connection, one subscriber (who commands up to 65,536 connections), and one provider or hosting company. Narrow first.
    pub const V6: [Self; 3] = [width(64, 1), width(48, 4), width(32, 100)];
}

/// Which calls turn out not to count, so that their token is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    Nothing,
    Successes,
    Refusals,
}

impl Rate {
    /// The budget of one person or one connection; none where calls are not limited.
    pub const fn budget(self) -> Option<Budget> {
        let (name, calls, window_s) = match self {
            Self::None => return None,
            Self::Read => ("read", 1_200, 60),
            Self::Search => ("search", 300, 60),
            Self::Write => ("write", 300, 60),
            Self::Login => ("login", 3, 60),
            Self::GiftCode => ("gift_code", 15, 3_600),
            Self::Register => ("register", 3, 3_600),
            Self::Recovery => ("recovery", 3, 3_600),
        };
        Some(Budget { name, calls, window_s })
    }

    /// Which calls cost nothing after all, once they are answered.
    pub const fn gives_back(self) -> GivenBack {
        match self {
            Self::None | Self::Read | Self::Search | Self::Write => GivenBack::Nothing,
            // A right password or code was not a guess.
            Self::Login | Self::GiftCode => GivenBack::Successes,
            // A form with faults made no account and sent no mail.
            Self::Register | Self::Recovery => GivenBack::Refusals,
        }
    }

    /// Whether calls are counted for the network even where somebody is signed in. An account costs nothing, so it must not bring a
    /// fresh budget for guessing, for making accounts and for mails.
    pub const fn counts_networks_always(self) -> bool {
        matches!(self, Self::Login | Self::GiftCode | Self::Register | Self::Recovery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_networks_have_larger_budgets() {
        for widths in [&NetworkWidth::V4[..], &NetworkWidth::V6[..]] {
            assert!(widths.windows(2).all(|pair| pair[0].bits > pair[1].bits && pair[0].share < pair[1].share));
            assert_eq!(widths[0].share, 1, "the narrowest has the budget of one person");
        }
    }
}
