//! Byte by byte: what goes over the wire.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use super::*;

/// On one stack, since each takes its time to start.
#[test]
fn every_byte_is_as_it_should_be() {
    let stack = start();
    who_has_no_good_token_learns_nothing(&stack);
    a_body_that_is_too_large_is_refused_in_scim(&stack);
    what_a_client_names_does_not_break_a_line_of_the_answer(&stack);
}

/// Sends these bytes on a connection of their own, and gives back the one answer to them.
fn exchange(stack: &Stack, bytes: Vec<u8>) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", stack.ports.scim)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut out = stream.try_clone().unwrap();
    let without_body = bytes.starts_with(b"HEAD ");
    // The answer may come, and the connection go, before all is sent.
    let sender = std::thread::spawn(move || drop(out.write_all(&bytes)));
    let answer = read_answer(&mut stream, without_body);
    // Not what is left to be sent either, then.
    drop(stream.shutdown(Shutdown::Both));
    sender.join().unwrap();
    answer
}

/// Up to the end of the answer; the proxy would keep the connection for a second more.
fn read_answer(stream: &mut TcpStream, without_body: bool) -> String {
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while !is_whole(&answer, without_body) {
        match stream.read(&mut piece).unwrap() {
            0 => break,
            length => answer.extend(&piece[..length]),
        }
    }
    String::from_utf8(answer).unwrap()
}

fn is_whole(answer: &[u8], without_body: bool) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    without_body || body.len() >= length.unwrap_or(0)
}

fn head(method: &str, target: &str, headers: &[&str]) -> String {
    let lines = headers.iter().map(|line| format!("{line}\r\n"));
    format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{}\r\n", lines.collect::<String>())
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}")
}

/// Without what differs from one request to the next.
fn alike(answer: &str) -> String {
    let own = ["date:", "x-request-id:"];
    answer.lines().filter(|line| !own.iter().any(|name| line.starts_with(name))).collect::<Vec<_>>().join("\n")
}

fn who_has_no_good_token_learns_nothing(stack: &Stack) {
    for (method, rest) in
        [("GET", "Users"), ("GET", "Users/1"), ("DELETE", "Groups/1"), ("GET", "Nothing"), ("HEAD", "Users")]
    {
        let ask = |directory: &str, headers: &[&str]| {
            alike(&exchange(stack, head(method, &format!("/scim/v2/{directory}/{rest}"), headers).into_bytes()))
        };
        let wrong = ask("acme", &[&bearer("wrong")]);
        assert!(wrong.starts_with("HTTP/1.1 401 "), "{wrong}");
        assert_eq!(ask("acme", &[&bearer(GLOBEX.token)]), wrong, "the token of another");
        assert_eq!(ask("acme", &[]), wrong, "no token");
        assert_eq!(ask("initech", &[&bearer("wrong")]), wrong, "no such directory");
        assert_eq!(ask("initech", &[&bearer(ACME.token)]), wrong, "no such directory, and a good token");
    }
}

fn a_body_that_is_too_large_is_refused_in_scim(stack: &Stack) {
    let mut client = stack.client(&ACME).unwrap();
    let (size, token) = (1_200_000, bearer(ACME.token));
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let chunked = format!("{}0\r\n\r\n", chunk.repeat(size / 0x10000 + 1));
    let announced = format!("content-length: {size}");
    for (how, framing, body) in
        [("announced", announced.as_str(), " ".repeat(size)), ("in chunks", "transfer-encoding: chunked", chunked)]
    {
        let head = head("POST", "/scim/v2/acme/Users", &[&token, "content-type: application/scim+json", framing]);
        let answer = exchange(stack, (head + &body).into_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 "), "{how}: {answer}");
        assert!(answer.contains("content-type: application/scim+json\r\n"), "{how}: {answer}");
        assert!(answer.contains(r#""schemas":["urn:ietf:params:scim:api:messages:2.0:Error"]"#), "{how}: {answer}");
    }
    assert!(client.events().unwrap().is_empty());
    assert_eq!(create(&mut client, "ada@acme.test").status, 201);
}

fn what_a_client_names_does_not_break_a_line_of_the_answer(stack: &Stack) {
    for id in ["a%0d%0ax-evil:%201", "a%0ab", "%00", "%e2%80%a8"] {
        let target = format!("/scim/v2/acme/Users/{id}");
        let answer = exchange(stack, head("GET", &target, &[&bearer(ACME.token)]).into_bytes());
        let status = answer.get(9..12).unwrap_or_default();
        assert!(["400", "404"].contains(&status), "{id}: {answer}");
        assert!(!answer.contains("\nx-evil"), "{id}: {answer}");
    }
}
