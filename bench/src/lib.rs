//! What both programs here ask for: requests as providers send them, and the records the service answers with.

pub mod drive;
pub mod records;
pub mod requests;
