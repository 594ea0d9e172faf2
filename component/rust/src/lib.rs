//! Usher's component in a Rust program that has wasmtime: nothing is imported, so an engine and the file are enough.

use std::path::Path;

use wasmtime::component::{Linker, ResourceAny};
use wasmtime::{Config, Engine, OptLevel, Store};

mod bindings {
    wasmtime::component::bindgen!({ path: "../wit", world: "usher" });
}

pub use bindings::Usher;
pub use bindings::exports::usher::scim::{exchange, translate};

/// The component, compiled.
pub struct Component {
    engine: Engine,
    component: wasmtime::component::Component,
}

impl Component {
    /// # Errors
    /// When the file is no component.
    pub fn load(file: &Path) -> wasmtime::Result<Component> {
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config)?;
        let component = wasmtime::component::Component::from_file(&engine, file)?;
        Ok(Component { engine, component })
    }

    /// An instance with a memory of its own.
    ///
    /// # Errors
    /// When the component is another version's.
    pub fn instance(&self) -> wasmtime::Result<Instance> {
        let mut store = Store::new(&self.engine, ());
        let usher = Usher::instantiate(&mut store, &self.component, &Linker::new(&self.engine))?;
        Ok(Instance { store, usher })
    }
}

/// A running component.
pub struct Instance {
    store: Store<()>,
    usher: Usher,
}

impl Instance {
    /// One request, from beginning to end.
    ///
    /// # Errors
    /// When the component traps; what is wrong with the input is inside.
    pub fn translate(
        &mut self,
        input: &translate::Input,
    ) -> wasmtime::Result<Result<translate::Translation, translate::Problem>> {
        self.usher.usher_scim_translate().call_translate(&mut self.store, input)
    }

    /// A gateway with this configuration.
    ///
    /// # Errors
    /// When the component traps; what is wrong with the configuration is inside.
    pub fn gateway(
        &mut self,
        config: &str,
        secrets: &[exchange::Header],
    ) -> wasmtime::Result<Result<ResourceAny, exchange::ConfigError>> {
        self.usher.usher_scim_exchange().gateway().call_parse(&mut self.store, config, secrets)
    }

    /// One exchange, driven to its answer.
    ///
    /// # Errors
    /// When the component traps.
    pub fn exchange(
        &mut self,
        gateway: ResourceAny,
        head: &[exchange::Field],
        perform: &mut dyn FnMut(exchange::Effect) -> exchange::EffectResult,
    ) -> wasmtime::Result<exchange::Answer> {
        let interface = self.usher.usher_scim_exchange();
        let line = interface.gateway().call_begin(&mut self.store, gateway, head)?;
        let mut outcome = None;
        loop {
            match interface.exchange().call_step(&mut self.store, line, outcome.as_ref())? {
                exchange::Step::Perform(effect) => outcome = Some(perform(effect)),
                exchange::Step::Answer(answer) => {
                    line.resource_drop(&mut self.store)?;
                    return Ok(answer);
                }
            }
        }
    }
}
