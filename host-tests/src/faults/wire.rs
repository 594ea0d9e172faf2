//! HTTP/1.1 by the byte, for both ends: neither the service that breaks off nor the client that goes away can be made
//! of a library that knows how to behave.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// A request or an answer, complete.
#[derive(Debug)]
pub struct Message {
    /// The request line or the status line, in words.
    pub first: Vec<String>,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn status(&self) -> Option<u16> {
        self.first.get(1)?.parse().ok()
    }

    /// Whether the connection can be used again.
    pub fn keeps_connection(&self) -> bool {
        self.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close"))
    }
}

/// The next message; nothing when the connection ends before it begins.
pub async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Message>> {
    let first = line(from).await?;
    if first.is_empty() {
        return Ok(None);
    }
    let first: Vec<String> = first.splitn(3, ' ').map(str::to_owned).collect();
    let mut headers = Vec::new();
    loop {
        let text = line(from).await?;
        let Some((name, value)) = text.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut message = Message { first, headers, body: Vec::new() };
    message.body = body(from, &message).await?;
    Ok(Some(message))
}

async fn body(from: &mut (impl AsyncBufRead + Unpin), of: &Message) -> Result<Vec<u8>> {
    if of.header("transfer-encoding").is_some() {
        return chunks(from).await;
    }
    let length = of.header("content-length").unwrap_or("0").parse().map_err(Error::other)?;
    exactly(from, length).await
}

async fn chunks(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(&line(from).await?, 16).map_err(Error::other)?;
        body.extend(exactly(from, size).await?);
        line(from).await?;
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn exactly(from: &mut (impl AsyncBufRead + Unpin), length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Without its end. One that breaks off is an error, unless nothing of it came.
async fn line(from: &mut (impl AsyncBufRead + Unpin)) -> Result<String> {
    let mut bytes = Vec::new();
    from.read_until(b'\n', &mut bytes).await?;
    if bytes.is_empty() {
        return Ok(String::new());
    }
    let text = String::from_utf8(bytes).map_err(Error::other)?;
    let whole = text.strip_suffix("\r\n").ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))?;
    Ok(whole.to_owned())
}
