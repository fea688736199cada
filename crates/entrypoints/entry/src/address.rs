//! The network that limits are counted for.

use std::net::{IpAddr, Ipv6Addr};

use accounts::SourceNetwork;

/// The address limits are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The network the address belongs to, by its first address: one person usually commands a whole IPv6 /64.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        }
    }

    /// The network as the log names it.
    pub fn source(self) -> SourceNetwork {
        SourceNetwork(self.network())
    }

    /// The network as text, such as `192.0.2.7` or `2001:db8:1:2::/64`.
    pub fn prefix(self) -> String {
        self.source().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_v6_network_counts_as_one() {
        assert_eq!(ClientAddress("2001:db8:1:2:3:4:5:6".parse().unwrap()).prefix(), "2001:db8:1:2::/64");
        assert_eq!(ClientAddress("192.0.2.7".parse().unwrap()).prefix(), "192.0.2.7");
    }
}
