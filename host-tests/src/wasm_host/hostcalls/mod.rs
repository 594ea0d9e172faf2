//! Every function the filter may import, one file per subject. They read and change the [`Host`]; none decides
//! what happens next.
//!
//! [`Host`]: super::host::Host

mod buffers;
mod header_maps;
mod http_call;
mod metrics;
mod properties;
mod shared_data;
mod stream_control;
mod system;
mod wasi;

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi;
use super::guest_memory as memory;
use super::headers;
use super::host;
use super::local_reply;
use super::log;
use super::service_call;

pub(super) use http_call::Asking;

pub(super) fn link(linker: &mut Linker<host::Host>) -> Result<(), LinkerError> {
    buffers::link(linker)?;
    header_maps::link(linker)?;
    http_call::link(linker)?;
    metrics::link(linker)?;
    properties::link(linker)?;
    shared_data::link(linker)?;
    stream_control::link(linker)?;
    system::link(linker)?;
    wasi::link(linker)
}
