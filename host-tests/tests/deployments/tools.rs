//! Programs that only these tests need, in versions that do not change, in a place that can be thrown away.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use usher_host_tests::stack::repository;

use super::{read, run};

fn place() -> PathBuf {
    repository().join("target/deployments")
}

fn source(name: &str) -> PathBuf {
    repository().join("host-tests/deployments").join(name)
}

/// A Python with the packages of `requirements.txt`.
pub(crate) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let venv = place().join("venv");
        installed(&venv, &source("requirements.txt"), || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
            run(Command::new(venv.join("bin/python")).args(pip).arg(source("requirements.txt")));
        });
        venv.join("bin/python")
    })
}

/// A directory with the packages of `package.json`; nothing where there is no Node.
pub(crate) fn node_modules() -> Option<PathBuf> {
    if !["node", "npm"].iter().all(|name| Command::new(name).arg("--version").output().is_ok()) {
        return None;
    }
    let npm = place().join("npm");
    installed(&npm, &source("package.json"), || {
        std::fs::create_dir_all(&npm).unwrap();
        std::fs::copy(source("package.json"), npm.join("package.json")).unwrap();
        run(Command::new("npm").args(["install", "--loglevel=error", "--no-audit", "--no-fund"]).current_dir(&npm));
    });
    Some(npm)
}

/// Makes `folder` anew unless it was made from this very list.
fn installed(folder: &Path, list: &Path, make: impl Fn()) {
    let (wanted, there) = (read(list), folder.join(".installed"));
    if std::fs::read_to_string(&there).is_ok_and(|text| text == wanted) {
        return;
    }
    drop(std::fs::remove_dir_all(folder));
    make();
    std::fs::write(there, wanted).unwrap();
}
