//! Every bound that a request or an answer of the service is charged against, in one place.
//!
//! Limits are spent while parsing, never checked afterwards, so hostile input costs no more than what is allowed.

use crate::message::reads;

/// The bounds of one gateway. Built from the configuration; each has a default that no known provider comes near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
pub struct Limits {
    /// Request body, bytes. Entra and Okta send groups of a thousand members in about 100 kB.
    pub body_bytes: usize,
    /// Nesting of JSON objects and arrays.
    pub json_depth: usize,
    /// Object keys and array elements in one JSON document.
    pub json_items: usize,
    /// Keys in one JSON object. The User schema has about thirty.
    pub json_keys: usize,
    /// Bytes in one string attribute (binary attributes are bounded by the body alone).
    pub string_bytes: usize,
    /// Operations in one PATCH.
    pub operations: usize,
    /// Operations in one bulk request.
    pub bulk_operations: usize,
    /// Bytes of one filter or path.
    pub filter_bytes: usize,
    /// Nesting of parentheses, `not` and brackets in one filter.
    pub filter_depth: usize,
    /// Comparisons in one filter.
    pub filter_terms: usize,
    /// Resources on one page of a list.
    pub page_size: usize,
    /// Records read from the service to answer one list whose filter the service cannot evaluate.
    pub scan_records: usize,
    /// Members looked up for the events of one group's change; of the others, the events say the id alone.
    pub look_ups: usize,
    /// Bytes of the request target.
    pub target_bytes: usize,
    /// Bytes of one answer of the service. A group of 100,000 members is about 6 MB.
    pub answer_bytes: usize,
}

reads!(Limits or Self::DEFAULT; {
    body_bytes,
    json_depth,
    json_items,
    json_keys,
    string_bytes,
    operations,
    bulk_operations,
    filter_bytes,
    filter_depth,
    filter_terms,
    page_size,
    scan_records,
    look_ups,
    target_bytes,
    answer_bytes,
});

impl Limits {
    /// What holds where the configuration says nothing.
    pub const DEFAULT: Self = Self {
        body_bytes: 1 << 20,
        json_depth: 32,
        json_items: 100_000,
        json_keys: 1_000,
        string_bytes: 32 << 10,
        operations: 1_000,
        bulk_operations: 1_000,
        filter_bytes: 4 << 10,
        filter_depth: 16,
        filter_terms: 100,
        page_size: 200,
        scan_records: 10_000,
        look_ups: 10_000,
        target_bytes: 16 << 10,
        answer_bytes: 16 << 20,
    };

    /// What no configuration goes beyond. What is nested is read by nested calls, and the module's stack has 1 MiB; its
    /// memory has 1 GiB, for all requests of a worker together.
    pub const MOST: Self = Self {
        body_bytes: 64 << 20,
        json_depth: 100,
        json_items: usize::MAX,
        json_keys: usize::MAX,
        string_bytes: usize::MAX,
        operations: usize::MAX,
        bulk_operations: usize::MAX,
        filter_bytes: 1 << 20,
        filter_depth: 100,
        filter_terms: 10_000,
        page_size: 10_000,
        scan_records: usize::MAX,
        look_ups: usize::MAX,
        target_bytes: 1 << 20,
        answer_bytes: 128 << 20,
    };

    /// For what the operator wrote: as many directories as fit. No key may stand twice there either.
    pub(crate) const WRITTEN: Self = Self { json_items: usize::MAX, json_keys: usize::MAX, ..Self::DEFAULT };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    /// Every limit with its name.
    pub fn named(&self) -> [(&'static str, usize); 15] {
        [
            ("body_bytes", self.body_bytes),
            ("json_depth", self.json_depth),
            ("json_items", self.json_items),
            ("json_keys", self.json_keys),
            ("string_bytes", self.string_bytes),
            ("operations", self.operations),
            ("bulk_operations", self.bulk_operations),
            ("filter_bytes", self.filter_bytes),
            ("filter_depth", self.filter_depth),
            ("filter_terms", self.filter_terms),
            ("page_size", self.page_size),
            ("scan_records", self.scan_records),
            ("look_ups", self.look_ups),
            ("target_bytes", self.target_bytes),
            ("answer_bytes", self.answer_bytes),
        ]
    }
}
