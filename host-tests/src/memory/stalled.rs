//! Clients that begin bodies of a mebibyte and do not end them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::Result;

use super::{MIB, Memory, bounded, serves, tell, warmed};
use crate::stack::{ACME, Directory, GLOBEX, Options, Stack};

const CONNECTIONS: usize = 256;
/// The largest body that there may be.
const BODY: usize = 1_048_576;

/// Twice, since Envoy's allocator keeps what it once had; then with bodies that end, all at once.
pub fn stalled() -> Result<bool> {
    println!("{CONNECTIONS} connections, each with a body of 1 MiB but for its last byte:");
    let stack = Stack::start(Options::default())?;
    let mut client = warmed(&stack)?;
    let idle = Memory::settled(&stack)?;
    tell("idle", idle);
    let most = idle.resident + CONNECTIONS as f64 * 1.1 * MIB + 64.0 * MIB;
    let strangers = begin(stack.ports.scim, &Directory { token: "wrong", ..GLOBEX })?;
    let peak = Memory::settled(&stack)?;
    tell("with a wrong token: refused, and held no longer", peak);
    drop(strangers);
    let mut fine = bounded("resident", peak.resident, most);
    for time in ["first", "second"] {
        let connections = begin(stack.ports.scim, &ACME)?;
        let peak = Memory::settled(&stack)?;
        tell(&format!("the {time} time, all of them waiting"), peak);
        serves(&mut client)?;
        drop(connections);
        tell("when they are gone", Memory::settled(&stack)?);
        fine &= bounded("resident", peak.resident, most);
    }
    let connections = begin(stack.ports.scim, &ACME)?;
    let answered = end(connections);
    let peak = Memory::of(&stack)?;
    tell(&format!("ended, and {answered} refused as they should be"), peak);
    serves(&mut client)?;
    Ok(fine & bounded("resident", peak.resident, most) & (answered == CONNECTIONS))
}

/// A user with a very long name, without the bracket at its end.
fn begin(port: u16, directory: &Directory) -> Result<Vec<TcpStream>> {
    let head = format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\n\
         content-type: application/scim+json\r\ncontent-length: {BODY}\r\n\r\n{{\"userName\":\"",
        directory.id, directory.token
    );
    let body = vec![b'a'; BODY - "{\"userName\":\"".len() - 2];
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        // Who is refused in the middle cannot go on.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        let _ = stream.write_all(b"\"");
        connections.push(stream);
    }
    Ok(connections)
}

/// How many got the 400 that a name of this length gets.
fn end(mut connections: Vec<TcpStream>) -> usize {
    // Those that are gone do not answer.
    connections.iter_mut().for_each(|stream| drop(stream.write_all(b"}")));
    connections.iter_mut().filter_map(status).filter(|status| status == "400").count()
}

fn status(stream: &mut TcpStream) -> Option<String> {
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer[9..]).into_owned())
}
