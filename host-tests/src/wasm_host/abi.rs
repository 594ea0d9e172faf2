//! The words of the proxy-wasm ABI: status codes and how a hostcall refuses. Knows no hostcall.

use wasmi::errors::MemoryError;

/// What a hostcall returns to the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    Ok = 0,
    NotFound = 1,
    BadArgument = 2,
    InvalidMemoryAccess = 6,
    Empty = 7,
    CasMismatch = 8,
    InternalFailure = 10,
}

/// A hostcall that did not work out: the filter gets a status, or its VM stops.
#[derive(Debug)]
pub(super) enum Refusal {
    Status(Status),
    Trap(wasmi::Error),
}

pub(super) type Answer<T = ()> = Result<T, Refusal>;

/// The number the filter sees, or the error that stops its VM.
pub(super) fn code(answer: Answer) -> Result<u32, wasmi::Error> {
    match answer {
        Ok(()) => Ok(Status::Ok as u32),
        Err(Refusal::Status(status)) => Ok(status as u32),
        Err(Refusal::Trap(error)) => Err(error),
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<wasmi::Error> for Refusal {
    fn from(error: wasmi::Error) -> Self {
        Self::Trap(error)
    }
}

impl From<MemoryError> for Refusal {
    fn from(_: MemoryError) -> Self {
        Self::Status(Status::InvalidMemoryAccess)
    }
}
