//! No console: this gateway was built without the feature of that name, and refuses a configuration that wants one.

use crate::exchange::{Answer, World};
use crate::gateway::Gateway;
use crate::request::RequestHead;

pub(crate) async fn answer(_: &Gateway, _: &World, _: &RequestHead) -> Option<Answer> {
    None
}

pub(crate) async fn begin(_: &Gateway, _: &World) -> Option<u64> {
    None
}

pub(crate) async fn note(_: &Gateway, _: &World, _: &RequestHead, _: Option<u64>, _: &Answer) {}
