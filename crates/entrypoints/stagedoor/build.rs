//! Linker options that reduce the memory of an idle server: packed relocations, and identical functions merged, also where their addresses
//! are taken, which nothing compares. Only for the target whose toolchain ships a linker that supports both.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").unwrap_or_default();
    if target == "x86_64-unknown-linux-gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
}
