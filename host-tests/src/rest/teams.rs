//! `/api/{tenant}/teams`, whose members are below `/{id}/members`.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Asked, Store, answer, done, merge, refused};

impl Store {
    pub(super) fn teams(&mut self, asked: &Asked<'_>, tenant: &str, rest: &[&str]) -> Response {
        let key = |id: &str| (tenant.to_owned(), id.parse::<u64>().unwrap_or(0));
        match (asked.method, rest) {
            ("GET", []) => asked.page(self.teams_that_match(asked, tenant)),
            ("POST", []) => self.make_team(asked, tenant),
            (_, [id, ..]) if !self.teams.contains_key(&key(id)) => refused(404, "there is no such team"),
            ("GET", [id]) => answer(200, &json!({"data": self.teams[&key(id)]})),
            ("PATCH", [id]) => self.change_team(asked, key(id)),
            ("DELETE", [id]) => {
                self.teams.remove(&key(id));
                self.members.remove(&key(id));
                done()
            }
            ("GET", [id, "members"]) => {
                let members = self.members.get(&key(id)).into_iter().flatten();
                answer(200, &members.map(|id| json!({"account": {"id": id}})).collect())
            }
            (method, [id, "members", account]) => self.member(method, tenant, key(id), key(account)),
            _ => refused(405, "a team is read, changed and deleted"),
        }
    }

    fn teams_that_match(&self, asked: &Asked<'_>, tenant: &str) -> Vec<Value> {
        let wanted = |team: &Value| asked.query.get("name").is_none_or(|name| team == name.as_str());
        let member = |id: u64| match asked.query.get("member").and_then(|member| member.parse().ok()) {
            Some(member) => self.members.get(&(tenant.to_owned(), id)).is_some_and(|all| all.contains(&member)),
            None => true,
        };
        let all = self.teams.iter().filter(|((of, id), team)| of == tenant && wanted(&team["name"]) && member(*id));
        all.map(|(_, team)| Value::Object(team.clone())).collect()
    }

    fn make_team(&mut self, asked: &Asked<'_>, tenant: &str) -> Response {
        let Value::Object(mut team) = asked.json() else { return refused(422, "a team is an object") };
        if self.teams.iter().any(|((of, _), other)| of == tenant && other["name"] == team["name"]) {
            return refused(409, "this name is taken");
        }
        self.last_id += 1;
        team.insert("id".into(), self.last_id.into());
        self.teams.insert((tenant.to_owned(), self.last_id), team.clone());
        answer(201, &json!({"data": team}))
    }

    fn change_team(&mut self, asked: &Asked<'_>, key: (String, u64)) -> Response {
        let mut changed = Value::Object(self.teams[&key].clone());
        merge(&mut changed, &asked.json());
        if let Value::Object(changed) = changed {
            self.teams.insert(key, changed);
        }
        done()
    }

    fn member(&mut self, method: &str, tenant: &str, team: (String, u64), account: (String, u64)) -> Response {
        let known = self.accounts.contains_key(&(tenant.to_owned(), account.1));
        let members = self.members.entry(team).or_default();
        match method {
            "PUT" if !known => refused(404, "there is no such account"),
            "PUT" if members.contains(&account.1) => done(),
            "PUT" => {
                members.push(account.1);
                done()
            }
            "DELETE" if members.contains(&account.1) => {
                members.retain(|id| *id != account.1);
                done()
            }
            _ => refused(404, "there is no such member"),
        }
    }
}
