//! The two directories of the sample, with their demo tokens.

#[derive(Debug, Clone, Copy)]
pub struct Directory {
    pub id: &'static str,
    pub token: &'static str,
}

pub const ACME: Directory = Directory { id: "acme", token: "acme-demo-token-please-change" };
pub const GLOBEX: Directory = Directory { id: "globex", token: "globex-demo-token-please-change" };

impl Directory {
    pub fn base(&self, url: &str) -> String {
        format!("{url}/scim/v2/{}", self.id)
    }
}
