//! Where in the proxy's shared data something is kept, and whose it is.
//!
//! Shared data has no deletion and no limit, so each room has a fixed number of slots, and two names can share one. The
//! whole name stands in the slot with the value: nobody ever reads what is another's. A locker is the only way to shared
//! data, and it is a directory's or, in so many words, everyone's.

use std::hash::{DefaultHasher, Hasher};

use super::world::World;
use crate::config::DirectoryId;

/// A slot, and the name of what is looked for in it: made with a directory,
/// ```
/// # use usher_gateway::{config::DirectoryId, exchange::{Locker, World}};
/// # async fn look(world: &World, acme: &DirectoryId) {
/// Locker::of(acme, "record", 1024, &["users", "7"]).load(world).await;
/// # }
/// ```
/// not without one,
/// ```compile_fail,E0308
/// # use usher_gateway::{config::DirectoryId, exchange::{Locker, World}};
/// # async fn look(world: &World, acme: &DirectoryId) {
/// Locker::of("acme", "record", 1024, &["users", "7"]).load(world).await;
/// # }
/// ```
/// not from its parts,
/// ```compile_fail,E0451
/// # use usher_gateway::{config::DirectoryId, exchange::{Locker, World}};
/// # async fn look(world: &World, acme: &DirectoryId) {
/// Locker { key: "record/7".to_owned(), name: Vec::new() }.load(world).await;
/// # }
/// ```
/// and nothing is reached around it.
/// ```compile_fail,E0624
/// # use usher_gateway::{config::DirectoryId, exchange::{Locker, World}};
/// # async fn look(world: &World, acme: &DirectoryId) {
/// world.load("record/7".to_owned()).await;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locker {
    key: String,
    name: Vec<u8>,
}

impl Locker {
    /// Something of one directory.
    pub fn of(directory: &DirectoryId, room: &str, slots: u32, parts: &[&str]) -> Self {
        Self::named(room, slots, std::iter::once(&**directory).chain(parts.iter().copied()))
    }

    /// Something of the proxy itself, whichever directory a request is for: a counter for an address, a key.
    pub fn of_everyone(room: &str, slots: u32, parts: &[&str]) -> Self {
        Self::named(room, slots, parts.iter().copied())
    }

    /// One of a ring of what is everyone's: the page for those who run the proxy shows all directories together.
    pub fn in_ring(room: &str, number: u64) -> Self {
        Self { key: format!("{room}/{number}"), name: Vec::new() }
    }

    fn named<'p>(room: &str, slots: u32, parts: impl Iterator<Item = &'p str>) -> Self {
        let mut name = Vec::with_capacity(96);
        for part in parts {
            name.extend_from_slice(&length(part.as_bytes()));
            name.extend_from_slice(part.as_bytes());
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&name);
        let slot = hasher.finish().checked_rem(slots.into()).unwrap_or_default();
        Self { key: [room, "/", &slot.to_string()].concat(), name }
    }

    /// What is kept here. It may be lost at any time.
    pub async fn load(&self, world: &World) -> Option<Vec<u8>> {
        let whole = world.load(self.key.clone()).await?;
        self.own(&whole).map(<[u8]>::to_vec)
    }

    /// Keep this, whatever there is; nobody may rely on it. Nothing at all is kept to forget.
    pub async fn save(&self, world: &World, value: &[u8]) {
        world.save(self.key.clone(), self.labelled(value)).await;
    }

    /// Change what is kept here, and be the only one who does; see [`World::update`]. `change` also says what it has
    /// found.
    pub async fn update<T: Default>(&self, world: &World, mut change: impl FnMut(Option<&[u8]>) -> (Vec<u8>, T)) -> T {
        let mut last = T::default();
        let mut labelled = |whole: &[u8]| {
            let (value, found) = change(self.own(whole));
            last = found;
            self.labelled(&value)
        };
        world.update(&self.key, &mut labelled).await;
        last
    }

    fn labelled(&self, value: &[u8]) -> Vec<u8> {
        [&length(&self.name)[..], &self.name, value].concat()
    }

    /// The value, when it is what was kept under this name.
    fn own<'w>(&self, whole: &'w [u8]) -> Option<&'w [u8]> {
        let rest = whole.strip_prefix(&length(&self.name))?.strip_prefix(self.name.as_slice())?;
        Some(rest).filter(|value| !value.is_empty())
    }
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(directory: &str, parts: &[&str]) -> Locker {
        Locker::of(&DirectoryId::parse(directory).unwrap(), "room", 1, parts)
    }

    #[test]
    fn only_the_same_name_reads_what_is_kept() {
        let locker = of("acme", &["users", "7"]);
        let kept = locker.labelled(b"value");
        assert_eq!(locker.own(&kept), Some(&b"value"[..]));
        for other in [
            of("globex", &["users", "7"]),
            of("acme", &["users7"]),
            of("acme", &["users", "7", ""]),
            of("acmeu", &["sers", "7"]),
        ] {
            assert_eq!((other.key.as_str(), other.own(&kept)), ("room/0", None));
        }
        assert_eq!(locker.own(&locker.labelled(b"")), None, "forgotten");
    }
}
