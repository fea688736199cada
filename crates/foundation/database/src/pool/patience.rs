//! How long a caller waits for an answer of the server: when the network or the server goes silent, nothing else ends the wait.

use std::io;
use std::time::Duration;

use sqlx::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The limits of every wait for an answer on the connections of one pool.
#[derive(Debug, Clone)]
pub(super) struct Patience {
    /// Longer than the server's own time limit of a statement, so that it passes only when nobody answers at all; `None` waits for ever.
    pub silence_max: Option<Duration>,
    /// Ends all waits at once.
    pub cut: CancellationToken,
}

impl Patience {
    /// The answer, or the error of a lost connection when there is none in time. An answer that is there is taken, however late.
    pub async fn wait_for<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            biased;
            answered = answer => answered,
            lost = self.exhausted() => Err(lost),
        }
    }

    async fn exhausted(&self) -> Error {
        let silence = async {
            match self.silence_max {
                Some(silence_max) => sleep(silence_max).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.cut.cancelled() => lost("the connection was cut because the program stops"),
            () = silence => lost("the database did not answer in time"),
        }
    }
}

fn lost(reason: &'static str) -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_is_there_counts_and_silence_ends() {
        let patience = Patience { silence_max: Some(Duration::ZERO), cut: CancellationToken::new() };
        assert_eq!(patience.wait_for(async { Ok(7) }).await.expect("it is there"), 7);
        let silent = patience.wait_for(std::future::pending::<Result<(), Error>>()).await.expect_err("nobody answers");
        assert!(crate::is_connection_lost(&silent), "{silent}");
    }

    #[tokio::test]
    async fn a_cut_ends_a_wait_without_a_limit() {
        let patience = Patience { silence_max: None, cut: CancellationToken::new() };
        patience.cut.cancel();
        let cut = patience.wait_for(std::future::pending::<Result<(), Error>>()).await.expect_err("it was cut");
        assert!(cut.to_string().contains("the program stops"), "{cut}");
    }
}
