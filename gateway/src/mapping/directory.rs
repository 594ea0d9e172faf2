//! What a directory's mapping says, for those who have the directory at hand.

use super::routes::Route;
use super::type_map::TypeMap;
use crate::config::Directory;
use crate::schema::ResourceKind;

impl Directory {
    /// The map of this type, when the shape is the service's own.
    pub fn map(&self, kind: &ResourceKind) -> Option<&TypeMap> {
        self.mapping.as_ref().and_then(|mapping| mapping.of(kind))
    }

    /// Where events with this name go, when not all go to the events endpoint.
    pub fn route(&self, event: &str) -> Option<&Route> {
        self.mapping.as_ref()?.routes.as_ref().map(|routes| routes.of(event))
    }

    /// Whether the service wants to hear of events with this name.
    pub fn hears_of(&self, event: &str) -> bool {
        let wanted = self.events.only.as_ref().is_none_or(|only| only.contains(event));
        wanted && self.route(event) != Some(&Route::Ignore)
    }

    /// Whether the service is told more of a member than its id.
    pub fn tells_members(&self) -> bool {
        let told = |event| self.hears_of(event) && self.route(event).is_none_or(|route| *route == Route::Events);
        self.events.members_in_full && (told("group.user_added") || told("group.user_removed"))
    }
}
