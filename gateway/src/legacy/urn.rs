//! The URNs of 1.x and of 2.0, and the names of attributes that begin with them.

use crate::schema::{GROUP, USER};

/// `schemas` of everything in 1.1: the endpoint says whether it is a user or a group.
pub(super) const CORE: &str = "urn:scim:schemas:core:1.0";
/// The enterprise extension of 1.1.
pub(super) const ENTERPRISE: &str = "urn:scim:schemas:extension:enterprise:1.0";
/// The enterprise extension of 2.0.
pub(super) const ENTERPRISE_2: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A filter, or names of attributes, in the words of 2.0. What stands in quotes is the client's.
pub(super) fn modern(text: &str) -> String {
    let mut quoted = false;
    let pieces = text.split('"').map(|piece| {
        let is_value = quoted;
        // A quote behind a backslash does not end the string.
        quoted = !quoted || ends_in_escape(piece);
        if is_value { piece.to_owned() } else { modern_names(piece) }
    });
    pieces.collect::<Vec<_>>().join("\"")
}

/// A text for people in the words of 1.1.
pub(super) fn old(text: &str) -> String {
    text.replace(ENTERPRISE_2, ENTERPRISE).replace(USER, CORE).replace(GROUP, CORE)
}

/// The same schema in 1.1.
pub(super) fn old_schema(urn: &str) -> &str {
    match urn {
        USER | GROUP => CORE,
        ENTERPRISE_2 => ENTERPRISE,
        other => other,
    }
}

/// The attributes of the core need no URN in 2.0 either.
fn modern_names(text: &str) -> String {
    let text = replace(text, &format!("{CORE}:"), "");
    let text = replace(&text, &format!("{ENTERPRISE}:manager.managerId"), &format!("{ENTERPRISE_2}:manager.value"));
    replace(&text, ENTERPRISE, ENTERPRISE_2)
}

/// Letter case ignored.
fn replace(text: &str, from: &str, to: &str) -> String {
    let (folded, from) = (text.to_ascii_lowercase(), from.to_ascii_lowercase());
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for (start, _) in folded.match_indices(&from) {
        replaced.push_str(text.get(end..start).unwrap_or_default());
        replaced.push_str(to);
        end = start + from.len();
    }
    replaced.push_str(text.get(end..).unwrap_or_default());
    replaced
}

fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_2_0() {
        let department = format!("{ENTERPRISE_2}:department");
        let cases = [
            ("userName eq \"a\"", "userName eq \"a\"".to_owned()),
            ("URN:scim:schemas:core:1.0:userName eq \"a\"", "userName eq \"a\"".to_owned()),
            ("urn:scim:schemas:extension:enterprise:1.0:department", department),
            ("urn:scim:schemas:extension:enterprise:1.0", ENTERPRISE_2.to_owned()),
            (
                "urn:scim:schemas:extension:enterprise:1.0:manager.managerId pr",
                format!("{ENTERPRISE_2}:manager.value pr"),
            ),
        ];
        for (old, new) in cases {
            assert_eq!(modern(old), new);
        }
    }

    #[test]
    fn what_stands_in_quotes_stays() {
        let text = r#"title eq "a \" urn:scim:schemas:core:1.0:x \\" and urn:scim:schemas:core:1.0:title pr"#;
        assert_eq!(modern(text), r#"title eq "a \" urn:scim:schemas:core:1.0:x \\" and title pr"#);
    }
}
