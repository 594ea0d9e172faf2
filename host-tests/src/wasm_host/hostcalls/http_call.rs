//! Dispatching a call. Whether it is taken is not decided here: the filter is stopped in the middle of the
//! hostcall until somebody has said so.

use std::fmt;
use std::time::Duration;

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Refusal, Status, code};
use super::host::Host;
use super::memory::{self, Guest};
use super::service_call::{CallResponse, ServiceCall, Token};

/// Raised to stop the filter; the worker resumes it with the status of the dispatch.
#[derive(Debug)]
pub(in super::super) struct Asking;

impl wasmi::errors::HostError for Asking {}

impl fmt::Display for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a dispatched call waits to be decided")
    }
}

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker.func_wrap("env", "proxy_http_call", http_call)?;
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "the ABI has that many")]
fn http_call(
    mut guest: Guest<'_>,
    cluster: u32,
    cluster_size: u32,
    headers: u32,
    headers_size: u32,
    body: u32,
    body_size: u32,
    trailers: u32,
    trailers_size: u32,
    timeout: i32,
    token: u32,
) -> Result<u32, wasmi::Error> {
    let parts = [(cluster, cluster_size), (headers, headers_size), (body, body_size), (trailers, trailers_size)];
    let call = read_call(&guest, parts, timeout);
    code(call.and_then(|call| dispatch(&mut guest, call, token)))
}

fn read_call(guest: &Guest<'_>, parts: [(u32, u32); 4], timeout: i32) -> Answer<ServiceCall> {
    let [cluster, headers, body, trailers] = parts;
    let millis = u64::try_from(timeout).map_err(|_| Status::BadArgument)?;
    let mut call = ServiceCall {
        cluster: memory::read_text(guest, cluster.0, cluster.1)?,
        headers: memory::read_headers(guest, headers.0, headers.1)?,
        body: memory::read(guest, body.0, body.1)?,
        trailers: memory::read_headers(guest, trailers.0, trailers.1)?,
        timeout: Duration::from_millis(millis),
    };
    check_head(&call)?;
    if !call.body.is_empty() {
        let length = call.body.len().to_string();
        call.headers.replace("content-length", length);
    }
    Ok(call)
}

fn check_head(call: &ServiceCall) -> Answer {
    let needed = [":path", ":method", ":authority"];
    match needed.iter().all(|name| call.headers.get(name).is_some()) {
        true => Ok(()),
        false => Err(Status::BadArgument.into()),
    }
}

fn dispatch(guest: &mut Guest<'_>, call: ServiceCall, place: u32) -> Answer {
    let host = guest.data_mut();
    let token = host.accept_call();
    let Some(stream) = host.stream_mut() else {
        host.root_calls.push((token, call));
        return memory::write_u32(guest, place, token.0);
    };
    stream.calls += 1;
    if let Some(name) = call.headers.first_invalid() {
        let answer = CallResponse::invalid_header(&name);
        stream.answers.push_back((token.0, Some(answer)));
        return memory::write_u32(guest, place, token.0);
    }
    ask(guest, token, call, place)
}

fn ask(guest: &mut Guest<'_>, token: Token, call: ServiceCall, place: u32) -> Answer {
    memory::write_u32(guest, place, token.0)?;
    match guest.data().can_ask {
        false => Ok(()),
        true => {
            guest.data_mut().asked = Some((token, call));
            Err(Refusal::Trap(wasmi::Error::host(Asking)))
        }
    }
}
