//! The page itself, one document, packed when the gateway is built; and what keeps a browser from harm.

use crate::exchange::Answer;

// DOCUMENT, gzipped, and POLICY, which names its one style and its one script by their hashes.
include!(concat!(env!("OUT_DIR"), "/console.rs"));

pub(super) fn document() -> Answer {
    let answer = Answer::json(200, DOCUMENT.to_vec()).header("content-encoding", "gzip".to_owned());
    answer.header("content-type", "text/html; charset=utf-8".to_owned())
}

pub(super) fn json(body: Vec<u8>) -> Answer {
    Answer::json(200, body).header("content-type", "application/json".to_owned())
}

/// No script but ours, nothing from elsewhere, in nobody's frame, in nobody's cache.
pub(super) fn guarded(answer: Answer) -> Answer {
    let has_type = answer.headers.iter().any(|(name, _)| *name == "content-type");
    let answer = if has_type { answer } else { answer.header("content-type", "application/json".to_owned()) };
    answer
        .header("content-security-policy", POLICY.to_owned())
        .header("x-content-type-options", "nosniff".to_owned())
        .header("referrer-policy", "no-referrer".to_owned())
        .header("cache-control", "no-store".to_owned())
}
