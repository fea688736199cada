//! Addresses of calendars as people enter them. They must not make our server call hosts in private networks (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;
use kernel::Secret;
use url::{Host, Url};

/// The longest accepted address.
const LENGTH_MAX: usize = 2_000;

/// The address of a calendar. It is a secret: whoever knows it can read the calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedAddress {
    url: Url,
    /// The same as the HTTP client takes it.
    uri: Uri,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    #[error("This should be the address of a calendar, such as https://calendar.example.org/private/basic.ics.")]
    NotAnAddress,
    #[error("The address should begin with https:// or webcal://.")]
    NotSecure,
    #[error("Calendars are read at the usual port of https only. Give an address without a port.")]
    OtherPort,
    #[error("This address leads into a private network. Give one that the whole internet can reach.")]
    NotPublic,
}

impl FeedAddress {
    /// Parses an address; hosts in other alphabets become punycode. With `is_local`, for development and tests, `http`, every port
    /// and private networks are allowed.
    pub fn parse(text: &str, is_local: bool) -> Result<Self, AddressFault> {
        let text = text.trim();
        if text.len() > LENGTH_MAX {
            return Err(AddressFault::NotAnAddress);
        }
        let secure = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") => format!("https://{rest}"),
            _ => text.to_owned(),
        };
        Self::of(Url::parse(&secure).map_err(|_| AddressFault::NotAnAddress)?, is_local)
    }

    /// The target of a redirect from here, which may be relative, held to the same rules.
    pub(crate) fn follow(&self, location: &str, is_local: bool) -> Result<Self, AddressFault> {
        if location.is_empty() || location.len() > LENGTH_MAX {
            return Err(AddressFault::NotAnAddress);
        }
        Self::of(self.url.join(location).map_err(|_| AddressFault::NotAnAddress)?, is_local)
    }

    fn of(mut url: Url, is_local: bool) -> Result<Self, AddressFault> {
        if url.host_str().is_none_or(str::is_empty) || !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::NotAnAddress);
        }
        if url.scheme() != "https" && !(is_local && url.scheme() == "http") {
            return Err(AddressFault::NotSecure);
        }
        let is_foreign = match url.host() {
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(name)) => !is_local_name(name),
            None => false,
        };
        if !is_local && !is_foreign {
            return Err(AddressFault::NotPublic);
        }
        // `url` leaves out the default port of https, so any port that it has is another one.
        if !is_local && url.port().is_some() {
            return Err(AddressFault::OtherPort);
        }
        url.set_fragment(None);
        let uri = url.as_str().parse().map_err(|_| AddressFault::NotAnAddress)?;
        if url.as_str().len() > LENGTH_MAX { Err(AddressFault::NotAnAddress) } else { Ok(Self { url, uri }) }
    }

    /// The address to request.
    pub(crate) fn uri(&self) -> Uri {
        self.uri.clone()
    }

    /// As it is sealed.
    pub(crate) fn as_text(&self) -> &str {
        self.url.as_str()
    }

    /// The whole address, to compare it with others.
    pub fn into_text(self) -> Secret<String> {
        Secret::new(self.url.into())
    }

    /// Scheme and host, with the port if it is another: `https://calendar.example.org`.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The host, which may be shown; the path is secret.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// Whether a name is this machine's own by convention (RFC 6761).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

impl std::fmt::Debug for FeedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FeedAddress({}/***)", self.host())
    }
}

/// Whether an IP address is public, by the registries of special-purpose addresses (RFC 6890).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Global unicast, without documentation, tunnels (6to4, Teredo) and other special ranges.
    (segments[0] & 0xe000) == 0x2000 && !matches!(segments, [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002 | 0x3fff, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_must_be_public_and_secure() {
        let parse = |text: &str| FeedAddress::parse(text, false).map(|address| address.as_text().to_owned());
        assert_eq!(parse(" webcal://cal.example.org/a.ics?x=1 "), Ok("https://cal.example.org/a.ics?x=1".to_owned()));
        assert!(parse("https://93.184.215.14/a.ics").is_ok());
        assert_eq!(
            parse("HTTPS://kalender.bücher.example/Ä.ics#x"),
            Ok("https://kalender.xn--bcher-kva.example/%C3%84.ics".to_owned())
        );
        assert_eq!(parse("https://example.org:443/a.ics"), Ok("https://example.org/a.ics".to_owned()));
        for port in ["80", "8443", "22"] {
            assert_eq!(parse(&format!("https://example.org:{port}/a.ics")), Err(AddressFault::OtherPort), "{port}");
        }
        let local = FeedAddress::parse("http://127.0.0.1:4711/a.ics", true).expect("allowed where one develops");
        assert_eq!(
            (local.as_text(), local.origin().as_str()),
            ("http://127.0.0.1:4711/a.ics", "http://127.0.0.1:4711")
        );
        for text in [
            "",
            "calendar",
            "https://",
            "https://user:word@example.org/",
            "mailto:a@example.org",
            &format!("https://example.org/{}", "x".repeat(2_000)),
        ] {
            assert!(matches!(parse(text), Err(AddressFault::NotAnAddress)), "{text}");
        }
        for text in ["http://example.org/", "file://example.org/etc/passwd", "ftp://example.org/"] {
            assert_eq!(parse(text), Err(AddressFault::NotSecure), "{text}");
        }
        for host in [
            "127.0.0.1",
            "10.1.2.3",
            "172.20.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:127.0.0.1]",
            "[2002:7f00:1::]",
            "[64:ff9b::7f00:1]",
            "[2001:db8::1]",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "2130706433",
            "0x7f.1",
            "127.1",
        ] {
            assert_eq!(parse(&format!("https://{host}/a.ics")), Err(AddressFault::NotPublic), "{host}");
        }
    }

    #[test]
    fn a_redirect_is_held_to_the_same_rules() {
        let here = FeedAddress::parse("https://example.org/feeds/a.ics?key=1", false).expect("an address");
        let follow = |location: &str| here.follow(location, false).map(|address| address.as_text().to_owned());
        assert_eq!(follow("b.ics"), Ok("https://example.org/feeds/b.ics".to_owned()));
        assert_eq!(follow("../b.ics"), Ok("https://example.org/b.ics".to_owned()));
        assert_eq!(follow("?key=2"), Ok("https://example.org/feeds/a.ics?key=2".to_owned()));
        assert_eq!(follow("//other.example.org/c"), Ok("https://other.example.org/c".to_owned()));
        assert_eq!(follow("https://other.example.org:8443/c"), Err(AddressFault::OtherPort));
        assert_eq!(follow(""), Err(AddressFault::NotAnAddress));
        assert_eq!(follow("/b.ics"), Ok("https://example.org/b.ics".to_owned()));
        assert_eq!(follow("https://other.example.org/c"), Ok("https://other.example.org/c".to_owned()));
        assert_eq!(follow("https://169.254.169.254/latest"), Err(AddressFault::NotPublic));
        assert_eq!(follow("http://example.org/b.ics"), Err(AddressFault::NotSecure));
        assert_eq!(follow("//127.0.0.1/"), Err(AddressFault::NotPublic));
    }

    #[test]
    fn an_address_does_not_print_its_secret() {
        let address = FeedAddress::parse("https://example.org/private-1234/basic.ics", false).expect("an address");
        assert_eq!(format!("{address:?}"), "FeedAddress(example.org/***)");
    }
}
