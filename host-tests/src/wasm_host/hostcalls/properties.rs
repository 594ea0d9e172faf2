//! Properties: attributes of the request and the plugin, and the filter state the filter keeps itself.

use wasmi::Linker;
use wasmi::errors::LinkerError;

use super::abi::{Answer, Status, code};
use super::host::Host;
use super::memory::{self, Guest};

pub(super) fn link(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    linker
        .func_wrap("env", "proxy_get_property", |mut g: Guest<'_>, path: u32, path_size: u32, data: u32, size: u32| {
            code(get(&mut g, (path, path_size), data, size))
        })?
        .func_wrap(
            "env",
            "proxy_set_property",
            |mut g: Guest<'_>, path: u32, path_size: u32, data: u32, size: u32| {
                code(set(&mut g, (path, path_size), (data, size)))
            },
        )?;
    Ok(())
}

fn get(guest: &mut Guest<'_>, path: (u32, u32), data: u32, size: u32) -> Answer {
    let path = read_path(guest, path)?;
    let value = find(guest.data(), &path).ok_or(Status::NotFound)?;
    memory::give(guest, &value, data, size)
}

/// A root context has no stream to hang state on: NotFound.
fn set(guest: &mut Guest<'_>, path: (u32, u32), value: (u32, u32)) -> Answer {
    let path = read_path(guest, path)?;
    let value = memory::read(guest, value.0, value.1)?;
    let stream = guest.data_mut().stream_mut().ok_or(Status::NotFound)?;
    stream.properties.insert(path, value);
    Ok(())
}

/// The ABI parts a path by NUL; tests write it with dots.
fn read_path(guest: &Guest<'_>, (from, size): (u32, u32)) -> Answer<String> {
    Ok(memory::read_text(guest, from, size)?.replace('\0', "."))
}

fn find(host: &Host, path: &str) -> Option<Vec<u8>> {
    match path {
        "plugin_name" | "plugin_root_id" | "plugin_vm_id" => Some(b"scim".to_vec()),
        "response.code_details" => Some(host.stream()?.response.as_ref()?.details.clone().into()),
        path => {
            let stream = host.stream()?;
            let attribute = stream.attributes.get(path);
            attribute.or_else(|| stream.properties.get(path)).cloned()
        }
    }
}
