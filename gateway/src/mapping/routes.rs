//! Which event becomes which request.

use serde_json::Value;

use super::template::Template;

/// By the name of the event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routes(pub(super) Vec<(String, Route)>);

/// Where one event goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// Nowhere.
    Ignore,
    /// To the events endpoint.
    Events,
    /// The group is told, whose record has the members.
    Group,
    /// A request.
    Call(Box<Call>),
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Where to.
    pub path: Template,
    /// What is sent.
    pub body: Content,
    /// Its media type.
    pub content_type: String,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// The minted id is sent too.
    pub with_id: bool,
    /// The answer is the record.
    pub answers_record: bool,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// None.
    Nothing,
    /// The whole record: what the service gave, with the mapped fields as they are now.
    Data,
    /// The fields that changed, and nothing beside them.
    Changed,
    /// The fields at the top in which something changed, whole.
    ChangedWhole,
    /// This, with its placeholders filled.
    Template(Value),
}

impl Routes {
    /// Where this event goes. Every event that can occur has a place, as was checked with the configuration.
    pub fn of(&self, event: &str) -> &Route {
        self.own(event).unwrap_or(&Route::Events)
    }

    pub(super) fn own(&self, event: &str) -> Option<&Route> {
        self.0.iter().find(|(name, _)| name == event).map(|(_, route)| route)
    }

    /// Whether the members of a group are written with its record.
    pub fn members_in_group(&self) -> bool {
        self.0.iter().any(|(_, route)| *route == Route::Group)
    }

    /// Whether any event of these goes to the events endpoint.
    pub fn any_to_events(&self, names: &[&str]) -> bool {
        names.iter().any(|name| *self.of(name) == Route::Events)
    }
}
