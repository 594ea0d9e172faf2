//! The key-value map all workers with one `vm_id` share, and its queues. Knows nothing of what is kept there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::abi::Status;

/// Clones are the same map.
#[derive(Clone, Debug, Default)]
pub struct SharedData(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    entries: BTreeMap<Vec<u8>, (Vec<u8>, u32)>,
    /// One counter over all keys, as Envoy's: 800 parallel increments over two workers rely on it.
    last_cas: u32,
    queues: Vec<(Vec<u8>, VecDeque<Vec<u8>>)>,
}

impl SharedData {
    /// The value and the number to pass to [`SharedData::set`] to replace exactly this value.
    pub fn get(&self, key: &[u8]) -> Option<(Vec<u8>, u32)> {
        self.lock().entries.get(key).cloned()
    }

    /// `cas` 0 overwrites. On an existing key any other `cas` must match; on a missing key every `cas`
    /// succeeds, so `u32::MAX` is put-if-absent (proved in Envoy with two workers).
    pub fn set(&self, key: &[u8], value: &[u8], cas: u32) -> Result<(), Status> {
        let mut contents = self.lock();
        let held = contents.entries.get(key).map(|(_, cas)| *cas);
        if cas != 0 && held.is_some_and(|held| held != cas) {
            return Err(Status::CasMismatch);
        }
        contents.last_cas = contents.last_cas.checked_add(1).unwrap_or(1);
        let entry = (value.to_vec(), contents.last_cas);
        contents.entries.insert(key.to_vec(), entry);
        Ok(())
    }

    pub fn keys(&self) -> Vec<Vec<u8>> {
        self.lock().entries.keys().cloned().collect()
    }

    /// Loses everything, as a restart of the proxy does at any moment.
    pub fn lose(&self) {
        self.lock().entries.clear();
    }

    pub(super) fn register_queue(&self, name: &[u8]) -> u32 {
        let mut contents = self.lock();
        contents.queue_id(name).unwrap_or_else(|| {
            contents.queues.push((name.to_vec(), VecDeque::new()));
            contents.queues.len() as u32
        })
    }

    pub(super) fn queue_id(&self, name: &[u8]) -> Option<u32> {
        self.lock().queue_id(name)
    }

    pub(super) fn enqueue(&self, id: u32, item: Vec<u8>) -> Result<(), Status> {
        self.lock().queue(id)?.push_back(item);
        Ok(())
    }

    pub(super) fn dequeue(&self, id: u32) -> Result<Vec<u8>, Status> {
        self.lock().queue(id)?.pop_front().ok_or(Status::Empty)
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn queue_id(&self, name: &[u8]) -> Option<u32> {
        let place = self.queues.iter().position(|(known, _)| known == name);
        place.map(|place| place as u32 + 1)
    }

    fn queue(&mut self, id: u32) -> Result<&mut VecDeque<Vec<u8>>, Status> {
        let place = (id as usize).checked_sub(1).ok_or(Status::NotFound)?;
        let queue = self.queues.get_mut(place).ok_or(Status::NotFound)?;
        Ok(&mut queue.1)
    }
}
