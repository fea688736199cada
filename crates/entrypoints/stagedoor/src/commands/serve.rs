//! `stagedoor serve`: starts everything in order, serves, and stops everything in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use database::{Database, clock, facts};
use kernel::{Causes, Clock as _, SystemClock};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::config::{Config, Mode};
use crate::connections::Connections;
use crate::deadlines::Deadlines;
use crate::lifecycle::{Ground, Stop};
use crate::machine::{FiguresPage, Readiness};
use crate::server::Door;
use crate::{console, demo_data, open_files, secret, server, site, telemetry, upkeep};

/// How long a load balancer has to notice that we are not ready any more.
const NOTICE: Duration = Duration::from_secs(2);

/// How long the background work may take to end; jobs have shorter limits of their own.
const LAST_ROUND: Duration = Duration::from_secs(12);

/// How long the database may stay without an answer while the program stops, before everything that waits for it is cut off.
const LAST_SILENCE: Duration = Duration::from_secs(4);

/// Serves until a signal arrives, then drains and stops.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    // Everything that is started from here on shares the limit of open files.
    let door = door(&config)?;
    // The port is bound first, so that a busy one is reported before the database is started.
    let listener = server::listen(config.bind).await?;
    let figures = telemetry::start_metrics()?;
    // A migration may wait long for tables that are in use.
    let Some(ground) = stop.or(Ground::open_to_serve(&config)).await.transpose()? else { return Ok(()) };
    let served = serve(&config, &ground, listener, door, figures, &mut stop).await;
    ground.close_after(served).await
}

async fn serve(
    config: &Config,
    ground: &Ground,
    listener: TcpListener,
    door: Door,
    figures: PrometheusHandle,
    stop: &mut Stop,
) -> anyhow::Result<()> {
    refuse_a_wrong_clock(&ground.database).await?;
    // Another server may be making them: the nightly job tries again.
    if let Err(error) = facts::make_days(&ground.database, SystemClock.now().date_naive()).await {
        tracing::warn!(error = %Causes(&error), "the days ahead could not be made in the log of facts");
    }
    let parts = site::build(config, ground).await?;
    if stop.or(demo_data::load_on_first_start(config, &parts.site)).await.transpose()?.is_none() {
        return Ok(());
    }
    demo_data::refuse_known_logins(config, &parts.site).await?;
    if let Some(new) = &parts.new_secret {
        let mut tx = ground.database.begin().await?;
        secret::replace(&mut tx, new).await?;
        tx.commit().await?;
    }
    let logins = demo_data::logins(config, &parts.site).await?;
    let (stop_serving, stop_working) = (CancellationToken::new(), CancellationToken::new());
    let readiness = Readiness::new();
    let page = FiguresPage::new(
        figures.clone(),
        config.metrics_from.clone(),
        config.proxies.clone(),
        Arc::clone(&door.connections),
    );
    let router = site::router(config, &parts, readiness.clone(), page);
    let mut worker = workflows::background::spawn(parts.site.clone(), stop_working.clone());
    let tidier = upkeep::spawn_tidier(&parts, stop_working.clone());
    let probe = upkeep::spawn_probe(ground, readiness.clone(), stop_working.clone());
    let keeper = upkeep::spawn_keeper(ground, stop_working.clone());
    let upkeep = upkeep::spawn_upkeep(figures.clone(), stop_working.clone());
    announce(config, logins.as_deref());

    let serving = tokio::spawn(server::serve(listener, router, door, stop_serving.clone()));
    stop.wait().await;
    tracing::info!("stopping: finishing what is under way");
    // The order of stopping: first no new requests come (readiness), then open ones finish, and only then the worker stops, because
    // those requests may still enqueue jobs that it can run in its last round.
    readiness.withdraw();
    let watch = AbortOnDropHandle::new(tokio::spawn(cut_when_silent(ground.database.clone())));
    if config.mode == Mode::Production {
        sleep(NOTICE).await;
    }
    stop_serving.cancel();
    serving.await??;
    stop_working.cancel();
    match timeout(LAST_ROUND, &mut worker).await {
        Ok(ended) => ended?,
        // The cut job's lease expires soon; another server or the next start runs it again.
        Err(_) => {
            worker.abort();
            tracing::warn!("the background work did not end in time and was cut");
        }
    }
    tidier.await?;
    probe.await?;
    keeper.await?;
    upkeep.await?;
    drop(watch);
    Ok(())
}

/// Fails if this machine's clock is not the database's.
async fn refuse_a_wrong_clock(database: &Database) -> anyhow::Result<()> {
    let ahead = clock::ahead(database, &SystemClock).await?;
    ensure!(
        !clock::is_wrong(ahead),
        "this machine's clock is {} s ahead of the database's (less than zero: behind); set the one that is wrong, for deadlines, refunds and \
         log-ins go by the time",
        ahead.num_seconds()
    );
    Ok(())
}

/// Cuts off whatever waits for a database that does not answer: its answers would come too late for anybody, and a program that is told to
/// stop has to end within seconds.
async fn cut_when_silent(database: Database) {
    let mut answered = Instant::now();
    while answered.elapsed() < LAST_SILENCE {
        if database.ping().await.is_ok() {
            answered = Instant::now();
        }
        sleep(Duration::from_millis(500)).await;
    }
    tracing::warn!("the database does not answer: what still waits for it is cut off");
    database.cut();
}

/// Raises the limit of open files, and fits the limits of connections into it. Refuses one that leaves nothing for people.
fn door(config: &Config) -> anyhow::Result<Door> {
    let open_files = open_files::raise();
    ensure!(
        open_files.is_none_or(|files| files >= open_files::LEAST),
        "this process may open {} files, and needs {} at least: raise `ulimit -Hn`",
        open_files.unwrap_or_default(),
        open_files::LEAST
    );
    let limits = open_files::fit(config.connections, open_files);
    if limits.all < config.connections.all {
        tracing::warn!(
            open_files,
            "this process may open too few files for STAGEDOOR_CONNECTIONS_MAX; {} connections are taken (raise `ulimit -Hn`)",
            limits.all
        );
    }
    Ok(Door { connections: Connections::new(limits, config.proxies.clone()), deadlines: Deadlines::default() })
}

/// Prints the address of the site and the demo logins.
fn announce(config: &Config, logins: Option<&str>) {
    console::say(format_args!("\nStagedoor is open at {}", config.public.text));
    if let Some(logins) = logins {
        console::say(logins);
    }
    if config.mode == Mode::Development && config.smtp_url.is_none() {
        console::say(format_args!("  Mail that would be sent is kept at {}/mailbox", config.public.text));
    }
    console::say(format_args!("  The API is described at {}/api/docs\n\nCtrl-C stops.", config.public.text));
}
