//! How the program is linked: relocations packed, and functions that came out alike kept once, so that a server at rest holds
//! fewer pages. Only for the linker that the toolchain brings along on this target, which knows both.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    if target == "x86_64-unknown-linux-gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=safe");
    }
}
