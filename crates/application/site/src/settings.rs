//! The settings of one installation.

use http::Uri;

use crate::links;

/// The settings of one installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address at which people reach the site, without a trailing slash.
    pub public_url: String,
    /// Whether this is a development machine; it then has the pages for kept mails and for the gallery of pages.
    pub development: bool,
    /// Whether staff without an authenticator app and without a passkey can only set one up.
    pub staff_needs_second_factor: bool,
    /// How many unpaid bookings one customer may have at a time, because each holds a time that nobody else can book.
    pub unpaid_max: Option<u32>,
    /// Days that facts are kept after everybody has read them.
    pub facts_kept_days: u32,
    /// What the gift cards that staff issue at a time may be worth together, in the smallest unit of their currency.
    pub gift_batch_minor_max: i64,
    /// The e-mail address for people who need help.
    pub support_email: Option<String>,
}

impl Settings {
    /// The absolute address of a page, for mails and other programs. `path` is one of `links`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

/// The longest address that a payer is sent back to, in bytes.
const RETURN_URL_BYTES_MAX: usize = 2_000;

impl Settings {
    /// Whether a payer may be sent to this address after their bank's question: one of our own pages, or one of another program over
    /// HTTPS.
    pub fn may_return_to(&self, url: &str) -> bool {
        if url.len() > RETURN_URL_BYTES_MAX || !url.bytes().all(|byte| byte.is_ascii_graphic()) || url.contains('\\') {
            return false;
        }
        let Ok(address) = url.parse::<Uri>() else { return false };
        let is_plain = address.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        is_plain && (self.own_path(url).is_some() || address.scheme_str() == Some("https"))
    }

    /// The path of one of our own pages, of its absolute address: the host that a browser knows us by may be another one.
    pub fn own_path<'url>(&self, url: &'url str) -> Option<&'url str> {
        let rest = url.strip_prefix(&self.public_url)?;
        if rest.is_empty() { Some(links::HOME) } else { Some(rest).filter(|rest| links::is_own(rest)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payers_return_to_our_pages_or_over_https() {
        let public_url = "http://127.0.0.1:8080".to_owned();
        let settings = Settings {
            public_url,
            development: true,
            staff_needs_second_factor: false,
            unpaid_max: None,
            facts_kept_days: 1,
            gift_batch_minor_max: 1,
            support_email: None,
        };
        for good in ["https://shop.example/after?order=7", "https://shop.example", "http://127.0.0.1:8080/bookings/1"] {
            assert!(settings.may_return_to(good), "{good}");
        }
        assert_eq!(settings.own_path("http://127.0.0.1:8080/bookings/1"), Some("/bookings/1"));
        for foreign in
            ["http://127.0.0.1:80801/", "http://127.0.0.1:8080//evil.test", "http://127.0.0.1:8080@evil.test/"]
        {
            assert_eq!(settings.own_path(foreign), None, "{foreign}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(RETURN_URL_BYTES_MAX));
        for bad in [
            "",
            "/bookings/1",
            "//shop.example/",
            "http://shop.example/",
            "http://127.0.0.1:80801/",
            "http://127.0.0.1:8080@evil.test/",
            "https://shop.example@evil.test/",
            "https://",
            "https:/shop.example",
            "https://shop.example/a b",
            "https://shop.example\\@evil.test",
            "https://shop.example/\n",
            "javascript:alert(1)",
            "data:text/html,a",
            &long,
        ] {
            assert!(!settings.may_return_to(bad), "{bad}");
        }
    }
}
