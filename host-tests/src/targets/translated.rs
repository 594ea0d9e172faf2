//! The translation as a target: request by request, each with the records that the one before it left behind.

use anyhow::{Result, anyhow};
use serde_json::Value;
use usher_gateway::translate::{Asked, Given, Settings, Translation, translate};

use super::fate::{Time, secret};
use super::native::shown;
use super::{Setup, head};
use crate::conversation::{Answer, Request, Target};
use crate::stack::Directory;

pub struct Translated {
    directory: Directory,
    settings: String,
    time: Time,
    asked: u64,
    records: Vec<Value>,
    /// Everything so far, with what went in.
    pub translations: Vec<(Input, Translation)>,
    events: Vec<Value>,
}

/// What a translation depends on, so that it can be made again elsewhere.
pub struct Input {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    pub records: Vec<Value>,
    pub settings: String,
    pub directory: String,
    pub now: u64,
    pub seed: u64,
}

impl Translated {
    pub fn new(setup: &Setup) -> Translated {
        Translated {
            directory: setup.directory,
            settings: setup.configuration.to_string(),
            time: Time::default(),
            asked: 0,
            records: Vec::new(),
            translations: Vec::new(),
            events: Vec::new(),
        }
    }

    fn input(&mut self, request: &Request) -> Input {
        self.time.pass();
        self.asked += 1;
        Input {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: head(&self.directory, request).into_iter().filter(|(name, _)| is_fit(name)).collect(),
            body: request.payload(),
            records: self.records.clone(),
            settings: self.settings.clone(),
            directory: self.directory.id.to_owned(),
            now: self.time.clock.unix_nanos(),
            seed: self.asked,
        }
    }
}

/// What the input says in other fields.
fn is_fit(name: &str) -> bool {
    !matches!(name, ":method" | ":path" | "content-length")
}

impl Input {
    /// # Errors
    /// When the settings or the records are wrong.
    pub fn translate(&self) -> Result<Translation> {
        let asked =
            Asked { method: &self.method, path: &self.path, headers: &self.headers, body: self.body.as_deref() };
        let settings = Settings { text: &self.settings, directory: Some(&self.directory), environment: &secret };
        let given = Given { asked, records: self.records.clone(), settings, now: self.now, seed: self.seed };
        translate(&given).map_err(|error| anyhow!(error))
    }
}

impl Target for Translated {
    fn send(&mut self, request: &Request) -> Result<Answer> {
        let input = self.input(request);
        let translation = input.translate()?;
        self.records = translation.records.clone();
        self.events.extend(translation.events.iter().cloned());
        let answer = shown(&translation.answer, request.method == "HEAD");
        self.translations.push((input, translation));
        Ok(answer)
    }

    fn events(&mut self) -> Result<Vec<Value>> {
        Ok(std::mem::take(&mut self.events))
    }
}
