//! Which crate may know which: the drawing in `ARCHITECTURE.md`, proved from the manifests.

use super::manifests::Manifest;

/// The tier of a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    Foundation,
    Domain,
    Gateway,
    Application,
    Entrypoint,
    /// `testkit`, `bench` and `xtask`, on which no shipped crate may depend.
    Tool,
}

/// Every dependency that is not allowed.
pub fn check(manifests: &[Manifest]) -> Vec<String> {
    let mut complaints = Vec::new();
    for from in manifests {
        for dependency in &from.dependencies {
            match manifests.iter().find(|manifest| manifest.name == *dependency) {
                Some(to) if !may_know(from, to) => {
                    complaints.push(format!("{}: {} must not depend on {}", from.folder, from.name, to.name));
                }
                None if !may_use(from, dependency) => {
                    complaints.push(format!("{}: {} must not use {dependency}", from.folder, from.name));
                }
                _ => {}
            }
        }
    }
    complaints
}

fn may_know(from: &Manifest, to: &Manifest) -> bool {
    let foundation = tier(to) == Tier::Foundation;
    match tier(from) {
        Tier::Foundation | Tier::Domain | Tier::Gateway => foundation,
        Tier::Application => match from.name.as_str() {
            "overviews" => foundation,
            "demo" => {
                // Demo data fills the sandbox provider's tables and is checked by an overview.
                foundation || tier(to) == Tier::Domain || ["cards", "overviews"].contains(&to.name.as_str())
            }
            // The services of one installation, whoever uses them.
            "site" => foundation || tier(to) == Tier::Gateway || ["accounts", "overviews"].contains(&to.name.as_str()),
            // A workflow reads what it decides on through overviews, as the entry points do.
            _ => {
                let application = ["overviews", "site"].contains(&to.name.as_str());
                foundation || application || matches!(tier(to), Tier::Domain | Tier::Gateway)
            }
        },
        Tier::Entrypoint => match from.name.as_str() {
            "entry" => foundation || ["accounts", "site"].contains(&to.name.as_str()),
            "stagedoor" => tier(to) != Tier::Tool,
            _ => {
                let application = ["overviews", "site", "workflows"].contains(&to.name.as_str());
                foundation || application || tier(to) == Tier::Domain || to.name == "entry"
            }
        },
        // The build tool must compile quickly, so of our crates it may use only `cluster`.
        Tier::Tool if from.name == "xtask" => to.name == "cluster",
        Tier::Tool => true,
    }
}

/// External crates that only some of our crates may use.
fn may_use(from: &Manifest, dependency: &str) -> bool {
    let tier = tier(from);
    match dependency {
        // Entry points and workflows have no checked statements, because every edit would expand their macros again.
        "sqlx" => {
            matches!(tier, Tier::Foundation | Tier::Domain | Tier::Gateway | Tier::Tool) || from.name == "overviews"
        }
        "axum" => matches!(tier, Tier::Entrypoint | Tier::Tool),
        // Entry points answer over HTTP, gateways ask.
        "hyper" | "hyper-util" | "tower" => matches!(tier, Tier::Entrypoint | Tier::Gateway | Tier::Tool),
        "lettre" => from.name == "mailer",
        "clap" => from.name == "stagedoor" || tier == Tier::Tool,
        _ => true,
    }
}

fn tier(manifest: &Manifest) -> Tier {
    match manifest.folder.split('/').nth(1).unwrap_or_default() {
        "foundation" => Tier::Foundation,
        "domains" => Tier::Domain,
        "gateways" => Tier::Gateway,
        "application" => Tier::Application,
        "entrypoints" => Tier::Entrypoint,
        _ => Tier::Tool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, folder: &str, dependencies: &[&str]) -> Manifest {
        let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
        Manifest {
            name: name.into(),
            folder: folder.into(),
            dependencies,
            test_dependencies: Vec::new(),
            tables: Vec::new(),
        }
    }

    #[test]
    fn arrows_point_downwards() {
        let house = [
            manifest("kernel", "crates/foundation/kernel", &[]),
            manifest("bookings", "crates/domains/bookings", &["kernel", "sqlx"]),
            manifest("payments", "crates/domains/payments", &["bookings"]),
            manifest("cards", "crates/gateways/cards", &["payments", "hyper", "axum"]),
            manifest("web", "crates/entrypoints/web", &["bookings", "cards", "sqlx", "api"]),
            manifest("api", "crates/entrypoints/api", &["bookings", "axum"]),
        ];
        let found = check(&house);
        let expected = [
            "crates/domains/payments: payments must not depend on bookings",
            "crates/gateways/cards: cards must not depend on payments",
            "crates/gateways/cards: cards must not use axum",
            "crates/entrypoints/web: web must not depend on cards",
            "crates/entrypoints/web: web must not use sqlx",
            "crates/entrypoints/web: web must not depend on api",
        ];
        assert_eq!(found, expected);
    }
}
