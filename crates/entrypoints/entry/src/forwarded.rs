//! Who a request comes from behind proxies. A forwarded address counts only when a trusted proxy says it, in the one header that
//! our proxies write: a client can send the other one itself.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderValue, header};
use ipnet::IpNet;

use crate::ClientAddress;

/// The header that trusted proxies write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// Proxies whose word about the client is taken.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ForwardedHeader,
}

impl TrustedProxies {
    pub const fn new(networks: Vec<IpNet>, header: ForwardedHeader) -> Self {
        Self { networks, header }
    }

    /// Whether no proxy is trusted.
    pub const fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether `peer` is one of them.
    pub fn contain(&self, peer: SocketAddr) -> bool {
        self.trust(peer.ip().to_canonical())
    }

    /// The client behind `peer`: the last forwarded address that is not itself a trusted proxy. Behind an entry that cannot be read
    /// nothing can be believed; the peer stands for the client then.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> ClientAddress {
        let peer = peer.ip().to_canonical();
        if !self.trust(peer) {
            return ClientAddress(peer);
        }
        let client = self.hops(headers).into_iter().rev().find(|hop| hop.is_none_or(|address| !self.trust(address)));
        ClientAddress(client.flatten().unwrap_or(peer))
    }

    /// Whether the request came without any proxy, as far as it shows.
    pub fn is_direct(&self, peer: SocketAddr, headers: &HeaderMap) -> bool {
        !self.contain(peer) && !is_forwarded(headers)
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Every forwarded address in its order; `None` where one cannot be read.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let (name, read): (_, fn(&str) -> Option<IpAddr>) = match self.header {
            ForwardedHeader::XForwardedFor => ("x-forwarded-for", node),
            ForwardedHeader::Forwarded => ("forwarded", forwarded_for),
        };
        let lines = headers.get_all(name).into_iter().map(HeaderValue::to_str);
        lines
            .flat_map(|line| line.map_or(vec![None], |line| split(line, ',').into_iter().map(read).collect()))
            .collect()
    }
}

/// Whether some proxy has left its mark.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key("x-forwarded-for")
        || headers.contains_key(header::FORWARDED)
        || headers.contains_key(header::VIA)
}

/// The `for` of one element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = split(element, ';').into_iter().filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    let value = value.trim();
    node(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

/// An address, with or without a port and brackets: `192.0.2.7:4711`, `[2001:db8::1]`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::from);
    plain().or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

/// The parts between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (index, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if letter == separator && !is_quoted => {
                parts.push(&text[start..index]);
                start = index + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_by(header: ForwardedHeader, proxies: &[&str], peer: &str, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let proxies = TrustedProxies::new(proxies.iter().map(|one| one.parse().unwrap()).collect(), header);
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        proxies.client(peer, &headers).0.to_string()
    }

    fn client(proxies: &[&str], peer: &str, forwarded: &str) -> String {
        client_by(ForwardedHeader::XForwardedFor, proxies, peer, &[("x-forwarded-for", forwarded)])
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(client(&[], "9.9.9.9", "1.2.3.4"), "9.9.9.9");
        assert_eq!(client(&["10.0.0.1/32"], "9.9.9.9", "1.2.3.4"), "9.9.9.9");
        // The header that our proxies do not write comes from the client.
        let both = [("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "5.5.5.5")];
        assert_eq!(client_by(ForwardedHeader::XForwardedFor, &["10.0.0.1/32"], "10.0.0.1", &both), "5.5.5.5");
        assert_eq!(client_by(ForwardedHeader::Forwarded, &["10.0.0.1/32"], "10.0.0.1", &both), "1.2.3.4");
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_itself() {
        let proxies = ["10.0.0.0/8", "2001:db8::/32"];
        assert_eq!(client(&proxies, "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.7.7.7"), "1.2.3.4");
        assert_eq!(client(&proxies, "::ffff:10.0.0.1", "6.6.6.6, ::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(client(&proxies, "2001:db8::5", "1.2.3.4,2001:db8::6"), "1.2.3.4");
        assert_eq!(client_by(ForwardedHeader::XForwardedFor, &proxies, "10.0.0.1", &[]), "10.0.0.1");
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client_by(ForwardedHeader::XForwardedFor, &proxies, "10.0.0.1", &lines), "1.2.3.4");
    }

    #[test]
    fn ports_and_brackets_are_read() {
        let seen = |forwarded| client(&["10.0.0.1/32"], "10.0.0.1", forwarded);
        assert_eq!(seen("7.7.7.7, 5.5.5.6:4711"), "5.5.5.6");
        assert_eq!(seen("7.7.7.7, [2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(seen("7.7.7.7, [2001:db8::1]"), "2001:db8::1");
    }

    #[test]
    fn behind_what_cannot_be_read_nothing_is_believed() {
        for last in ["unknown", "5.5.5.6:port", "5.5.5.6:99999", "", "5.5.5", "[5.5.5.6]", "fe80::1%eth0", "ü"] {
            assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", &format!("7.7.7.7, {last}")), "10.0.0.1", "{last:?}");
        }
        // What stands before the client's own address is the client's word.
        assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", "nonsense, 5.5.5.6"), "5.5.5.6");
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotes() {
        let seen = |text| client_by(ForwardedHeader::Forwarded, &["10.0.0.0/8"], "10.0.0.1", &[("forwarded", text)]);
        assert_eq!(seen("for=6.6.6.6, For=\"[2001:db8::1]:4711\";proto=https"), "2001:db8::1");
        assert_eq!(seen("for=1.2.3.4;by=10.0.0.2, proto=https;for=10.0.0.3"), "1.2.3.4");
        assert_eq!(seen("for=6.6.6.6;host=\"a, for=7.7.7.7\""), "6.6.6.6");
        for unreadable in [
            "for=6.6.6.6, for=unknown",
            "for=6.6.6.6, for=_hidden",
            "for=6.6.6.6, proto=https",
            "for=6.6.6.6, \"for=7.7.7.7",
        ] {
            assert_eq!(seen(unreadable), "10.0.0.1", "{unreadable}");
        }
    }
}
