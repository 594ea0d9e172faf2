//! The plugin: reads its configuration once, opens a stream for each request, and has the user service told when
//! directories come and go.

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use usher_gateway::Gateway;

use crate::MEMORY;
use crate::abi::{self, Buffer};
use crate::statistics::Statistics;
use crate::stream::Stream;
use crate::teller::Teller;

/// One configuration of the plugin; several live side by side while the proxy changes from one to the next.
#[derive(Default)]
pub(crate) struct Root {
    gateway: Option<Rc<Gateway>>,
    statistics: Rc<Statistics>,
    teller: Option<Teller>,
}

impl Context for Root {
    fn on_http_call_response(&mut self, token: u32, num_headers: usize, body_size: usize, _: usize) {
        let period = self.teller.as_mut().and_then(|teller| teller.heard(token, num_headers, body_size));
        period.into_iter().for_each(|period| self.set_tick_period(period));
    }
}

impl RootContext for Root {
    /// A configuration that is wrong is refused: at the start the proxy does not start, later it keeps the old one.
    fn on_configure(&mut self, size: usize) -> bool {
        let text = abi::buffer(Buffer::PluginConfiguration, size);
        let read = MEMORY.lasting(|| Gateway::with_environment(&text, &|name| std::env::var(name).ok()));
        let taken = read.map_err(|error| error.to_string()).map(Rc::new).and_then(|gateway| {
            let teller = Teller::begin(&gateway, &self.statistics)?;
            Ok((gateway, teller))
        });
        match taken {
            Ok((gateway, teller)) => {
                teller.iter().for_each(|teller| self.set_tick_period(teller.period()));
                (self.gateway, self.teller) = (Some(gateway), teller);
                true
            }
            Err(error) => {
                abi::log_error(&error);
                false
            }
        }
    }

    fn on_tick(&mut self) {
        let period = self.teller.as_mut().and_then(Teller::tick);
        period.into_iter().for_each(|period| self.set_tick_period(period));
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let gateway = self.gateway.clone()?;
        Some(Box::new(Stream::new(gateway, Rc::clone(&self.statistics))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
