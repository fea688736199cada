//! `stagedoor serve`: starts everything in order, serves, and stops everything in order.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Mode};
use crate::connections::Connections;
use crate::deadlines::Deadlines;
use crate::lifecycle::{Ground, Stop};
use crate::machine::{FiguresPage, Readiness};
use crate::server::Door;
use crate::{console, demo_data, open_files, server, site, telemetry, upkeep};

/// How long a load balancer has to notice that we are not ready any more.
const NOTICE: Duration = Duration::from_secs(2);

/// How long the background work may take to end; jobs have shorter limits of their own.
const LAST_ROUND: Duration = Duration::from_secs(12);

/// Serves until a signal arrives, then drains and stops.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    // The port is bound first, so that a busy one is reported before the database is started.
    let listener = server::listen(config.bind).await?;
    let figures = telemetry::start_metrics()?;
    let ground = Ground::open(&config).await?;
    let served = serve(&config, &ground, listener, figures, &mut stop).await;
    ground.close_after(served).await
}

async fn serve(
    config: &Config,
    ground: &Ground,
    listener: TcpListener,
    figures: PrometheusHandle,
    stop: &mut Stop,
) -> anyhow::Result<()> {
    let parts = site::build(config, ground).await?;
    if stop.or(demo_data::load_on_first_start(config, &parts.site)).await.transpose()?.is_none() {
        return Ok(());
    }
    demo_data::refuse_known_logins(config, &parts.site).await?;
    let logins = demo_data::logins(config, &parts.site).await?;
    let (stop_serving, stop_working) = (CancellationToken::new(), CancellationToken::new());
    let readiness = Readiness::new();
    let door = door(config);
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
    if config.mode == Mode::Production {
        tokio::time::sleep(NOTICE).await;
    }
    stop_serving.cancel();
    serving.await??;
    stop_working.cancel();
    match tokio::time::timeout(LAST_ROUND, &mut worker).await {
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
    Ok(())
}

/// Raises the limit of open files, and fits the limits of connections into it.
fn door(config: &Config) -> Door {
    let open_files = open_files::raise();
    let limits = open_files::fit(config.connections, open_files);
    if limits.all < config.connections.all {
        tracing::warn!(
            open_files,
            "this process may open too few files for STAGEDOOR_CONNECTIONS_MAX; {} connections are taken (raise `ulimit -Hn`)",
            limits.all
        );
    }
    Door { connections: Connections::new(limits, config.proxies.clone()), deadlines: Deadlines::default() }
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
