//! One attempt at one request, over a connection of the client's: complete, or no answer at all.

use std::io::Result;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::wire::{self, Message};

pub(super) type Connection = BufReader<TcpStream>;

/// Where the proxies listen, and the connections that are open to each.
pub(super) struct Lines {
    ports: Vec<u16>,
    open: Vec<Vec<Connection>>,
}

impl Lines {
    pub(super) fn new(ports: Vec<u16>) -> Lines {
        let open = ports.iter().map(|_| Vec::new()).collect();
        Lines { ports, open }
    }

    pub(super) fn len(&self) -> usize {
        self.ports.len()
    }

    pub(super) fn take(&mut self, which: usize) -> (u16, Option<Connection>) {
        (self.ports[which], self.open[which].pop())
    }

    pub(super) fn give_back(&mut self, which: usize, connection: Connection) {
        self.open[which].push(connection);
    }
}

pub(super) fn render(directory: &str, token: &str, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/scim+json\r\ncontent-length: {}\r\n", body.len())
    };
    format!(
        "{method} /scim/v2/{directory}{path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n{content}\r\n{body}"
    )
    .into_bytes()
}

/// The answer, if all of it comes. A connection that was open before may just have been closed: then there is none.
pub(super) async fn attempt(
    port: u16,
    open: Option<Connection>,
    bytes: &[u8],
    patience: Duration,
) -> Result<(Message, Connection)> {
    let work = async {
        let mut connection = match open {
            Some(connection) => connection,
            None => connect(port).await?,
        };
        connection.get_mut().write_all(bytes).await?;
        let message = wire::read(&mut connection).await?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        Ok((message, connection))
    };
    tokio::time::timeout(patience, work).await?
}

/// Sends this much of a request, perhaps all of it, waits a little, and is gone with a reset.
pub(super) async fn abort(port: u16, bytes: &[u8], wait: Duration) -> Result<()> {
    let mut connection = connect(port).await?;
    connection.get_mut().write_all(bytes).await?;
    tokio::time::sleep(wait).await;
    connection.get_mut().set_zero_linger()
}

async fn connect(port: u16) -> Result<Connection> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}
