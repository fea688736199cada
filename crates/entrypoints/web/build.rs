//! Makes sure that `frontend/dist` exists, so that the crate checks on a machine where the front end was never built.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../frontend/dist");
    std::fs::create_dir_all(&dist).expect("the folder of the built front end can be made");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=templates");
}
