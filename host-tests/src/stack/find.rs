//! Finds what the build and the set-up made: the module, the user service, Envoy.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The root of the project.
pub fn repository() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.parent().unwrap_or(crate_dir).to_owned()
}

/// The module: `USHER_WASM`, else where the build put it.
pub fn wasm() -> Result<PathBuf> {
    let built = repository().join("target/wasm32-wasip1/release/usher_filter.wasm");
    existing("USHER_WASM", [built], "the module", "make build")
}

/// The REST service that the tests map, from the same build.
pub fn rest_service() -> Result<PathBuf> {
    let here = std::env::current_exe().context("this program does not know where it is")?;
    let beside = here.ancestors().skip(1).take(2).map(|dir| dir.join("rest-service"));
    existing("USHER_REST_SERVICE", beside, "the REST service of the tests", "make build")
}

/// The user service, from the same build as this program: beside it, or one level up for a test.
pub(super) fn user_service() -> Result<PathBuf> {
    let here = std::env::current_exe().context("this program does not know where it is")?;
    let beside = here.ancestors().skip(1).take(2).map(|dir| dir.join("user-service"));
    existing("USHER_USER_SERVICE", beside, "the reference user service", "make build")
}

/// `USHER_ENVOY`, else the one that the set-up put into `.venv`, else one on the PATH.
pub fn envoy() -> Result<PathBuf> {
    let installed = glob_one(&repository().join(".venv/lib"), "site-packages/envoy/_bin/envoy");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("envoy")).collect::<Vec<_>>();
    existing("USHER_ENVOY", installed.into_iter().chain(on_path), "Envoy", "make setup")
}

fn existing(variable: &str, places: impl IntoIterator<Item = PathBuf>, what: &str, how: &str) -> Result<PathBuf> {
    if let Some(given) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        let given = PathBuf::from(given);
        return if given.is_file() { Ok(given) } else { bail!("{variable}: there is no {}", given.display()) };
    }
    let found = places.into_iter().find(|place| place.is_file());
    found.with_context(|| format!("{what} is not there yet; run `{how}`, or name it with {variable}"))
}

/// `<dir>/<any>/<rest>`.
fn glob_one(dir: &Path, rest: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?.flatten();
    entries.map(|entry| entry.path().join(rest)).find(|path| path.is_file())
}
