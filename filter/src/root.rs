//! The plugin: reads its configuration once and opens a stream for each request.

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use usher_gateway::Gateway;

use crate::abi::{self, Buffer};
use crate::statistics::Statistics;
use crate::stream::Stream;

/// One configuration of the plugin; several live side by side while the proxy changes from one to the next.
#[derive(Default)]
pub(crate) struct Root {
    gateway: Option<Rc<Gateway>>,
    statistics: Rc<Statistics>,
}

impl Context for Root {}

impl RootContext for Root {
    /// A configuration that is wrong is refused: at the start the proxy does not start, later it keeps the old one.
    fn on_configure(&mut self, size: usize) -> bool {
        match Gateway::with_environment(&abi::buffer(Buffer::PluginConfiguration, size), &|name| {
            std::env::var(name).ok()
        }) {
            Ok(gateway) => {
                self.gateway = Some(Rc::new(gateway));
                true
            }
            Err(error) => {
                abi::log_error(&error.to_string());
                false
            }
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let gateway = self.gateway.clone()?;
        Some(Box::new(Stream::new(gateway, Rc::clone(&self.statistics))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
