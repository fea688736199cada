//! The settings of one installation.

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
}

impl Settings {
    /// The absolute address of a page, for mails and other programs. `path` is one of `links`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}
