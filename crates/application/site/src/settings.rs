//! What the program as a whole is told.

/// The settings of one installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the site, without a slash at the end.
    pub public_url: String,
    /// Whether this is somebody's own machine: shows the mailbox and the gallery.
    pub development: bool,
    /// Bookings that one customer may leave unpaid at a time: each keeps a time from everybody else.
    pub unpaid_max: Option<u32>,
    /// Days that facts are kept after everybody has read them.
    pub facts_kept_days: u32,
}

impl Settings {
    /// The whole address of one of our pages, for mails and for other programs. `path` is one of `links`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}
