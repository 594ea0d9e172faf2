//! Two targets side by side on the same records: one is believed, the other is only watched.
//!
//! The watched one may say what it does in a format that the service does not know, for its deliveries are noted and not
//! done. It is asked first, while the records are still as they were.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::conversation::{Answer, Request, Target};

pub struct Beside<T> {
    pub believed: T,
    pub watched: T,
}

impl<T: Target> Target for Beside<T> {
    /// The provider must see no difference.
    fn send(&mut self, request: &Request) -> Result<Answer> {
        let watched = self.watched.send(request)?;
        let believed = self.believed.send(request)?;
        if (watched.status, &watched.body) != (believed.status, &believed.body) {
            bail!("{} {}: the provider is told {watched:?} and {believed:?}", request.method, request.path);
        }
        Ok(believed)
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        self.believed.events()
    }
}
