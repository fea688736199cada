//! `cargo xtask contract`: whether the API's document is valid, pleases a linter, and makes clients that have every operation.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{frontend, machine, shell, tools};

/// How an operation is named in the document.
const OPERATION: &str = "\"operationId\":";

/// What is checked, each with its name.
pub const CHECKS: [(&str, fn(&Contract) -> Result<()>); 4] = [
    ("API document: valid", Contract::validate),
    ("API document: lints", Contract::lint),
    ("API document: a client in Python", Contract::python_client),
    ("API document: a client in TypeScript", Contract::typescript_client),
];

/// The document of the program that was built last, and where clients are made of it.
#[derive(Debug)]
pub struct Contract {
    folder: PathBuf,
    document: PathBuf,
    operations: usize,
}

/// Builds the program and checks its document.
pub fn run() -> Result<ExitCode> {
    machine::provide_for_python()?;
    frontend::build()?;
    shell::run(shell::cargo().args(["build", "--package", "stagedoor"]))?;
    let contract = Contract::write()?;
    for (name, check) in CHECKS {
        shell::heading(name);
        check(&contract)?;
    }
    println!("{} operations; the clients are in {}", contract.operations, contract.folder.display());
    Ok(ExitCode::SUCCESS)
}

impl Contract {
    /// Has the program write its document.
    pub fn write() -> Result<Self> {
        let target = shell::target()?;
        let text = shell::capture(Command::new(target.join("debug/stagedoor")).arg("openapi"))?;
        let (folder, operations) = (target.join("contract"), text.matches(OPERATION).count());
        let document = folder.join("openapi.json");
        fs::create_dir_all(&folder)?;
        fs::write(&document, text)?;
        Ok(Self { folder, document, operations })
    }

    fn validate(&self) -> Result<()> {
        shell::quietly(Command::new(tools::programs()?.join("openapi-spec-validator")).arg(&self.document))
    }

    fn lint(&self) -> Result<()> {
        let mut redocly = tools::script("@redocly/cli/bin/cli.js")?;
        redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        redocly.args(["lint", "--format", "stylish", "--config"]).arg(tools::file("redocly.yaml")).arg(&self.document);
        shell::quietly(&mut redocly)
    }

    /// Generates it, imports every module, and counts its operations.
    fn python_client(&self) -> Result<()> {
        let programs = tools::programs()?;
        // The generator formats its output with a program of its own environment.
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(programs.clone()).chain(std::env::split_paths(&paths));
        let mut generator = Command::new(programs.join("openapi-python-client"));
        generator.env("PATH", std::env::join_paths(paths).context("PATH cannot be extended")?);
        generator.args(["generate", "--fail-on-warning", "--overwrite", "--path"]).arg(&self.document);
        shell::quietly(generator.arg("--output-path").arg(self.empty("python")?))?;
        let mut counter = Command::new(programs.join("python"));
        counter.arg(tools::file("operations.py")).env("PYTHONPATH", self.folder.join("python"));
        self.expect_all(shell::capture(&mut counter)?.trim().parse().context("the counter prints a number")?)
    }

    /// Generates it, compiles it, and counts its operations.
    fn typescript_client(&self) -> Result<()> {
        let mut generator = tools::script("@hey-api/openapi-ts/bin/run.js")?;
        generator.current_dir(&self.folder).args(["--client", "@hey-api/client-fetch", "--input"]).arg(&self.document);
        shell::quietly(generator.arg("--output").arg(self.empty("typescript")?))?;
        fs::copy(tools::file("tsconfig.json"), self.folder.join("tsconfig.json"))?;
        shell::quietly(tools::script("typescript/bin/tsc")?.arg("--project").arg(&self.folder))?;
        let calls = fs::read_to_string(self.folder.join("typescript/sdk.gen.ts"))?;
        self.expect_all(calls.lines().filter(|line| line.starts_with("export const ")).count())
    }

    /// A folder for a client, without what an earlier run has left.
    fn empty(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                bail!("cannot empty {}: {error}", folder.display())
            }
            _ => Ok(folder),
        }
    }

    fn expect_all(&self, found: usize) -> Result<()> {
        let expected = self.operations;
        ensure!(found == expected, "the client has {found} operations, and the document {expected}");
        Ok(())
    }
}
