//! Linker options that reduce the memory of an idle server: packed relocations; identical functions merged, also where their addresses
//! are taken, which nothing compares; and the functions that run at the start and for common requests side by side, because the kernel maps
//! code in pieces of 64 kB. Only for the target whose toolchain ships a linker that supports them.

/// The names of those functions, written by `cargo xtask bench order`. Names that are gone, as after a change of a library, do no harm.
const ORDER: &str = "order.txt";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={ORDER}");
    let read = |name: &str| std::env::var(name).unwrap_or_default();
    if read("TARGET") != "x86_64-unknown-linux-gnu" {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    if read("OPT_LEVEL") != "0" {
        let order = std::path::Path::new(&read("CARGO_MANIFEST_DIR")).join(ORDER);
        println!("cargo:rustc-link-arg-bins=-Wl,--symbol-ordering-file={}", order.display());
        println!("cargo:rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");
    }
}
