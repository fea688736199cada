//! The built front end: embedded in a release, read from `frontend/dist` in development.

mod serve;

use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

pub(crate) use serve::serve;

#[derive(RustEmbed)]
#[folder = "../../../frontend/dist"]
struct Dist;

/// Addresses of what every page loads.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct AssetLinks {
    pub stylesheet: String,
    pub script: String,
    pub icon: String,
    /// The two Latin fonts, fetched before the stylesheet asks for them.
    pub fonts: Vec<String>,
}

/// One line of the bundler's manifest.
#[derive(Debug, Deserialize)]
struct Bundle {
    file: String,
    #[serde(default)]
    name: Option<String>,
}

/// Whether there is a front end to serve; the server says what to run when there is none.
pub fn front_end_is_built() -> Result<(), &'static str> {
    if Dist::get("manifest.json").is_some() {
        return Ok(());
    }
    Err("the front end is not built: run `npm ci && npm run build` in frontend/, or start with `cargo xtask run`")
}

/// The current addresses. In development the manifest is read anew each time, so that a rebuilt stylesheet shows at once.
pub(crate) fn links() -> AssetLinks {
    static LINKS: OnceLock<AssetLinks> = OnceLock::new();
    if cfg!(debug_assertions) { read_manifest() } else { LINKS.get_or_init(read_manifest).clone() }
}

fn read_manifest() -> AssetLinks {
    let manifest: HashMap<String, Bundle> =
        Dist::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default();
    let address = |bundle: &Bundle| format!("/assets/{}", bundle.file);
    let entry = |name: &str| {
        manifest.values().find(|bundle| bundle.name.as_deref() == Some(name)).map(address).unwrap_or_default()
    };
    let mut fonts: Vec<String> = manifest
        .iter()
        .filter(|(source, _)| source.ends_with("-latin.woff2"))
        .map(|(_, bundle)| address(bundle))
        .collect();
    fonts.sort();
    AssetLinks {
        stylesheet: manifest.values().find(|bundle| bundle.file.ends_with(".css")).map(address).unwrap_or_default(),
        script: entry("islands"),
        icon: entry("icon"),
        fonts,
    }
}
