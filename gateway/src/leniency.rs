//! Where we take more than the RFCs allow, each place with a name and the provider that needs it.
//!
//! A directory is lenient unless its configuration says `strict`; `replace-makes-value` has to be asked for by
//! naming the provider. docs/leniencies.md is this table, and a test keeps it so.

/// One deviation from the RFCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    /// `"op": "Replace"`.
    OpLetterCase,
    /// `"active": "False"`.
    TextBooleans,
    /// `"employeeNumber": 701984`.
    NumbersAsText,
    /// `"emails": {...}` without the list around it.
    ObjectForList,
    /// `"manager": "id"`, `"members": ["id"]`, and `""` for no manager.
    BareIds,
    /// Attributes that no schema defines are ignored in bodies.
    UnknownAttributes,
    /// URNs in `schemas` that are none of ours are ignored.
    UnknownSchemas,
    /// `schemas` may be left out.
    MissingSchemas,
    /// `add` on a value path that matches nothing makes the value.
    AddMakesValue,
    /// `replace` on a value path that matches nothing makes the value.
    ReplaceMakesValue,
    /// `remove` with a `value` takes away only that.
    RemoveByValue,
    /// Keys of a PATCH without path may be paths: `name.givenName`.
    PathsAsKeys,
    /// Read-only attributes may be sent back as they are.
    EchoedReadOnly,
    /// `userName eq ada` without quotes.
    BareWords,
    /// PUT keeps `active`, `externalId` and `members` that it does not mention.
    KeepAbsent,
}

/// What docs/leniencies.md says of a leniency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which one.
    pub leniency: Leniency,
    /// Its name.
    pub name: &'static str,
    /// Who needs it.
    pub provider: &'static str,
    /// The conversation that shows it.
    pub shown_in: &'static str,
}

const fn entry(leniency: Leniency, name: &'static str, provider: &'static str, shown_in: &'static str) -> Entry {
    Entry { leniency, name, provider, shown_in }
}

use Leniency as L;

/// All of them.
pub const ALL: [Entry; 15] = [
    entry(L::OpLetterCase, "op-letter-case", "Entra", "leniency/op-letter-case.json"),
    entry(L::TextBooleans, "text-booleans", "Entra", "leniency/text-booleans.json"),
    entry(L::NumbersAsText, "numbers-as-text", "Entra", "leniency/numbers-as-text.json"),
    entry(L::ObjectForList, "object-for-list", "OneLogin", "leniency/object-for-list.json"),
    entry(L::BareIds, "bare-ids", "Entra, Microsoft's collection", "leniency/bare-ids.json"),
    entry(L::UnknownAttributes, "unknown-attributes", "Microsoft's collection", "leniency/unknown-attributes.json"),
    entry(L::UnknownSchemas, "unknown-schemas", "Entra", "leniency/unknown-schemas.json"),
    entry(L::MissingSchemas, "missing-schemas", "OneLogin's templates", "leniency/missing-schemas.json"),
    entry(L::AddMakesValue, "add-makes-value", "Entra", "leniency/add-makes-value.json"),
    entry(L::ReplaceMakesValue, "replace-makes-value", "Entra", "leniency/replace-makes-value.json"),
    entry(L::RemoveByValue, "remove-by-value", "Entra, JumpCloud", "leniency/remove-by-value.json"),
    entry(L::PathsAsKeys, "paths-as-keys", "Entra with aadOptscim062020", "leniency/paths-as-keys.json"),
    entry(L::EchoedReadOnly, "echoed-read-only", "Okta", "leniency/echoed-read-only.json"),
    entry(L::BareWords, "bare-words", "Microsoft's collection", "leniency/bare-words.json"),
    entry(L::KeepAbsent, "keep-absent", "authentik, Okta", "leniency/keep-absent.json"),
];

/// The leniencies of one directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leniencies(u32);

impl Leniencies {
    /// None: what the RFCs say and no more.
    pub const STRICT: Self = Self(0);
    /// All that need not be asked for.
    pub const LENIENT: Self = Self(!(1 << L::ReplaceMakesValue as u32));

    /// With this one too.
    #[must_use]
    pub const fn with(self, leniency: Leniency) -> Self {
        Self(self.0 | 1 << leniency as u32)
    }

    /// Whether this one is among them.
    pub const fn allow(self, leniency: Leniency) -> bool {
        self.0 & (1 << leniency as u32) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_in_the_table_once() {
        for (i, entry) in ALL.iter().enumerate() {
            assert_eq!(entry.leniency as usize, i, "{}", entry.name);
            assert!(!Leniencies::STRICT.allow(entry.leniency));
            assert_eq!(Leniencies::LENIENT.allow(entry.leniency), entry.leniency != L::ReplaceMakesValue);
        }
        assert!(Leniencies::STRICT.with(L::ReplaceMakesValue).allow(L::ReplaceMakesValue));
    }
}
