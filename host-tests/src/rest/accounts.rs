//! `/api/{tenant}/accounts`

use axum::http::HeaderValue;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Asked, Store, answer, done, merge, refused};

impl Store {
    pub(super) fn accounts(&mut self, asked: &Asked<'_>, tenant: &str, rest: &[&str]) -> Response {
        match (asked.method, rest) {
            ("GET", []) => asked.page(self.accounts_that_match(asked, tenant)),
            ("POST", []) => self.make_account(asked, tenant),
            (method, [id]) => {
                let key = (tenant.to_owned(), id.parse().unwrap_or(0));
                match (method, self.accounts.get(&key).cloned()) {
                    (_, None) => refused(404, "there is no such account"),
                    ("GET", Some(account)) => shown(200, account),
                    (_, Some(account)) if !asked.is_of(&account["rev"]) => refused(412, "somebody was faster"),
                    ("PATCH", Some(account)) => self.change_account(asked, key, account),
                    ("DELETE", Some(_)) => {
                        self.accounts.remove(&key);
                        done()
                    }
                    _ => refused(405, "an account is read, changed and deleted"),
                }
            }
            _ => refused(404, "there is no such address"),
        }
    }

    fn accounts_that_match(&self, asked: &Asked<'_>, tenant: &str) -> Vec<Value> {
        let wanted = |name: &str, value: &Value| {
            let text = value.as_str().unwrap_or_default();
            asked.query.get(name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(text))
        };
        let all = self.accounts.iter().filter(|((of, _), _)| of == tenant).map(|(_, account)| account);
        let matching = all.filter(|a| wanted("login", &a["login"]) && wanted("mail", &a["contact"]["mail"]));
        matching.cloned().map(Value::Object).collect()
    }

    fn make_account(&mut self, asked: &Asked<'_>, tenant: &str) -> Response {
        let Value::Object(mut account) = asked.json() else { return refused(422, "an account is an object") };
        if account.contains_key("id") {
            return refused(422, "ids are given here");
        }
        if let Some(refusal) = self.unfit(tenant, 0, &account) {
            return refusal;
        }
        self.last_id += 1;
        let id = self.last_id;
        account.insert("id".into(), id.into());
        account.insert("rev".into(), 1.into());
        account.entry("avatar").or_insert_with(|| json!("nobody.png"));
        self.accounts.insert((tenant.to_owned(), id), account);
        let place = HeaderValue::from_str(&format!("/api/{tenant}/accounts/{id}"));
        let mut answer = answer(201, &Value::Null);
        answer.headers_mut().extend(place.map(|place| (axum::http::header::LOCATION, place)));
        answer
    }

    fn change_account(&mut self, asked: &Asked<'_>, key: (String, u64), account: Map<String, Value>) -> Response {
        if !asked.is_merge_patch() {
            return refused(415, "a change is a merge patch");
        }
        let mut changed = Value::Object(account);
        merge(&mut changed, &asked.json());
        changed["rev"] = (changed["rev"].as_u64().unwrap_or(0) + 1).into();
        let Value::Object(changed) = changed else { return refused(422, "an account is an object") };
        if let Some(refusal) = self.unfit(&key.0, key.1, &changed) {
            return refusal;
        }
        self.accounts.insert(key, changed.clone());
        shown(200, changed)
    }

    fn unfit(&self, tenant: &str, id: u64, account: &Map<String, Value>) -> Option<Response> {
        let Some(login) = account.get("login").and_then(Value::as_str) else {
            return Some(refused(422, "an account has a login"));
        };
        let same = |(key, other): (&(String, u64), &Map<String, Value>)| {
            key.0 == tenant && key.1 != id && other["login"].as_str().is_some_and(|l| l.eq_ignore_ascii_case(login))
        };
        self.accounts.iter().any(same).then(|| refused(409, "this login is taken"))
    }
}

fn shown(status: u16, account: Map<String, Value>) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{}\"", account["rev"]));
    let mut answer = answer(status, &json!({"data": account}));
    answer.headers_mut().extend(tag.map(|tag| (axum::http::header::ETAG, tag)));
    answer
}
