//! Requests as providers send them.

use serde_json::{Value, json};

/// Of the sample's first directory.
const TOKEN: &str = "acme-demo-token-please-change";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// One HTTP request, of whoever has this directory.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub token: String,
    pub body: Option<Vec<u8>>,
}

impl Request {
    fn new(method: &'static str, path: &str, body: Option<&Value>) -> Request {
        let body = body.map(|body| body.to_string().into_bytes());
        Request { method, path: format!("/scim/v2/acme{path}"), token: TOKEN.to_owned(), body }
    }

    /// The head as lines, with what Okta's client sends.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("host", "scim.example.test".to_owned()),
            ("user-agent", "Okta SCIM Client 1.0.0".to_owned()),
            ("accept", "application/scim+json".to_owned()),
            ("accept-charset", "utf-8".to_owned()),
            ("authorization", format!("Bearer {}", self.token)),
        ];
        if let Some(body) = &self.body {
            headers.push(("content-type", "application/scim+json; charset=utf-8".to_owned()));
            headers.push(("content-length", body.len().to_string()));
        }
        headers
    }

    /// As HTTP/1.1 has it.
    pub fn wire(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        self.headers().iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        text.push_str("\r\n");
        let mut wire = text.into_bytes();
        wire.extend(self.body.iter().flatten());
        wire
    }

    /// The same from somebody who does not know the token.
    pub fn with_token(mut self, token: &str) -> Request {
        token.clone_into(&mut self.token);
        self
    }
}

/// Okta's way of switching a user off, and on again.
pub fn set_active(id: &str, active: bool) -> Request {
    let operations = json!([{"op": "replace", "value": {"active": active}}]);
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    Request::new("PATCH", &format!("/Users/{id}"), Some(&body))
}

/// A user as it should be.
pub fn put(id: &str, user: &Value) -> Request {
    Request::new("PUT", &format!("/Users/{id}"), Some(user))
}

/// A new user.
pub fn create(user: &Value) -> Request {
    Request::new("POST", "/Users", Some(user))
}

pub fn get(id: &str) -> Request {
    Request::new("GET", &format!("/Users/{id}"), None)
}

/// What every provider asks before it creates anybody.
pub fn find(id: &str) -> Request {
    Request::new("GET", &format!("/Users?filter=userName%20eq%20%22{id}%40acme.test%22&startIndex=1&count=100"), None)
}

/// Members in or out, as Entra and Okta send them.
pub fn members(group: &str, op: &str, ids: impl Iterator<Item = String>) -> Request {
    let values: Vec<Value> = ids.map(|id| json!({"value": id, "display": format!("{id}@acme.test")})).collect();
    let operations = json!([{"op": op, "path": "members", "value": values}]);
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    Request::new("PATCH", &format!("/Groups/{group}"), Some(&body))
}

/// Many users at once.
pub fn bulk(count: usize) -> Request {
    let operation = |i: usize| json!({"method": "POST", "path": "/Users", "bulkId": format!("b{i}"), "data": user(&format!("new{i}"))});
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": (0..count).map(operation).collect::<Vec<_>>(),
    });
    Request::new("POST", "/Bulk", Some(&body))
}

/// What Okta sends of a user when nobody has mapped more.
pub fn user(id: &str) -> Value {
    json!({
        "schemas": [USER], "userName": format!("{id}@acme.test"), "externalId": format!("00u{id}"),
        "name": {"givenName": "Ada", "familyName": "Lovelace"}, "displayName": "Ada Lovelace", "locale": "en-GB",
        "emails": [{"primary": true, "value": format!("{id}@acme.test"), "type": "work"}], "active": true,
    })
}

/// Everything that large customers map, about 2 KB.
pub fn full_user(id: &str) -> Value {
    let address = |kind: &str| {
        json!({"type": kind, "primary": kind == "work", "streetAddress": "12 St James's Square", "locality": "London",
               "region": "Greater London", "postalCode": "SW1Y 4JH", "country": "GB",
               "formatted": "12 St James's Square\nLondon SW1Y 4JH\nUnited Kingdom"})
    };
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": format!("00u{id}"),
        "userName": format!("{id}@acme.test"),
        "name": {"givenName": "Ada", "familyName": "Lovelace", "middleName": "King", "honorificPrefix": "Lady",
                 "formatted": "Lady Ada King Lovelace"},
        "displayName": "Ada Lovelace", "nickName": "Ada", "title": "Countess of Lovelace", "userType": "Employee",
        "profileUrl": format!("https://people.acme.test/{id}"), "preferredLanguage": "en-GB", "locale": "en-GB",
        "timezone": "Europe/London", "active": true,
        "emails": [{"value": format!("{id}@acme.test"), "type": "work", "primary": true},
                   {"value": format!("{id}@home.test"), "type": "home"}],
        "phoneNumbers": [{"value": "+44 20 7946 0018", "type": "work", "primary": true},
                         {"value": "+44 7700 900077", "type": "mobile"}],
        "addresses": [address("work"), address("home")],
        "roles": [{"value": "Analyst", "display": "Analyst", "type": "job", "primary": true}],
        ENTERPRISE: {"employeeNumber": "1815", "costCenter": "4130", "organization": "Analytical Engines",
                     "division": "Computing", "department": "Notes",
                     "manager": {"value": "u-babbage", "displayName": "Charles Babbage"}},
    })
}
