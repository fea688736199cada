//! The wiring: chooses the implementation behind each trait and puts the routes together.

use std::path::Path;
use std::sync::Arc;

use accounts::BreachedPasswords;
use anyhow::Context as _;
use axum::Router;
use entry::{Gate, Routes, Site, Throttle};
use kernel::secret::{HashKeys, MasterSecret};
use kernel::{SystemChance, SystemClock};
use mailer::{MailboxMailer, Mailer, SmtpMailer};
use site::{PaymentProviders, ServiceParts, Services, Settings, links};

use crate::config::{Config, Mode};
use crate::lifecycle::Ground;
use crate::machine::{self, FiguresPage, Readiness};
use crate::secret;

/// The parts that a server's routes share.
pub struct ServerParts {
    pub site: Site,
    /// A secret that the database was not used with before.
    pub new_secret: Option<MasterSecret>,
    pub throttle: Arc<Throttle>,
}

/// Builds the services as configured.
pub async fn build(config: &Config, ground: &Ground) -> anyhow::Result<ServerParts> {
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(SystemChance));
    let secrets = secret::find(config, &ground.database).await?;
    let gift_codes = |secret| HashKeys::derive(secret, "gift_cards/codes/1");
    let mut gift_keys = gift_codes(&secrets.current);
    let (mut keys, mut address_keys) =
        (accounts::Keys::derive(&secrets.current), feeds::AddressKeys::derive(&secrets.current));
    if let Some(previous) = &secrets.previous {
        keys = keys.with_previous(accounts::Keys::derive(previous));
        address_keys = address_keys.with_previous(feeds::AddressKeys::derive(previous));
        gift_keys = gift_keys.with_previous(gift_codes(previous));
    }
    let mailer: Arc<dyn Mailer> = match &config.smtp_url {
        Some(url) => Arc::new(SmtpMailer::new(url, &config.mail_from)?),
        None => Arc::new(MailboxMailer),
    };
    if config.mode == Mode::Production {
        tracing::warn!("cards are charged by the sandbox provider: bookings are confirmed, but no money moves");
    }
    let settings = Settings {
        public_url: config.public.text.clone(),
        development: config.mode == Mode::Development,
        staff_needs_second_factor: config.mode == Mode::Production,
        unpaid_max: config.unpaid_max,
        facts_kept_days: config.facts_kept_days,
        gift_batch_minor_max: config.gift_batch_minor_max,
        support_email: config.support_email.clone(),
    };
    let breached = config.breached_passwords.as_deref().map(breached_passwords).transpose()?;
    let address = sandbox_address(settings.clone());
    let cards = Arc::new(cards::SandboxCards::new(ground.database.clone(), clock.clone(), chance.clone(), address));
    let site = Services::new(ServiceParts {
        database: ground.database.clone(),
        clock,
        chance,
        keys,
        hasher: accounts::Hasher::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
        breached,
        settings,
        mailer,
        providers: PaymentProviders::new(cards.clone(), Vec::new(), Some(cards)),
        feeds: Arc::new(feeds::HttpFeedReader::new(config.mode == Mode::Development)),
        address_keys,
        gift_codes: gift_keys,
    });
    let new_secret = secrets.is_new.then_some(secrets.current);
    Ok(ServerParts { site: Arc::new(site), new_secret, throttle: Arc::new(Throttle::new(config.rate_factor)) })
}

/// The operator's list of passwords that were found in breaches.
fn breached_passwords(path: &Path) -> anyhow::Result<BreachedPasswords> {
    BreachedPasswords::open(path)
        .with_context(|| format!("STAGEDOOR_BREACHED_PASSWORDS names {}, which cannot be used as a list; make one as docs/operations.md says, correct the path, or leave the variable out", path.display()))
}

/// Where the sandbox's bank asks: on a page of ours.
fn sandbox_address(settings: Settings) -> cards::ChallengeAddress {
    Box::new(move |reference| settings.url(&links::sandbox_card(reference)))
}

/// All routes of the program.
pub fn router(config: &Config, parts: &ServerParts, readiness: Readiness, figures: FiguresPage) -> Router {
    let gate = Gate::new(parts.site.clone(), parts.throttle.clone(), config.requests_max, config.proxies.clone());
    let machines = machine::routes(Routes::new(gate.clone()), readiness, figures).into_router();
    let api = api::routes(Routes::new(gate.clone())).into_router();
    let pages = web::router(Routes::new(gate), parts.site.clone());
    machines.merge(api).merge(pages).with_state(parts.site.clone())
}
