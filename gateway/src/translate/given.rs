//! What is translated, as it is given.

use serde_json::Value;

use crate::config::{Config, Environment};
use crate::request::RequestHead;

/// All that a translation depends on.
pub struct Given<'g> {
    /// The request of the provider.
    pub asked: Asked<'g>,
    /// What the user service has: records, or plain SCIM resources.
    pub records: Vec<Value>,
    /// What the gateway is configured with.
    pub settings: Settings<'g>,
    /// Nanoseconds since 1970 (UTC).
    pub now: u64,
    /// Where all randomness comes from, such as ids of new resources.
    pub seed: u64,
}

/// The configuration of the gateway, as in the proxy; what is needed and missing has a default.
pub struct Settings<'g> {
    /// JSON; an empty text is an empty object.
    pub text: &'g str,
    /// Which directory is spoken to; the first one when nobody says.
    pub directory: Option<&'g str>,
    /// Secrets.
    pub environment: Environment<'g>,
}

/// One request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'g> {
    /// `PATCH`
    pub method: &'g str,
    /// `/Users/7?attributes=id`, below the directory, or with everything in front of it.
    pub path: &'g str,
    /// Names and values. No credential is needed.
    pub headers: &'g [(String, String)],
    /// The body, if there is one.
    pub body: Option<&'g [u8]>,
}

/// Where nobody says which host was called.
const HOST: &str = "scim.example.com";

impl Asked<'_> {
    /// The head as a proxy would hand it over. Who may read the settings may also see what a request means, so
    /// the credential is the translation's own.
    pub(super) fn head(&self, config: &Config, directory: &str) -> RequestHead {
        let given =
            |name: &str| self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        let authority = given(":authority").or_else(|| given("host"));
        // The directory is said already, so no host may choose another.
        let authority =
            authority.filter(|host| config.directories.at_host(host).is_none()).unwrap_or_else(|| HOST.to_owned());
        let mut headers = vec![
            (":authority".to_owned(), authority),
            (":method".to_owned(), self.method.to_owned()),
            (":path".to_owned(), self.target(config, directory)),
            (":scheme".to_owned(), given(":scheme").unwrap_or_else(|| "https".to_owned())),
            ("authorization".to_owned(), format!("Bearer {}", super::settings::TOKEN)),
        ];
        if let (Some(body), None) = (self.body, given("content-length")) {
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        if self.body.is_some() && given("content-type").is_none() {
            headers.push(("content-type".to_owned(), "application/scim+json".to_owned()));
        }
        let ours = |name: &str| name.starts_with(':') || matches!(name, "host" | "authorization");
        let others = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        headers.extend(others.filter(|(name, _)| !ours(name)));
        RequestHead { headers: headers.into_iter().map(|(n, v)| (n.into_bytes(), v.into_bytes())).collect() }
    }

    /// Absolute URLs and whole paths are pasted as often as `/Users/7`.
    fn target(&self, config: &Config, directory: &str) -> String {
        let after_scheme = self.path.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?']));
        let path =
            after_scheme.map_or(self.path, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
        let root = format!("{}/{directory}", config.base);
        match path.strip_prefix(&root) {
            Some(below) if below.is_empty() || below.starts_with(['/', '?']) => path.to_owned(),
            _ => format!("{root}{path}"),
        }
    }
}
