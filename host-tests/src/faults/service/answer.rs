//! How an answer goes out: well, or in one of the ways in which it does not.

use std::io::Result;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::super::kind::Misbehaviour;
use super::super::ledger::Line;
use super::store::Reply;

/// The manner of one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner(Option<Misbehaviour>);

impl Manner {
    pub(super) fn of(wrong: Option<Misbehaviour>) -> Manner {
        Manner(wrong)
    }

    /// The status, where this would be the right one.
    pub(super) fn status(self, right: u16) -> u16 {
        match self.0 {
            Some(Misbehaviour::Status500) => 500,
            Some(Misbehaviour::Status502) => 502,
            Some(Misbehaviour::Status503) => 503,
            Some(Misbehaviour::Status429) => 429,
            Some(Misbehaviour::Redirect) => 302,
            Some(Misbehaviour::Status401) => 401,
            Some(Misbehaviour::NoContentWithBody) if right < 300 => 204,
            _ => right,
        }
    }

    /// Whether the answer is one, wrong as it may be.
    pub(super) fn is_whole(self) -> bool {
        self.0.is_none() || self.status(0) != 0
    }
}

/// Whether the connection goes on afterwards.
pub(super) async fn send(stream: &mut TcpStream, line: &Line, manner: Manner, reply: &Reply) -> Result<bool> {
    let text = render(line.status, reply);
    let Some(wrong) = manner.0 else {
        stream.write_all(text.as_bytes()).await?;
        return Ok(true);
    };
    let head = text.split_inclusive("\r\n\r\n").next().unwrap_or_default();
    match wrong {
        Misbehaviour::Reset => reset(stream)?,
        Misbehaviour::Close => {}
        Misbehaviour::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Misbehaviour::HeadersThenReset => {
            stream.write_all(head.as_bytes()).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
            reset(stream)?;
        }
        Misbehaviour::BodyCutShort => stream.write_all(&text.as_bytes()[..text.len() - 1]).await?,
        Misbehaviour::PartialStatusLine => stream.write_all(&text.as_bytes()[..11]).await?,
        Misbehaviour::Garbage => stream.write_all(&[0xff, 0, 13, 10, 7, 200, 10, 13, 10]).await?,
        Misbehaviour::ByteASecond => drip(stream, text.as_bytes()).await?,
        _ => {
            stream.write_all(text.as_bytes()).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Always with a body, so that there is something to break off, and something that a 204 must not have.
fn render(status: u16, reply: &Reply) -> String {
    let body = if (200..300).contains(&status) || reply.status == status { reply.body.as_str() } else { "{}" };
    let mut head =
        format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
    if let Some(version) = reply.version.as_ref().filter(|_| status < 300) {
        head += &format!("etag: {version}\r\n");
    }
    match status {
        302 => head += "location: http://127.0.0.1:9/elsewhere\r\n",
        429 | 503 => head += "retry-after: 1\r\n",
        _ => {}
    }
    format!("{head}\r\n{body}")
}

/// RST instead of FIN.
fn reset(stream: &TcpStream) -> Result<()> {
    stream.set_zero_linger()
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
