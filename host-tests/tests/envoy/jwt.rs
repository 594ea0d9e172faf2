//! Tokens that Envoy's `jwt_authn` verifies, by the sample in examples/jwt.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use usher_host_tests::stack::jwt;

use super::customers::{customers, request, signed, stack_with};
use super::*;

#[test]
fn a_token_opens_what_its_claims_are_for() {
    let stack = stack_with(json!({}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    for (token, status) in [
        ("good", 200),
        ("several_audiences", 200),
        ("expired", 401),
        ("not_yet", 401),
        ("wrong_issuer", 401),
        ("wrong_audience", 401),
        ("other_directory", 401),
        ("no_role", 401),
        ("role_in_a_text", 401),
        ("forged", 401),
    ] {
        let answer = with_token(&mut client, &signed(token));
        assert_eq!(answer.status, status, "{token}: {answer:?}");
    }
    for token in ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyJ9."] {
        assert_scim_error(&with_token(&mut client, token), 401);
    }
    nobody_can_say_it_himself(&mut client);
}

fn with_token(client: &mut ScimClient, token: &str) -> Answer {
    let [.., gasket, _] = customers();
    let mut asked = request(&gasket, gasket.id, "GET", "/Users", None);
    asked.headers.insert("authorization".into(), format!("Bearer {token}"));
    client.send(&asked).unwrap()
}

/// What filters use to pass things on is not to be had from a header.
fn nobody_can_say_it_himself(client: &mut ScimClient) {
    let payload = "eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6ImFwaTovL3VzaGVyIiwiYXBwaWQiOiJva3RhLWFwcCJ9";
    let [.., gasket, _] = customers();
    for name in ["x-jwt-payload", "entra", "x-envoy-metadata", "sec-istio-auth-userinfo", "x-forwarded-client-cert"] {
        let mut asked = request(&gasket, gasket.id, "GET", "/Users", None);
        asked.headers = [(name.to_owned(), payload.to_owned())].into();
        assert_scim_error(&client.send(&asked).unwrap(), 401);
    }
    // Two tokens, of which the second is a good one.
    assert_scim_error(&with_token(client, &format!("a.b.c, Bearer {}", signed("good"))), 401);
}

/// The issuer's keys cannot be fetched, or are none: the token may be a good one.
#[test]
fn without_keys_it_is_503_and_never_401() {
    let refuses = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (what, port) in [
        ("refuses", refuses),
        ("fails", keys("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n")),
        ("answers nonsense", keys("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nkeys")),
        ("hangs up", keys("")),
        ("has none", keys("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}")),
    ] {
        eprintln!("an issuer that {what}");
        let stack = stack_with_keys_at(port);
        let mut client = stack.client(&ACME).unwrap();
        for _ in 0..3 {
            assert_try_again(&with_token(&mut client, &signed("good")));
        }
        assert_scim_error(&with_token(&mut client, "a.b.c"), 401);
        let [anvil, ..] = customers();
        let asked = request(&anvil, anvil.id, "GET", "/Users", None);
        assert_eq!(client.send(&asked).unwrap().status, 200, "others go on");
    }
}

/// The issuer has a new key, and Envoy has not fetched it yet: nobody can say that the token is wrong.
#[test]
fn a_key_that_is_not_known_yet_is_503() {
    let stack = stack_with(json!({}), Vec::new());
    let mut client = stack.client(&ACME).unwrap();
    let token = signed("good");
    let (_, rest) = token.split_once('.').unwrap();
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT","kid":"of-tomorrow"}"#);
    assert_try_again(&with_token(&mut client, &format!("{head}.{rest}")));
}

/// An issuer who says this to everybody, for as long as the tests run.
fn keys(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

fn stack_with_keys_at(port: u16) -> Stack {
    let mut configuration = plugin_configuration().unwrap();
    configuration["directories"] = super::customers::directories(&customers());
    let mut edits = jwt::verified_by_keys_at(port).unwrap();
    edits.push(configure(configuration));
    Stack::start(Options { edits, ..Options::default() }).unwrap()
}
