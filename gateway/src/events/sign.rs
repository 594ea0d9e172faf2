//! Signatures over the bytes that are sent: Standard Webhooks 1.0, and BoxyHQ Jackson's header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parcel::Parcel;
use crate::config::{Secret, Signature};

/// The headers that sign a parcel at this time (nanoseconds since 1970).
pub fn sign(signatures: &[Signature], parcel: &Parcel, nanos: u64) -> Vec<(String, String)> {
    signatures.iter().flat_map(|signature| headers(signature, parcel, nanos)).collect()
}

fn headers(signature: &Signature, parcel: &Parcel, nanos: u64) -> Vec<(String, String)> {
    let header = |name: &str, value: String| (name.to_owned(), value);
    match signature {
        Signature::StandardWebhooks(keys) => {
            let seconds = (nanos / 1_000_000_000).to_string();
            vec![
                header("webhook-id", parcel.id.clone()),
                header("webhook-signature", standard_webhooks(keys, &parcel.id, &seconds, &parcel.body)),
                header("webhook-timestamp", seconds),
            ]
        }
        Signature::Boxyhq(key) => {
            let value = boxyhq(key, nanos / 1_000_000, &parcel.body);
            vec![header("boxyhq-signature", value.clone()), header("ory-polis-signature", value)]
        }
    }
}

/// `v1,<base64>` for each key: while a secret is rotated, the receiver finds the one it knows.
fn standard_webhooks(keys: &[Secret], id: &str, seconds: &str, body: &[u8]) -> String {
    let parts = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
    let each = keys.iter().map(|key| format!("v1,{}", STANDARD.encode(key.sign(&parts))));
    each.collect::<Vec<_>>().join(" ")
}

/// `t=<milliseconds>,s=<hex of HMAC-SHA256 over "t.body">`.
fn boxyhq(key: &Secret, millis: u64, body: &[u8]) -> String {
    let time = millis.to_string();
    let digest = key.sign(&[time.as_bytes(), b".", body]);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},s={hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(id: &str, body: &str) -> Parcel {
        Parcel { id: id.into(), content_type: "application/json", headers: Vec::new(), body: body.into() }
    }

    #[test]
    fn standard_webhooks_vectors_verify() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let vectors = [
            (
                r#"{"type":"user.deactivated","timestamp":"2026-11-21T20:00:00Z","data":{"id":"u1","email":"j@acme.test","active":false}}"#,
                "v1,E2fb/5kFSo8YikRXn1+dl/XMb42uovjyXJX+xb/x+lU=",
            ),
            (
                r#"{"type":"group.user_added","timestamp":"2026-11-21T20:00:00Z","data":{"user":{"id":"u1","email":"j@acme.test"},"group":{"id":"g1","name":"Engineers"}}}"#,
                "v1,sxQg8EiK4fg8ohBHEgffQ8RQ8uh/H9bTXoGcJ9jV2X0=",
            ),
        ];
        for (body, expected) in vectors {
            let keys = vec![Secret::new(&key).unwrap(), Secret::new(b"another one").unwrap()];
            let headers =
                sign(&[Signature::StandardWebhooks(keys)], &parcel("msg_01JD8Q2V5W", body), 1_795_291_200_999_999_999);
            assert_eq!(headers[0], ("webhook-id".into(), "msg_01JD8Q2V5W".into()));
            assert_eq!(headers[1].1.split(' ').next(), Some(expected));
            assert_eq!(headers[1].1.split(' ').count(), 2);
            assert_eq!(headers[2], ("webhook-timestamp".into(), "1795291200".into()));
        }
    }

    #[test]
    fn jacksons_vectors_verify() {
        let event = r#"{"event":"user.updated","tenant":"acme","product":"app","directory_id":"d1","data":{"id":"u1","first_name":"José","last_name":"M","email":"j@acme.test","active":false,"raw":{"active":false,"id":"u1"}}}"#;
        let vectors = [
            (event.to_owned(), "458ed5f537685e968ec7e887d70d70f1b6f0c52067074e19d9db0efab7bb7681"),
            (format!("[{event}]"), "1a15b1dcba09fce2e7ac710072e48c3a9a561d0182b2b80ae74cf5d9699bb71d"),
        ];
        for (body, expected) in vectors {
            let signature = Signature::Boxyhq(Secret::new(b"secret").unwrap());
            let headers = sign(&[signature], &parcel("evt_1", &body), 1_700_000_000_000_000_000);
            assert_eq!(headers[0].1, format!("t=1700000000000,s={expected}"));
            assert_eq!(headers[1], ("ory-polis-signature".into(), headers[0].1.clone()));
        }
    }
}
