//! Writes small modules: WAT over one prelude.
//!
//! `'text'` stands for its address and length, `'=a=b;c=d'` for those of a header map on the ABI. `$tell` logs
//! a name and a number: mostly the status a hostcall gave.

use usher_host_tests::wasm_host::*;

const PRELUDE: &str = r#"
(import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
(import "env" "proxy_get_current_time_nanoseconds" (func $now (param i32) (result i32)))
(import "env" "proxy_get_header_map_value" (func $get_header (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_get_header_map_pairs" (func $get_pairs (param i32 i32 i32) (result i32)))
(import "env" "proxy_replace_header_map_value" (func $set_header (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_get_buffer_bytes" (func $get_buffer (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_set_buffer_bytes" (func $set_buffer (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_get_property" (func $get_property (param i32 i32 i32 i32) (result i32)))
(import "env" "proxy_set_property" (func $set_property (param i32 i32 i32 i32) (result i32)))
(import "env" "proxy_get_shared_data" (func $get_shared (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_set_shared_data" (func $set_shared (param i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_http_call" (func $http_call
  (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_continue_stream" (func $resume (param i32) (result i32)))
(import "env" "proxy_close_stream" (func $close (param i32) (result i32)))
(import "env" "proxy_send_local_response" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_define_metric" (func $define_metric (param i32 i32 i32 i32) (result i32)))
(import "env" "proxy_increment_metric" (func $increment_metric (param i32 i64) (result i32)))
(import "env" "proxy_set_effective_context" (func $act_for (param i32) (result i32)))
(import "env" "proxy_call_foreign_function" (func $foreign (param i32 i32 i32 i32 i32 i32) (result i32)))
(import "env" "proxy_grpc_call" (func $unknown (param i32) (result i32)))
(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
(memory (export "memory") 2)
(global $free (mut i32) (i32.const 65536))
(func (export "malloc") (param $size i32) (result i32)
  (global.get $free)
  (global.set $free (i32.add (global.get $free) (local.get $size))))
;; Results of hostcalls go to 0 (place) and 4 (size), numbers to 8, tokens to 12.
(func $tell (param $name i32) (param $size i32) (param $number i32)
  (memory.copy (i32.const 512) (local.get $name) (local.get $size))
  (i32.store8 (i32.add (i32.const 512) (local.get $size)) (i32.const 61))
  (i32.store8 (i32.add (i32.const 513) (local.get $size))
    (i32.add (i32.const 48) (i32.div_u (local.get $number) (i32.const 10))))
  (i32.store8 (i32.add (i32.const 514) (local.get $size))
    (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
  (drop (call $log (i32.const 2) (i32.const 512) (i32.add (i32.const 3) (local.get $size)))))
(func $say (drop (call $log (i32.const 2) (i32.load (i32.const 0)) (i32.load (i32.const 4)))))
(func $tell_set_header
  (call $tell 'set_header' (call $set_header (i32.const 0) 'x-probe' '1')))
(func $tell_set_body
  (call $tell 'set_body' (call $set_buffer (i32.const 0) (i32.const 0) (i32.const -1) 'new')))
(func $dispatch (call $tell 'dispatch' (call $http_call
  'users' '=:method=POST;:path=/events;:authority=users' 'payload' (i32.const 0) (i32.const 0)
  (i32.const 1000) (i32.const 12))))
(func $answer (drop (call $send
  (i32.const 201) 'scim created' 'hello' '=Location=/Users/1' (i32.const -1))))
"#;

pub(crate) const CONTINUE: &str = "(i32.const 0)";
pub(crate) const PAUSE: &str = "(i32.const 1)";

/// Writes a module of the prelude and one exported function per callback.
pub(crate) struct Probe(pub(crate) String);

impl Probe {
    pub(crate) fn new() -> Self {
        Self(PRELUDE.into())
    }

    pub(crate) fn on(mut self, callback: &str, body: &str, action: &str) -> Self {
        let parameters = match callback {
            "proxy_on_request_trailers" => "i32 i32",
            _ => "i32 i32 i32",
        };
        let head = format!("(export \"{callback}\") (param {parameters}) (result i32)");
        self.0 += &format!("(func {head} {body} {action})\n");
        self
    }

    pub(crate) fn headers(self, body: &str, action: &str) -> Self {
        self.on("proxy_on_request_headers", body, action)
    }

    pub(crate) fn body(self, body: &str, action: &str) -> Self {
        self.on("proxy_on_request_body", body, action)
    }

    pub(crate) fn trailers(self, body: &str, action: &str) -> Self {
        self.on("proxy_on_request_trailers", body, action)
    }

    pub(crate) fn response_headers(self, body: &str, action: &str) -> Self {
        self.on("proxy_on_response_headers", body, action)
    }

    pub(crate) fn configure(mut self, body: &str, result: &str) -> Self {
        let head = "(export \"proxy_on_configure\") (param i32 i32) (result i32)";
        self.0 += &format!("(func {head} {body} {result})\n");
        self
    }

    pub(crate) fn call_response(mut self, body: &str) -> Self {
        let head = "(export \"proxy_on_http_call_response\") (param i32 i32 i32 i32 i32)";
        self.0 += &format!("(func {head} {body})\n");
        self
    }

    pub(crate) fn quiet(mut self, callback: &str, body: &str) -> Self {
        self.0 += &format!("(func (export \"{callback}\") (param i32) {body})\n");
        self
    }

    pub(crate) fn module(self) -> Module {
        let wasm = wat::parse_str(place_texts(&self.0)).expect("the probe is WAT");
        Module::compile(&wasm).expect("the probe is a module")
    }

    pub(crate) fn start(self) -> Worker {
        Worker::start(&self.module(), b"", Options::default()).expect("the probe starts")
    }
}

/// Turns every quoted text into its address and length, and appends the data.
fn place_texts(source: &str) -> String {
    let (mut wat, mut data) = (String::from("(module "), Vec::new());
    for (place, part) in source.split('\'').enumerate() {
        if place % 2 == 0 {
            wat += part;
            continue;
        }
        let bytes = part.strip_prefix('=').map_or(part.as_bytes().to_vec(), header_map);
        wat += &format!("(i32.const {}) (i32.const {})", 1024 + data.len(), bytes.len());
        data.extend(bytes);
    }
    let escaped: String = data.iter().map(|byte| format!("\\{byte:02x}")).collect();
    wat + &format!("(data (i32.const 1024) \"{escaped}\"))")
}

fn header_map(text: &str) -> Vec<u8> {
    let pairs: Vec<_> = text.split(';').filter_map(|pair| pair.split_once('=')).collect();
    let mut out = (pairs.len() as u32).to_le_bytes().to_vec();
    for (name, value) in &pairs {
        out.extend((name.len() as u32).to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
    }
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        out.extend(text.as_bytes());
        out.push(0);
    }
    out
}
