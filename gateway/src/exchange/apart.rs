//! Parts of an exchange that are functions of their own.

use std::future::Future;
use std::pin::Pin;

/// A part of the line that has been set apart, and what it will come to.
pub(crate) type Apart<'l, T> = Pin<Box<dyn Future<Output = T> + 'l>>;

/// Set a part apart, in a box. Whatever a line awaits becomes a piece of the line's one function and of its one state,
/// however seldom it is reached; and the proxy's compiler takes memory by the largest function of the module.
pub(crate) fn apart<'l, T>(line: impl Future<Output = T> + 'l) -> Apart<'l, T> {
    Box::pin(line)
}
