//! The kinds of fault. Each says whose fault it is; how it is done stands with whom it is done to.

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The user service misbehaves, call by call.
    Service(Misbehaviour),
    /// The user service is killed, and started again with what it had stored.
    ServiceKilled,
    /// The user service stops taking connections, and its queue of them is short.
    QueueFull,
    /// Envoy is killed, and started again.
    EnvoyKilled,
    /// Envoy is drained and told to end, and started again.
    EnvoyDrained,
    /// Envoy gets another good configuration every second.
    Reloads,
    /// Envoy gets a wrong configuration every second.
    WrongReloads,
    /// The keys that JWTs are verified with come and go.
    KeysGone,
    /// The clock jumps.
    ClockJumps,
    /// One of three Envoys is killed.
    ReplicaKilled,
    /// Clients go away at a random byte of their request, or while they wait.
    ClientsAbort,
}

/// What the user service does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misbehaviour {
    Reset,
    Close,
    Hang,
    HeadersThenReset,
    BodyCutShort,
    PartialStatusLine,
    Garbage,
    Status500,
    Status502,
    Status503,
    Status429,
    Redirect,
    Status401,
    NoContentWithBody,
    ByteASecond,
}

use Misbehaviour::*;

/// All of them, by the names under which the table shows them.
pub const KINDS: [(&str, Kind); 25] = [
    ("service-reset", Kind::Service(Reset)),
    ("service-close", Kind::Service(Close)),
    ("service-hang", Kind::Service(Hang)),
    ("headers-then-reset", Kind::Service(HeadersThenReset)),
    ("body-cut-short", Kind::Service(BodyCutShort)),
    ("partial-status-line", Kind::Service(PartialStatusLine)),
    ("garbage", Kind::Service(Garbage)),
    ("status-500", Kind::Service(Status500)),
    ("status-502", Kind::Service(Status502)),
    ("status-503", Kind::Service(Status503)),
    ("status-429", Kind::Service(Status429)),
    ("redirect", Kind::Service(Redirect)),
    ("status-401", Kind::Service(Status401)),
    ("no-content-with-body", Kind::Service(NoContentWithBody)),
    ("byte-a-second", Kind::Service(ByteASecond)),
    ("service-killed", Kind::ServiceKilled),
    ("queue-full", Kind::QueueFull),
    ("envoy-killed", Kind::EnvoyKilled),
    ("envoy-drained", Kind::EnvoyDrained),
    ("reloads", Kind::Reloads),
    ("wrong-reloads", Kind::WrongReloads),
    ("keys-gone", Kind::KeysGone),
    ("clock-jumps", Kind::ClockJumps),
    ("replica-killed", Kind::ReplicaKilled),
    ("clients-abort", Kind::ClientsAbort),
];

impl Kind {
    pub fn named(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Whether every request must succeed at once: the fault is none of the provider's business.
    pub fn is_silent(self) -> bool {
        matches!(self, Kind::Reloads | Kind::WrongReloads | Kind::ClockJumps)
    }
}

impl Misbehaviour {
    /// Whether the service may have taken the events before it misbehaves.
    pub fn may_have_stored(self) -> bool {
        !matches!(self, Status401 | Status429 | Redirect)
    }

    /// Whether what it answers is an acknowledgement, odd as it may look.
    pub fn must_have_stored(self) -> bool {
        self == NoContentWithBody
    }

    /// How many calls of a hundred it happens to; those that last are rarer.
    pub fn percent(self) -> u8 {
        if matches!(self, Hang | ByteASecond) { 15 } else { 35 }
    }
}
