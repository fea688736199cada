//! Where a request comes from. A forwarded address counts only when a listed proxy says it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

/// The address limits are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpAddr>);

impl TrustedProxies {
    /// Whether `peer` is one of them.
    pub fn contain(&self, peer: SocketAddr) -> bool {
        self.0.contains(&peer.ip().to_canonical())
    }

    /// The client behind `peer`: the last forwarded address that is not itself a listed proxy.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> ClientAddress {
        let is_ours = self.contain(peer);
        let peer = peer.ip().to_canonical();
        if !is_ours {
            return ClientAddress(peer);
        }
        let forwarded = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<IpAddr> =
            forwarded.flat_map(|value| value.split(',')).filter_map(|one| one.trim().parse::<IpAddr>().ok()).collect();
        ClientAddress(
            chain.into_iter().rev().map(|one| one.to_canonical()).find(|one| !self.0.contains(one)).unwrap_or(peer),
        )
    }
}

impl ClientAddress {
    /// The network the address belongs to, by its first address: one person usually commands a whole IPv6 /64.
    fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        }
    }

    /// The network as text, such as `192.0.2.7` or `2001:db8:1:2::/64`.
    pub fn prefix(self) -> String {
        match self.network() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(first) => format!("{first}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, forwarded: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(forwarded) = forwarded {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        let proxies = TrustedProxies(proxies.iter().map(|one| one.parse().unwrap()).collect());
        proxies.client(format!("{peer}:1").parse().unwrap(), &headers).prefix()
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(client(&[], "9.9.9.9", Some("1.2.3.4")), "9.9.9.9");
        assert_eq!(client(&["10.0.0.1"], "9.9.9.9", Some("1.2.3.4")), "9.9.9.9");
    }

    #[test]
    fn a_listed_proxy_is_believed_up_to_itself() {
        assert_eq!(client(&["10.0.0.1"], "10.0.0.1", Some("6.6.6.6, 1.2.3.4, 10.0.0.1")), "1.2.3.4");
        assert_eq!(client(&["10.0.0.1"], "10.0.0.1", None), "10.0.0.1");
    }

    #[test]
    fn a_v6_network_counts_as_one() {
        assert_eq!(client(&[], "[2001:db8:1:2:3:4:5:6]", None), "2001:db8:1:2::/64");
    }
}
