//! One instance of the module: runs a callback to its return, to a call that must be decided, or to its death.

use wasmi::{AsContext, Error, Func, Instance, Memory, ResumableCall, ResumableCallHostTrap, Store, Val};

use super::abi::Status;
use super::callback::Callback;
use super::host::Host;
use super::hostcalls::Asking;

pub(super) struct Vm {
    store: Store<Host>,
    instance: Instance,
    /// Why nothing runs here any more.
    dead: Option<String>,
    /// Where in the log the running callback began: its panic message comes after.
    log_mark: usize,
}

pub(super) enum Ran {
    Returned(u32),
    Asking(Paused),
    Trapped(String),
}

/// A callback stopped in the middle of dispatching a call.
pub(super) struct Paused {
    call: ResumableCallHostTrap,
    outputs: Vec<Val>,
}

impl Vm {
    pub(super) fn new(mut store: Store<Host>, instance: Instance) -> Self {
        let memory = instance.get_memory(&store, "memory");
        // Modules for wasm32-unknown-unknown call it malloc.
        let allocate =
            ["proxy_on_memory_allocate", "malloc"].iter().find_map(|name| instance.get_typed_func(&store, name).ok());
        store.data_mut().memory = memory;
        store.data_mut().allocate = allocate;
        Self { store, instance, dead: None, log_mark: 0 }
    }

    pub(super) fn host(&self) -> &Host {
        self.store.data()
    }

    pub(super) fn host_mut(&mut self) -> &mut Host {
        self.store.data_mut()
    }

    pub(super) fn dead(&self) -> Option<&str> {
        self.dead.as_deref()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let memory: Option<Memory> = self.host().memory;
        memory.map_or(0, |memory| memory.data_size(&self.store))
    }

    pub(super) fn run(&mut self, context: u32, callback: Callback, args: &[u32]) -> Ran {
        if let Some(why) = &self.dead {
            return Ran::Trapped(why.clone());
        }
        self.log_mark = self.host().log.len();
        self.host_mut().enter(context, callback.can_ask());
        match self.instance.get_func(&self.store, callback.export()) {
            Some(function) => self.call(function, args),
            None => Ran::Returned(callback.default_return()),
        }
    }

    fn call(&mut self, function: Func, args: &[u32]) -> Ran {
        let inputs: Vec<Val> = args.iter().map(|arg| Val::I32(*arg as i32)).collect();
        let results = function.ty(self.store.as_context()).results().len();
        let mut outputs = vec![Val::I32(0); results];
        let called = function.call_resumable(&mut self.store, &inputs, &mut outputs);
        self.outcome(called, outputs)
    }

    /// Lets a stopped callback go on with the status of its dispatch.
    pub(super) fn resume(&mut self, paused: Paused, status: Status) -> Ran {
        let Paused { call, mut outputs } = paused;
        let status = [Val::I32(status as i32)];
        let called = call.resume(&mut self.store, &status, &mut outputs);
        self.outcome(called, outputs)
    }

    fn outcome(&mut self, called: Result<ResumableCall, Error>, outputs: Vec<Val>) -> Ran {
        match called {
            Ok(ResumableCall::Finished) => {
                let returned = outputs.first().and_then(Val::i32);
                Ran::Returned(returned.unwrap_or_default() as u32)
            }
            Ok(ResumableCall::HostTrap(call)) => self.stopped(call, outputs),
            Ok(ResumableCall::OutOfFuel(_)) => self.die("out of fuel".into()),
            Err(error) => self.die(error.to_string()),
        }
    }

    fn stopped(&mut self, call: ResumableCallHostTrap, outputs: Vec<Val>) -> Ran {
        match call.host_error().downcast_ref::<Asking>() {
            Some(Asking) => Ran::Asking(Paused { call, outputs }),
            None => self.die(call.host_error().to_string()),
        }
    }

    /// A panic says why in the log and then traps; the log's words are the better reason.
    fn die(&mut self, trap: String) -> Ran {
        let said = self.host().log.iter().skip(self.log_mark);
        let panic = said.rev().find(|line| line.text.contains("panicked"));
        let why = panic.map_or(trap, |line| line.text.clone());
        self.dead = Some(why.clone());
        Ran::Trapped(why)
    }
}
