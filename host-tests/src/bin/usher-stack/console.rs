//! The console of the stack: with `run`, and with `up` when somebody asks for it by `CONSOLE=1`.

use serde_json::{Map, Value, json};
use usher_host_tests::stack::Stack;

/// As public as the demo tokens of the sample; the stack listens on this machine only.
const TOKEN: &str = "console-demo-token-please-change";
/// `printf %s "$TOKEN" | openssl dgst -sha256`
const SHA256: &str = "4b52c569cb4dbb61ca850b59e02d42a380b5d7d5493807c9440f07457ede7356";

/// What the plugin's configuration needs for it. Whoever watches here made up the people themselves.
pub(crate) fn configured() -> Map<String, Value> {
    Map::from_iter([("console".to_owned(), json!({"sha256": SHA256, "personal_data": true}))])
}

/// Where it is, with the token in it: a browser then does not ask.
pub(crate) fn url(stack: &Stack) -> String {
    stack.url().replacen("://", &format!("://usher:{TOKEN}@"), 1) + "/usher"
}
