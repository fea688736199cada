//! Visitors who sit at the machine itself, for pages that nobody else may see.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, Uri, header};

use crate::forwarded::is_forwarded;
use crate::{Answer, Problem};

/// Proof that a request came from this machine, without a proxy, and to a name that only this machine has: a page of another
/// site whose name resolves to us sends its own name. Anything else is answered as if there was nothing.
#[derive(Debug, Clone, Copy)]
pub struct OnThisMachine;

impl<S: Send + Sync> FromRequestParts<S> for OnThisMachine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        // Without a peer the request was made in this process.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let is_from_here = peer.is_none_or(|peer| peer.0.ip().to_canonical().is_loopback());
        let is_to_here = host(&parts.headers, &parts.uri).is_some_and(is_loopback_host);
        let is_direct = !is_forwarded(&parts.headers);
        if is_from_here && is_to_here && is_direct { Ok(Self) } else { Err(Problem::not_found()) }
    }
}

/// The host that was asked for, without its port.
fn host<'request>(headers: &'request HeaderMap, uri: &'request Uri) -> Option<&'request str> {
    let name = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let name = name.or_else(|| uri.authority().map(|authority| authority.as_str()))?;
    let end = name.rfind(':').filter(|end| !name[*end..].contains(']')).unwrap_or(name.len());
    Some(&name[..end])
}

/// Whether `host` names this machine to itself.
fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || name.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn passes(peer: Option<&str>, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/mailbox");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        }
        OnThisMachine::from_request_parts(&mut parts, &()).await.is_ok()
    }

    #[tokio::test]
    async fn only_this_machine_under_its_own_name_passes() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]", "stage.localhost:8080"] {
            assert!(passes(Some("127.0.0.1"), &[("host", host)]).await, "{host}");
        }
        assert!(passes(Some("::1"), &[("host", "localhost")]).await);
        for host in
            ["stagedoor.example", "127.0.0.1.evil.test", "localhost.evil.test", "0.0.0.0", "192.168.0.2:8080", ""]
        {
            assert!(!passes(Some("127.0.0.1"), &[("host", host)]).await, "{host}");
        }
        assert!(!passes(Some("127.0.0.1"), &[]).await);
        assert!(!passes(Some("192.168.0.7"), &[("host", "localhost")]).await);
        assert!(!passes(Some("127.0.0.1"), &[("host", "localhost"), ("x-forwarded-for", "192.0.2.7")]).await);
        assert!(!passes(Some("127.0.0.1"), &[("host", "localhost"), ("forwarded", "for=192.0.2.7")]).await);
    }
}
