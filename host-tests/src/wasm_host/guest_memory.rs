//! The filter's memory as a hostcall may touch it: bounds checked, results put where the filter allocates.

use wasmi::errors::MemoryError;
use wasmi::{Caller, Error, Memory};

use super::abi::{Answer, Refusal, Status};
use super::headers::Headers;
use super::host::Host;

/// The filter as a hostcall meets it.
pub(super) type Guest<'a> = Caller<'a, Host>;

pub(super) fn read(guest: &Guest<'_>, from: u32, length: u32) -> Answer<Vec<u8>> {
    let start = from as usize;
    let bytes = memory(guest)?.data(guest).get(start..start + length as usize);
    let bytes = bytes.ok_or(Status::InvalidMemoryAccess)?;
    Ok(bytes.to_vec())
}

pub(super) fn read_text(guest: &Guest<'_>, from: u32, length: u32) -> Answer<String> {
    let bytes = read(guest, from, length)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn read_headers(guest: &Guest<'_>, from: u32, length: u32) -> Answer<Headers> {
    Ok(Headers::unmarshal(&read(guest, from, length)?))
}

pub(super) fn write(guest: &mut Guest<'_>, to: u32, bytes: &[u8]) -> Answer {
    let memory = memory(guest)?;
    Ok(memory.write(guest, to as usize, bytes)?)
}

pub(super) fn write_u32(guest: &mut Guest<'_>, to: u32, value: u32) -> Answer {
    write(guest, to, &value.to_le_bytes())
}

/// Copies bytes into memory the filter allocates and tells it where. Nothing is a null pointer.
pub(super) fn give(guest: &mut Guest<'_>, bytes: &[u8], data: u32, size: u32) -> Answer {
    let place = match bytes {
        [] => 0,
        bytes => allocate(guest, bytes)?,
    };
    write_u32(guest, data, place)?;
    write_u32(guest, size, bytes.len() as u32)
}

fn allocate(guest: &mut Guest<'_>, bytes: &[u8]) -> Answer<u32> {
    let allocate = guest.data().allocate;
    let allocate = allocate.ok_or_else(|| Error::new("the module exports no allocator"))?;
    let place = allocate.call(&mut *guest, bytes.len() as u32)?;
    write(guest, place, bytes)?;
    Ok(place)
}

fn memory(guest: &Guest<'_>) -> Result<Memory, Refusal> {
    let memory = guest.data().memory;
    Ok(memory.ok_or(MemoryError::OutOfBoundsAccess)?)
}
