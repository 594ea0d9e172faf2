//! Who is calling (RFC 7644 section 2): one of the directory's credentials, or nobody.
//!
//! An unknown directory and a wrong token cost the same and are answered alike, so that nobody can learn which
//! customers there are.

mod compare;
mod jwt;
mod offer;
mod password;

use std::rc::Rc;

use crate::config::{Config, Credential, Directory, DirectoryId, Proof};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Fact, World, apart};
use crate::gateway::Gateway;
use crate::lookup;
use crate::request::RequestHead;
use crate::throttle::{Lockout, source, too_many};
use compare::Offered;
pub(crate) use offer::Offer;

/// The directory this request may speak for.
///
/// # Errors
/// 401, the same one for every reason; 429 for an address that has failed too often; 503 when it cannot be told.
pub(crate) async fn authenticate(
    gateway: &Gateway,
    world: &World,
    head: &RequestHead,
    name: &str,
) -> Result<Rc<Directory>, ScimError> {
    let config = &gateway.config;
    let id = DirectoryId::parse(name).ok_or_else(refused)?;
    let directory = lookup::find(gateway, world, head, &id).await?;
    let door = Door { config, world, id: &id, directory: directory.as_deref() };
    match door.opens(head).await? {
        true => directory.ok_or_else(refused),
        false => Err(refused()),
    }
}

/// A directory as a stranger stands before it; perhaps there is none.
struct Door<'d> {
    config: &'d Config,
    world: &'d World,
    id: &'d DirectoryId,
    directory: Option<&'d Directory>,
}

impl<'d> Door<'d> {
    async fn opens(&self, head: &RequestHead) -> Result<bool, ScimError> {
        let offer = Offer::read(head, self.headers());
        let offered = Offered::of(&offer);
        let now = if self.all().any(|c| !c.window.is_ever()) { self.world.now().await } else { 0 };
        let opened = match &offer {
            Offer::Unclear => false,
            _ if offered.opens(self.credentials(now)) => true,
            Offer::Basic { user, password } => apart(self.knows(&offered, user, password, now)).await?,
            Offer::Nothing | Offer::Token { .. } => apart(self.is_vouched_for(now)).await?,
        };
        // Who offers nothing has guessed nothing.
        if !opened && offer != Offer::Nothing {
            apart(self.count_failure()).await?;
        }
        Ok(opened)
    }

    fn all(&self) -> impl Iterator<Item = &'d Credential> {
        self.directory.into_iter().flat_map(|directory| &directory.credentials)
    }

    /// Those that are good now.
    fn credentials(&self, now: u64) -> impl Iterator<Item = &'d Credential> {
        self.all().filter(move |credential| credential.window.is_ever() || credential.window.holds(now))
    }

    /// Headers that may hold a token, besides `Authorization`.
    fn headers(&self) -> impl Iterator<Item = &'d str> {
        self.all().filter_map(|credential| match &credential.proof {
            Proof::Header(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    async fn source(&self) -> String {
        source(&self.world.fact(Fact::Address).await.pop().unwrap_or_default())
    }

    async fn count_failure(&self) -> Result<(), ScimError> {
        if self.config.lockout.failures == 0 {
            return Ok(());
        }
        let lockout = Lockout::of(&self.config.lockout, self.id, &self.source().await);
        lockout.failed(self.world).await.map_or(Ok(()), |wait| Err(locked_out(wait)))
    }

    async fn refuse_locked_out(&self) -> Result<(), ScimError> {
        let lockout = Lockout::of(&self.config.lockout, self.id, &self.source().await);
        lockout.wait(self.world).await.map_or(Ok(()), |wait| Err(locked_out(wait)))
    }
}

fn refused() -> ScimError {
    ScimError::new(ErrorKind::Unauthorized, "the credentials are missing or wrong for this directory")
}

fn locked_out(wait: u64) -> ScimError {
    too_many(wait, "too many failed attempts from this address; please try again later")
}
