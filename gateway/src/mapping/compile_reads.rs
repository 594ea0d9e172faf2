//! From the written reads to ones that can be performed.

use super::compile::pointer;
use super::reads::{List, Pages, Paging, Read, Style, Total};
use super::template::{Slot, Template};
use crate::config::{ConfigError, Key, ListWire, PageWire, PagingWire, ReadWire, TotalWire};

/// The look-ups of docs/user-service.md.
pub(super) const LOOK_UPS: [&str; 6] = ["user_name", "external_id", "email", "display_name", "ids", "member"];

pub(super) fn read(key: &Key<'_>, wire: &ReadWire) -> Result<Read, ConfigError> {
    let path = template(&key.at("path"), &wire.path, &[Slot::Id])?;
    if !path.has(Slot::Id) {
        return Err(key.at("path").wrong("expected `{id}` in it"));
    }
    Ok(Read {
        path,
        record: pointer(&key.at("record"), wire.record.as_deref().unwrap_or_default())?,
        headers: headers(&key.at("headers"), &wire.headers)?,
    })
}

/// A list; that of a group's members has the group's id in its path.
pub(super) fn list(key: &Key<'_>, wire: &ListWire, slots: &[Slot]) -> Result<List, ConfigError> {
    let path = template(&key.at("path"), &wire.path, slots)?;
    if slots.iter().any(|slot| !path.has(*slot)) {
        return Err(key.at("path").wrong("expected `{id}` in it"));
    }
    let mut look_up = Vec::new();
    let in_look_up = key.at("look_up");
    for (name, text) in &wire.look_up {
        let key = in_look_up.at(name);
        if !LOOK_UPS.contains(&name.as_str()) || !slots.is_empty() {
            return Err(key.wrong(format!("there is no such look-up, only {}", LOOK_UPS.join(", "))));
        }
        look_up.push((name.clone(), Template::parameter(text).map_err(|reason| key.wrong(reason))?));
    }
    Ok(List {
        path,
        items: pointer(&key.at("items"), wire.items.as_deref().unwrap_or_default())?,
        total: total(&key.at("total"), wire.total.as_ref())?,
        look_up,
        paging: paging(&key.at("paging"), &wire.paging)?,
        headers: headers(&key.at("headers"), &wire.headers)?,
    })
}

fn total(key: &Key<'_>, wire: Option<&TotalWire>) -> Result<Total, ConfigError> {
    Ok(match wire {
        None => Total::Unsaid,
        Some(TotalWire::Pointer(text)) => Total::At(pointer(&key.at("pointer"), text)?),
        Some(TotalWire::Header(name)) => Total::Header(header_name(&key.at("header"), name)?),
    })
}

fn paging(key: &Key<'_>, wire: &PagingWire) -> Result<Paging, ConfigError> {
    match wire {
        PagingWire::None => Ok(Paging::Everything),
        PagingWire::Index(page) => pages(&key.at("index"), Style::Index, page),
        PagingWire::Offset(page) => pages(&key.at("offset"), Style::Offset, page),
        PagingWire::Page(page) => pages(&key.at("page"), Style::Page, page),
    }
}

fn pages(key: &Key<'_>, style: Style, wire: &PageWire) -> Result<Paging, ConfigError> {
    let name = |of: &str, text: &str| {
        Template::parameter(text).map_err(|reason| key.at(of).wrong(reason))?;
        let fit = !text.is_empty() && !text.contains(['=', '&', '?']);
        fit.then(|| text.to_owned()).ok_or_else(|| key.at(of).wrong("expected a parameter's name"))
    };
    let most = wire.most.unwrap_or(100);
    if !(2..=10_000).contains(&most) {
        return Err(key.at("most").wrong("expected 2 to 10000"));
    }
    Ok(Paging::By(Pages { style, from: name("from", &wire.from)?, count: name("count", &wire.count)?, most }))
}

pub(super) fn template(key: &Key<'_>, text: &str, slots: &[Slot]) -> Result<Template, ConfigError> {
    Template::path(text, slots).map_err(|reason| key.wrong(reason))
}

/// Headers as they are sent. What opens doors does not belong here: the proxy shows its configuration.
pub(super) fn headers(key: &Key<'_>, wire: &[(String, String)]) -> Result<Vec<(String, String)>, ConfigError> {
    let one = |(name, value): &(String, String)| {
        let key = key.at(name);
        let name = header_name(&key, name)?;
        if !value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            return Err(key.wrong("expected visible ASCII"));
        }
        Ok((name, value.clone()))
    };
    wire.iter().map(one).collect()
}

/// Set by Usher or by the proxy, or a secret.
const NOT_THESE: [&str; 10] = [
    "authorization",
    "cookie",
    "connection",
    "content-length",
    "content-type",
    "host",
    "idempotency-key",
    "if-match",
    "transfer-encoding",
    "usher-directory",
];

fn header_name(key: &Key<'_>, name: &str) -> Result<String, ConfigError> {
    let name = name.to_ascii_lowercase();
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !name.is_empty() && name.chars().all(fit) && !NOT_THESE.contains(&name.as_str()) {
        true => Ok(name),
        false => Err(key.wrong("is no header that can be set or read here")),
    }
}
