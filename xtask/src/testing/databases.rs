//! The PostgreSQL of a test run, created for it and removed afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use cluster::{Cluster, Purpose, RunningCluster};

use crate::{machine, shell, stamp};

/// A cluster with one database for each step.
#[derive(Debug)]
pub struct Databases {
    cluster: Option<RunningCluster>,
    psql: PathBuf,
}

impl Databases {
    /// Starts the cluster.
    pub fn start() -> Result<Self> {
        let psql = machine::psql().context("psql is missing; install PostgreSQL's client programs")?;
        let cluster = Cluster::start_for(&shell::target()?.join("test-cluster"), Purpose::Testing)?;
        if let Some(note) = cluster.note() {
            eprintln!("   {note}");
        }
        Ok(Self { cluster: Some(cluster), psql })
    }

    /// Creates an empty database of that name.
    pub fn url_of_empty(&self, name: &str) -> Result<String> {
        let server = self.url_of("postgres");
        let statements = [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")];
        for statement in statements {
            shell::capture(self.psql(&server).args(["--command", &statement]))?;
        }
        Ok(self.url_of(name))
    }

    /// Creates a database of that name with the schema of `migrations/`.
    pub fn url_of_migrated(&self, name: &str) -> Result<String> {
        let url = self.url_of_empty(name)?;
        for file in migrations()? {
            let applied = shell::capture(self.psql(&url).arg("--file").arg(&file));
            applied.with_context(|| format!("{} does not apply", file.display()))?;
        }
        Ok(url)
    }

    fn url_of(&self, name: &str) -> String {
        self.cluster.as_ref().expect("it runs until it is dropped").url_of(name)
    }

    fn psql(&self, url: &str) -> Command {
        let mut command = Command::new(&self.psql);
        command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", url]);
        command.env("PGOPTIONS", "-c client_min_messages=warning");
        command
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            cluster.destroy().ok();
        }
    }
}

fn migrations() -> Result<Vec<PathBuf>> {
    let folder = shell::root().join("migrations");
    fs::metadata(&folder).context("there are no migrations")?;
    let is_sql = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "sql");
    Ok(stamp::files_below(Path::new(&folder), &[])?.into_iter().filter(is_sql).collect())
}
