//! What the filter says to its log, by hostcall or by printing.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Level {
    #[default]
    Trace = 0,
    Debug = 1,
    Info = 2,
    Warn = 3,
    Error = 4,
    Critical = 5,
}

impl Level {
    pub(super) fn from_abi(level: u32) -> Option<Self> {
        use Level::*;
        let levels = [Trace, Debug, Info, Warn, Error, Critical];
        levels.get(level as usize).copied()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The context that was acting: the root's, or one exchange's.
    pub context: u32,
    pub level: Level,
    pub text: String,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:?}] {}", self.level, self.text)
    }
}
