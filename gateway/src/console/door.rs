//! Who may look: whoever knows the console's token. A browser asks for it by itself (Basic, any user name); a script
//! may send it as a bearer token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::config::{Console, Fingerprint};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::Answer;
use crate::request::RequestHead;

/// Whether the request knows the token.
pub(super) fn open(console: &Console, head: &RequestHead) -> bool {
    let offered = head.one("authorization").ok().flatten().and_then(token);
    offered.is_some_and(|token| Fingerprint::of(token).ct_eq(&console.token).into())
}

/// What everybody else is told; the browser then asks.
pub(super) fn closed() -> Answer {
    let mut answer = Answer::failure(&ScimError::new(ErrorKind::Unauthorized, "the console's token is wanted"));
    answer.headers.retain(|(name, _)| *name != "www-authenticate");
    answer.header("www-authenticate", "Basic realm=\"Usher console\", charset=\"UTF-8\"".to_owned())
}

fn token(authorization: &str) -> Option<Vec<u8>> {
    let (scheme, offered) = authorization.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(offered.as_bytes().to_vec()),
        "basic" => password(&STANDARD.decode(offered).ok()?),
        _ => None,
    }
}

fn password(pair: &[u8]) -> Option<Vec<u8>> {
    let colon = pair.iter().position(|b| *b == b':')?;
    pair.get(colon + 1..).map(<[u8]>::to_vec)
}
