//! The table: what `scim_v2` 1.0 and we read differently, and why ours stays as it is.

use super::Verdict;
use super::iron;

/// One class of difference.
pub(super) struct Difference {
    pub(super) reason: &'static str,
    pub(super) verdict: Verdict,
    pub(super) filters: &'static [&'static str],
    pub(super) paths: &'static [&'static str],
    /// The same text without what makes the difference.
    pub(super) iron: Option<fn(&str) -> String>,
}

/// Every known difference. Ours may be taken out of a text in this order.
pub(super) const DIFFERENCES: [Difference; 11] = [
    Difference {
        reason: "`$ref` is a sub-attribute of RFC 7643, though its own ABNF has no `$`",
        verdict: Verdict::OnlyWe,
        filters: &["members.$ref pr", "members[$ref ew \"x\"]"],
        paths: &["manager.$ref", "members[value eq \"1\"].$ref"],
        iron: Some(iron::dollars),
    },
    Difference {
        reason: "a URN may hold any character of RFC 8141, such as `%20`",
        verdict: Verdict::OnlyWe,
        filters: &["urn:a:b%20c:d pr"],
        paths: &["urn:a:b%20c:d"],
        iron: Some(iron::urn_characters),
    },
    Difference {
        reason: "a schema is a URN; other URIs name none (`Name:x` is a slip of the pen more often than a URI)",
        verdict: Verdict::OnlyThey,
        filters: &["rn:a:userName pr"],
        paths: &["http:a:userName"],
        iron: Some(iron::schemes),
    },
    Difference {
        reason: "a tab is no blank of the ABNF",
        verdict: Verdict::OnlyThey,
        filters: &["a\teq \"x\""],
        paths: &["emails[type\teq \"x\"]"],
        iron: Some(iron::tabs),
    },
    Difference {
        reason: "words of the grammar ignore letter case, and JSON's three are words too: Entra writes `True`",
        verdict: Verdict::OnlyWe,
        filters: &["active eq True", "title ne NULL"],
        paths: &["roles[primary eq TRUE]"],
        iron: Some(iron::json_words),
    },
    Difference {
        reason: "`not` needs no blank before its parenthesis: clients write `not(`",
        verdict: Verdict::OnlyWe,
        filters: &["not(a pr)"],
        paths: &["emails[not(type pr)]"],
        iron: Some(iron::not),
    },
    Difference {
        reason: "beside a quote, a bracket or a parenthesis `and` and `or` stand out without a blank",
        verdict: Verdict::OnlyWe,
        filters: &["a eq \"x\"and b pr", "(a pr)or(b pr)", "a[b pr]and c pr"],
        paths: &["a[b eq \"x\"or c pr]"],
        iron: Some(iron::joints),
    },
    Difference {
        reason: "a path is exact: no blanks around it, before its bracket or before its sub-attribute",
        verdict: Verdict::OnlyThey,
        filters: &["emails [type pr]"],
        paths: &[" emails", "emails ", "emails [type pr]", "emails[type pr] .value"],
        iron: Some(iron::blanks),
    },
    Difference {
        reason: "a filter selects values of an attribute; a sub-attribute in front of it has none to select from",
        verdict: Verdict::OnlyThey,
        filters: &["emails.value[type pr]"],
        paths: &["emails.value[type pr]"],
        iron: Some(iron::subs_before_brackets),
    },
    Difference {
        reason: "names that look like words of the grammar are names where only a name can stand",
        verdict: Verdict::OnlyWe,
        filters: &["not eq \"x\"", "true pr"],
        paths: &["null", "emails[not eq \"x\"]"],
        iron: None,
    },
    Difference {
        reason: "outside the grammar, and Entra's matching filter",
        verdict: Verdict::OnlyWe,
        filters: &["emails[type eq \"work\"].value eq \"x\""],
        paths: &[],
        iron: None,
    },
];

/// The text without any of the known differences.
pub(super) fn ironed(text: &str) -> String {
    let irons = DIFFERENCES.iter().filter_map(|row| row.iron);
    irons.fold(text.to_owned(), |text, iron| iron(&text))
}
