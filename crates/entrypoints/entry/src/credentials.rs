//! Authentication and authorisation of a request: credentials, origin of unsafe calls, policy, scopes of API keys.

use std::sync::Arc;

use access::{Entry, Policy, Surface};
use accounts::tokens::KEY_PREFIX;
use accounts::{AccountsError, Caller, Via};
use http::{HeaderMap, header};
use kernel::FaultKind;

use crate::cookies::SESSION_COOKIE;
use crate::headers::cookie;
use crate::{Answer, Problem, Site};

/// The credentials of a request.
pub(crate) enum Credentials {
    None,
    Bearer(String),
    ApiKey(String),
    Cookie(String),
}

impl Credentials {
    /// Reads them from the headers. Pages are for browsers: a program's key or token counts as none there, so that it shows nobody's name.
    pub fn of(headers: &HeaderMap, surface: Surface) -> Answer<Self> {
        if let Some(value) = headers.get(header::AUTHORIZATION).filter(|_| surface != Surface::Page) {
            let token = value
                .to_str()
                .ok()
                .and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")));
            let token = token.ok_or_else(bad_token)?.trim().to_owned();
            return Ok(if token.starts_with(KEY_PREFIX) { Self::ApiKey(token) } else { Self::Bearer(token) });
        }
        Ok(cookie(headers, SESSION_COOKIE).map_or(Self::None, |value| Self::Cookie(value.to_owned())))
    }

    /// Whether a browser attaches them by itself, to forged requests too.
    pub const fn is_ambient(&self) -> bool {
        matches!(self, Self::None | Self::Cookie(_))
    }
}

/// Whom credentials belong to.
pub(crate) enum FoundCaller {
    Nobody,
    /// Nobody any more: the cookie's session has ended.
    Ended,
    Person(Arc<Caller>),
}

/// Looks up whose the credentials are.
pub(crate) async fn find_caller(site: &Site, entry: &Entry, credentials: &Credentials) -> Answer<FoundCaller> {
    match look_up(site, credentials).await {
        // A public page without the visitor's name is better than none. Elsewhere the failure is ours: asking the visitor to sign in again
        // would be wrong.
        Err(_) if entry.policy == Policy::Public && credentials.is_ambient() => Ok(FoundCaller::Nobody),
        found => found,
    }
}

/// A bad token is refused; an expired cookie only means that nobody is signed in.
async fn look_up(site: &Site, credentials: &Credentials) -> Answer<FoundCaller> {
    let now = site.clock.now();
    match credentials {
        Credentials::None => Ok(FoundCaller::Nobody),
        Credentials::Bearer(token) => {
            or_refusal(site.sessions.by_access_token(&site.database, &site.keys, now, token).await, bad_token)
        }
        Credentials::ApiKey(key) => or_refusal(site.sessions.by_api_key(&site.database, now, key).await, bad_key),
        Credentials::Cookie(value) => match site.sessions.by_cookie(&site.database, now, value).await {
            Ok(caller) => Ok(FoundCaller::Person(caller)),
            Err(AccountsError::NoSession) => Ok(FoundCaller::Ended),
            Err(error) => Err(error.into()),
        },
    }
}

fn or_refusal(found: Result<Arc<Caller>, AccountsError>, refusal: impl FnOnce() -> Problem) -> Answer<FoundCaller> {
    match found {
        Ok(caller) => Ok(FoundCaller::Person(caller)),
        Err(error) if kernel::Fault::kind(&error) == FaultKind::SignInFirst => Err(refusal()),
        Err(error) => Err(error.into()),
    }
}

/// An unsafe call with ambient credentials must come from our own pages: browsers say so in `Sec-Fetch-Site`, or else in `Origin`. Where
/// people come by https (`is_https`), a page of the same host that came without it may be anybody's.
pub(crate) fn check_origin(is_https: bool, headers: &HeaderMap) -> Answer<()> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_origin = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            let parts = origin.split_once("://").filter(|(scheme, _)| !is_https || *scheme == "https");
            parts.is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host))
        }
        // Neither header: not a browser, so no ambient credentials to abuse.
        (None, None, _) => true,
        (None, Some(_), None) => false,
    };
    if same_origin {
        return Ok(());
    }
    Err(Problem::new(
        FaultKind::Forbidden,
        "cross_site",
        "This request came from another site. Open Stagedoor itself and try there.",
    ))
}

pub(crate) fn check_policy(policy: Policy, caller: Option<&Caller>) -> Answer<()> {
    let Some(caller) = caller else {
        return if policy == Policy::Public { Ok(()) } else { Err(Problem::sign_in_first()) };
    };
    match policy {
        Policy::Verified if !caller.email_verified => Err(Problem::new(
            FaultKind::Forbidden,
            "email_not_verified",
            "Verify your e-mail address first: open the link we mailed you.",
        )),
        Policy::Roles(roles) if !roles.iter().any(|role| caller.is(*role)) => Err(Problem::new(
            FaultKind::Forbidden,
            "role_required",
            "Your account does not have the role that this needs.",
        )),
        _ => Ok(()),
    }
}

/// Staff without a second factor can set one up, and do nothing else.
pub(crate) fn check_second_factor(site: &Site, entry: &Entry, caller: Option<&Caller>) -> Answer<()> {
    let lacks_one = site.settings.staff_needs_second_factor && caller.is_some_and(|caller| caller.lacks_second_factor);
    if !lacks_one || entry.policy == Policy::Public || entry.before_second_factor {
        return Ok(());
    }
    Err(Problem::new(
        FaultKind::Forbidden,
        "second_factor_missing",
        "Staff accounts need a second factor. Set up an authenticator app or a passkey; until then nothing else opens.",
    ))
}

/// An API key may call only what its scopes name.
pub(crate) fn check_scope(entry: &Entry, caller: Option<&Caller>) -> Answer<()> {
    let Some(Via::ApiKey(scopes)) = caller.map(|caller| &caller.via) else { return Ok(()) };
    match entry.scope {
        None if entry.policy == Policy::Public => Ok(()),
        None => Err(AccountsError::SessionRequired.into()),
        Some(scope) if scopes.contains(&scope) => Ok(()),
        Some(scope) => Err(Problem::new(
            FaultKind::Forbidden,
            "scope_required",
            format!("This API key may not do this. Make one with the scope {}.", scope.as_str()),
        )),
    }
}

fn bad_token() -> Problem {
    Problem::new(
        FaultKind::SignInFirst,
        "invalid_token",
        "The access token is not valid any more. Refresh it, or log in again.",
    )
}

fn bad_key() -> Problem {
    Problem::new(
        FaultKind::SignInFirst,
        "invalid_api_key",
        "The API key is not valid: it is mistyped, has expired or was ended. Make a new one in your account.",
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_page_of_another_origin_is_refused_and_so_is_one_that_came_without_https() {
        let passes = |is_https, pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            check_origin(is_https, &pairs.iter().map(pair).collect()).is_ok()
        };
        let host = ("host", "stage.example");
        assert!(passes(true, &[host, ("origin", "https://stage.example")]));
        assert!(!passes(true, &[host, ("origin", "http://stage.example")]));
        assert!(passes(false, &[host, ("origin", "http://stage.example")]), "development has no https");
        assert!(
            !passes(true, &[host, ("origin", "https://evil.example")]) && !passes(true, &[host, ("origin", "null")])
        );
        assert!(passes(true, &[host]), "programs send neither header");
        assert!(!passes(true, &[host, ("origin", "https://stage.example"), ("sec-fetch-site", "cross-site")]));
    }
}
