//! Events about a directory itself.

use std::rc::Rc;

use usher_json::Object;

use super::identity::event_id;
use super::{Data, Event, Subject};
use crate::config::Directory;
use crate::schema::{Names, ResourceKind};

/// `directory.activated`, `directory.deactivated` or `directory.deleted`; `when` tells it from the same one of another time.
pub(crate) fn of_directory(directory: &Rc<Directory>, what: &str, when: u64) -> Event {
    let name = format!("directory.{what}");
    let id = event_id(&directory.id, &[&name, &when.to_string()]);
    let names = |text: &str| text.to_owned();
    let names = Names { noun: names("directory"), collection: names("directories"), endpoint: names("Directories") };
    let kind = ResourceKind::Other(Rc::new(names));
    let subject = Subject { kind, id: directory.id.to_string(), external_id: None };
    let mut text = Vec::with_capacity(128);
    let mut data = Object::new(&mut text);
    data.text("id", &directory.id);
    data.text("tenant", &directory.tenant);
    data.text("product", &directory.product);
    data.text("state", what);
    data.end();
    Event {
        directory: Rc::clone(directory),
        name: name.into(),
        id,
        subject: Rc::new(subject),
        member: None,
        data: Data::of(text),
        changes: Vec::new(),
    }
}
