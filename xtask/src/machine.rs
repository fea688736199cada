//! Finds missing programs and installs them where Debian packages exist.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// A program that the project needs.
#[derive(Debug, Clone, Copy)]
struct Need {
    what: &'static str,
    why: &'static str,
    /// The Debian packages that contain it.
    packages: &'static [&'static str],
    is_met: fn() -> bool,
}

const SERVER: Need = Need {
    what: "PostgreSQL 15 or newer",
    why: "keeps all data",
    packages: &["postgresql", "postgresql-client"],
    is_met: || cluster::Binaries::find(Path::new(""), None).is_ok() && psql().is_some(),
};

const COMPILER: Need = Need {
    what: "make and a C compiler",
    why: "builds the allocator and the cryptography",
    packages: &["build-essential"],
    is_met: || shell::has("make") && shell::has("cc"),
};

const NODE: Need = Need {
    what: "Node.js 20.19 or newer with npm",
    why: "builds the front end",
    packages: &["nodejs", "npm"],
    is_met: || shell::has("node") && shell::has("npm"),
};

const BROWSER: Need = Need {
    what: "Chromium",
    why: "runs the browser tests",
    packages: &["chromium"],
    is_met: || {
        std::env::var_os("STAGEDOOR_CHROMIUM").is_some()
            || ["chromium", "chromium-browser", "google-chrome"].into_iter().any(shell::has)
    },
};

const MAIL: Need = Need {
    what: "python3 with aiosmtpd",
    why: "is the SMTP server that mail is tested against",
    packages: &["python3-aiosmtpd"],
    is_met: || {
        let mut python = Command::new("python3");
        shell::capture(python.args(["-c", "import aiosmtpd"])).is_ok()
            || Path::new("/usr/lib/python3/dist-packages/aiosmtpd").exists()
    },
};

const LOAD: Need =
    Need { what: "wrk", why: "sends the load of the benchmarks", packages: &["wrk"], is_met: || shell::has("wrk") };

const CACHE: Need = Need {
    what: "Redis",
    why: "is the cache of the peer that we are measured beside",
    packages: &["redis-server"],
    is_met: || shell::has("redis-server"),
};

const FAKE_TIME: Need = Need {
    what: "libfaketime",
    why: "gives a server a wrong clock",
    packages: &["libfaketime"],
    is_met: || {
        ["x86_64", "aarch64"]
            .iter()
            .any(|machine| Path::new(&format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1")).exists())
    },
};

const FOLLOWER: Need = Need {
    what: "valgrind",
    why: "says which functions of the program run",
    packages: &["valgrind"],
    is_met: || shell::has("valgrind"),
};

const PYTHON: Need = Need {
    what: "python3 with venv",
    why: "runs the tools that check the API and its document",
    packages: &["python3-venv"],
    is_met: || shell::capture(Command::new("/usr/bin/python3").args(["-c", "import venv, ensurepip"])).is_ok(),
};

/// What `run` needs.
pub fn provide_for_running() -> Result<()> {
    provide(&[SERVER, COMPILER, NODE])
}

/// What the benchmarks need.
pub fn provide_for_measuring() -> Result<()> {
    provide(&[SERVER, COMPILER, NODE, LOAD, CACHE])
}

/// What `bench order` needs, which follows the program with `valgrind`.
pub fn provide_for_following() -> Result<()> {
    provide(&[SERVER, COMPILER, NODE, FOLLOWER])
}

/// What `bench faults` needs.
pub fn provide_for_faults() -> Result<()> {
    provide(&[SERVER, COMPILER, NODE, FAKE_TIME])
}

/// What the tests need; the browser only if they use it.
pub fn provide_for_testing(with_browser: bool) -> Result<()> {
    if with_browser {
        provide(&[SERVER, COMPILER, NODE, MAIL, PYTHON, BROWSER])
    } else {
        provide(&[SERVER, COMPILER, NODE, MAIL, PYTHON])
    }
}

/// What the tools in Python need: those of `fuzz`, `contract` and `audit`.
pub fn provide_for_python() -> Result<()> {
    provide(&[SERVER, COMPILER, NODE, PYTHON])
}

/// The client that creates and fills test databases, beside the server's programs or on the path.
pub fn psql() -> Option<std::path::PathBuf> {
    let beside = cluster::Binaries::find(Path::new(""), None).ok()?.program("psql");
    if beside.is_file() { Some(beside) } else { shell::has("psql").then(|| "psql".into()) }
}

fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_met)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    shell::heading("This machine lacks something");
    for need in &missing {
        eprintln!("   {}, which {} (Debian: {})", need.what, need.why, need.packages.join(" "));
    }
    if !shell::has("apt-get") {
        bail!("install the above with your system's package manager and start again");
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    install(&packages)?;
    let still: Vec<&str> = missing.iter().filter(|need| !(need.is_met)()).map(|need| need.what).collect();
    if !still.is_empty() {
        bail!(
            "the packages of this Debian release do not bring {}; install it by hand and start again",
            still.join(", ")
        );
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = as_root("apt-get")?;
    eprintln!("   installing: {}", packages.join(" "));
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&apt[0]);
        command.args(&apt[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    shell::run(&mut command(&["-q", "update"])).context("cannot refresh the list of packages")?;
    let mut arguments = vec!["-q", "-y", "--no-install-recommends", "install"];
    arguments.extend(packages);
    shell::run(&mut command(&arguments))
        .with_context(|| format!("cannot install {}; install them by hand and start again", packages.join(" ")))
}

/// A command that runs `program` as root.
fn as_root(program: &str) -> Result<Vec<String>> {
    let who = shell::capture(Command::new("id").arg("-u"))?;
    if who.trim() == "0" {
        return Ok(vec![program.to_owned()]);
    }
    if !shell::has("sudo") {
        bail!("installing needs root, and there is no sudo; install the packages above as root and start again");
    }
    eprintln!("   sudo may ask for your password");
    Ok(vec!["sudo".to_owned(), program.to_owned()])
}
