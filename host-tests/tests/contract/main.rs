//! The documents that a machine can read are true: docs/schemas and docs/openapi.yaml say what is really sent, and what
//! the reference service really answers.

mod calls;
mod configuration;
mod events;
mod published;
mod service;

use usher_host_tests::conversation::{Conversation, ServiceKind, load_all, play};
use usher_host_tests::targets::{Native, Recording, Setup};

/// Every conversation with a service that keeps to the documents, and everything the gateway did in it.
fn recordings() -> impl Iterator<Item = (String, Conversation, Vec<Recording>)> {
    let to_the_letter = |(_, told): &(String, Conversation)| told.service == ServiceKind::Reference;
    load_all().unwrap().into_iter().filter(to_the_letter).map(|(name, conversation)| {
        let mut native = Native::new(&Setup::of(&conversation).unwrap()).unwrap();
        play(&conversation, &mut native, &mut |_| ()).unwrap();
        (name, conversation, native.recordings)
    })
}
