#!/usr/bin/env bash
# Links the module without the callbacks that it does not need.
#
# The SDK exports every callback of the ABI, and Envoy enters the VM for each that is exported: for the headers, the body
# and the log of every answer, to hear that nothing is to be done. rustc names each export to the linker, which knows no
# way to take one back; so they are taken out of its arguments. Without this script the module does the same, slower.
set -euo pipefail

unwanted='proxy_on_(done|log|queue_ready|foreign_function|new_connection|(down|up)stream_.*|grpc_.*|response_.*)'
arguments=()
while [ $# -gt 0 ]; do
  if [ "$1" = --export ] && [[ ${2:-} =~ ^$unwanted$ ]]; then
    shift 2
  else
    arguments+=("$1")
    shift
  fi
done
exec "$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld" "${arguments[@]}"
