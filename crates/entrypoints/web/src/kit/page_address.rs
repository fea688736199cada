//! Where a visitor finds the page that they see.

use access::{Entry, Surface, table};
use http::Method;
use site::links;

/// The address, with its query, of a page that can be opened: the one that was asked for or, where a form was sent to an address that is no
/// page, the nearest page above it. The way that a log-in returns to is kept.
pub(crate) fn page_address(method: &Method, asked: &str) -> String {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    if method.is_safe() || is_page(path) {
        return asked.to_owned();
    }
    let mut above = path.rmatch_indices('/').map(|(end, _)| &path[..end]);
    let found = above.find(|path| is_page(path)).unwrap_or(links::HOME);
    if found == links::LOGIN && query.starts_with("return_to=") { format!("{found}?{query}") } else { found.to_owned() }
}

fn is_page(path: &str) -> bool {
    let is_page = |entry: &Entry| entry.surface == Surface::Page && entry.method == access::Method::Get;
    table::pages::ALL.iter().any(|entry| is_page(entry) && entry.fits(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sent_to_no_page_leads_to_the_page_above() {
        for (asked, found) in [
            ("/account/security/app/confirmation", "/account/security"),
            ("/account/passkeys/01939e00/end", "/account/passkeys"),
            ("/account/password", "/account"),
            ("/bookings/01939e00/checkout", "/bookings/01939e00/checkout"),
            (
                "/book/01939e00/brief?starts_at=2026-12-12T20:00:00Z",
                "/book/01939e00/brief?starts_at=2026-12-12T20:00:00Z",
            ),
            ("/login/passkey?x", "/login"),
            ("/login/passkey?return_to=%2Fbookings", "/login?return_to=%2Fbookings"),
            ("/logout", "/"),
            ("/assets/x", "/"),
        ] {
            assert_eq!(page_address(&Method::POST, asked), found);
        }
    }

    #[test]
    fn what_was_opened_is_where_it_was_opened_even_if_nothing_is_there() {
        for asked in ["/discover?q=ada", "/nowhere", "/account/password"] {
            assert_eq!(page_address(&Method::GET, asked), asked);
        }
    }
}
