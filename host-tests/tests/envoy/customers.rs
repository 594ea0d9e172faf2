//! Eight customers, two of each method, and what each of them sends.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use usher_host_tests::stack::jwt;

use super::*;

pub(crate) struct Customer {
    pub(crate) id: &'static str,
    pub(crate) credential: Value,
    pub(crate) header: (&'static str, String),
}

pub(crate) fn customers() -> [Customer; 8] {
    let token = |id: &str| format!("{id}-token-that-nobody-guesses");
    let bearer = |id| {
        made(id, json!({"bearer": {"sha256": hash(&token(id))}}), "authorization", format!("Bearer {}", token(id)))
    };
    let basic = |id: &'static str| {
        let pair = format!("{id}:{}", token(id));
        let credential = json!({"basic": {"username": id, "sha256": hash(&token(id))}});
        made(id, credential, "authorization", format!("Basic {}", STANDARD.encode(pair)))
    };
    let header = |id, name: &'static str| {
        made(id, json!({"header": {"name": name, "sha256": hash(&token(id))}}), name, token(id))
    };
    let jwt = |id, app: &str, token: &str| {
        let rules = json!({"provider": "entra", "issuer": "https://issuer.test/", "audience": ["api://usher"],
                           "claims": {"appid": app, "roles": ["Scim.Write", "Scim.Own"]}});
        made(id, json!({"jwt": rules}), "authorization", format!("Bearer {}", signed(token)))
    };
    [
        bearer("anvil"),
        bearer("bellows"),
        header("crane", "authorization"),
        header("dynamo", "x-api-key"),
        basic("engine"),
        basic("forge"),
        jwt("gasket", "okta-app", "good"),
        jwt("hammer", "entra-app", "other_directory"),
    ]
}

fn made(id: &'static str, credential: Value, name: &'static str, value: String) -> Customer {
    Customer { id, credential, header: (name, value) }
}

pub(crate) fn hash(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A token that was signed once and for all.
pub(crate) fn signed(name: &str) -> String {
    jwt::token(name).unwrap()
}

pub(crate) fn directories(customers: &[Customer]) -> Value {
    customers.iter().map(|customer| json!({"id": customer.id, "credentials": [customer.credential]})).collect()
}

/// A stack with these directories and no others, and more settings.
pub(crate) fn stack_with(more: Value, arguments: Vec<String>) -> Stack {
    let mut configuration = plugin_configuration().unwrap();
    let whole = configuration.as_object_mut().unwrap();
    whole.insert("directories".into(), directories(&customers()));
    usher_host_tests::stack::lay_over(whole, more.as_object().unwrap());
    let edits = vec![jwt::verified().unwrap(), configure(configuration)];
    Stack::start(Options { edits, arguments, ..Options::default() }).unwrap()
}

/// What this customer's provider sends to the directory of this name.
pub(crate) fn request(customer: &Customer, directory: &str, method: &str, path: &str, body: Option<Value>) -> Request {
    let (name, value) = &customer.header;
    Request {
        method: method.into(),
        path: path.into(),
        headers: BTreeMap::from([((*name).to_owned(), value.clone())]),
        anonymous: true,
        base: Some(format!("/scim/v2/{directory}")),
        body,
        ..Request::default()
    }
}

pub(crate) fn user(name: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name})
}
