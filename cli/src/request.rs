//! A request as people have it: an HTTP message, a piece of JSON with `method` and `path`, or only a body.

use anyhow::{Context, Result, bail};
use serde_json::Value;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Request {
    /// What was given, read in the way that fits; method and path given beside it win.
    pub(crate) fn parse(text: &str, method: Option<&str>, path: Option<&str>) -> Result<Request> {
        let mut request = match (from_json(text), from_http(text)) {
            (Some(request), _) | (None, Some(request)) => request,
            (None, None) => Request { body: Some(text.to_owned()), ..Request::default() },
        };
        request.method = method.map_or(request.method, str::to_owned);
        request.path = path.map_or(request.path, str::to_owned);
        if request.method.is_empty() || request.path.is_empty() {
            bail!("this is only a body: say --method and --path, or begin it with a line such as `PATCH /Users/7`");
        }
        request.body = request.body.filter(|body| !body.trim().is_empty());
        Ok(request)
    }
}

/// As in a conversation of the tests: `{"method", "path", "headers", "body"}`.
fn from_json(text: &str) -> Option<Request> {
    let whole: Value = serde_json::from_str(text).ok()?;
    let whole = whole.get("request").unwrap_or(&whole);
    let part = |name: &str| Some(whole.get(name)?.as_str()?.to_owned());
    let headers = whole.get("headers").and_then(Value::as_object).into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
    let body = whole.get("body").map(|body| format!("{body:#}")).or_else(|| part("text"));
    Some(Request { method: part("method")?, path: part("path")?, headers, body })
}

fn from_http(text: &str) -> Option<Request> {
    let (head, body) = split(text.trim_start());
    let mut lines = head.lines();
    let (method, rest) = lines.next()?.split_once(' ')?;
    let path = rest.split(' ').next().filter(|path| path.starts_with('/') || path.contains("://"))?;
    if method.is_empty() || !method.chars().all(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let headers: Option<Vec<_>> = lines.map(|line| header(line).ok()).collect();
    Some(Request { method: method.to_owned(), path: path.to_owned(), headers: headers?, body: Some(body.to_owned()) })
}

/// The body comes after an empty line; where there is none, at the first line that begins as JSON does.
fn split(text: &str) -> (&str, &str) {
    let empty = [text.find("\r\n\r\n").map(|at| (at, 4)), text.find("\n\n").map(|at| (at, 2))];
    let json = text.find("\n{").map(|at| (at, 1));
    let first = empty.into_iter().chain([json]).flatten().min();
    let (at, length) = first.unwrap_or((text.len(), 0));
    (text.get(..at).unwrap_or_default(), text.get(at + length..).unwrap_or_default())
}

pub(crate) fn header(line: &str) -> Result<(String, String)> {
    let (name, value) =
        line.split_once(':').with_context(|| format!("`{line}` is no header: expected `Name: value`"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_message_is_taken_apart() {
        let text = "PATCH /Users/7?x=1 HTTP/1.1\r\nHost: a\r\nIf-Match: W/\"1\"\r\n\r\n{\"a\":\n1}\n";
        let request = Request::parse(text, None, None).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("PATCH", "/Users/7?x=1"));
        assert_eq!(request.headers[1], ("If-Match".into(), "W/\"1\"".into()));
        assert_eq!(request.body.as_deref(), Some("{\"a\":\n1}\n"));
        assert_eq!(Request::parse("GET /Users", None, None).unwrap().body, None);
        assert_eq!(Request::parse("POST /Users\n{}", None, None).unwrap().body.as_deref(), Some("{}"));
    }

    #[test]
    fn so_is_a_step_of_a_conversation_and_a_body_alone() {
        let step = r#"{"say": "x", "request": {"method": "POST", "path": "/Users", "body": {"userName": "ada"}}}"#;
        let request = Request::parse(step, None, None).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/Users"));
        let body = r#"{"userName": "ada"}"#;
        let request = Request::parse(body, Some("POST"), Some("/Users")).unwrap();
        assert_eq!(request.body.as_deref(), Some(body));
        assert!(Request::parse(body, Some("POST"), None).is_err());
    }
}
