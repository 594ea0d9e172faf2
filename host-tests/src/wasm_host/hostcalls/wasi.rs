//! The few WASI functions Rust's standard library imports. No files, no arguments, no exit but a trap.

use wasmi::errors::LinkerError;
use wasmi::{Error, Linker};

use super::abi::{Answer, Refusal, Status};
use super::host::Host;
use super::log::Level;
use super::memory::{self, Guest};

const WASI: &str = "wasi_snapshot_preview1";

const SUCCESS: u32 = 0;
const BAD_DESCRIPTOR: u32 = 8;
const FAULT: u32 = 21;
const NO_SYSTEM_CALL: u32 = 52;
const NOT_SUPPORTED: u32 = 58;

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    link_harmless(linker)?;
    linker
        .func_wrap(WASI, "random_get", |mut g: Guest<'_>, to: u32, size: u32| {
            let bytes = g.data_mut().random.bytes(size as usize);
            errno(memory::write(&mut g, to, &bytes))
        })?
        .func_wrap(WASI, "clock_time_get", |mut g: Guest<'_>, id: u32, _precision: u64, to: u32| {
            let now = g.data().options.clock.unix_nanos().to_le_bytes();
            match id {
                // Real time and monotonic: one clock for both, so that a test moves them together.
                0 | 1 => errno(memory::write(&mut g, to, &now)),
                _ => Ok(NOT_SUPPORTED),
            }
        })?
        .func_wrap(WASI, "environ_sizes_get", |mut g: Guest<'_>, count: u32, size: u32| {
            errno(environ_sizes(&mut g, count, size))
        })?
        .func_wrap(WASI, "environ_get", |mut g: Guest<'_>, pointers: u32, texts: u32| {
            errno(environ(&mut g, pointers, texts))
        })?
        .func_wrap(WASI, "fd_write", |mut g: Guest<'_>, fd: u32, pieces: u32, count: u32, written: u32| match fd {
            1 => errno(print(&mut g, Level::Info, pieces, count, written)),
            2 => errno(print(&mut g, Level::Error, pieces, count, written)),
            _ => Ok(BAD_DESCRIPTOR),
        })?
        .func_wrap(WASI, "proc_exit", |code: u32| -> Result<(), Error> {
            Err(Error::new(format!("proc_exit({code})")))
        })?;
    Ok(())
}

fn link_harmless(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap(WASI, "args_sizes_get", |mut g: Guest<'_>, count: u32, size: u32| {
            errno(memory::write_u32(&mut g, count, 0).and_then(|()| memory::write_u32(&mut g, size, 0)))
        })?
        .func_wrap(WASI, "args_get", |_: u32, _: u32| SUCCESS)?
        .func_wrap(WASI, "sched_yield", || SUCCESS)?
        .func_wrap(WASI, "fd_close", |_: u32| SUCCESS)?
        .func_wrap(WASI, "fd_fdstat_get", |_: u32, _: u32| BAD_DESCRIPTOR)?
        .func_wrap(WASI, "fd_prestat_get", |_: u32, _: u32| BAD_DESCRIPTOR)?
        .func_wrap(WASI, "fd_prestat_dir_name", |_: u32, _: u32, _: u32| BAD_DESCRIPTOR)?
        .func_wrap(WASI, "fd_seek", |_: u32, _: u64, _: u32, _: u32| BAD_DESCRIPTOR)?
        .func_wrap(WASI, "fd_read", |_: u32, _: u32, _: u32, _: u32| NO_SYSTEM_CALL)?;
    Ok(())
}

fn errno(answer: Answer) -> Result<u32, Error> {
    match answer {
        Ok(()) => Ok(SUCCESS),
        Err(Refusal::Status(_)) => Ok(FAULT),
        Err(Refusal::Trap(error)) => Err(error),
    }
}

fn variables(guest: &Guest<'_>) -> Vec<Vec<u8>> {
    let env = guest.data().options.env.iter();
    env.map(|(name, value)| format!("{name}={value}\0").into_bytes()).collect()
}

fn environ_sizes(guest: &mut Guest<'_>, count: u32, size: u32) -> Answer {
    let texts = variables(guest);
    memory::write_u32(guest, count, texts.len() as u32)?;
    memory::write_u32(guest, size, texts.concat().len() as u32)
}

fn environ(guest: &mut Guest<'_>, mut pointer: u32, mut place: u32) -> Answer {
    for text in variables(guest) {
        memory::write_u32(guest, pointer, place)?;
        memory::write(guest, place, &text)?;
        pointer = pointer.wrapping_add(4);
        place = place.wrapping_add(text.len() as u32);
    }
    Ok(())
}

/// What is printed is one log line, without the newline at its end.
fn print(guest: &mut Guest<'_>, level: Level, pieces: u32, count: u32, written: u32) -> Answer {
    let mut text = Vec::new();
    for piece in 0..count {
        text.extend(read_piece(guest, pieces.wrapping_add(piece.wrapping_mul(8)))?);
    }
    memory::write_u32(guest, written, text.len() as u32)?;
    if !text.is_empty() {
        guest.data_mut().say(level, text.strip_suffix(b"\n").unwrap_or(&text));
    }
    Ok(())
}

fn read_piece(guest: &Guest<'_>, at: u32) -> Answer<Vec<u8>> {
    let head = memory::read(guest, at, 8)?;
    let [from, size] = [0, 4].map(|place| head.get(place..place + 4).map(little_endian));
    memory::read(guest, from.ok_or(Status::InvalidMemoryAccess)?, size.ok_or(Status::InvalidMemoryAccess)?)
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte))
}
