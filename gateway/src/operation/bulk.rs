//! POST to `/Bulk` (RFC 7644 section 3.7): many operations, each as if it had come alone.
//!
//! Every resource to be made has its id before the first operation runs, so a `bulkId` can be used before and after
//! the operation that declares it, and in a circle. Operations run in such an order that what they refer to is
//! there, as far as there is one.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::create::mint;
use super::session::{Content, Session};
use crate::answer::location;
use crate::delivery::Batch;
use crate::error::{ErrorKind, ScimError};
use crate::exchange::{Answer, Outcome, apart};
use crate::message::{BulkOperation, BulkRequest, BulkResult, bulk_response, render_error};
use crate::request::{Endpoint, Method, Query, locate};

pub(super) async fn bulk(session: &Session<'_>) -> Result<Answer, ScimError> {
    let request = BulkRequest::from_object(session.directory.version.bulk(session.object().await?), session.limits())?;
    let batch = session.gateway.config.user_service.atomic_bulk.then(Batch::default);
    let mut run = Run { session, batch: batch.as_ref(), ids: minted(session, &request).await, failures: 0, events: 0 };
    let results = run.all(request).await;
    let results = match &batch {
        Some(batch) => apart(settle(session, batch, results, &mut run.events)).await,
        None => results,
    };
    let mut answer = Answer::json(200, bulk_response(&results));
    answer.account.events = run.events;
    answer.account.outcome = if run.events > 0 { Outcome::Accepted } else { Outcome::Unchanged };
    Ok(answer)
}

struct Run<'r, 's> {
    session: &'r Session<'s>,
    batch: Option<&'r Batch>,
    /// What each `bulkId` stands for.
    ids: BTreeMap<String, String>,
    failures: usize,
    events: usize,
}

impl Run<'_, '_> {
    /// The results in the order of the request; operations that were not run have none.
    async fn all(&mut self, request: BulkRequest) -> Vec<BulkResult> {
        let order = in_order(&request.operations);
        let mut results: Vec<Option<BulkResult>> = request.operations.iter().map(|_| None).collect();
        let mut operations: Vec<Option<BulkOperation>> = request.operations.into_iter().map(Some).collect();
        for i in order {
            if request.fail_on_errors.is_some_and(|most| self.failures >= most) {
                break;
            }
            let operation = operations.get_mut(i).and_then(Option::take).unwrap_or_default();
            if let Some(result) = results.get_mut(i) {
                *result = Some(apart(self.one(operation)).await);
            }
        }
        results.into_iter().flatten().collect()
    }

    async fn one(&mut self, operation: BulkOperation) -> BulkResult {
        let (method, bulk_id) = (operation.method.clone(), operation.bulk_id.clone());
        let asked = self.location(&operation);
        let answer = self.run(operation).await.unwrap_or_else(|error| Answer::failure(&error));
        let header = |name: &str| answer.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        let failed = answer.status >= 400;
        self.failures += usize::from(failed);
        self.events += answer.account.events;
        let location = header("location").or_else(|| header("content-location")).or(asked);
        if let Some(bulk_id) = bulk_id.as_ref().filter(|_| method == "POST") {
            match made(&answer) {
                // The service may have given it an id of its own.
                Some(id) => self.ids.insert(bulk_id.clone(), id),
                // Nobody shall refer to what is not there.
                None => self.ids.remove(bulk_id),
            };
        }
        BulkResult {
            method,
            bulk_id,
            version: header("etag"),
            location,
            status: answer.status.to_string(),
            response: failed.then(|| usher_json::read_any(&answer.body.unwrap_or_default())).flatten(),
        }
    }

    async fn run(&self, operation: BulkOperation) -> Result<Answer, ScimError> {
        let method = Method::parse(&operation.method)?;
        if method == Method::Get {
            return Err(ScimError::new(ErrorKind::InvalidSyntax, "expected POST, PUT, PATCH or DELETE").under("method"));
        }
        let id = self.minted_for(&operation, method)?;
        let mut data = operation.data.unwrap_or_default();
        self.resolve_object(&mut data)?;
        let endpoint = self.endpoint(&operation.path)?;
        let content = Content::Given { body: data.into(), id, if_match: operation.version };
        let query = Query::default();
        let inner = self.session.within(&query, content, self.batch);
        super::on_type(&inner, method, endpoint).await
    }

    fn minted_for(&self, operation: &BulkOperation, method: Method) -> Result<Option<String>, ScimError> {
        match &operation.bulk_id {
            Some(bulk_id) if method == Method::Post => Ok(self.ids.get(bulk_id).cloned()),
            None if method == Method::Post => {
                Err(ScimError::new(ErrorKind::InvalidSyntax, "is required for POST").under("bulkId"))
            }
            _ => Ok(None),
        }
    }

    /// As if the path stood behind the directory's URL, with the same rules for what a path may be.
    fn endpoint(&self, path: &str) -> Result<Endpoint, ScimError> {
        let here = Some(self.session.directory.id.to_string());
        let route =
            locate("", here, path.as_bytes(), self.session.limits().target_bytes).map_err(|e| e.under("path"))?;
        match route.map(|route| route.endpoint) {
            Some(Endpoint::Resource(name, id)) => Ok(Endpoint::Resource(name, self.resolved(id)?)),
            Some(endpoint) => Ok(endpoint),
            None => Err(ScimError::new(ErrorKind::NotFound, "there is no such endpoint").under("path")),
        }
    }

    /// Of what is there already; what is to be made has no location unless it is made.
    fn location(&self, operation: &BulkOperation) -> Option<String> {
        let Ok(Endpoint::Resource(name, id)) = self.endpoint(&operation.path) else { return None };
        let of = self.session.types().at_endpoint(&name).filter(|_| operation.method != "POST")?;
        Some(location(&self.session.url, of, &id))
    }

    fn resolved(&self, text: String) -> Result<String, ScimError> {
        let Some(bulk_id) = text.strip_prefix("bulkId:") else { return Ok(text) };
        let unknown =
            || ScimError::new(ErrorKind::InvalidValue, format!("nothing was made for the bulkId `{bulk_id}`"));
        self.ids.get(bulk_id).cloned().ok_or_else(unknown)
    }

    fn resolve(&self, value: &mut Value) -> Result<(), ScimError> {
        match value {
            Value::String(text) => *text = self.resolved(std::mem::take(text))?,
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.resolve(item))?,
            Value::Object(object) => self.resolve_object(object)?,
            _ => {}
        }
        Ok(())
    }

    fn resolve_object(&self, object: &mut Map<String, Value>) -> Result<(), ScimError> {
        object.values_mut().try_for_each(|value| self.resolve(value))
    }
}

/// An id for everything that will be made.
async fn minted(session: &Session<'_>, request: &BulkRequest) -> BTreeMap<String, String> {
    let nanos = session.world.now().await;
    let mut ids = BTreeMap::new();
    for operation in request.operations.iter().filter(|o| o.method == "POST") {
        if let Some(bulk_id) = &operation.bulk_id {
            ids.insert(bulk_id.clone(), mint(nanos, session.world.random().await));
        }
    }
    ids
}

/// What an operation refers to comes before it, unless they refer to each other; else the order of the request.
fn in_order(operations: &[BulkOperation]) -> Vec<usize> {
    let mut makers = BTreeMap::new();
    makers.extend(operations.iter().enumerate().filter_map(|(i, o)| Some((o.bulk_id.as_deref()?, i))));
    let mut order = Order { operations, makers, state: vec![State::New; operations.len()], order: Vec::new() };
    (0..operations.len()).for_each(|i| order.visit(i));
    order.order
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Order<'o> {
    operations: &'o [BulkOperation],
    makers: BTreeMap<&'o str, usize>,
    state: Vec<State>,
    order: Vec<usize>,
}

impl Order<'_> {
    /// Depth first, with a stack of our own: a chain of a thousand references must not be a thousand frames.
    fn visit(&mut self, first: usize) {
        let mut stack = vec![first];
        while let Some(i) = stack.last().copied() {
            match self.state.get(i).copied() {
                Some(State::New) => {
                    self.mark(i, State::Open);
                    let needed = self.needed(i);
                    stack.extend(needed.into_iter().filter(|n| self.state.get(*n) == Some(&State::New)));
                }
                Some(State::Open) => {
                    self.mark(i, State::Done);
                    self.order.push(i);
                    stack.pop();
                }
                _ => {
                    stack.pop();
                }
            }
        }
    }

    fn mark(&mut self, i: usize, as_: State) {
        if let Some(state) = self.state.get_mut(i) {
            *state = as_;
        }
    }

    fn needed(&self, i: usize) -> Vec<usize> {
        let Some(operation) = self.operations.get(i) else { return Vec::new() };
        let mut names = Vec::new();
        names.extend(operation.path.rsplit('/').next().and_then(|id| id.strip_prefix("bulkId:")));
        operation.data.iter().flat_map(Map::values).for_each(|value| references(value, &mut names));
        names.into_iter().filter_map(|name| self.makers.get(name).copied()).collect()
    }
}

fn references<'v>(value: &'v Value, names: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => names.extend(text.strip_prefix("bulkId:")),
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        Value::Object(object) => object.values().for_each(|item| references(item, names)),
        _ => {}
    }
}

/// Deliver everything at once; when the service refuses, nothing has happened, and every operation says so.
async fn settle(
    session: &Session<'_>,
    batch: &Batch,
    mut results: Vec<BulkResult>,
    events: &mut usize,
) -> Vec<BulkResult> {
    let Err(error) = session.service.flush(batch).await else { return results };
    *events = 0;
    for result in results.iter_mut().filter(|r| r.response.is_none()) {
        result.status = error.kind.status().to_string();
        result.response = usher_json::read_any(&render_error(&error));
        result.version = None;
        // What was there before still is; what was to be made is not.
        result.location = result.location.take().filter(|_| result.method != "POST");
    }
    results
}

fn made(answer: &Answer) -> Option<String> {
    let resource = usher_json::read_any(answer.body.as_deref().filter(|_| answer.status == 201)?)?;
    resource.get("id")?.as_str().map(str::to_owned)
}
