//! Resolves host names to public IP addresses only: a public name may point into a private network.
//!
//! The check is made on the addresses that the client connects to, so a name that changes between check and use cannot get around it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

use crate::address::is_public;

/// A DNS resolver for hyper that leaves private addresses out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicResolver {
    /// Allows private addresses.
    pub is_local: bool,
}

impl Service<Name> for PublicResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let is_local = self.is_local;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_local || is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no public address"));
            }
            Ok(public.into_iter())
        })
    }
}
