//! Metrics, by hostcall.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, code};
use super::host::Host;
use super::memory::{self, Guest};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_define_metric", |mut g: Guest<'_>, kind: u32, name: u32, size: u32, to: u32| {
            code(define(&mut g, kind, name, size, to))
        })?
        .func_wrap("env", "proxy_increment_metric", |mut g: Guest<'_>, id: u32, offset: i64| {
            code(g.data_mut().metrics.increment(id, offset).map_err(Into::into))
        })?
        .func_wrap("env", "proxy_record_metric", |mut g: Guest<'_>, id: u32, value: u64| {
            code(g.data_mut().metrics.record(id, value).map_err(Into::into))
        })?
        .func_wrap("env", "proxy_get_metric", |mut g: Guest<'_>, id: u32, to: u32| code(get(&mut g, id, to)))?;
    Ok(())
}

fn define(guest: &mut Guest<'_>, kind: u32, name: u32, size: u32, to: u32) -> Answer {
    let name = memory::read_text(guest, name, size)?;
    let id = guest.data_mut().metrics.define(kind, name)?;
    memory::write_u32(guest, to, id)
}

fn get(guest: &mut Guest<'_>, id: u32, to: u32) -> Answer {
    let value = guest.data_mut().metrics.get(id)?;
    memory::write(guest, to, &value.to_le_bytes())
}
