//! Going on, giving up, answering.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::host::Host;
use super::local_reply::LocalReply;
use super::memory::{self, Guest};

const REQUEST: u32 = 0;
const RESPONSE: u32 = 1;
const LAST_STREAM_TYPE: u32 = 3;

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_continue_stream", |mut g: Guest<'_>, kind: u32| code(continue_stream(&mut g, kind)))?
        .func_wrap("env", "proxy_close_stream", |mut g: Guest<'_>, kind: u32| code(close_stream(&mut g, kind)))?
        .func_wrap("env", "proxy_send_local_response", send_local_response)?;
    Ok(())
}

fn continue_stream(guest: &mut Guest<'_>, kind: u32) -> Answer {
    let stream = guest.data_mut().stream_mut();
    match kind {
        REQUEST => stream.map_or((), |stream| stream.resume_request()),
        RESPONSE => stream.map_or((), |stream| stream.resume_response()),
        _ => return Err(Status::BadArgument.into()),
    }
    Ok(())
}

fn close_stream(guest: &mut Guest<'_>, kind: u32) -> Answer {
    if kind > LAST_STREAM_TYPE {
        return Err(Status::BadArgument.into());
    }
    if let Some(stream) = guest.data_mut().stream_mut() {
        stream.reset = true;
    }
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "the ABI has that many")]
fn send_local_response(
    mut guest: Guest<'_>,
    status: u32,
    details: u32,
    details_size: u32,
    body: u32,
    body_size: u32,
    headers: u32,
    headers_size: u32,
    _grpc_status: u32,
) -> Result<u32, wasmi::Error> {
    let parts = [(details, details_size), (body, body_size), (headers, headers_size)];
    code(send(&mut guest, status, parts))
}

/// Always Ok, even where there is no stream to answer: so says Envoy.
fn send(guest: &mut Guest<'_>, status: u32, [details, body, headers]: [(u32, u32); 3]) -> Answer {
    let details = memory::read_text(guest, details.0, details.1)?;
    let body = memory::read(guest, body.0, body.1)?;
    let headers = memory::read_headers(guest, headers.0, headers.1)?;
    if let Some(stream) = guest.data_mut().stream_mut() {
        stream.send(LocalReply::new(status, headers, body, &details));
    }
    Ok(())
}
