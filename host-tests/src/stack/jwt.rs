//! Tokens that Envoy's `jwt_authn` verifies, by the sample in examples/jwt.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Edit, replace, repository};

const KEYS: &str = "host-tests/jwt/jwks.json";
const USHER: &str = "          - name: usher\n";
const CLUSTERS: &str = "  clusters:\n";

/// A token that was signed once and for all; see host-tests/jwt.
pub fn token(name: &str) -> Result<String> {
    let text = std::fs::read_to_string(repository().join("host-tests/jwt/tokens.json"))?;
    let tokens: Value = serde_json::from_str(&text)?;
    tokens[name].as_str().map(str::to_owned).with_context(|| format!("there is no token {name}"))
}

/// Puts the sample in front of Usher, with the keys in a file.
pub fn verified() -> Result<Edit> {
    let keys = repository().join(KEYS).display().to_string();
    let filter = sample()?.replace(KEYS, &keys);
    Ok(replace(USHER, format!("{filter}{USHER}")))
}

/// The same with keys that are fetched, and fetched again each second, from this port of this machine.
pub fn verified_by_keys_at(port: u16) -> Result<Vec<Edit>> {
    let fetched = format!(
        "remote_jwks: {{ http_uri: {{ uri: 'http://127.0.0.1:{port}/keys', cluster: keys, timeout: 1s }}, \
         cache_duration: 1s }}"
    );
    let local = format!("local_jwks: {{ filename: {KEYS} }}");
    let sample = sample()?;
    ensure!(sample.contains(&local), "the sample of jwt_authn has no {local}");
    let filter = sample.replace(&local, &fetched);
    let cluster = format!(
        "  - name: keys
    type: STATIC
    connect_timeout: 1s
    load_assignment:
      cluster_name: keys
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }}
"
    );
    Ok(vec![replace(USHER, format!("{filter}{USHER}")), replace(CLUSTERS, format!("{CLUSTERS}{cluster}"))])
}

fn sample() -> Result<String> {
    let file = repository().join("examples/jwt/jwt_authn.yaml");
    std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
