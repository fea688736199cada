//! A way to the test server that can go silent: it swallows everything on the connections it has, while new ones are fine. That is what a
//! firewall or a switched-over database looks like.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// How soon a connection notices that it is silent.
const NOTICED: Duration = Duration::from_millis(5);

/// A running proxy. It runs as long as its runtime.
#[derive(Debug)]
pub struct SilentProxy {
    url: String,
    /// Connections that were made before this many are silent.
    silent_before: Arc<AtomicU64>,
    accepted: Arc<AtomicU64>,
}

/// Where the server is.
#[derive(Debug, Clone)]
enum Upstream {
    Socket(std::path::PathBuf),
    Address(String, u16),
}

impl SilentProxy {
    /// Listens on a port of its own in front of the server at `url`.
    pub async fn before(url: &str) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        let upstream = match options.get_socket() {
            Some(folder) => Upstream::Socket(folder.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Upstream::Address(options.get_host().to_owned(), options.get_port()),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = url_at(url, listener.local_addr()?, options.get_database().unwrap_or("postgres"));
        let proxy = Self { url, silent_before: Arc::default(), accepted: Arc::default() };
        let (silent_before, accepted) = (Arc::clone(&proxy.silent_before), Arc::clone(&proxy.accepted));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(upstream.clone().carry(client, number, Arc::clone(&silent_before)));
            }
        });
        Ok(proxy)
    }

    /// The address of the same database through this proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on the connections that exist carry nothing any more, but stay open.
    pub async fn go_silent(&self) {
        self.silent_before.store(self.accepted.load(Ordering::SeqCst), Ordering::SeqCst);
        tokio::time::sleep(4 * NOTICED).await;
    }
}

impl Upstream {
    async fn carry(self, client: TcpStream, number: u64, silent_before: Arc<AtomicU64>) {
        match self {
            Self::Socket(path) => {
                if let Ok(server) = UnixStream::connect(path).await {
                    carry_between(client, server, number, &silent_before).await;
                }
            }
            Self::Address(host, port) => {
                if let Ok(server) = TcpStream::connect((host, port)).await {
                    carry_between(client, server, number, &silent_before).await;
                }
            }
        }
    }
}

async fn carry_between(
    mut client: TcpStream,
    mut server: impl AsyncRead + AsyncWrite + Unpin,
    number: u64,
    silent_before: &AtomicU64,
) {
    let silent = async {
        while number >= silent_before.load(Ordering::SeqCst) {
            tokio::time::sleep(NOTICED).await;
        }
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => return,
        () = silent => {}
    }
    // Both sides stay open, and nobody reads from them.
    std::future::pending::<()>().await;
}

/// `url` with another address, and no options.
fn url_at(url: &str, address: SocketAddr, database: &str) -> String {
    let before = url.rsplit_once('@').map_or("postgres://postgres", |(before, _)| before);
    format!("{before}@{address}/{database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_socket_becomes_one_of_a_port() {
        let address = ([127, 0, 0, 1], 4711).into();
        let url = "postgres://stagedoor@localhost/tests?host=/tmp/socket";
        assert_eq!(url_at(url, address, "tests"), "postgres://stagedoor@127.0.0.1:4711/tests");
        assert_eq!(url_at("postgres://a:b@db:5432/tests", address, "tests"), "postgres://a:b@127.0.0.1:4711/tests");
    }
}
