//! The networks for which a client's calls are counted, from its own address up to its provider's, so that an owner of many addresses
//! has one budget.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use access::NetworkWidth;

use crate::ClientAddress;

/// All addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    width: NetworkWidth,
}

impl Network {
    /// The networks of `address` at every width that is counted, narrow first.
    pub fn around(ClientAddress(address): ClientAddress) -> impl Iterator<Item = Self> {
        let widths = if address.is_ipv4() { &NetworkWidth::V4[..] } else { &NetworkWidth::V6[..] };
        widths.iter().map(move |width| Self { first: first(address, width.bits), width: *width })
    }

    /// How many times the budget of one person the network has.
    pub const fn share(self) -> u32 {
        self.width.share
    }
}

/// The first address of the network with this many leading bits.
fn first(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let rest = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & !rest).into()
        }
        IpAddr::V6(address) => {
            let rest = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & !rest).into()
        }
    }
}

impl fmt::Display for Network {
    /// `192.0.2.7`, `192.0.2.0/24`, `2001:db8:1:2::/64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.width.bits) {
            (IpAddr::V4(address), 32) => address.fmt(f),
            (first, bits) => write!(f, "{first}/{bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(address: &str) -> Vec<String> {
        Network::around(ClientAddress(address.parse().unwrap())).map(|network| network.to_string()).collect()
    }

    #[test]
    fn an_address_counts_with_its_neighbours() {
        assert_eq!(around("192.0.2.7"), ["192.0.2.7", "192.0.2.0/24"]);
        assert_eq!(around("2001:db8:1:2:3:4:5:6"), ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"]);
    }

    #[test]
    fn the_narrowest_network_is_what_people_read_in_their_list_of_sessions() {
        for address in ["192.0.2.7", "2001:db8:1:2:3:4:5:6"] {
            assert_eq!(around(address)[0], ClientAddress(address.parse().unwrap()).prefix());
        }
    }
}
