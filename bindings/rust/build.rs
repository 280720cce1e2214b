// SPDX-License-Identifier: MIT
//! Finds libcairn.a, or builds it, and compiles the glue between it and Rust.
//!
//! CAIRN_PREFIX=DIR   Cairn is installed there: DIR/lib/libcairn.a and DIR/include/cairn.
//!                    Without it, the sources that this crate lies in are built with make.
//! CC=cc, AR=ar       the C compiler and the archiver, for a cross build those of the target

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a Cairn is: the folder of libcairn.a, and those of its headers.
struct Cairn {
    library: PathBuf,
    headers: Vec<PathBuf>,
}

fn variable(name: &str, otherwise: &str) -> String {
    println!("cargo:rerun-if-env-changed={}", name);
    env::var(name).unwrap_or_else(|_| otherwise.to_string())
}

fn run(command: &mut Command) {
    let status = command.status();
    let is_good = status.as_ref().map_or(false, |status| status.success());
    assert!(is_good, "{:?}: {:?}", command, status);
}

fn installed(prefix: &Path) -> Cairn {
    Cairn { library: prefix.join("lib"), headers: vec![prefix.join("include")] }
}

fn built(sources: &Path, compiler: &str, out: &Path) -> Cairn {
    let build = out.join("cairn");
    run(Command::new("make")
        .arg("-C")
        .arg(sources)
        .arg(format!("BUILD={}", build.display()))
        .arg(format!("CC={}", compiler))
        .arg("library")
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL"));
    let name = Path::new(compiler).file_name().expect("CC names a compiler");
    let headers = ["base/include", "alloc/include"];
    for layer in headers {
        println!("cargo:rerun-if-changed={}", sources.join(layer).display());
    }
    Cairn {
        library: build.join(name),
        headers: headers.iter().map(|layer| sources.join(layer)).collect(),
    }
}

fn compile(source: &Path, cairn: &Cairn, compiler: &str, object: &Path) {
    println!("cargo:rerun-if-changed={}", source.display());
    let mut command = Command::new(compiler);
    for folder in &cairn.headers {
        command.arg("-I").arg(folder);
    }
    run(command.args(["-std=c17", "-O2", "-fPIC", "-c"]).arg(source).arg("-o").arg(object));
}

fn main() {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let compiler = variable("CC", "cc");
    let prefix = variable("CAIRN_PREFIX", "");

    let cairn = if prefix.is_empty() {
        built(&here.join("../.."), &compiler, &out)
    } else {
        installed(Path::new(&prefix))
    };

    let archive = out.join("libcairn_glue.a");
    let _ = std::fs::remove_file(&archive); // ar would add to it
    for name in ["heap", "program_heap"] {
        let object = out.join(format!("{}.o", name));
        compile(&here.join(format!("src/{}.c", name)), &cairn, &compiler, &object);
        run(Command::new(variable("AR", "ar")).arg("qcs").arg(&archive).arg(&object));
    }

    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-search=native={}", cairn.library.display());
    println!("cargo:rustc-link-lib=static=cairn_glue");
    println!("cargo:rustc-link-lib=static=cairn");
}
