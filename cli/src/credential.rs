//! Credentials: a secret that is shown once, and what the configuration knows of it.

use std::io::Read;

use anstream::println;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use hmac::Hmac;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::paper::{GOOD, HEADING};

/// Rounds for a password that somebody has chosen (docs/directories.md says what they cost).
const ITERATIONS: u32 = 100_000;
const SHORTEST_PASSWORD: usize = 12;

#[derive(Args)]
pub(crate) struct Means {
    /// How the provider says who it is; `rotate` goes on with what there is
    #[arg(long)]
    method: Option<Method>,
    /// With `header`: the name of the header; `authorization` when you say nothing
    #[arg(long, value_name = "NAME")]
    header: Option<String>,
    /// With `basic`: the user name; the directory's id when you say nothing
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// With `basic`: take the password that somebody has chosen from standard input, and keep a slow hash of it (PBKDF2)
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// `Authorization: Bearer <token>`, what most providers offer
    Bearer,
    /// The token in a header, as Okta's "HTTP Header" sends it
    Header,
    /// A user name and a password
    Basic,
}

/// A way in that was just made.
pub(crate) struct Made {
    method: Method,
    name: Option<String>,
    secret: Option<String>,
    /// For the configuration.
    pub(crate) credential: Value,
}

impl Means {
    /// A new credential of this directory, of the kind of an older one where nothing else is said.
    pub(crate) fn make(&self, directory: &str, like: Option<&Value>) -> Result<Made> {
        let method = self.method.or_else(|| like.and_then(method_of)).unwrap_or(Method::Bearer);
        self.fits(method)?;
        let told = |pointer: &str| like.and_then(|like| like.pointer(pointer)?.as_str()).map(str::to_owned);
        match method {
            Method::Bearer => {
                let token = token()?;
                let credential = json!({"bearer": {"sha256": sha256(&token)}});
                Ok(Made { method, name: None, secret: Some(token), credential })
            }
            Method::Header => {
                let token = token()?;
                let name = self.header.clone().or_else(|| told("/header/name"));
                let name = name.unwrap_or_else(|| "authorization".to_owned()).to_ascii_lowercase();
                let credential = json!({"header": {"name": name, "sha256": sha256(&token)}});
                Ok(Made { method, name: Some(name), secret: Some(token), credential })
            }
            Method::Basic => {
                let name = self.username.clone().or_else(|| told("/basic/username"));
                self.basic(name.unwrap_or_else(|| directory.to_owned()))
            }
        }
    }

    fn fits(&self, method: Method) -> Result<()> {
        let of_another = [
            (self.header.is_some() && method != Method::Header, "--header is for --method header"),
            (self.username.is_some() && method != Method::Basic, "--username is for --method basic"),
            (self.password_stdin && method != Method::Basic, "--password-stdin is for --method basic"),
        ];
        match of_another.iter().find(|(wrong, _)| *wrong) {
            Some((_, what)) => bail!("{what}"),
            None => Ok(()),
        }
    }

    fn basic(&self, username: String) -> Result<Made> {
        let (secret, hash) = match self.password_stdin {
            false => {
                let password = token()?;
                let hash = sha256(&password);
                (Some(password), ("sha256", hash.into()))
            }
            true => (None, ("pbkdf2", slow_hash(&chosen()?)?)),
        };
        let credential = json!({"basic": {"username": username, hash.0: hash.1}});
        Ok(Made { method: Method::Basic, name: Some(username), secret, credential })
    }
}

impl Made {
    /// For a person.
    pub(crate) fn show(&self) {
        let (what, name) = match (self.method, &self.name) {
            (Method::Header, Some(name)) => ("value", format!("the header `{name}`: ")),
            (Method::Basic, Some(name)) => ("password", format!("user name `{name}`: ")),
            _ => ("token", String::new()),
        };
        let Some(secret) = &self.secret else {
            println!(
                "{HEADING}The password is the one you gave;{HEADING:#} the configuration knows only a slow hash.\n"
            );
            return;
        };
        println!(
            "{HEADING}The {what}, shown this once.{HEADING:#} Give it to the provider; the configuration knows only its hash.\n"
        );
        println!("    {name}{GOOD}{secret}{GOOD:#}\n");
    }

    /// For a program; a password that was given is not given back.
    pub(crate) fn add_to(&self, mut json: Value) -> Value {
        if let Some(fields) = json.as_object_mut() {
            let name = if self.method == Method::Basic { "username" } else { "header" };
            fields.extend(self.secret.as_deref().map(|secret| ("token".to_owned(), secret.into())));
            fields.extend(self.name.as_deref().map(|text| (name.to_owned(), text.into())));
        }
        json
    }

    /// Whether this is the same way in, with another secret.
    pub(crate) fn is_like(&self, credential: &Value) -> bool {
        method_of(credential) == Some(self.method)
    }
}

/// What can be made anew: nobody here makes an identity provider's tokens.
pub(crate) fn method_of(credential: &Value) -> Option<Method> {
    let methods = [("bearer", Method::Bearer), ("header", Method::Header), ("basic", Method::Basic)];
    methods.into_iter().find(|(name, _)| credential.get(name).is_some()).map(|(_, method)| method)
}

/// 256 bits of chance, in letters that can be selected by a double click.
fn token() -> Result<String> {
    random::<32>().map(|bytes| format!("usher_{}", hex(&bytes)))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("there is no randomness: {error}"))?;
    Ok(bytes)
}

/// The first line of standard input.
fn chosen() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    let password = text.lines().next().unwrap_or_default();
    if password.chars().any(char::is_control) {
        bail!("the password has characters that no provider can send");
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        bail!("the password is shorter than {SHORTEST_PASSWORD} characters");
    }
    Ok(password.to_owned())
}

fn slow_hash(password: &str) -> Result<Value> {
    let (salt, mut key) = (random::<16>()?, [0; 32]);
    pbkdf2::pbkdf2::<Hmac<Sha256>>(password.as_bytes(), &salt, ITERATIONS, &mut key)?;
    Ok(json!({"iterations": ITERATIONS, "salt": hex(&salt), "hash": hex(&key)}))
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
