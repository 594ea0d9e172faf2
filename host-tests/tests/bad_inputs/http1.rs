//! HTTP/1.1, byte for byte.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{PATIENCE, Said, Sent};

/// On a connection of its own. Bytes above 127 are one byte each.
pub(super) fn send(port: u16, request: &Sent) -> Said {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may be refused before all is sent.
    let _ = stream.write_all(&bytes(request));
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    // The proxy keeps the connection for a second more.
    while !is_whole(&answer) {
        match stream.read(&mut piece) {
            Ok(length) if length > 0 => answer.extend(&piece[..length]),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Said { status: head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0), body: body.to_owned() }
}

fn bytes(request: &Sent) -> Vec<u8> {
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    if let Some(raw) = &request.raw {
        return latin(raw);
    }
    let mut text =
        format!("{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        text += &format!("{name}: {value}\r\n");
    }
    if let Some(body) = &request.body {
        text += &format!("content-length: {}\r\n", body.len());
    }
    let mut bytes: Vec<u8> = latin(&(text + "\r\n"));
    bytes.extend(request.body.iter().flat_map(|body| body.bytes()));
    bytes
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
