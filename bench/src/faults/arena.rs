//! One site of up to two servers, behind a proxy that can make their connections to the database go silent.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use database::Database;
use database::testing::SilentProxy;
use sqlx::raw_sql;

use crate::BenchStage;
use crate::attempt::{self, Flaw};
use crate::client::Client;
use crate::faults::load::{Bodies, CustomerLoad, CustomerLoadResult};
use crate::faults::outcome::Outcome;
use crate::server::{MeasuredServer, free_port};
use crate::slots;
use crate::stage::{SharedPostgres, connect};

/// How many bookings all faults together may need.
const BODIES: usize = 600;
/// How many bookings are made before a fault, and after it.
const BEFORE_AND_AFTER: usize = 6;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the output of a server goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printing {
    ToFile,
    /// Into a pipe that nobody reads.
    Unread,
}

/// The site.
pub struct Arena<'run> {
    stage: &'run BenchStage,
    name: &'static str,
    pub postgres: SharedPostgres,
    pub proxy: SilentProxy,
    /// Our own connections, not through the proxy.
    pub database: Database,
    servers: [Option<MeasuredServer>; 2],
    ports: [u16; 2],
    customer: Client,
    bodies: Bodies,
    /// Bookings that were half there from the beginning, which the demo data have.
    halves: Vec<String>,
}

impl<'run> Arena<'run> {
    /// Starts PostgreSQL and the first server, with a few people.
    pub async fn open(stage: &'run BenchStage, name: &'static str) -> anyhow::Result<Self> {
        let postgres = stage.open()?;
        let url = postgres.create_database(name).await?;
        let proxy = SilentProxy::before(&url).await?;
        let mut arena = Self {
            stage,
            name,
            postgres,
            proxy,
            database: connect(&url).await?,
            servers: [None, None],
            ports: [free_port()?, free_port()?],
            customer: Client::new(""),
            bodies: Bodies::default(),
            halves: Vec::new(),
        };
        arena.start(0, &[], Printing::ToFile).await?;
        let customer = arena.server(0)?.client().log_in("customer@demo.stagedoor.test", "stage-door-demo").await?;
        arena.bodies = Arc::new(Mutex::new(slots::some(&customer, BODIES).await?.into()));
        arena.customer = customer;
        arena.halves = attempt::halves(&arena.database).await?;
        Ok(arena)
    }

    /// Starts a server at its port.
    pub async fn start(
        &mut self,
        index: usize,
        environment: &[(&str, &str)],
        printing: Printing,
    ) -> anyhow::Result<()> {
        let program = self.stage.program.clone();
        self.start_program(&program, index, environment, printing).await
    }

    /// Starts a server of another build at its port.
    pub async fn start_program(
        &mut self,
        program: &Path,
        index: usize,
        environment: &[(&str, &str)],
        printing: Printing,
    ) -> anyhow::Result<()> {
        let log = self.stage.scratch.join(format!("{}-{index}.log", self.name));
        let mut command = self.command(program, index, environment);
        match printing {
            Printing::ToFile => {
                let output = File::options().create(true).append(true).open(&log)?;
                command.stdout(output.try_clone()?).stderr(output);
            }
            Printing::Unread => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
            }
        }
        let mut server = MeasuredServer::start_printing("stagedoor", self.ports[index], &mut command, &log)?;
        server.wait_until_ready().await?;
        self.servers[index] = Some(server);
        Ok(())
    }

    /// The command that starts a server.
    pub fn command(&self, program: &Path, index: usize, environment: &[(&str, &str)]) -> Command {
        let mut command = BenchStage::program_of(program, self.proxy.url());
        command.arg("serve").env("STAGEDOOR_BIND", format!("127.0.0.1:{}", self.ports[index]));
        command.env("STAGEDOOR_DEMO", "lite").envs(environment.iter().copied());
        command
    }

    /// The program that is tried.
    pub fn program(&self) -> &Path {
        &self.stage.program
    }

    /// A server that was started.
    pub fn server(&mut self, index: usize) -> anyhow::Result<&mut MeasuredServer> {
        self.servers[index].as_mut().context("this server was started")
    }

    /// Ends a server, if it runs, in order.
    pub async fn stop(&mut self, index: usize) -> anyhow::Result<Duration> {
        match self.servers[index].take() {
            Some(mut server) => server.stop().await,
            None => Ok(Duration::ZERO),
        }
    }

    /// A client of the logged-in customer at each server's port, whether it runs or not.
    pub fn clients(&self, count: usize) -> Vec<Client> {
        self.ports[..count].iter().map(|port| self.customer.at(format!("http://127.0.0.1:{port}"))).collect()
    }

    /// Sends customers to the first servers, and waits until some have booked.
    pub async fn load(&self, name: &str, servers: usize) -> anyhow::Result<CustomerLoad> {
        let load = CustomerLoad::begin(name, &self.clients(servers), &self.bodies);
        if !load.more(BEFORE_AND_AFTER, PATIENCE).await {
            load.end().await;
            bail!("nobody could book before the fault");
        }
        Ok(load)
    }

    /// Ends the load once bookings succeed again after `healed`, and looks at what became of all of them.
    pub async fn judge(&self, name: &'static str, load: CustomerLoad, healed: Instant) -> anyhow::Result<Outcome> {
        let is_well = load.more(BEFORE_AND_AFTER, PATIENCE).await;
        let result = load.end().await;
        let mut outcome = Outcome {
            held: result.successes.len(),
            gap: result.gap(),
            well_again: Some(result.next_success(healed).unwrap_or(PATIENCE)),
            ..Outcome::without_load(name, String::new())
        };
        self.check(&mut outcome, &result).await?;
        if !is_well {
            outcome.failure = Some("nobody could book any more".to_owned());
        }
        Ok(outcome)
    }

    async fn check(&self, outcome: &mut Outcome, result: &CustomerLoadResult) -> anyhow::Result<()> {
        self.drop_dead_connections().await;
        let deadline = Instant::now() + PATIENCE;
        for attempt in &result.attempts {
            match attempt::check_one(&self.database, attempt, deadline).await {
                Ok(_) => {}
                Err(Flaw::Doubled(what)) => outcome.doubled.push(what),
                Err(Flaw::Lost(what)) => outcome.lost.push(what),
                Err(Flaw::Unknown(error)) => return Err(error),
            }
        }
        attempt::check_books(&self.database).await?;
        let halves = attempt::halves(&self.database).await?;
        ensure!(halves == self.halves, "these bookings are half there: {halves:?}");
        Ok(())
    }

    /// The fault may have ended connections of our own. The first question on such a one fails, and closes all idle ones.
    async fn drop_dead_connections(&self) {
        for _ in 0..3 {
            if raw_sql("SELECT 1").execute(self.database.pool()).await.is_ok() {
                return;
            }
        }
    }

    /// Makes everything as it was at the beginning: one server, and a proxy that carries.
    pub async fn restore(&mut self) -> anyhow::Result<()> {
        self.postgres.revive()?;
        self.stop(1).await.ok();
        let runs = match &mut self.servers[0] {
            Some(server) => server.runs()?,
            None => false,
        };
        if !runs {
            self.start(0, &[], Printing::ToFile).await?;
        }
        Ok(())
    }

    /// Stops everything.
    pub async fn close(mut self) -> anyhow::Result<()> {
        for index in 0..2 {
            self.stop(index).await.ok();
        }
        self.database.close().await;
        self.postgres.close()
    }
}
