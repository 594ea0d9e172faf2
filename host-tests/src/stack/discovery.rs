//! The sample with its filter in a file of its own, which Envoy watches: a configuration can change while it runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::options::temporary_dir;
use super::{Edit, configure};

const NAME: &str = "          - name: usher\n";
const NEXT: &str = "          - name: envoy.filters.http.router";

/// A directory with the file in it, gone with this value.
pub struct Discovery(PathBuf);

impl Discovery {
    pub fn new() -> Result<Discovery> {
        let dir = temporary_dir().with_extension("discovery");
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(Discovery(dir))
    }

    /// Moves the filter's configuration out of the sample into the file.
    pub fn edit(&self) -> Edit {
        let dir = self.0.clone();
        Box::new(move |text| {
            let (before, rest) = text.split_once(NAME).context("envoy.yaml has no filter usher")?;
            let (filter, after) = rest.split_once(NEXT).context("envoy.yaml has no router")?;
            replace_file(&dir, &resource(filter))?;
            Ok(format!("node: {{ id: usher, cluster: usher }}\n{before}{NAME}{}{NEXT}{after}", pointer(&dir)))
        })
    }

    /// Changes the plugin's configuration in the file.
    pub fn publish(&self, configuration: Value) -> Result<()> {
        let text = std::fs::read_to_string(self.0.join("usher.yaml"))?;
        replace_file(&self.0, &configure(configuration)(text)?)
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Envoy looks when a file is moved to its place, not while it is being written.
fn replace_file(dir: &Path, text: &str) -> Result<()> {
    std::fs::write(dir.join("new"), text)?;
    Ok(std::fs::rename(dir.join("new"), dir.join("usher.yaml"))?)
}

fn resource(filter: &str) -> String {
    let lines = filter.lines().map(|line| format!("{}\n", line.get(10..).unwrap_or_default()));
    let head =
        "resources:\n- \"@type\": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig\n  name: usher\n";
    head.to_owned() + &lines.collect::<String>()
}

fn pointer(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "            config_discovery:
              config_source:
                resource_api_version: V3
                path_config_source: {{ path: {dir}/usher.yaml, watched_directory: {{ path: {dir} }} }}
              type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm]
"
    )
}
