//! The two directories of the sample, with their demo tokens.

use anyhow::{Context, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    pub id: &'static str,
    pub token: &'static str,
}

pub const ACME: Directory = Directory { id: "acme", token: "acme-demo-token-please-change" };
pub const GLOBEX: Directory = Directory { id: "globex", token: "globex-demo-token-please-change" };

impl Directory {
    pub fn named(id: &str) -> Result<Directory> {
        let found = [ACME, GLOBEX].into_iter().find(|directory| directory.id == id);
        found.with_context(|| format!("the sample envoy.yaml has no directory `{id}`"))
    }

    pub fn base(&self, url: &str) -> String {
        format!("{url}/scim/v2/{}", self.id)
    }
}
