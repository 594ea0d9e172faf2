//! Every page that people read: its links lead somewhere, and its blocks of code are what they say they are.
//!
//! A block of `sh run` is run, in the order of its page, against a stack of its own; a block of `json shows` after it is
//! the shape of what it printed last. Links to other hosts are not followed: a test must not need them.

mod blocks;
mod links;
mod pages;
mod providers;
mod run;
