//! In place of the teller, in a module that was built without the feature `directory-events`.

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use usher_gateway::Gateway;

use crate::statistics::Statistics;

/// There is none.
pub(crate) struct Teller(Infallible);

impl Teller {
    /// # Errors
    /// Why the configuration cannot be taken.
    pub(crate) fn begin(gateway: &Rc<Gateway>, _: &Rc<Statistics>) -> Result<Option<Self>, &'static str> {
        match gateway.config.directory_events {
            true => {
                Err("configuration: directory_events: this module was built without the feature `directory-events`")
            }
            false => Ok(None),
        }
    }

    pub(crate) fn period(&self) -> Duration {
        match self.0 {}
    }

    pub(crate) fn tick(&mut self) -> Option<Duration> {
        match self.0 {}
    }

    pub(crate) fn heard(&mut self, _: u32, _: usize, _: usize) -> Option<Duration> {
        match self.0 {}
    }
}
