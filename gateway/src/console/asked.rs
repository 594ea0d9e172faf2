//! What is asked: of the console, and of the directories as they are written. Nothing here is decoded, only shown or
//! compared.

use crate::config::Console;

/// What is asked of the console, and its query; nothing when something else is asked.
pub(super) fn of_console<'t>(console: &Console, target: &'t [u8]) -> Option<(&'t str, &'t str)> {
    let below = std::str::from_utf8(target).ok()?.strip_prefix(&console.path)?;
    let (path, query) = below.split_once('?').unwrap_or((below, ""));
    (path.is_empty() || path.starts_with('/')).then_some((path, query))
}

/// The directory's name, and what is asked of it, without the query.
pub(super) fn of_directory<'t>(base: &str, target: &'t str) -> Option<(&'t str, &'t str)> {
    let path = target.split('?').next()?;
    let below = path.strip_prefix(base)?.strip_prefix('/')?;
    Some(below.split_once('/').unwrap_or((below, "")))
}

/// The value of a parameter.
pub(super) fn parameter<'q>(query: &'q str, name: &str) -> &'q str {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Fingerprint;

    #[test]
    fn only_what_is_below_is_the_console() {
        let console = Console { path: "/usher".into(), token: Fingerprint::of(""), exchanges: 1, personal_data: false };
        for (target, below) in [
            ("/usher", Some(("", ""))),
            ("/usher/?a=b", Some(("/", "a=b"))),
            ("/usher/exchanges?after=3", Some(("/exchanges", "after=3"))),
            ("/ushers", None),
            ("/scim/v2/acme/Users", None),
        ] {
            assert_eq!(of_console(&console, target.as_bytes()), below, "{target}");
        }
    }

    #[test]
    fn directories_are_found_where_requests_go() {
        assert_eq!(of_directory("/scim/v2", "/scim/v2/acme/Users/1?a=b"), Some(("acme", "Users/1")));
        assert_eq!(of_directory("/scim/v2", "/scim/v2/acme"), Some(("acme", "")));
        assert_eq!(of_directory("/scim/v2", "/elsewhere"), None);
        assert_eq!(parameter("find=a&after=3", "after"), "3");
    }
}
