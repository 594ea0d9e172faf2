//! Giving a filter its meaning: names become steps, literals become values of the attribute's type.
//!
//! All that can be wrong with a well-formed filter is found here: ordering booleans (RFC 7644 section 3.4.2.2),
//! a date that is none. In a question, an unknown attribute is not wrong, it has no value; in the path of a PATCH it is:
//! `remove` at `emails[tpye ne "work"]` would take every e-mail away.

use super::compare::Comparand;
use super::parse::number;
use super::predicate::{Predicate, Test};
use super::{Filter, Literal, Operator};
use crate::error::{ErrorKind, ScimError};
use crate::path::AttrPath;
use crate::schema::{Attribute, Kind, Resolved, ResourceType, Returned};

impl Predicate {
    /// A filter over resources of this type.
    ///
    /// # Errors
    /// `invalidFilter` when an operator or a value does not fit the attribute's type.
    pub fn bind(filter: &Filter, resource_type: &ResourceType) -> Result<Self, ScimError> {
        bind(filter, &Scope::Resource(resource_type))
    }

    /// A filter that selects values of one multi-valued attribute, to change them.
    ///
    /// # Errors
    /// `invalidFilter` as above, and for a part that the attribute does not have.
    pub fn bind_selection(filter: &Filter, attribute: &Attribute) -> Result<Self, ScimError> {
        bind(filter, &Scope::Selection(attribute))
    }
}

enum Scope<'s> {
    Resource(&'s ResourceType),
    Element(&'s Attribute),
    Selection(&'s Attribute),
}

/// Where a name leads: the steps, and the attribute at their end.
struct Found<'s> {
    steps: Vec<String>,
    attribute: &'s Attribute,
}

fn bind(filter: &Filter, scope: &Scope<'_>) -> Result<Predicate, ScimError> {
    Ok(match filter {
        Filter::Or(terms) => Predicate::Any(bind_all(terms, scope)?),
        Filter::And(terms) => Predicate::All(bind_all(terms, scope)?),
        Filter::Not(inner) => Predicate::Not(Box::new(bind(inner, scope)?)),
        Filter::Present(path) => Predicate::At(scope.find(path)?.map(|f| f.steps).unwrap_or_default(), Test::Present),
        Filter::Compare(path, op, literal) => bind_test(path, *op, literal, scope)?,
        Filter::Element(path, inner) => bind_inner(path, inner, scope)?,
    })
}

fn bind_all(terms: &[Filter], scope: &Scope<'_>) -> Result<Vec<Predicate>, ScimError> {
    terms.iter().map(|term| bind(term, scope)).collect()
}

fn bind_test(path: &AttrPath, op: Operator, literal: &Literal, scope: &Scope<'_>) -> Result<Predicate, ScimError> {
    let Some(found) = scope.find(path)? else {
        return Ok(Predicate::At(Vec::new(), on_nothing(op, literal)));
    };
    if found.attribute.returned == Returned::Never {
        return Err(ScimError::new(ErrorKind::Sensitive, format!("`{path}` cannot be asked for")));
    }
    let found = found.comparable(path)?;
    let test = test_of(found.attribute, op, literal).map_err(|reason| wrong(path, &reason))?;
    Ok(Predicate::At(found.steps, test))
}

fn bind_inner(path: &AttrPath, inner: &Filter, scope: &Scope<'_>) -> Result<Predicate, ScimError> {
    let Some(found) = scope.find(path)? else {
        return Ok(Predicate::At(Vec::new(), Test::Present));
    };
    let inner = bind(inner, &Scope::Element(found.attribute))?;
    Ok(Predicate::Element(found.steps, Box::new(inner)))
}

/// A comparison with an attribute nobody knows: only "is not" can hold.
fn on_nothing(op: Operator, literal: &Literal) -> Test {
    let absent = matches!((op, literal), (Operator::Equal, Literal::Null))
        || (op == Operator::NotEqual && *literal != Literal::Null);
    if absent { Test::Absent } else { Test::Present }
}

impl<'s> Scope<'s> {
    fn find(&self, path: &AttrPath) -> Result<Option<Found<'s>>, ScimError> {
        match self {
            Self::Resource(resource_type) => Ok(find_in_resource(resource_type, path)),
            Self::Element(attribute) => Ok(find_in_element(attribute, path)),
            Self::Selection(attribute) => {
                find_in_element(attribute, path).ok_or_else(|| wrong(path, "is no part of it")).map(Some)
            }
        }
    }
}

fn find_in_resource<'s>(resource_type: &'s ResourceType, path: &AttrPath) -> Option<Found<'s>> {
    let Resolved::Attribute(place) = resource_type.resolve(path) else { return None };
    let extension = place.extension.map(|s| s.id.clone());
    let sub = place.sub.map(|s| s.name.clone());
    Some(Found {
        steps: extension.into_iter().chain([place.attribute.name.clone()]).chain(sub).collect(),
        attribute: place.sub.unwrap_or(place.attribute),
    })
}

fn find_in_element<'s>(attribute: &'s Attribute, path: &AttrPath) -> Option<Found<'s>> {
    let plain = path.name.eq_ignore_ascii_case("value") && attribute.kind != Kind::Complex;
    let sub = if plain { Some(attribute) } else { attribute.sub(&path.name) }?;
    let name = if plain { "value" } else { &sub.name };
    let known = path.urn.is_none() && path.sub.is_none();
    known.then(|| Found { steps: vec![name.to_owned()], attribute: sub })
}

impl Found<'_> {
    /// `emails eq "x"` means `emails.value eq "x"` (RFC 7644 section 3.4.2.2, the example).
    fn comparable(self, path: &AttrPath) -> Result<Self, ScimError> {
        if self.attribute.kind != Kind::Complex {
            return Ok(self);
        }
        let value = self.attribute.sub("value");
        let value = value.ok_or_else(|| wrong(path, "is made of parts; compare one of them"))?;
        let mut steps = self.steps;
        steps.push(value.name.clone());
        Ok(Self { steps, attribute: value })
    }
}

fn test_of(attribute: &Attribute, op: Operator, literal: &Literal) -> Result<Test, String> {
    match (op, literal) {
        (Operator::Equal, Literal::Null) => return Ok(Test::Absent),
        (Operator::NotEqual, Literal::Null) => return Ok(Test::Present),
        (_, Literal::Null) => return Err(format!("cannot be compared with null by `{}`", op.word())),
        _ => {}
    }
    if !fits(attribute.kind, op) {
        return Err(format!("`{}` does not work on {}", op.word(), noun(attribute.kind)));
    }
    let value = comparand(attribute, literal);
    let value = value.ok_or_else(|| format!("`{literal}` is not {}", noun(attribute.kind)))?;
    Ok(Test::Compare(op, value))
}

fn fits(kind: Kind, op: Operator) -> bool {
    let equality = matches!(op, Operator::Equal | Operator::NotEqual);
    let partial = matches!(op, Operator::Contains | Operator::StartsWith | Operator::EndsWith);
    match kind {
        Kind::Boolean | Kind::Binary => equality,
        Kind::Integer | Kind::Decimal | Kind::DateTime => !partial,
        Kind::String | Kind::Reference | Kind::Complex => true,
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Binary => "binary data",
        Kind::Integer | Kind::Decimal => "a number",
        Kind::DateTime => "a date",
        Kind::String | Kind::Reference | Kind::Complex => "a string",
    }
}

fn comparand(attribute: &Attribute, literal: &Literal) -> Option<Comparand> {
    let text = match literal {
        Literal::Text(text) => text.clone(),
        other => other.to_string(),
    };
    match attribute.kind {
        // `roles[primary eq "True"]` is Entra's.
        Kind::Boolean => text.to_ascii_lowercase().parse().ok().map(Comparand::Bool),
        Kind::Integer | Kind::Decimal => number(&text)?.as_f64().map(Comparand::Number),
        Kind::DateTime => text.parse().ok().map(Comparand::Instant),
        Kind::Binary => Some(Comparand::Exact(text)),
        _ if attribute.case_exact => Some(Comparand::Exact(text)),
        _ => Some(Comparand::Folded { lower: text.to_lowercase(), written: text }),
    }
}

fn wrong(path: &AttrPath, reason: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidFilter, format!("`{path}` {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Dialect;
    use crate::limits::Limits;
    use crate::schema::{ResourceKind, SchemaSet};
    use serde_json::{Value, json};

    fn user() -> Value {
        json!({
            "id": "u1", "userName": "Ada", "displayName": "ΟΔΟΣΑ", "active": true, "name": {"familyName": "Byron"},
            "emails": [{"value": "ada@home.test", "type": "home"}, {"value": "Ada@Work.test", "type": "work", "primary": true}],
            "meta": {"lastModified": "2026-11-21T20:00:00.5Z"},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D", "manager": {"value": "m1"}}
        })
    }

    fn bound(text: &str) -> Result<Predicate, ScimError> {
        let set = SchemaSet::core().unwrap();
        let filter = Filter::parse(text, Dialect::BareWords, &Limits::default())?;
        Predicate::bind(&filter, set.of_kind(&ResourceKind::User).unwrap())
    }

    #[test]
    fn filters_mean_what_the_rfc_says() {
        let holds = [
            r#"userName eq "ADA""#,
            r#"USERNAME sw "a" and active eq true"#,
            r#"active eq "True""#,
            r#"emails co "@WORK""#,
            r#"emails.type eq "home" and emails.value ew ".test""#,
            r#"emails[type eq "work" and value eq "ada@work.test"]"#,
            r#"emails[type eq "work"].value eq "ada@work.test""#,
            r#"not (emails[type eq "work" and value co "home"])"#,
            r#"meta.lastModified gt "2026-11-21T21:00:00+01:00""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m1""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName pr"#,
            r#"nickName eq null and title ne "x""#,
            r#"favouriteColour ne "blue" and not (favouriteColour pr)"#,
            r#"id eq "u1" or id eq "u2""#,
            r#"nickName eq null and displayName sw "ΟΔΟΣ""#,
        ];
        let fails = [
            r#"id eq "U1""#,
            r#"name.familyName eq "Lovelace""#,
            r#"emails[type eq "home" and primary eq true]"#,
            r#"favouriteColour eq "blue""#,
            r#"title pr"#,
            r#"meta.lastModified lt "2026-11-21T20:00:00Z""#,
        ];
        for text in holds {
            assert!(bound(text).unwrap().matches(user().as_object().unwrap()), "{text}");
        }
        for text in fails {
            assert!(!bound(text).unwrap().matches(user().as_object().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let cases = [
            ("active gt true", "`active` `gt` does not work on a boolean"),
            ("meta.created gt \"yesterday\"", "`meta.created` `\"yesterday\"` is not a date"),
            ("name eq \"x\"", "`name` is made of parts; compare one of them"),
            ("active eq 5", "`active` `5` is not a boolean"),
        ];
        for (text, message) in cases {
            assert_eq!(bound(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn equalities_that_must_hold_are_found() {
        let text =
            |f: &str, steps: &[&str]| bound(f).unwrap().must_equal(steps).and_then(Comparand::text).map(str::to_owned);
        assert_eq!(text(r#"active eq true and userName eq "A""#, &["userName"]), Some("A".into()));
        assert_eq!(text(r#"emails[type eq "work"].value eq "x""#, &["emails", "value"]), Some("x".into()));
        assert_eq!(text(r#"userName eq "A" or active eq true"#, &["userName"]), None);
    }
}
