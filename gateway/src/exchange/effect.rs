//! What an exchange can ask of the world, and what it can hear back. Plain values on both sides.

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The whole request body.
    Body,
    /// One HTTP call to the user service.
    Call(ServiceRequest),
    /// What was saved under this key, by whichever worker.
    Load(String),
    /// Save this under a key, in place of what is there, if that is as the guard says.
    Save(String, Vec<u8>, Guard),
    /// The time.
    Now,
    /// Sixteen random bytes.
    Random,
    /// What only the proxy knows of this request.
    Fact(Fact),
}

/// Something the proxy knows and the client cannot say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Where the request comes from: address and port.
    Address,
    /// The values of a claim of a token that the proxy has verified by the keys of this provider.
    Claim {
        /// As it is called in the proxy's configuration.
        provider: String,
        /// `aud`
        name: String,
    },
    /// Why the proxy has verified no token by the keys of this provider.
    Failure {
        /// As it is called in the proxy's configuration.
        provider: String,
    },
}

/// How a wish was granted; each fits the effect of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EffectResult {
    /// The body, or why there is none.
    Body(Body),
    /// The service's answer, or why there is none.
    Call(CallResult),
    /// The value, if there ever was one. It may be lost at any time.
    Loaded(Option<Kept>),
    /// Whether it was: not, when somebody else was quicker.
    Saved(bool),
    /// Nanoseconds since 1970 (UTC).
    Now(u64),
    /// The bytes.
    Random([u8; 16]),
    /// Every value there is; none when nothing is known.
    Fact(Vec<String>),
}

/// What is saved under a key. Shared data knows no deletion, so nothing at all stands for a value that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The bytes; perhaps none.
    pub value: Vec<u8>,
    /// Another one after every save.
    pub edition: u32,
}

/// What must stand under a key for a value to be saved there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Whatever there is.
    Anything,
    /// What was loaded, in this edition.
    Edition(u32),
    /// Nothing has ever been there.
    Absent,
}

/// The request body as the host received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// It went over the limit before it ended.
    TooLarge,
}

/// One call to the user service; the host adds the cluster's authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRequest {
    /// `GET` or `POST`; in event routes also `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Path and query, already encoded.
    pub path: String,
    /// Lower-case names; values of visible ASCII.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: Option<Vec<u8>>,
}

/// The user service's complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// As received.
    pub body: Vec<u8>,
}

impl ServiceAnswer {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// It was answered, completely.
    Answered(ServiceAnswer),
    /// It was not.
    Failed(CallFailure),
}

/// Why a call was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFailure {
    /// No such cluster, no healthy host in it, or its circuit breaker is open: nothing was sent.
    NoHost,
    /// The connection ended before the answer did; the service may or may not have acted.
    Reset,
    /// The answer is larger than `answer_bytes`, and was not looked at.
    TooLarge,
}
