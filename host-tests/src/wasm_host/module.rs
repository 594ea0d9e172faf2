//! A filter compiled once, ready to be started in any number of workers.

use std::fmt;
use std::sync::Arc;

use wasmi::{Config, Engine, Error, ExternType, ImportType, Instance, Linker, Store};

use super::host::Host;
use super::hostcalls;

#[derive(Clone)]
pub struct Module(Arc<Compiled>);

struct Compiled {
    module: wasmi::Module,
    linker: Linker<Host>,
}

#[derive(Debug)]
pub struct CompileError(String);

impl Module {
    pub fn compile(wasm: &[u8]) -> Result<Self, CompileError> {
        Self::compiled(wasm).map_err(|error| CompileError(error.to_string()))
    }

    fn compiled(wasm: &[u8]) -> Result<Self, Error> {
        let engine = Engine::new(&Config::default());
        let module = wasmi::Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        hostcalls::link(&mut linker)?;
        for import in module.imports() {
            link_unknown(&mut linker, &import);
        }
        Ok(Self(Arc::new(Compiled { module, linker })))
    }

    pub(super) fn instantiate(&self, host: Host) -> Result<(Store<Host>, Instance), Error> {
        let Compiled { module, linker } = &*self.0;
        let mut store = Store::new(linker.engine(), host);
        store.limiter(|host| &mut host.limits);
        let instance = linker.instantiate_and_start(&mut store, module)?;
        Ok((store, instance))
    }
}

/// A function this host does not have may be imported; calling it stops the VM with its name.
fn link_unknown(linker: &mut Linker<Host>, import: &ImportType<'_>) {
    let ExternType::Func(signature) = import.ty() else {
        return;
    };
    let name = format!("{}.{}", import.module(), import.name());
    let trap = move |_: wasmi::Caller<'_, Host>, _: &[_], _: &mut [_]| {
        Err(Error::new(format!("this host has no function {name}")))
    };
    // What is linked already is known: the duplicate is refused, as it should be.
    let _ = linker.func_new(import.module(), import.name(), signature.clone(), trap);
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a module this host can run: {}", self.0)
    }
}

impl std::error::Error for CompileError {}
