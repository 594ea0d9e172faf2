//! The hostcalls that the SDK wraps in a panic, or in a narrower shape than the ABI has.
//!
//! One unexpected status would kill the worker's VM, and with it every request in flight; here it is `None`.
//! The SDK's response call also cannot set the details that tell our own answers from the proxy's.
#![expect(unsafe_code, reason = "the ABI is C functions; this is the one file that calls them")]

use std::ptr::null_mut;

use usher_gateway::exchange::{Guard, Kept};

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_buffer_bytes(buffer: u32, start: usize, max: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_property(path: *const u8, path_size: usize, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_set_property(path: *const u8, path_size: usize, value: *const u8, value_size: usize) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, name_size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, by: i64) -> u32;
    fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
        cas: *mut u32,
    ) -> u32;
    fn proxy_set_shared_data(key: *const u8, key_size: usize, data: *const u8, size: usize, cas: u32) -> u32;
    fn proxy_log(level: u32, message: *const u8, size: usize) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> u32;
}

const OK: u32 = 0;
const COUNTER: u32 = 0;
const LOG_ERROR: u32 = 4;

/// Header maps by their number in the ABI.
#[derive(Clone, Copy)]
pub(crate) enum HeaderMap {
    Request = 0,
    CallResponse = 6,
}

/// Buffers by their number in the ABI.
#[derive(Clone, Copy)]
pub(crate) enum Buffer {
    RequestBody = 0,
    CallResponseBody = 4,
    PluginConfiguration = 7,
}

/// Names and values as bytes: one byte that is not UTF-8 must not cost more than a 400.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

pub(crate) fn header_map(map: HeaderMap) -> Pairs {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: both pointers are to locals; the host fills them with memory from our own allocator.
    let status = unsafe { proxy_get_header_map_pairs(map as u32, &raw mut data, &raw mut size) };
    let bytes = if status == OK { owned(data, size) } else { Vec::new() };
    pairs(&bytes).unwrap_or_default()
}

pub(crate) fn buffer(buffer: Buffer, max: usize) -> Vec<u8> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: as above.
    let status = unsafe { proxy_get_buffer_bytes(buffer as u32, 0, max, &raw mut data, &raw mut size) };
    if status == OK { owned(data, size) } else { Vec::new() }
}

/// An attribute of the request; its path is parted by zero bytes.
pub(crate) fn property(path: &[&str]) -> Option<Vec<u8>> {
    let (path, mut data, mut size) = (path.join("\0"), null_mut(), 0);
    // SAFETY: the host copies the path, and fills the locals with memory from our own allocator.
    let status = unsafe { proxy_get_property(path.as_ptr(), path.len(), &raw mut data, &raw mut size) };
    (status == OK).then(|| owned(data, size))
}

pub(crate) fn set_property(name: &str, value: &[u8]) {
    // SAFETY: the host copies both slices before it returns.
    unsafe { proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
}

pub(crate) fn define_counter(name: &str) -> Option<u32> {
    let mut id = 0;
    // SAFETY: the host copies the name and writes one number.
    let status = unsafe { proxy_define_metric(COUNTER, name.as_ptr(), name.len(), &raw mut id) };
    (status == OK).then_some(id)
}

pub(crate) fn increment(counter: u32, by: i64) {
    // SAFETY: only numbers.
    unsafe { proxy_increment_metric(counter, by) };
}

/// What any worker saved under this key.
pub(crate) fn shared_data(key: &str) -> Option<Kept> {
    let (mut data, mut size, mut cas) = (null_mut(), 0, 0);
    // SAFETY: the host copies the key, and fills the locals with memory from our own allocator.
    let status = unsafe { proxy_get_shared_data(key.as_ptr(), key.len(), &raw mut data, &raw mut size, &raw mut cas) };
    (status == OK).then(|| Kept { value: owned(data, size), edition: cas })
}

/// Save under this key; whether it was. Any number but zero is refused where there is a value of another edition, and
/// never where there is none: the highest is nobody's edition, so it saves only there.
pub(crate) fn set_shared_data(key: &str, value: &[u8], guard: Guard) -> bool {
    let cas = match guard {
        Guard::Anything => 0,
        Guard::Edition(edition) => edition,
        Guard::Absent => u32::MAX,
    };
    // SAFETY: the host copies both slices.
    unsafe { proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas) == OK }
}

pub(crate) fn log_error(message: &str) {
    // SAFETY: the host copies the message.
    unsafe { proxy_log(LOG_ERROR, message.as_ptr(), message.len()) };
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> u64 {
    let mut time = 0;
    // SAFETY: the host writes one number.
    unsafe { proxy_get_current_time_nanoseconds(&raw mut time) };
    time
}

pub(crate) fn respond(status: u16, details: &str, body: &[u8], headers: &[(&str, &str)]) {
    let headers = serialized(headers);
    // SAFETY: the host copies the three slices.
    unsafe {
        proxy_send_local_response(
            status.into(),
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            -1,
        )
    };
}

/// Memory that the host got from our allocator with exactly this size.
fn owned(data: *mut u8, size: usize) -> Vec<u8> {
    if data.is_null() {
        return Vec::new();
    }
    // SAFETY: `proxy_on_memory_allocate` made it as a `Vec<u8>` of this capacity and gave it away.
    unsafe { Vec::from_raw_parts(data, size, size) }
}

/// `count (name_size value_size)* (name 0 value 0)*`, numbers little-endian.
fn pairs(bytes: &[u8]) -> Option<Pairs> {
    let count = number(bytes, 0)?;
    let mut at = 4 + count * 8;
    let mut pairs = Vec::with_capacity(count.min(1024));
    for i in 0..count {
        let (name, value) = (number(bytes, 4 + i * 8)?, number(bytes, 8 + i * 8)?);
        let end = at + name;
        pairs.push((bytes.get(at..end)?.to_vec(), bytes.get(end + 1..end + 1 + value)?.to_vec()));
        at = end + value + 2;
    }
    Some(pairs)
}

/// The elements of an attribute that is a list: pairs with nothing in their second halves.
pub(crate) fn list(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let pairs = pairs(bytes)?;
    let size: usize = pairs.iter().map(|(element, _)| element.len() + 10).sum();
    let whole = size + 4 == bytes.len() && pairs.iter().all(|(_, nothing)| nothing.is_empty());
    whole.then(|| pairs.into_iter().map(|(element, _)| element).collect())
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)?;
    usize::try_from(number).ok()
}

fn serialized(headers: &[(&str, &str)]) -> Vec<u8> {
    let size = |text: &str| u32::try_from(text.len()).unwrap_or(0).to_le_bytes();
    let mut bytes = u32::try_from(headers.len()).unwrap_or(0).to_le_bytes().to_vec();
    headers.iter().for_each(|(name, value)| bytes.extend([size(name), size(value)].concat()));
    for text in headers.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }
    bytes
}
