//! `usher setup`: the guides of docs/providers for one directory. The texts live there, and only there.

use std::process::ExitCode;

use anstream::print;
use anyhow::{Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::guide::render;

#[derive(Args)]
pub(crate) struct Setup {
    /// Whose administration page the steps are for
    #[arg(value_parser = PossibleValuesParser::new(GUIDES.map(|(name, _)| name)))]
    provider: String,
    /// The directory they are for
    #[arg(long, value_name = "ID", default_value = "acme")]
    directory: String,
    /// Where providers reach the proxy: https://scim.example.com, with Usher's `base` behind it if that is not /scim/v2
    #[arg(long, value_name = "URL", default_value = "https://scim.example.com")]
    base: String,
}

/// By the words of the configuration's `provider`.
const GUIDES: [(&str, &str); 12] = [
    ("okta", include_str!("../../docs/providers/okta.md")),
    ("entra", include_str!("../../docs/providers/entra.md")),
    ("onelogin", include_str!("../../docs/providers/onelogin.md")),
    ("jumpcloud", include_str!("../../docs/providers/jumpcloud.md")),
    ("ping", include_str!("../../docs/providers/ping.md")),
    ("cyberark", include_str!("../../docs/providers/cyberark.md")),
    ("sailpoint", include_str!("../../docs/providers/sailpoint.md")),
    ("keycloak", include_str!("../../docs/providers/keycloak.md")),
    ("authentik", include_str!("../../docs/providers/authentik.md")),
    ("rippling", include_str!("../../docs/providers/rippling.md")),
    ("google", include_str!("../../docs/providers/google.md")),
    ("other", include_str!("../../docs/providers/other.md")),
];

pub(crate) fn guide(provider: &str) -> Option<&'static str> {
    GUIDES.iter().find(|(name, _)| *name == provider).map(|(_, text)| *text)
}

impl Setup {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let text = self.filled_in(guide(&self.provider).unwrap_or_default())?;
        print!("{}", render(&text));
        Ok(ExitCode::SUCCESS)
    }

    fn filled_in(&self, guide: &str) -> Result<String> {
        let base = self.base.trim_end_matches('/');
        let Some((_, host)) =
            base.split_once("://").filter(|(scheme, host)| scheme.starts_with("http") && !host.is_empty())
        else {
            bail!("--base: expected a URL such as https://scim.example.com");
        };
        let path = if host.contains('/') { "" } else { "/scim/v2" };
        let url = format!("{base}{path}/{}", self.directory);
        Ok(guide.replace("{base_url}", &url).replace("{directory}", &self.directory))
    }
}
