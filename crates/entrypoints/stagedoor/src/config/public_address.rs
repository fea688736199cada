//! The address at which people reach the site.

use url::{Host, Url};

/// The address at which people reach the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    /// In small letters and without a slash at its end: `https://stagedoor.example`.
    pub text: String,
    pub is_https: bool,
    /// Whether it names the machine to itself, so that nobody else can mean us by it.
    pub is_loopback: bool,
}

impl PublicAddress {
    /// Reads an address; `None` where it is not the address of a whole site.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_bare || !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let is_loopback = match url.host()? {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.to_canonical().is_loopback(),
        };
        Some(Self { text: url.origin().ascii_serialization(), is_https: url.scheme() == "https", is_loopback })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_however_it_is_written() {
        let read = |text: &str| {
            PublicAddress::parse(text).map(|address| (address.text, address.is_https, address.is_loopback))
        };
        let public = |text: &str| Some((text.to_owned(), true, false));
        for text in ["https://stage.example", "HTTPS://Stage.Example/", " https://stage.example:443/ "] {
            assert_eq!(read(text), public("https://stage.example"), "{text}");
        }
        assert_eq!(read("https://bühne.example"), public("https://xn--bhne-0ra.example"));
        assert_eq!(read("http://127.0.0.1:8080"), Some(("http://127.0.0.1:8080".to_owned(), false, true)));
        for text in
            ["http://localhost:8080", "http://LOCALHOST.", "http://[::1]:8080", "http://127.9.9.9", "http://2130706433"]
        {
            assert!(read(text).is_some_and(|(.., is_loopback)| is_loopback), "{text}");
        }
        for text in ["http://0.0.0.0:8080", "http://localhost.evil.test", "http://192.168.0.2"] {
            assert!(read(text).is_some_and(|(.., is_loopback)| !is_loopback), "{text}");
        }
        for text in [
            "stage.example",
            "ftp://stage.example",
            "https://stage.example/path",
            "https://a:b@stage.example",
            "https://",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
