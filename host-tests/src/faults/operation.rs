//! What the clients do: creations, changes of one user after the other, groups with members, deletions.

use serde_json::{Value, json};

use super::ledger::{Heard, Line, deletion_of};
use super::ledger::{Noted, Taken};
use crate::stack::{ACME, Directory, GLOBEX};

/// Users that are there from the start, in each directory.
pub const SEEDS: usize = 48;
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One operation, before anybody has tried it.
#[derive(Debug, Clone)]
pub struct Task {
    pub marker: String,
    pub directory: Directory,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    CreateUser,
    /// With two of the first users as members.
    CreateGroup(usize),
    Patch(usize),
    Put(usize),
    /// What an earlier creation made, by its id.
    Delete(String),
}

impl Task {
    /// The next one of a run. `made` is what could be deleted.
    pub fn next(number: usize, dice: &mut fastrand::Rng, made: &mut Vec<(Directory, String, String)>) -> Task {
        let directory = if dice.bool() { ACME } else { GLOBEX };
        let marker = marker(directory, number);
        let seed = dice.usize(..SEEDS);
        let what = match dice.u8(..100) {
            0..35 => What::CreateUser,
            35..60 => What::Patch(seed),
            60..80 => What::Put(seed),
            80..90 => What::CreateGroup(seed),
            _ => match made.pop() {
                Some((directory, marker, id)) => {
                    return Task { marker: deletion_of(&marker), directory, what: What::Delete(id) };
                }
                None => What::CreateUser,
            },
        };
        Task { marker, directory, what }
    }

    /// A change of one of so many users.
    pub fn change(number: usize, users: usize, dice: &mut fastrand::Rng) -> Task {
        let directory = if dice.bool() { ACME } else { GLOBEX };
        let seed = dice.usize(..users);
        let what = if dice.bool() { What::Patch(seed) } else { What::Put(seed) };
        Task { marker: marker(directory, number), directory, what }
    }

    /// The user that is changed: its changes come one after the other.
    pub fn subject(&self) -> Option<usize> {
        match self.what {
            What::Patch(seed) | What::Put(seed) => Some(seed + if self.directory == ACME { 0 } else { SEEDS }),
            _ => None,
        }
    }

    pub fn creates(&self) -> bool {
        matches!(self.what, What::CreateUser | What::CreateGroup(_))
    }

    pub fn deletes(&self) -> bool {
        matches!(self.what, What::Delete(_))
    }

    /// Method, path and body.
    pub fn request(&self) -> (&'static str, String, Option<Value>) {
        let marker = &self.marker;
        match &self.what {
            What::CreateUser => ("POST", "/Users".into(), Some(user(marker, &self.name()))),
            What::CreateGroup(seed) => {
                let members = [member(*seed), member((seed + 1) % SEEDS)];
                let group =
                    json!({"schemas": [GROUP], "displayName": self.name(), "externalId": marker, "members": members});
                ("POST", "/Groups".into(), Some(group))
            }
            What::Patch(seed) => {
                let operation = json!({"op": "replace", "path": "externalId", "value": marker});
                ("PATCH", user_path(*seed), Some(json!({"schemas": [PATCH], "Operations": [operation]})))
            }
            What::Put(seed) => ("PUT", user_path(*seed), Some(user(marker, &seed_name(*seed)))),
            What::Delete(id) => ("DELETE", format!("/Users/{id}"), None),
        }
    }

    /// Where a provider looks for what it may have made.
    pub fn look_up(&self) -> String {
        let (collection, attribute) =
            if matches!(self.what, What::CreateGroup(_)) { ("Groups", "displayName") } else { ("Users", "userName") };
        format!("/{collection}?filter={attribute}%20eq%20%22{}%22", self.name())
    }

    fn name(&self) -> String {
        format!("{}-name", self.marker)
    }
}

fn marker(directory: Directory, number: usize) -> String {
    format!("op-{}-{number:06}", directory.id)
}

fn user(marker: &str, name: &str) -> Value {
    json!({"schemas": [USER], "userName": name, "externalId": marker, "active": true,
           "name": {"givenName": "Ada", "familyName": "Lovelace"}})
}

fn member(seed: usize) -> Value {
    json!({"value": seed_id(seed)})
}

fn user_path(seed: usize) -> String {
    format!("/Users/{}", seed_id(seed))
}

fn seed_id(seed: usize) -> String {
    format!("seed-{seed}")
}

fn seed_name(seed: usize) -> String {
    format!("seed-{seed}-name")
}

/// The lines of a ledger in which the first users are stored.
pub fn seeds() -> Vec<Line> {
    let numbers = |directory: Directory| (0..SEEDS).map(move |seed| (directory, seed));
    [ACME, GLOBEX].into_iter().flat_map(numbers).map(|(directory, seed)| seed_line(directory, seed)).collect()
}

fn seed_line(directory: Directory, seed: usize) -> Line {
    let mut raw = user(&format!("seed-{}-{seed}", directory.id), &seed_name(seed));
    raw["id"] = seed_id(seed).into();
    raw["meta"] = json!({"resourceType": "User", "created": "2026-01-01T00:00:00.000Z",
                         "lastModified": "2026-01-01T00:00:00.000Z"});
    let data = json!({"id": seed_id(seed), "active": true, "raw": raw});
    let id = format!("evt_seed_{}_{seed}", directory.id);
    let event = Noted { id: id.clone(), name: "user.created".into(), directory: directory.id.into(), data };
    let heard = Heard::Delivery { key: id, events: vec![event], outcome: Taken::Stored };
    Line { directory: directory.id.into(), heard, status: 200, whole: true }
}
