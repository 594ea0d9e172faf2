//! The translation: what goes in decides what comes out, and a failure says where to look.

use serde_json::{Value, json};
use usher_gateway::config::ConfigError;
use usher_gateway::translate::{Asked, Given, Part, Settings, Translation, translate};

/// 2026-11-21T20:00:00Z.
const NOW: u64 = 1_795_291_200_000_000_000;

const ADA: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true}"#;
const DEACTIVATE: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "value": {"active": false}}]}"#;

struct Case<'c> {
    method: &'c str,
    path: &'c str,
    body: &'c str,
    records: Vec<Value>,
    settings: Value,
}

impl Case<'_> {
    fn of<'c>(method: &'c str, path: &'c str, body: &'c str) -> Case<'c> {
        Case { method, path, body, records: serde_json::from_str(ADA).into_iter().collect(), settings: json!({}) }
    }

    fn run(&self) -> Result<Translation, ConfigError> {
        let body = Some(self.body.as_bytes()).filter(|body| !body.is_empty());
        let asked = Asked { method: self.method, path: self.path, headers: &[], body };
        let settings = self.settings.to_string();
        let environment = |name: &str| (name == "KEY").then(|| "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let settings = Settings { text: &settings, directory: None, environment: &environment };
        translate(&Given { asked, records: self.records.clone(), settings, now: NOW, seed: 7 })
    }
}

/// What is marked from its spot on.
fn wrong_from(method: &str, path: &str, body: &str) -> Option<String> {
    let mark = Case::of(method, path, body).run().ok()?.failure?.mark?;
    let text = if mark.part == Part::Path { path } else { body };
    Some(text.get(mark.spot?..mark.end)?.to_owned())
}

fn marked(method: &str, path: &str, body: &str) -> Option<(Part, String)> {
    let mark = Case::of(method, path, body).run().ok()?.failure?.mark?;
    let text = match mark.part {
        Part::Path => path,
        Part::Body => body,
    };
    Some((mark.part, text.get(mark.start..mark.end)?.to_owned()))
}

#[test]
fn a_plain_resource_is_enough_of_a_record() {
    for path in ["/Users/7", "/scim/v2/acme/Users/7", "https://idp.example/scim/v2/acme/Users/7"] {
        let translation = Case::of("PATCH", path, DEACTIVATE).run().unwrap();
        assert_eq!(translation.answer.status, 200, "{path}");
        assert_eq!(
            translation.changes,
            [
                json!({"resource": "user", "id": "7", "op": "replace", "path": "active", "value": false, "previous": true})
            ]
        );
        assert_eq!(translation.records[0]["raw"]["active"], json!(false));
        let asked: Vec<_> = translation.calls.iter().map(|call| call.request.path.as_str()).collect();
        assert_eq!(asked, ["/provisioning/users/7?directory=acme", "/provisioning/events?directory=acme"]);
    }
}

#[test]
fn the_same_is_the_same_and_another_seed_is_another_id() {
    let create = || Case { records: vec![], ..Case::of("POST", "/Users", ADA) };
    assert_eq!(create().run().unwrap(), create().run().unwrap());
}

#[test]
fn membership_is_told_as_a_change_of_the_group() {
    let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g", "displayName": "G",
                       "members": [{"value": "7"}]});
    let ada = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "7", "userName": "ada"});
    let body = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "remove", "path": "members[value eq \"7\"]"}, {"op": "add", "path": "members", "value": [{"value": "8"}]}]}"#;
    let case = Case { records: vec![ada, group], ..Case::of("PATCH", "/Groups/g", body) };
    let translation = case.run().unwrap();
    assert_eq!(
        translation.changes,
        [
            json!({"resource": "group", "id": "g", "op": "remove", "path": "members", "previous": "7"}),
            json!({"resource": "group", "id": "g", "op": "add", "path": "members", "value": "8"}),
        ]
    );
    assert_eq!(translation.records[1]["members"], json!([{"id": "8"}]));
}

#[test]
fn every_format_is_read_back() {
    let security = json!({"issuer": "https://scim.example.com", "audience": ["x"], "unsigned": true});
    for (format, name) in [
        ("array", json!({"event": "user.updated"})),
        ("single", json!({"event": "user.updated"})),
        ("cloudevents", json!({"type": "directory.user.updated"})),
        ("cloudevents_batch", json!({"type": "directory.user.updated"})),
        ("cloudevents_binary", json!({"type": "directory.user.updated"})),
        ("security_events", json!({"iss": "https://scim.example.com"})),
    ] {
        let settings = json!({"events": {"format": format, "security_events": security,
                                         "signatures": [{"standard_webhooks": {"secret_env": ["KEY"]}}]}});
        let translation = Case { settings, ..Case::of("PATCH", "/Users/7", DEACTIVATE) }.run().unwrap();
        let (key, value) = name.as_object().unwrap().iter().next().unwrap();
        assert_eq!(translation.events.len(), 1, "{format}");
        assert_eq!(&translation.events[0][key], value, "{format}");
        // A token says its changes in words of its own.
        let understood = format != "security_events";
        assert_eq!(translation.changes.len(), usize::from(understood), "{format}");
        assert_eq!(translation.records[0]["raw"]["active"], json!(!understood), "{format}");
        let delivery = &translation.calls[1].request;
        assert!(delivery.headers.iter().any(|(name, _)| name == "webhook-signature"), "{format}");
    }
}

#[test]
fn a_path_or_a_filter_is_wrong_from_one_character_on() {
    let of = |path: &str| format!(r#"{{"Operations": [{{"op": "add", "path": "{path}", "value": 1}}]}}"#);
    let wrong = |path: &str| wrong_from("PATCH", "/Users/7", &of(path)).unwrap();
    assert_eq!(wrong("name..givenName"), ".givenName\"");
    assert_eq!(wrong(r#"emails[type eq \"w\u00f6rk\" or]"#), "]\"");
    assert_eq!(wrong("emails[type eq"), "\"");
    assert_eq!(wrong_from("GET", "/Users?count=1&filter=userName%20xq%20%22ada%22", "").unwrap(), "xq%20%22ada%22");
    let key = r#"{"Operations": [{"op": "add", "value": {"name..givenName": "12345678"}}]}"#;
    assert_eq!(wrong_from("PATCH", "/Users/7", key), None, "the key is wrong, the value is marked");
}

#[test]
fn a_failure_marks_what_caused_it() {
    let patch = |operations: &str| DEACTIVATE.replace(r#"{"op": "replace", "value": {"active": false}}"#, operations);
    let body = |text: &str| Some((Part::Body, text.to_owned()));
    let wrong_path = patch(r#"{"op": "replace", "path": "emails[type eq", "value": 1}"#);
    assert_eq!(marked("PATCH", "/Users/7", &wrong_path), body(r#""emails[type eq""#));
    let wrong_value = patch(r#"{"op": "replace", "value": {"name": {"givenName": 5}}}"#);
    assert_eq!(marked("PATCH", "/Users/7", &wrong_value), body("5"));
    assert_eq!(marked("PATCH", "/Users/7", "{\"a\": }"), body("}"));
    let filter = "/Users?count=1&filter=userName%20xq%20%22ada%22";
    assert_eq!(marked("GET", filter, ""), Some((Part::Path, "filter=userName%20xq%20%22ada%22".to_owned())));
    assert_eq!(marked("GET", "/Nothing/8", ""), None);
}

#[test]
fn what_is_wrong_with_settings_or_records_is_named() {
    let with = |settings: Value| Case { settings, ..Case::of("GET", "/Users/7", "") };
    for (settings, message) in [
        (json!([]), "expected a JSON object"),
        (json!({"directories": 5}), "directories: invalid type"),
        (json!({"directories": [{"id": "a", "provider": "octa"}]}), "directories[0].provider: `octa` is none of"),
        (json!({"events": {"signatures": [{"boxyhq": {"secret_env": ["MISSING"]}}]}}), "secret_env"),
    ] {
        let error = with(settings).run().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let case = Case { records: vec![json!(5)], ..Case::of("GET", "/Users", "") };
    assert_eq!(case.run().unwrap_err().key, "records[0]");
}
