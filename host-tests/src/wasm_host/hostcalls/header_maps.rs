//! Header maps. A map that is gone reads as empty by pairs and is BadArgument for everything else.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::headers::Headers;
use super::host::Host;
use super::memory::{self, Guest};

const REQUEST_HEADERS: u32 = 0;
const REQUEST_TRAILERS: u32 = 1;
const RESPONSE_HEADERS: u32 = 2;
const CALL_RESPONSE_HEADERS: u32 = 6;
const LAST_MAP: u32 = 7;

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_get_header_map_pairs", |mut g: Guest<'_>, map: u32, data: u32, size: u32| {
            code(get_pairs(&mut g, map, data, size))
        })?
        .func_wrap("env", "proxy_set_header_map_pairs", |mut g: Guest<'_>, map: u32, data: u32, size: u32| {
            code(set_pairs(&mut g, map, data, size))
        })?
        .func_wrap(
            "env",
            "proxy_get_header_map_value",
            |mut g: Guest<'_>, map: u32, key: u32, key_size: u32, data: u32, size: u32| {
                code(get_value(&mut g, map, (key, key_size), data, size))
            },
        )?
        .func_wrap(
            "env",
            "proxy_add_header_map_value",
            |mut g: Guest<'_>, map: u32, key: u32, key_size: u32, value: u32, value_size: u32| {
                code(edit(&mut g, map, (key, key_size), (value, value_size), |headers, key, value| {
                    headers.add(key, value)
                }))
            },
        )?
        .func_wrap(
            "env",
            "proxy_replace_header_map_value",
            |mut g: Guest<'_>, map: u32, key: u32, key_size: u32, value: u32, value_size: u32| {
                code(edit(&mut g, map, (key, key_size), (value, value_size), |headers, key, value| {
                    headers.replace(key, value)
                }))
            },
        )?
        .func_wrap("env", "proxy_remove_header_map_value", |mut g: Guest<'_>, map: u32, key: u32, key_size: u32| {
            code(edit(&mut g, map, (key, key_size), (0, 0), |headers, key, _| headers.remove(key)))
        })?;
    Ok(())
}

fn get_pairs(guest: &mut Guest<'_>, map: u32, data: u32, size: u32) -> Answer {
    if map > LAST_MAP {
        return Err(Status::BadArgument.into());
    }
    let pairs = find(guest.data(), map).map(Headers::marshal);
    memory::give(guest, &pairs.unwrap_or_default(), data, size)
}

fn set_pairs(guest: &mut Guest<'_>, map: u32, data: u32, size: u32) -> Answer {
    let headers = memory::read_headers(guest, data, size)?;
    *find_mut(guest.data_mut(), map).ok_or(Status::BadArgument)? = headers;
    Ok(())
}

fn get_value(guest: &mut Guest<'_>, map: u32, key: (u32, u32), data: u32, size: u32) -> Answer {
    let name = memory::read_text(guest, key.0, key.1)?.to_ascii_lowercase();
    let value = lookup(guest.data(), map, &name)?;
    memory::give(guest, &value, data, size)
}

/// In `on_log` a map that never was is "no such header"; at any other time it is an error.
fn lookup(host: &Host, map: u32, name: &str) -> Answer<Vec<u8>> {
    let logging = host.stream().is_some_and(|stream| stream.logging);
    let headers = match find(host, map) {
        None if logging => return Err(Status::NotFound.into()),
        found => found.ok_or(Status::BadArgument)?,
    };
    Ok(headers.get(name).ok_or(Status::NotFound)?.to_vec())
}

fn edit(
    guest: &mut Guest<'_>,
    map: u32,
    key: (u32, u32),
    value: (u32, u32),
    change: fn(&mut Headers, &[u8], &[u8]),
) -> Answer {
    let key = memory::read(guest, key.0, key.1)?;
    let value = memory::read(guest, value.0, value.1)?;
    let headers = find_mut(guest.data_mut(), map).ok_or(Status::BadArgument)?;
    change(headers, &key, &value);
    Ok(())
}

fn find(host: &Host, map: u32) -> Option<&Headers> {
    match map {
        REQUEST_HEADERS => host.stream()?.request_headers(),
        REQUEST_TRAILERS => host.stream()?.request_trailers.as_ref(),
        RESPONSE_HEADERS => host.stream()?.response_headers(),
        CALL_RESPONSE_HEADERS => Some(&host.call_response.as_ref()?.headers),
        _ => None,
    }
}

fn find_mut(host: &mut Host, map: u32) -> Option<&mut Headers> {
    match map {
        REQUEST_HEADERS => host.stream_mut()?.request_headers_mut(),
        REQUEST_TRAILERS => host.stream_mut()?.request_trailers.as_mut(),
        RESPONSE_HEADERS => host.stream_mut()?.response_headers_mut(),
        _ => None,
    }
}
