//! The six calls that both servers support, as loads for `wrk`.

use std::fs;
use std::path::Path;

use crate::peer::{self, Peer};
use crate::product::{self, Product};
use crate::wrk::WrkLoad;

/// A measured call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BenchCase {
    /// The first page of the list, from a cache.
    List,
    /// The same, compressed.
    Gzip,
    /// A random profile.
    ById,
    /// The first page of the list, from the database.
    NoCache,
    /// A new booking.
    Book,
    /// A log-in with a password.
    Login,
}

impl BenchCase {
    /// The lowest acceptable ratio of our rate to the peer's.
    pub const fn floor(self) -> f64 {
        match self {
            Self::List => 10.0,
            Self::Gzip => 20.0,
            Self::ById => 7.0,
            Self::NoCache => 4.0,
            Self::Book => 5.0,
            Self::Login => 0.95,
        }
    }

    /// As it is written on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Gzip => "gzip",
            Self::ById => "byid",
            Self::NoCache => "nocache",
            Self::Book => "book",
            Self::Login => "login",
        }
    }

    /// Concurrent connections; few for calls that need much CPU time.
    const fn connections(self) -> u32 {
        match self {
            Self::Login => 8,
            _ => 64,
        }
    }

    /// The load for our server.
    pub async fn ours(self, product: &Product) -> anyhow::Result<WrkLoad> {
        let load = WrkLoad::new(product.server.url("/"), self.connections());
        let list = WrkLoad::new(product.server.url("/api/celebrities?limit=20"), self.connections());
        Ok(match self {
            Self::List => list,
            Self::Gzip => list.header("Accept-Encoding: gzip"),
            Self::NoCache => list.header("Cache-Control: no-cache"),
            Self::ById => load.script("byid.lua", &[("IDS_FILE", &path(&product.ids))]),
            Self::Book => {
                product.write_tokens().await?;
                let (bodies, tokens) = (path(&product.bodies), path(&product.tokens));
                let start = product.booked.to_string();
                load.script("book.lua", &[("BODIES_FILE", &bodies), ("TOKENS_FILE", &tokens), ("START", &start)])
            }
            Self::Login => log_in(load, "customer%d@demo.stagedoor.test", product::PEOPLE, product::PASSWORD),
        })
    }

    /// The load for the peer.
    pub async fn theirs(self, peer: &Peer, scratch: &Path) -> anyhow::Result<WrkLoad> {
        let load = WrkLoad::new(peer.server.url("/"), self.connections());
        let list = |path: &str| WrkLoad::new(peer.server.url(path), self.connections());
        Ok(match self {
            Self::List => list("/api/celebrities?limit=20"),
            Self::Gzip => list("/api/celebrities?limit=20").header("Accept-Encoding: gzip"),
            Self::NoCache => list("/api/celebrities?limit=20&nocache=1"),
            Self::ById => {
                let ids = scratch.join("peer-ids.txt");
                fs::write(&ids, (1..=2_000).map(|id| format!("{id}\n")).collect::<String>())?;
                load.script("byid.lua", &[("IDS_FILE", &path(&ids))])
            }
            Self::Book => load.script("peer-book.lua", &[("TOKEN", &peer.token().await?)]),
            Self::Login => log_in(load, "user%d@example.test", peer::PEOPLE, peer::PASSWORD),
        })
    }
}

impl std::str::FromStr for BenchCase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::List, Self::Gzip, Self::ById, Self::NoCache, Self::Book, Self::Login];
        let found = all.into_iter().find(|case| case.as_str() == text);
        found.ok_or_else(|| format!("the cases are {}", all.map(Self::as_str).join(", ")))
    }
}

fn log_in(load: WrkLoad, email: &str, people: u32, password: &str) -> WrkLoad {
    load.script("login.lua", &[("EMAIL", email), ("PEOPLE", &people.to_string()), ("PASSWORD", password)])
}

fn path(path: &Path) -> String {
    path.display().to_string()
}
