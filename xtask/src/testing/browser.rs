//! Browser tests against their own server with a small demo site.

use anyhow::Result;

use crate::testing::databases::Databases;
use crate::testing::server::TestServer;
use crate::testing::tally::{self, Tally};
use crate::{frontend, shell};

/// Starts a site, runs the browser tests, and stops it.
pub fn tests(databases: &Databases) -> Result<Tally> {
    let server = TestServer::start(&databases.url_of_empty("browser")?)?;
    let mut node = frontend::node()?;
    node.arg("e2e/run.mjs").arg(format!("http://{}", server.address));
    let (succeeded, text) = shell::tee(&mut node)?;
    server.stop()?;
    Ok(tally::of_browser(&text).of_program(succeeded))
}
