//! A PATCH request (RFC 7644 section 3.5.2): operations in order, each with a path already parsed.

use serde_json::{Map, Value};

use super::{PATCH_OP, parse_object, take};
use crate::error::{ErrorKind, ScimError};
use crate::leniency::{Leniencies, Leniency};
use crate::limits::Limits;
use crate::path::PatchPath;

/// A parsed request.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    /// At least one.
    pub operations: Vec<Operation>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `add`
    Add,
    /// `remove`
    Remove,
    /// `replace`
    Replace,
}

/// One operation; what it says is complete, what it means depends on the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub op: Op,
    /// Where; `None` is the resource itself.
    pub path: Option<PatchPath>,
    /// With what; `None` is no `value` at all, unlike `null`.
    pub value: Option<Value>,
}

impl PatchRequest {
    /// Parse a body.
    ///
    /// # Errors
    /// `invalidSyntax`, `invalidValue`, `invalidPath` or `invalidFilter` with the operation.
    pub fn parse(body: &[u8], leniencies: Leniencies, limits: &Limits) -> Result<Self, ScimError> {
        Self::from_object(parse_object(body, limits)?, leniencies, limits)
    }

    /// Read a body that is parsed already.
    ///
    /// # Errors
    /// As for [`PatchRequest::parse`].
    pub fn from_object(
        mut body: Map<String, Value>,
        leniencies: Leniencies,
        limits: &Limits,
    ) -> Result<Self, ScimError> {
        check_schemas(take(&mut body, "schemas"), leniencies)?;
        let operations = match take(&mut body, "Operations") {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => return Err(syntax("expected a list of at least one operation").under("Operations")),
        };
        if operations.len() > limits.operations {
            return Err(syntax(&format!("more than {} operations", limits.operations)).under("Operations"));
        }
        let parsed = operations.into_iter().enumerate().map(|(i, operation)| {
            Operation::parse(operation, leniencies, limits).map_err(|e| e.under(&format!("Operations[{i}]")))
        });
        Ok(Self { operations: parsed.collect::<Result<_, _>>()? })
    }
}

impl Operation {
    fn parse(operation: Value, leniencies: Leniencies, limits: &Limits) -> Result<Self, ScimError> {
        let Value::Object(mut operation) = operation else { return Err(syntax("expected an object")) };
        let op = Op::parse(take(&mut operation, "op"), leniencies).map_err(|e| e.under("op"))?;
        let path = parse_path(take(&mut operation, "path"), limits).map_err(|e| e.under("path"))?;
        let value = take(&mut operation, "value");
        Ok(Self { op, path, value })
    }
}

impl Op {
    /// Entra writes `Add`, `Replace` and `Remove`.
    fn parse(op: Option<Value>, leniencies: Leniencies) -> Result<Self, ScimError> {
        let word = op.as_ref().and_then(Value::as_str).unwrap_or_default();
        Self::read(word, leniencies).ok_or_else(|| syntax("expected `add`, `remove` or `replace`"))
    }

    pub(super) fn read(word: &str, leniencies: Leniencies) -> Option<Self> {
        let folds = leniencies.allow(Leniency::OpLetterCase);
        let is = |name: &str| if folds { word.eq_ignore_ascii_case(name) } else { word == name };
        [("add", Self::Add), ("remove", Self::Remove), ("replace", Self::Replace)]
            .into_iter()
            .find_map(|(name, op)| is(name).then_some(op))
    }
}

fn parse_path(path: Option<Value>, limits: &Limits) -> Result<Option<PatchPath>, ScimError> {
    match path {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => PatchPath::parse(&text, limits).map(Some),
        Some(_) => Err(ScimError::new(ErrorKind::InvalidPath, "expected a string")),
    }
}

fn check_schemas(schemas: Option<Value>, leniencies: Leniencies) -> Result<(), ScimError> {
    let has = |urns: &Vec<Value>| urns.iter().any(|u| u.as_str().is_some_and(|u| u.eq_ignore_ascii_case(PATCH_OP)));
    match schemas {
        Some(Value::Array(urns)) if has(&urns) => Ok(()),
        None if leniencies.allow(Leniency::MissingSchemas) => Ok(()),
        _ => Err(syntax(&format!("must contain `{PATCH_OP}`")).under("schemas")),
    }
}

fn syntax(reason: &str) -> ScimError {
    ScimError::new(ErrorKind::InvalidSyntax, reason)
}
