//! Who may look: whoever knows the console's token. A browser asks for it by itself (Basic, any user name); a script
//! may send it as a bearer token.

use subtle::ConstantTimeEq;

use crate::authenticate::Offer;
use crate::config::{Console, Fingerprint};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::Answer;
use crate::request::RequestHead;

/// Whether the request knows the token.
pub(super) fn open(console: &Console, head: &RequestHead) -> bool {
    let offer = Offer::read(head, std::iter::empty());
    let offered = match &offer {
        Offer::Basic { password, .. } => Some(password.as_str()),
        offer => offer.bearer(),
    };
    offered.is_some_and(|token| Fingerprint::of(token).ct_eq(&console.token).into())
}

/// What everybody else is told; the browser then asks.
pub(super) fn closed() -> Answer {
    let mut answer = Answer::failure(&ScimError::new(ErrorKind::Unauthorized, "the console's token is wanted"));
    answer.headers.retain(|(name, _)| *name != "www-authenticate");
    answer.header("www-authenticate", "Basic realm=\"Usher console\", charset=\"UTF-8\"".to_owned())
}
