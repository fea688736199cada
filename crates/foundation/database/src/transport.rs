//! Whether traffic to the database could be read on the way.

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::connect::{ConnectError, parse};

/// How a database is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By a socket or a loopback address.
    SameMachine,
    /// Over the network, with TLS demanded.
    Encrypted,
    /// Over the network, and in the clear unless the server happens to offer TLS.
    Clear,
}

impl Transport {
    /// How the server at `url` is reached.
    pub fn of(url: &str) -> Result<Self, ConnectError> {
        let options = parse(url)?;
        Ok(match options.get_ssl_mode() {
            _ if is_local(&options) => Self::SameMachine,
            PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => Self::Encrypted,
            PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => Self::Clear,
        })
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_is_reached_in_the_clear_unless_the_address_demands_tls() {
        let of = |url: &str| Transport::of(url).unwrap();
        for url in [
            "postgres://a@localhost/b",
            "postgres://a@127.0.0.1:5433/b",
            "postgres://a@[::1]/b",
            "postgres://a@localhost/b?host=/tmp/x",
        ] {
            assert_eq!(of(url), Transport::SameMachine, "{url}");
        }
        for mode in ["require", "verify-ca", "verify-full"] {
            assert_eq!(of(&format!("postgres://a@db.example/b?sslmode={mode}")), Transport::Encrypted, "{mode}");
        }
        for rest in ["", "?sslmode=prefer", "?sslmode=disable", "?sslmode=allow"] {
            assert_eq!(of(&format!("postgres://a@db.example/b{rest}")), Transport::Clear, "{rest:?}");
        }
    }
}
