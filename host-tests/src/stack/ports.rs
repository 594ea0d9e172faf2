//! The three ports of a stack.

use std::net::TcpListener;

use anyhow::{Context, Result};

/// 0 means: any that is free.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    pub scim: u16,
    pub service: u16,
    pub admin: u16,
}

impl Ports {
    /// Fills in the free ones and refuses those that are taken: two Envoys would share a port without a word.
    pub fn pick(self) -> Result<Ports> {
        // All three are held until all are known, so that no two are the same.
        let scim = hold(self.scim, "PORT")?;
        let service = hold(self.service, "SERVICE_PORT")?;
        let admin = hold(self.admin, "ADMIN_PORT")?;
        Ok(Ports { scim: port_of(&scim)?, service: port_of(&service)?, admin: port_of(&admin)? })
    }
}

fn hold(port: u16, variable: &str) -> Result<TcpListener> {
    let taken = || format!("port {port} is in use; stop what listens there, or choose another with {variable}=...");
    TcpListener::bind(("127.0.0.1", port)).with_context(taken)
}

fn port_of(listener: &TcpListener) -> Result<u16> {
    Ok(listener.local_addr()?.port())
}
