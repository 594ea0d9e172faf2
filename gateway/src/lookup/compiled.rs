//! Directories of the user service, read once and not with every request: the same text is the same directory.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::config::{Config, Directory, DirectoryId};

/// As many as anybody uses at a time; beyond them it begins anew.
const MOST: usize = 1024;

/// The text, and what it means.
type Meaning = (Vec<u8>, Rc<Directory>);

/// By name.
#[derive(Default)]
pub(crate) struct Compiled(Cell<BTreeMap<DirectoryId, Meaning>>);

impl Compiled {
    /// What this text means, if it is the directory of this name.
    pub(super) fn of(&self, config: &Config, id: &DirectoryId, text: &[u8]) -> Option<Rc<Directory>> {
        let mut known = self.0.take();
        let found = known.get(id).filter(|(same, _)| same == text).map(|(_, directory)| Rc::clone(directory));
        let directory = found.or_else(|| {
            let directory = Rc::new(config.directory(text).ok().filter(|directory| directory.id == *id)?);
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(id.clone(), (text.to_vec(), Rc::clone(&directory)));
            Some(directory)
        });
        self.0.set(known);
        directory
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compiled(..)")
    }
}
