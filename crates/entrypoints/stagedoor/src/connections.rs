//! How many connections there may be, in all and from one network, so that nobody can take every place.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entry::{ClientAddress, TrustedProxies};

/// Answers that one network may have asked for and not taken yet, beyond the few that each connection may: they wait in memory.
const UNREAD_MAX: u32 = 512;
/// Answers of one connection that are not counted for its network. All connections of a network count in one place, which costs a
/// request more than anything else here when several threads do it at once.
const UNREAD_UNCOUNTED: u32 = 2;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    pub all: u32,
    pub network: u32,
}

/// The open connections.
#[derive(Debug)]
pub struct Connections {
    limits: ConnectionLimits,
    proxies: TrustedProxies,
    open: Mutex<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    all: u32,
    networks: HashMap<IpAddr, NetworkUse>,
}

#[derive(Debug, Default)]
struct NetworkUse {
    connections: u32,
    unread: Arc<AtomicU32>,
}

/// The place of one connection; given back when dropped.
#[derive(Debug)]
pub struct ConnectionPlace {
    connections: Arc<Connections>,
    network: IpAddr,
    unread: Arc<AtomicU32>,
    unread_max: u32,
}

/// An answer that was asked for and is not taken yet; counted for its network, if at all, until dropped.
#[derive(Debug)]
pub struct UnreadAnswer(Option<Arc<AtomicU32>>);

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    #[error("there are as many connections as STAGEDOOR_CONNECTIONS_MAX allows")]
    All,
    #[error(
        "one network has as many connections as it may (a proxy of yours belongs into STAGEDOOR_TRUSTED_PROXIES, or raise STAGEDOOR_CONNECTIONS_PER_NETWORK)"
    )]
    Network,
}

impl NoPlace {
    /// As the metric names it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Network => "network",
        }
    }
}

impl Connections {
    /// None yet. Trusted proxies carry everybody, so only the limit for all applies to them.
    pub fn new(limits: ConnectionLimits, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self { limits, proxies, open: Mutex::default() })
    }

    /// A place for a connection from `peer`.
    pub fn enter(self: &Arc<Self>, peer: SocketAddr) -> Result<ConnectionPlace, NoPlace> {
        let network = ClientAddress(peer.ip().to_canonical()).network();
        let is_proxy = self.proxies.contain(peer);
        let mut open = self.open();
        // The last places are for proxies, through which most people come.
        let all = if is_proxy { self.limits.all } else { self.limits.all - self.limits.all / 8 };
        if open.all >= all {
            return Err(NoPlace::All);
        }
        let of_network = open.networks.entry(network).or_default();
        if of_network.connections >= self.network_max(is_proxy, network) {
            return Err(NoPlace::Network);
        }
        of_network.connections += 1;
        let unread = Arc::clone(&of_network.unread);
        open.all += 1;
        let unread_max = if is_proxy { u32::MAX } else { UNREAD_MAX };
        Ok(ConnectionPlace { connections: Arc::clone(self), network, unread, unread_max })
    }

    /// How many are open.
    pub fn count(&self) -> u32 {
        self.open().all
    }

    /// The machine itself may have half of all, because health checks and proxies that nobody listed come from there.
    fn network_max(&self, is_proxy: bool, network: IpAddr) -> u32 {
        match (is_proxy, network.is_loopback()) {
            (true, _) => self.limits.all,
            (_, true) => self.limits.network.max(self.limits.all / 2),
            _ => self.limits.network,
        }
    }

    fn leave(&self, network: IpAddr) {
        let mut open = self.open();
        open.all = open.all.saturating_sub(1);
        let Some(of_network) = open.networks.get_mut(&network) else { return };
        of_network.connections = of_network.connections.saturating_sub(1);
        if of_network.connections == 0 {
            open.networks.remove(&network);
        }
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        // A panic while this lock is held cannot leave the counts half changed.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionPlace {
    /// Counts an answer of this connection, which has left `unread` others, until it is taken; `None` when its network has left too
    /// many unread.
    pub fn ask(&self, unread: u32) -> Option<UnreadAnswer> {
        if unread < UNREAD_UNCOUNTED {
            return Some(UnreadAnswer(None));
        }
        let before = self.unread.fetch_add(1, Ordering::Relaxed);
        let answer = UnreadAnswer(Some(Arc::clone(&self.unread)));
        (before < self.unread_max).then_some(answer)
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.connections.leave(self.network);
    }
}

impl Drop for UnreadAnswer {
    fn drop(&mut self) {
        if let Some(of_network) = &self.0 {
            of_network.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use entry::ForwardedHeader;

    use super::*;

    fn peer(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 4711)
    }

    fn connections(all: u32, network: u32) -> Arc<Connections> {
        let proxies = TrustedProxies::new(vec!["192.0.2.0/24".parse().unwrap()], ForwardedHeader::default());
        Connections::new(ConnectionLimits { all, network }, proxies)
    }

    #[test]
    fn one_network_leaves_places_for_others_and_they_come_back() {
        let all = connections(80, 3);
        let held: Vec<_> = (0..3).map(|_| all.enter(peer("203.0.113.7")).unwrap()).collect();
        assert_eq!(all.enter(peer("203.0.113.7")).unwrap_err(), NoPlace::Network);
        assert!(all.enter(peer("203.0.113.8")).is_ok());
        // One subscriber commands a whole /64.
        let six: Vec<_> = (1..4).map(|last| all.enter(peer(&format!("2001:db8::{last}"))).unwrap()).collect();
        assert_eq!(all.enter(peer("2001:db8::9")).unwrap_err(), NoPlace::Network);
        drop((held, six));
        assert!(all.enter(peer("203.0.113.7")).is_ok());
        assert_eq!((all.count(), all.open().networks.len()), (0, 0));
    }

    #[test]
    fn the_last_places_are_for_proxies() {
        let all = connections(8, 100);
        let held: Vec<_> = (0..7).map(|last| all.enter(peer(&format!("203.0.113.{last}"))).unwrap()).collect();
        assert_eq!(all.enter(peer("203.0.113.99")).unwrap_err(), NoPlace::All);
        let proxy = all.enter(peer("192.0.2.1")).unwrap();
        assert_eq!(all.enter(peer("192.0.2.1")).unwrap_err(), NoPlace::All);
        drop((held, proxy));
    }

    #[test]
    fn answers_that_nobody_takes_are_bounded_by_network() {
        let all = connections(8, 8);
        let (one, other) = (all.enter(peer("203.0.113.7")).unwrap(), all.enter(peer("203.0.113.7")).unwrap());
        let mut unread: Vec<_> = (UNREAD_UNCOUNTED..).take(512).map(|others| one.ask(others).unwrap()).collect();
        assert!(other.ask(UNREAD_UNCOUNTED).is_none());
        assert!(other.ask(0).is_some(), "a connection has a few of its own");
        unread.pop();
        assert!(other.ask(UNREAD_UNCOUNTED).is_some());
        assert!(all.enter(peer("203.0.113.8")).unwrap().ask(UNREAD_UNCOUNTED).is_some());
    }
}
