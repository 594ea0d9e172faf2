//! Shared data and shared queues, by hostcall.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::host::Host;
use super::memory::{self, Guest};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    link_queues(linker)?;
    linker
        .func_wrap(
            "env",
            "proxy_get_shared_data",
            |mut g: Guest<'_>, key: u32, key_size: u32, data: u32, size: u32, cas: u32| {
                code(get(&mut g, (key, key_size), data, size, cas))
            },
        )?
        .func_wrap(
            "env",
            "proxy_set_shared_data",
            |g: Guest<'_>, key: u32, key_size: u32, data: u32, size: u32, cas: u32| {
                code(set(&g, (key, key_size), (data, size), cas))
            },
        )?;
    Ok(())
}

fn link_queues(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_register_shared_queue", |mut g: Guest<'_>, name: u32, size: u32, to: u32| {
            code(register_queue(&mut g, name, size, to))
        })?
        .func_wrap(
            "env",
            "proxy_resolve_shared_queue",
            |mut g: Guest<'_>, _vm: u32, _vm_size: u32, name: u32, size: u32, to: u32| {
                code(resolve_queue(&mut g, name, size, to))
            },
        )?
        .func_wrap("env", "proxy_enqueue_shared_queue", |g: Guest<'_>, queue: u32, data: u32, size: u32| {
            code(enqueue(&g, queue, data, size))
        })?
        .func_wrap("env", "proxy_dequeue_shared_queue", |mut g: Guest<'_>, queue: u32, data: u32, size: u32| {
            code(dequeue(&mut g, queue, data, size))
        })?;
    Ok(())
}

fn get(guest: &mut Guest<'_>, key: (u32, u32), data: u32, size: u32, cas: u32) -> Answer {
    let key = memory::read(guest, key.0, key.1)?;
    let held = guest.data().options.shared.get(&key);
    let (value, number) = held.ok_or(Status::NotFound)?;
    memory::give(guest, &value, data, size)?;
    memory::write_u32(guest, cas, number)
}

fn set(guest: &Guest<'_>, key: (u32, u32), value: (u32, u32), cas: u32) -> Answer {
    let key = memory::read(guest, key.0, key.1)?;
    let value = memory::read(guest, value.0, value.1)?;
    Ok(guest.data().options.shared.set(&key, &value, cas)?)
}

fn register_queue(guest: &mut Guest<'_>, name: u32, size: u32, to: u32) -> Answer {
    let name = memory::read(guest, name, size)?;
    let id = guest.data().options.shared.register_queue(&name);
    memory::write_u32(guest, to, id)
}

fn resolve_queue(guest: &mut Guest<'_>, name: u32, size: u32, to: u32) -> Answer {
    let name = memory::read(guest, name, size)?;
    let id = guest.data().options.shared.queue_id(&name);
    memory::write_u32(guest, to, id.ok_or(Status::NotFound)?)
}

fn enqueue(guest: &Guest<'_>, queue: u32, data: u32, size: u32) -> Answer {
    let item = memory::read(guest, data, size)?;
    Ok(guest.data().options.shared.enqueue(queue, item)?)
}

fn dequeue(guest: &mut Guest<'_>, queue: u32, data: u32, size: u32) -> Answer {
    let item = guest.data().options.shared.dequeue(queue)?;
    memory::give(guest, &item, data, size)
}
