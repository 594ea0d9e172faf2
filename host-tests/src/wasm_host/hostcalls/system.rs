//! Log, time, timer, contexts, foreign functions.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::host::Host;
use super::log::Level;
use super::memory::{self, Guest};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_log", |mut g: Guest<'_>, level: u32, text: u32, size: u32| {
            code(log(&mut g, level, text, size))
        })?
        .func_wrap("env", "proxy_get_log_level", |mut g: Guest<'_>, to: u32| {
            let level = g.data().options.log_level as u32;
            code(memory::write_u32(&mut g, to, level))
        })?
        .func_wrap("env", "proxy_get_current_time_nanoseconds", |mut g: Guest<'_>, to: u32| {
            let now = g.data().options.clock.unix_nanos();
            code(memory::write(&mut g, to, &now.to_le_bytes()))
        })?
        .func_wrap("env", "proxy_set_tick_period_milliseconds", |mut g: Guest<'_>, period: u32| {
            g.data_mut().tick_period_ms = Some(period);
            Status::Ok as u32
        })?
        .func_wrap("env", "proxy_set_effective_context", |mut g: Guest<'_>, context: u32| {
            match g.data_mut().set_effective(context) {
                true => Status::Ok as u32,
                false => Status::BadArgument as u32,
            }
        })?
        // Nothing waits for it: a context whose on_done says false is deleted all the same.
        .func_wrap("env", "proxy_done", || Status::NotFound as u32)?
        .func_wrap("env", "proxy_call_foreign_function", call_foreign_function)?;
    Ok(())
}

fn log(guest: &mut Guest<'_>, level: u32, text: u32, size: u32) -> Answer {
    let level = Level::from_abi(level).ok_or(Status::BadArgument)?;
    let text = memory::read(guest, text, size)?;
    guest.data_mut().say(level, &text);
    Ok(())
}

/// Only `clear_route_cache` is there, and there are no routes to forget.
fn call_foreign_function(
    guest: Guest<'_>,
    name: u32,
    name_size: u32,
    _arguments: u32,
    _arguments_size: u32,
    _results: u32,
    _results_size: u32,
) -> Result<u32, wasmi::Error> {
    let known = memory::read(&guest, name, name_size).and_then(|name| match name.as_slice() {
        b"clear_route_cache" => Ok(()),
        _ => Err(Status::NotFound.into()),
    });
    code(known)
}
