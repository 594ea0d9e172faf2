//! Other languages' programs and libraries: found on the PATH, or installed into the project and nowhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::stack::repository;

/// Where the program is; says so if it is nowhere, for then something is not tested.
pub fn installed(program: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("NOT tested with {program}: it is not installed (Debian's package: {package})");
    }
    found
}

/// A folder for what one test installs or builds.
pub fn place(name: &str) -> Result<PathBuf> {
    let place = repository().join("target/languages").join(name);
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    Ok(place)
}

/// A Python of its own with these requirements, installed when they are new.
pub fn python(name: &str, requirements: &Path) -> Result<Option<PathBuf>> {
    let Some(python) = installed("python3", "python3") else { return Ok(None) };
    let place = place(name)?;
    let (program, note) = (place.join("bin/python"), place.join("requirements.txt"));
    let wanted = std::fs::read(requirements)?;
    if std::fs::read(&note).ok().as_ref() != Some(&wanted) {
        run(Command::new(python).args(["-m", "venv"]).arg(&place))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&program).args(pip).arg(requirements))?;
        std::fs::write(note, wanted)?;
    }
    Ok(Some(program))
}

/// The folder with this package file and what it asks for, installed when it is new.
pub fn javascript(name: &str, package: &Path) -> Result<Option<PathBuf>> {
    let (Some(_), Some(npm)) = (installed("node", "nodejs"), installed("npm", "npm")) else { return Ok(None) };
    let place = place(name)?;
    let (note, wanted) = (place.join("package.json"), std::fs::read(package)?);
    if std::fs::read(&note).ok().as_ref() != Some(&wanted) || !place.join("node_modules").is_dir() {
        std::fs::write(note, wanted)?;
        run(Command::new(npm).args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&place))?;
    }
    Ok(Some(place))
}

pub fn run(command: &mut Command) -> Result<()> {
    match command.status().with_context(|| format!("cannot start {command:?}"))?.success() {
        true => Ok(()),
        false => bail!("{command:?} failed"),
    }
}
