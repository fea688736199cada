//! A connection on which the mail server may say only so much before it is our turn again. The library reads a reply of many lines anew
//! with each line, and a line for as long as it goes on.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most that a server may say at a time. Replies have a few lines of at most 512 letters; with `STARTTLS` its certificates are
/// counted too, about 6 kB.
const BYTES_MAX: usize = 16 * 1024;
/// The most lines of a reply. A server that lists what it can do has about fifteen; what is encrypted shows none, or some by chance.
const LINES_MAX: usize = 256;

/// Bounds what is read from `stream` between two writes.
#[derive(Debug)]
pub(crate) struct Bounded<Stream> {
    stream: Stream,
    peer: SocketAddr,
    bytes: usize,
    lines: usize,
}

impl<Stream> Bounded<Stream> {
    pub const fn new(stream: Stream, peer: SocketAddr) -> Self {
        Self { stream, peer, bytes: 0, lines: 0 }
    }
}

impl<Stream: AsyncRead + Unpin> AsyncRead for Bounded<Stream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let said = &buffer.filled()[before..];
        self.bytes += said.len();
        self.lines += said.iter().filter(|letter| **letter == b'\n').count();
        if self.bytes > BYTES_MAX || self.lines > LINES_MAX {
            return Poll::Ready(Err(Error::new(
                ErrorKind::InvalidData,
                "the mail server says more than a reply holds",
            )));
        }
        Poll::Ready(Ok(()))
    }
}

impl<Stream: AsyncWrite + Unpin> AsyncWrite for Bounded<Stream> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        (self.bytes, self.lines) = (0, 0);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream for Bounded<Stream> {
    fn peer_addr(&self) -> Result<SocketAddr, Error> {
        Ok(self.peer)
    }
}
