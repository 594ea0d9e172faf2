//! Bodies and configurations. Reading what is not there is NotFound, writing it is BadArgument.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::host::Host;
use super::memory::{self, Guest};

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const CALL_RESPONSE_BODY: u32 = 4;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;
const LAST_BUFFER: u32 = 8;

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap(
            "env",
            "proxy_get_buffer_bytes",
            |mut g: Guest<'_>, buffer: u32, start: u32, length: u32, data: u32, size: u32| {
                code(get(&mut g, buffer, (start, length), data, size))
            },
        )?
        .func_wrap(
            "env",
            "proxy_set_buffer_bytes",
            |mut g: Guest<'_>, buffer: u32, start: u32, length: u32, data: u32, size: u32| {
                code(set(&mut g, buffer, (start, length), data, size))
            },
        )?;
    Ok(())
}

/// An empty piece is Ok and writes nothing: the SDK then sees no body.
fn get(guest: &mut Guest<'_>, buffer: u32, range: (u32, u32), data: u32, size: u32) -> Answer {
    if buffer > LAST_BUFFER {
        return Err(Status::BadArgument.into());
    }
    let whole = find(guest.data_mut(), buffer).ok_or(Status::NotFound)?;
    let start = (range.0 as usize).min(whole.len());
    let end = start.saturating_add(range.1 as usize).min(whole.len());
    match whole.get(start..end) {
        None | Some([]) => Ok(()),
        Some(piece) => {
            let piece = piece.to_vec();
            memory::give(guest, &piece, data, size)
        }
    }
}

/// A request without a body can not be given one: BadArgument, in the header callback and later.
fn set(guest: &mut Guest<'_>, buffer: u32, range: (u32, u32), data: u32, size: u32) -> Answer {
    let piece = memory::read(guest, data, size)?;
    let stream = guest.data_mut().stream_mut();
    let whole = match buffer {
        REQUEST_BODY => stream.and_then(|stream| stream.request_body.as_mut()),
        RESPONSE_BODY => stream.and_then(|stream| stream.response_body_mut()),
        _ => None,
    };
    splice(whole.ok_or(Status::BadArgument)?, range, piece)
}

/// Envoy can put before, put behind, or replace the whole; nothing else.
fn splice(whole: &mut Vec<u8>, (start, length): (u32, u32), piece: Vec<u8>) -> Answer {
    let (start, length) = (start as usize, length as usize);
    match (start, length) {
        (0, 0) => drop(whole.splice(0..0, piece)),
        (0, _) if length >= whole.len() => *whole = piece,
        (1.., _) if start >= whole.len() => whole.extend(piece),
        _ => return Err(Status::BadArgument.into()),
    }
    Ok(())
}

fn find(host: &mut Host, buffer: u32) -> Option<&[u8]> {
    match buffer {
        REQUEST_BODY => host.stream()?.request_body.as_deref(),
        RESPONSE_BODY => host.stream_mut()?.response_body_mut().map(|body| &body[..]),
        CALL_RESPONSE_BODY => Some(&host.call_response.as_ref()?.body),
        VM_CONFIGURATION => Some(&host.options.vm_config),
        PLUGIN_CONFIGURATION => host.plugin_config.as_deref(),
        _ => None,
    }
}
