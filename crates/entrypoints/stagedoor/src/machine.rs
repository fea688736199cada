//! Endpoints for machines: `/livez`, `/readyz` and `/metrics`. None of them is worth flooding: only the figures ask the database, every
//! few seconds at most, and only networks of the operator see them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use access::table::operations as table;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use entry::{Answer, Problem, Routes, Site, TrustedProxies};
use http::{StatusCode, header};
use ipnet::IpNet;
use kernel::Causes;
use metrics_exporter_prometheus::PrometheusHandle;
use site::ClockHealth;
use tokio::sync::Mutex;

use crate::connections::Connections;

/// How old the figures of the database may be.
const BACKLOG_KEPT: Duration = Duration::from_secs(5);

/// Whether the server accepts new traffic: not when it begins to stop, so that a load balancer sends no new requests, and not without
/// a database.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<ReadinessFlags>);

#[derive(Debug)]
struct ReadinessFlags {
    is_stopping: AtomicBool,
    is_answered: AtomicBool,
}

impl Readiness {
    /// Ready.
    pub fn new() -> Self {
        Self(Arc::new(ReadinessFlags { is_stopping: AtomicBool::new(false), is_answered: AtomicBool::new(true) }))
    }

    /// From now on not ready.
    pub fn withdraw(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Notes whether the database answers; returns whether that is new.
    pub fn note_database(&self, is_answered: bool) -> bool {
        self.0.is_answered.swap(is_answered, Ordering::Relaxed) != is_answered
    }

    /// A wrong clock takes no server away: pages and bookings go on, and where the database's clock is the wrong one, none would be left.
    fn answer(&self, clock: &ClockHealth) -> Response {
        let away = |why| (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
        match (self.0.is_stopping.load(Ordering::Relaxed), self.0.is_answered.load(Ordering::Relaxed)) {
            (true, _) => away("stopping\n"),
            (_, false) => away("the database does not answer\n"),
            _ if clock.is_wrong() => {
                let ahead_s = clock.ahead_ms() / 1_000;
                format!("ready\nwarning: this clock is {ahead_s} s ahead of the database's: deadlines, jobs and schedules wait here\n")
                    .into_response()
            }
            _ => "ready\n".into_response(),
        }
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

/// What `/metrics` shows, and to whom.
pub struct FiguresPage {
    pub figures: PrometheusHandle,
    /// Networks besides this machine that may see it.
    pub networks: Vec<IpNet>,
    pub proxies: TrustedProxies,
    pub connections: Arc<Connections>,
    backlog_read_at: Mutex<Option<Instant>>,
}

impl FiguresPage {
    pub fn new(
        figures: PrometheusHandle,
        networks: Vec<IpNet>,
        proxies: TrustedProxies,
        connections: Arc<Connections>,
    ) -> Self {
        Self { figures, networks, proxies, connections, backlog_read_at: Mutex::default() }
    }

    /// Whether whoever asks may see it. Nobody may through a proxy, behind which anybody can be.
    fn is_for(&self, request: &Request) -> bool {
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else { return true };
        let address = peer.ip().to_canonical();
        self.proxies.is_direct(*peer, request.headers())
            && (address.is_loopback() || self.networks.iter().any(|network| network.contains(&address)))
    }

    async fn draw(&self, site: &Site) -> Response {
        let pool = site.database.pool();
        metrics::gauge!("stagedoor_connections").set(f64::from(self.connections.count()));
        metrics::gauge!("stagedoor_pool_connections").set(f64::from(pool.size()));
        metrics::gauge!("stagedoor_pool_idle").set(f64::from(u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)));
        metrics::gauge!("stagedoor_clock_ahead_seconds").set(site.clock_health.ahead_ms() as f64 / 1_000.0);
        let (mistyped, well_formed) = site.missed_codes.counts();
        metrics::counter!("stagedoor_gift_codes_missed_total", "code" => "mistyped").absolute(mistyped);
        metrics::counter!("stagedoor_gift_codes_missed_total", "code" => "well_formed").absolute(well_formed);
        // Metrics of the process matter most when the database is down, so they are served without those from the database.
        if let Err(error) = self.note_backlog(site).await {
            tracing::warn!(error = %Causes(&*error), "what waits could not be counted");
        }
        self.figures.run_upkeep();
        let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        (kind, self.figures.render()).into_response()
    }

    /// Counts what waits, unless that was done a moment ago or is being done.
    async fn note_backlog(&self, site: &Site) -> anyhow::Result<()> {
        let Ok(mut read_at) = self.backlog_read_at.try_lock() else { return Ok(()) };
        if read_at.is_some_and(|read_at| read_at.elapsed() < BACKLOG_KEPT) {
            return Ok(());
        }
        *read_at = Some(Instant::now());
        note_backlog(site).await
    }
}

/// The routes for machines.
pub fn routes(routes: Routes, readiness: Readiness, page: FiguresPage) -> Routes {
    let page = Arc::new(page);
    routes
        .on(&table::LIVE, || async { "alive\n" })
        .on(&table::READY, move |State(site): State<Site>| std::future::ready(readiness.answer(&site.clock_health)))
        .on(&table::METRICS, move |State(site): State<Site>, request: Request| {
            draw_figures(site, Arc::clone(&page), request)
        })
}

async fn draw_figures(site: Site, page: Arc<FiguresPage>, request: Request) -> Answer<Response> {
    if !page.is_for(&request) {
        return Err(Problem::not_found());
    }
    drop(request);
    Ok(page.draw(&site).await)
}

async fn note_backlog(site: &Site) -> anyhow::Result<()> {
    let counting = async {
        let mut connection = site.database.acquire().await?;
        let now = site.clock.now();
        let waits = overviews::backlog::read(&mut connection, now, &workflows::background::known_jobs()).await?;
        anyhow::Ok((waits, workflows::payment::last_books_check(&mut connection).await?))
    };
    let (waits, books) = tokio::time::timeout(Duration::from_secs(1), counting).await??;
    if let Some(books) = books {
        metrics::gauge!("stagedoor_books_faults").set(books.faults as f64);
        metrics::gauge!("stagedoor_books_checked_timestamp_seconds").set(books.at.timestamp() as f64);
    }
    for (name, count) in [
        ("stagedoor_facts_unread", waits.facts_unread),
        ("stagedoor_facts_oldest_seconds", waits.oldest_fact_s),
        ("stagedoor_facts_parked", waits.facts_parked),
        ("stagedoor_jobs_due", waits.jobs_due),
        ("stagedoor_jobs_unknown", waits.jobs_unknown),
        ("stagedoor_jobs_dead", waits.jobs_dead),
        ("stagedoor_deadlines_overdue", waits.deadlines_overdue),
    ] {
        metrics::gauge!(name).set(count as f64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use entry::ForwardedHeader;

    use super::*;
    use crate::connections::ConnectionLimits;

    #[test]
    fn figures_are_for_this_machine_and_networks_that_were_named() {
        let proxies = TrustedProxies::new(vec!["10.0.0.1/32".parse().unwrap()], ForwardedHeader::default());
        let connections = Connections::new(ConnectionLimits { all: 16, network: 4 }, proxies.clone());
        let figures = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
        let page = FiguresPage::new(figures, vec!["10.0.0.0/8".parse().unwrap()], proxies, connections);
        let shows = |peer: &str, header: Option<&str>| {
            let mut request = Request::new(Body::empty());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            if let Some(value) = header {
                request.headers_mut().insert("x-forwarded-for", value.parse().unwrap());
            }
            page.is_for(&request)
        };
        assert!(shows("127.0.0.1", None) && shows("::1", None) && shows("::ffff:10.9.9.9", None));
        assert!(!shows("192.0.2.7", None) && !shows("192.168.0.7", None));
        assert!(!shows("10.0.0.1", None), "a proxy speaks for everybody");
        assert!(!shows("127.0.0.1", Some("192.0.2.7")), "and so does one that nobody listed");
    }

    #[tokio::test]
    async fn a_wrong_clock_is_told_and_takes_no_server_away() {
        let (readiness, clock) = (Readiness::new(), ClockHealth::default());
        let said = async || {
            let answer = readiness.answer(&clock);
            assert_eq!(answer.status(), StatusCode::OK);
            let body = axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap();
            String::from_utf8(body.to_vec()).unwrap()
        };
        clock.note(-2_000, false);
        assert_eq!(said().await, "ready\n");
        clock.note(-90_000, true);
        let warned = said().await;
        assert!(warned.starts_with("ready\nwarning: ") && warned.contains("-90 s ahead"), "{warned}");
    }

    #[test]
    fn readiness_says_why_it_is_not() {
        let readiness = Readiness::new();
        let clock = ClockHealth::default();
        let status = |readiness: &Readiness| readiness.answer(&clock).status().as_u16();
        assert_eq!(status(&readiness), 200);
        assert!(readiness.note_database(false) && !readiness.note_database(false));
        assert_eq!(status(&readiness), 503);
        assert!(readiness.note_database(true));
        readiness.withdraw();
        assert_eq!(status(&readiness), 503);
    }
}
