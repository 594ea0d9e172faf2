//! One connection that says its requests again and again.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("no proxy to connect to")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Client { stream, buffer: Vec::new() })
    }

    /// Sends a request and reads its whole answer: status and body.
    pub(crate) fn ask(&mut self, wire: &[u8]) -> Result<(u16, Vec<u8>)> {
        self.stream.write_all(wire)?;
        let end = loop {
            match self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => self.more()?,
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default()).into_owned();
        let status: u16 = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("an answer has a status")?;
        let length = |line: &str| line.strip_prefix("content-length: ").and_then(|n| n.parse::<usize>().ok());
        let body = match head.lines().find_map(length) {
            Some(length) => length,
            None if status == 204 => 0,
            None => bail!("an answer without a length: {head}"),
        };
        while self.buffer.len() < end + body {
            self.more()?;
        }
        let body = self.buffer.drain(..end + body).skip(end).collect();
        Ok((status, body))
    }

    fn more(&mut self) -> Result<()> {
        let mut chunk = [0; 65_536];
        let n = self.stream.read(&mut chunk).context("no answer in a minute")?;
        if n == 0 {
            bail!("the proxy closed the connection");
        }
        self.buffer.extend(chunk.get(..n).unwrap_or_default());
        Ok(())
    }
}
