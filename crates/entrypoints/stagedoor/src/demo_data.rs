//! Demo data at the first start: loading it once, showing the progress, and printing the logins.

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use demo::{LoadError, LoadOptions, LoadSummary, SEED_DEFAULT, Size};
use entry::Site;
use kernel::Secret;

use crate::config::{Config, Mode};
use crate::console;

/// The progress line of a terminal is redrawn at most this often.
const REDRAW: Duration = Duration::from_millis(100);

/// Loads the configured demo data, unless it is there already, another server loads it, or the database holds real people.
///
/// Several servers may start at once: the loading takes a lock, so all but the first wait and then find it loaded.
pub async fn load_on_first_start(config: &Config, site: &Site) -> anyhow::Result<()> {
    let Some(size) = config.demo_size else { return Ok(()) };
    if demo::is_loaded(&site.database).await? {
        return Ok(());
    }
    match load(config, site, size).await {
        Ok(summary) => print_summary(&summary),
        Err(LoadFault::Refused(LoadError::AlreadyLoaded { .. })) => {}
        Err(LoadFault::Refused(LoadError::HoldsRealPeople { .. })) => {
            tracing::info!("no demo data: this database has people of its own");
        }
        Err(fault) => return Err(fault.into()),
    }
    Ok(())
}

/// Loads demo data of `size` and shows the progress.
pub async fn load(config: &Config, site: &Site, size: Size) -> Result<LoadSummary, LoadFault> {
    let circumstances = site.circumstances();
    let password_hash = site.hasher.hash(&site.keys, circumstances.chance, config.demo_password.clone()).await?;
    let options = LoadOptions { size, now: circumstances.now, seed: SEED_DEFAULT, password_hash };
    let screen = Screen::default();
    let outcome = demo::load(&site.database, &options, &|what, done, all| screen.show(what, done, all)).await;
    screen.clear();
    Ok(outcome?)
}

/// Prints how much was loaded.
pub fn print_summary(summary: &LoadSummary) {
    let seconds = Duration::from_millis(summary.milliseconds).as_secs_f64();
    console::say(format_args!(
        "Loaded demo data in {seconds:.1} s: {} celebrities, {} people, {} bookings, {} reviews.",
        summary.celebrities, summary.people, summary.bookings, summary.reviews
    ));
}

/// Refuses to go on in production while somebody can log in with the password that the documentation names.
pub async fn refuse_known_logins(config: &Config, site: &Site) -> anyhow::Result<()> {
    if config.mode == Mode::Development {
        return Ok(());
    }
    let mut tx = site.database.begin().await?;
    let hashes = accounts::bulk::demo_password_hashes(&mut tx).await?;
    tx.rollback().await?;
    for hash in hashes {
        let known = Secret::new(demo::PASSWORD_DEFAULT.to_owned());
        let check = site.hasher.verify(&site.keys, Some(hash), known).await?;
        ensure!(
            !check.matches,
            "this database holds demo people, an administrator among them, whose password is in the documentation; \
             `stagedoor demo remove` removes all demo data, `stagedoor demo close` only their logins"
        );
    }
    Ok(())
}

/// The logins of the demo data, one for each role, if it was loaded and they are not closed.
pub async fn logins(config: &Config, site: &Site) -> anyhow::Result<Option<String>> {
    if !demo::is_loaded(&site.database).await.context("ask for the demo data")? {
        return Ok(None);
    }
    let mut tx = site.database.begin().await?;
    let are_closed = accounts::bulk::demo_password_hashes(&mut tx).await?.is_empty();
    tx.rollback().await?;
    if are_closed {
        return Ok(None);
    }
    let roles = ["customer", "celebrity", "agent", "support", "admin"];
    let addresses = roles.map(|role| format!("{role}@{}", demo::LOGIN_DOMAIN)).join("\n    ");
    let password = if config.demo_password.expose() == demo::PASSWORD_DEFAULT {
        demo::PASSWORD_DEFAULT
    } else {
        "the password in STAGEDOOR_DEMO_PASSWORD when the data were loaded"
    };
    Ok(Some(format!("  Log in with {password} as\n    {addresses}")))
}

/// Why demo data was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadFault {
    #[error(transparent)]
    Refused(#[from] LoadError),
    #[error("the password of the demo people could not be hashed")]
    Password(#[from] accounts::AccountsError),
}

/// Shows progress: one line that is overwritten in a terminal, and only the names of the steps elsewhere.
#[derive(Default)]
struct Screen {
    shown: Mutex<Option<(String, Instant)>>,
}

impl Screen {
    fn show(&self, what: &str, done: u64, all: u64) {
        let mut shown = self.shown.lock().expect("printing does not panic");
        let is_new = shown.as_ref().is_none_or(|(last, _)| last != what);
        if std::io::stdout().is_terminal() {
            if !is_new && shown.as_ref().is_some_and(|(_, at)| at.elapsed() < REDRAW) {
                return;
            }
            let figures = match (done, all) {
                (0, _) => String::new(),
                (done, 0) => format!(" {done}"),
                (done, all) => format!(" {done} of {all}"),
            };
            console::print(format_args!("\r\x1b[KLoading demo data: {what}{figures}"));
        } else if is_new {
            console::say(format_args!("Loading demo data: {what}"));
        }
        *shown = Some((what.to_owned(), Instant::now()));
    }

    fn clear(&self) {
        if std::io::stdout().is_terminal() {
            console::print("\r\x1b[K");
        }
    }
}
