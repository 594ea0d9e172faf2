//! From the written routes to ones that can be performed: every event that can occur has a place.

use serde_json::Value;

use super::compile_reads::{headers, template};
use super::routes::{Call, Content, Route, Routes};
use super::template::{OF_DIRECTORY, Slot, slot_of};
use super::type_map::{Members, TypeMap};
use crate::config::{AnswerWire, BodyWire, CallWire, ConfigError, DeactivationWire, EventSettings, Key, RouteWire};
use crate::schema::ResourceKind;

type Checked<T> = Result<T, ConfigError>;

/// What happens to a record, besides `deactivated` and `reactivated` of users.
const LIFE: [&str; 3] = ["created", "updated", "deleted"];
pub(super) const MEMBERSHIP: [&str; 2] = ["group.user_added", "group.user_removed"];

/// Check the routes of these types.
///
/// # Errors
/// What is wrong, with its key.
#[inline(never)]
pub(super) fn routes(key: &Key<'_>, types: &[TypeMap], wire: &[(String, RouteWire)]) -> Checked<Routes> {
    let mut routes = Routes::default();
    for (name, wire) in wire {
        let key = key.at(name);
        let known = possible(types, &[]).chain(possible(types, &["deactivated", "reactivated"])).any(|n| n == *name);
        if !known {
            return Err(key.wrong("there is no such event of the types that are mapped"));
        }
        routes.0.push((name.clone(), route(&key, name, wire)?));
    }
    members_together(key, types, &routes)?;
    Ok(routes)
}

/// The names of the events that these types can have.
fn possible<'t>(types: &'t [TypeMap], more: &'t [&'t str]) -> impl Iterator<Item = String> + 't {
    types.iter().flat_map(move |map| {
        let of_user = more.iter().filter(|_| map.kind == ResourceKind::User);
        let life = LIFE.iter().chain(of_user).map(|what| format!("{}.{what}", map.kind.noun()));
        let members = MEMBERSHIP.iter().filter(|_| map.kind == ResourceKind::Group).map(|name| (*name).to_owned());
        life.chain(members)
    })
}

/// Every event that these settings let happen has a place. One that nobody thought of must not be lost.
///
/// # Errors
/// With the name of the one that has none.
pub(super) fn covered(key: &Key<'_>, routes: &Routes, types: &[TypeMap], events: &EventSettings) -> Checked<()> {
    let key = key.at("routes");
    let more: &[&str] = match events.deactivation {
        DeactivationWire::Updated => &[],
        DeactivationWire::Deactivated => &["deactivated", "reactivated"],
        DeactivationWire::Deleted => {
            let reason = "with routes, `deactivation` cannot be `deleted`: the record would be gone for good; \
                          say `deactivated` and give `user.deactivated` a route";
            return Err(key.wrong(reason));
        }
    };
    let wanted = |name: &String| events.only.as_ref().is_none_or(|only| only.contains(name));
    let homeless = possible(types, more).filter(wanted).find(|name| routes.own(name).is_none());
    match homeless {
        Some(name) => {
            let reason = format!("`{name}` goes nowhere; give it a request, \"events\" or \"ignore\"");
            Err(key.wrong(reason))
        }
        None => Ok(()),
    }
}

/// Members in the group's record are written with the group, both when they come and when they go.
fn members_together(key: &Key<'_>, types: &[TypeMap], routes: &Routes) -> Checked<()> {
    let in_group: Vec<bool> = MEMBERSHIP.iter().map(|name| *routes.of(name) == Route::Group).collect();
    let inside = types.iter().any(|map| matches!(map.members, Some(Members::Inside(_))));
    let wrong = |reason: &str| Err(key.at("group").at("user_added").wrong(reason));
    match in_group.as_slice() {
        [added, removed] if added != removed => wrong("`group.user_removed` is \"group\" too, or neither is"),
        [true, _] if !inside => wrong("is \"group\" only where the members are in the group's record"),
        [true, _] if !matches!(routes.of("group.updated"), Route::Call(call) if call.body != Content::Nothing) => {
            wrong("is \"group\" only where `group.updated` is a request with a body")
        }
        _ => Ok(()),
    }
}

fn route(key: &Key<'_>, name: &str, wire: &RouteWire) -> Checked<Route> {
    let is_membership = MEMBERSHIP.contains(&name);
    let (method, wire) = match wire {
        RouteWire::Ignore => return Ok(Route::Ignore),
        RouteWire::Events => return Ok(Route::Events),
        RouteWire::Group if is_membership => return Ok(Route::Group),
        RouteWire::Group => return Err(key.wrong("only members are told as \"group\"")),
        RouteWire::Post(call) => ("POST", call),
        RouteWire::Put(call) => ("PUT", call),
        RouteWire::Patch(call) => ("PATCH", call),
        RouteWire::Delete(call) => ("DELETE", call),
    };
    call(&key.at(&method.to_ascii_lowercase()), name, method, wire).map(Box::new).map(Route::Call)
}

#[inline(never)]
fn call(key: &Key<'_>, name: &str, method: &'static str, wire: &CallWire) -> Checked<Call> {
    let is_membership = MEMBERSHIP.contains(&name);
    let is_created = name.ends_with(".created");
    let slots: &[Slot] = match (is_membership, is_created) {
        (true, _) => &[Slot::Id, Slot::GroupId],
        // Whose id it will be, the answer says.
        (_, true) if !wire.with_id => &[],
        _ => &[Slot::Id],
    };
    let body = content(&key.at("body"), name, method, slots, wire.body.as_ref())?;
    if wire.with_id && !is_created {
        return Err(key.at("with_id").wrong("is for creations"));
    }
    let answers_record = wire.answer == AnswerWire::Record;
    if answers_record && (is_membership || name.ends_with(".deleted")) {
        return Err(key.at("answer").wrong("`record` is for what makes or changes a record"));
    }
    let content_type = wire.content_type.clone().unwrap_or_else(|| "application/json".to_owned());
    if !content_type.contains('/') || !content_type.bytes().all(|b| (b'!'..=b'~').contains(&b) || b == b' ') {
        return Err(key.at("content_type").wrong("expected a media type"));
    }
    Ok(Call {
        method,
        path: template(&key.at("path"), &wire.path, slots)?,
        body,
        content_type,
        headers: headers(&key.at("headers"), &wire.headers)?,
        with_id: wire.with_id,
        answers_record,
    })
}

fn content(key: &Key<'_>, name: &str, method: &str, slots: &[Slot], wire: Option<&BodyWire>) -> Checked<Content> {
    let is_membership = MEMBERSHIP.contains(&name);
    let content = match (wire, method) {
        (Some(BodyWire::None), _) => Content::Nothing,
        (Some(BodyWire::Data), _) => Content::Data,
        (Some(BodyWire::Changed), _) => Content::Changed,
        (Some(BodyWire::ChangedWhole), _) => Content::ChangedWhole,
        (Some(BodyWire::Template(template)), _) => {
            placeholders(key, template, slots)?;
            Content::Template(template.clone())
        }
        (None, "DELETE") => Content::Nothing,
        (None, _) if is_membership => Content::Nothing,
        (None, "PATCH") => Content::Changed,
        (None, _) => Content::Data,
    };
    let is_update = ["updated", "deactivated", "reactivated"].iter().any(|what| name.ends_with(what));
    let fits = match content {
        Content::Nothing | Content::Template(_) => true,
        Content::Data => !is_membership,
        Content::Changed | Content::ChangedWhole => is_update,
    };
    match fits {
        true => Ok(content),
        false if is_membership => Err(key.wrong("expected `none` or a `template`")),
        false => Err(key.wrong("only of an update can be said what changed")),
    }
}

/// A text that looks like a placeholder and is none would be sent as it is.
fn placeholders(key: &Key<'_>, template: &Value, slots: &[Slot]) -> Checked<()> {
    match template {
        Value::String(text) if text.starts_with('{') && text.ends_with('}') => {
            let fits = slot_of(text).is_some_and(|slot| slots.contains(&slot) || OF_DIRECTORY.contains(&slot));
            if fits { Ok(()) } else { Err(key.wrong(format!("there is no `{text}` here"))) }
        }
        Value::Array(items) => items.iter().try_for_each(|item| placeholders(key, item, slots)),
        Value::Object(object) => object.values().try_for_each(|item| placeholders(key, item, slots)),
        _ => Ok(()),
    }
}
