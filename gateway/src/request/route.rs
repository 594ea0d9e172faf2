//! Where a request goes: `{base}/{directory}/{endpoint}/{id}` (RFC 7644 section 3.2).
//!
//! The path is taken apart here, whatever the proxy did to it before, and nothing of it is ever sent on: what goes
//! to the user service is built anew. Segments that two readers could read in two ways (`..`, `%2f`, `;x=y`) are
//! refused (CVE-2019-9901 and its many cousins).

use super::percent::decode;
use super::query::Query;
use crate::error::{ErrorKind, ScimError};

/// The methods that SCIM gives a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read; `HEAD` reads the same without a body.
    Get,
    /// Create, search.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Delete.
    Delete,
}

impl Method {
    /// The method of this name.
    ///
    /// # Errors
    /// 501 for those that mean nothing here.
    pub fn parse(name: &str) -> Result<Self, ScimError> {
        Ok(match name {
            "GET" | "HEAD" => Self::Get,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => return Err(ScimError::new(ErrorKind::NotImplemented, "this method has no meaning in SCIM")),
        })
    }
}

/// What is addressed inside a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The directory itself
    Root,
    /// `/ServiceProviderConfig`
    ServiceProviderConfig,
    /// `/ResourceTypes`, or one of them
    ResourceTypes(Option<String>),
    /// `/Schemas`, or one of them
    Schemas(Option<String>),
    /// `/.search`
    SearchAll,
    /// `/{endpoint}/.search`
    Search(String),
    /// `/Bulk`
    Bulk,
    /// `/Me`
    Me,
    /// `/{endpoint}`, perhaps a resource type's
    Collection(String),
    /// `/{endpoint}/{id}`
    Resource(String, String),
    /// Anything else
    Unknown,
}

/// A located request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The directory's name, as it stands in the path or in the host; nobody knows yet whether it exists.
    pub directory: String,
    /// It stands in the host, so it is not part of the path.
    pub by_host: bool,
    /// What is addressed in it.
    pub endpoint: Endpoint,
    /// The parameters.
    pub query: Query,
}

/// Find the route of a request target; `None` when it is not below the base. The directory is the first segment, unless
/// the host has said already which one it is: then a path can lead to no other.
///
/// # Errors
/// 400 for a path or a query that cannot be read in one way only; 414 when it is too long.
pub fn locate(
    base: &str,
    host: Option<String>,
    target: &[u8],
    target_bytes: usize,
) -> Result<Option<Route>, ScimError> {
    if target.len() > target_bytes {
        return Err(ScimError::new(
            ErrorKind::UriTooLong,
            format!("the request target is longer than {target_bytes} bytes"),
        ));
    }
    let (path, query) = split(target);
    let path = std::str::from_utf8(path).map_err(|_| bad())?;
    let Some(below) = path.strip_prefix(base).and_then(|p| p.strip_prefix('/')) else { return Ok(None) };
    let mut segments = segments(below)?.into_iter();
    let by_host = host.is_some();
    let Some(directory) = host.or_else(|| segments.next()) else { return Ok(None) };
    let endpoint = endpoint(segments.collect());
    // A path cut short (`/Users/..\\..\\other`, put straight by the proxy) asks nothing of the directory it ends at.
    if endpoint == Endpoint::Root && query.is_empty() {
        return Ok(None);
    }
    Ok(Some(Route { directory, by_host, endpoint, query: Query::parse(query)? }))
}

fn split(target: &[u8]) -> (&[u8], &[u8]) {
    match target.iter().position(|b| *b == b'?') {
        Some(at) => (target.get(..at).unwrap_or_default(), target.get(at + 1..).unwrap_or_default()),
        None => (target, b""),
    }
}

/// A trailing slash is fine: Microsoft's collection calls `/Users/?filter=`.
fn segments(path: &str) -> Result<Vec<String>, ScimError> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Ok(Vec::new());
    }
    path.split('/').map(segment).collect()
}

fn segment(text: &str) -> Result<String, ScimError> {
    let decoded = decode(text.as_bytes(), false).ok_or_else(bad)?;
    let ambiguous = |c: char| c.is_control() || matches!(c, '/' | '\\' | ';' | '#' | '?');
    let refused = decoded.is_empty() || decoded == "." || decoded == ".." || decoded.contains(ambiguous);
    // A second layer of escapes is for somebody else to take off, or so its author hopes.
    let layered = decoded.as_bytes().windows(3).any(is_escape);
    if refused || layered { Err(bad()) } else { Ok(decoded) }
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

fn endpoint(segments: Vec<String>) -> Endpoint {
    let mut segments = segments.into_iter();
    let (name, id, more) = (segments.next(), segments.next(), segments.next());
    let Some(name) = name else { return Endpoint::Root };
    if more.is_some() {
        return Endpoint::Unknown;
    }
    match (name.to_ascii_lowercase().as_str(), id) {
        ("serviceproviderconfig" | "serviceproviderconfigs", None) => Endpoint::ServiceProviderConfig,
        ("resourcetypes", id) => Endpoint::ResourceTypes(id),
        ("schemas", id) => Endpoint::Schemas(id),
        (".search", None) => Endpoint::SearchAll,
        (_, Some(id)) if id.eq_ignore_ascii_case(".search") => Endpoint::Search(name),
        ("bulk", None) => Endpoint::Bulk,
        ("me", None) => Endpoint::Me,
        (_, None) => Endpoint::Collection(name),
        (_, Some(id)) => Endpoint::Resource(name, id),
    }
}

fn bad() -> ScimError {
    ScimError::new(ErrorKind::BadRequest, "the path cannot be read in one way only")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(target: &str) -> Result<Option<Route>, ScimError> {
        locate("/scim/v2", None, target.as_bytes(), 4096)
    }

    #[test]
    fn where_the_host_says_it_the_path_cannot() {
        let route = locate("/scim/v2", Some("acme".into()), b"/scim/v2/globex/Users", 4096).unwrap().unwrap();
        assert_eq!((route.directory.as_str(), route.by_host), ("acme", true));
        assert_eq!(route.endpoint, Endpoint::Resource("globex".into(), "Users".into()));
    }

    #[test]
    fn paths_lead_where_they_say() {
        let route = at("/scim/v2/acme/users/u%201?count=2&aadOptscim062020").unwrap().unwrap();
        assert_eq!(route.directory, "acme");
        assert_eq!(route.endpoint, Endpoint::Resource("users".into(), "u 1".into()));
        assert_eq!(route.query.number("count").unwrap(), Some(2));
        assert_eq!(at("/scim/v2/acme/Users/").unwrap().unwrap().endpoint, Endpoint::Collection("Users".into()));
        assert_eq!(at("/scim/v2/acme/a/b/c").unwrap().unwrap().endpoint, Endpoint::Unknown);
        assert_eq!(at("/scim/v2/acme?filter=x").unwrap().unwrap().endpoint, Endpoint::Root);
        for elsewhere in
            ["/scim/v2/acme", "/", "/scim/v1/acme/Users", "/scim/v2", "/scim/v2acme", "/SCIM/V2/acme/Users"]
        {
            assert_eq!(at(elsewhere).unwrap(), None, "{elsewhere}");
        }
    }

    #[test]
    fn what_two_readers_could_read_in_two_ways_is_refused() {
        for path in [
            "..", ".", "%2e%2e", "a%2fb", "a%5cb", "a\\b", "a%00", "a;b=c", "a%0d", "%zz", "%e9%ff", "%252e", "", "a#b",
        ] {
            let error = at(&format!("/scim/v2/acme/Users/{path}/x")).unwrap_err();
            assert_eq!(error.kind, ErrorKind::BadRequest, "{path}");
        }
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        assert!(at("/scim/v2/acme/Users?filter=a&filter=b").is_err());
        assert!(at("/scim/v2/acme/Users?count=x").unwrap().unwrap().query.number("count").is_err());
    }
}
