//! SCIM 1.1 at the edge (the drafts of 2012): requests are put into the words of 2.0, answers into those of 1.1.
//!
//! Nothing behind this module knows that there are two versions, so the events are the same. Everything is a function
//! from JSON to JSON; [`Version`] is the switch, and what a directory of version 2.0 is sent passes untouched.

mod answer;
mod discovery;
mod patch;
mod request;
mod urn;

pub(crate) use answer::answer;
pub(crate) use discovery::{schema, service_provider_config};

use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::leniency::{Leniencies, Leniency};
use crate::message::words;
use crate::request::Query;
use crate::schema::ResourceType;

/// The SCIM that a directory's provider speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Version {
    /// RFC 7643 and RFC 7644.
    #[default]
    #[cfg_attr(feature = "schema", schemars(rename = "2.0"))]
    V2,
    /// Core Schema 1.1 and REST API 1.1.
    #[cfg_attr(feature = "schema", schemars(rename = "1.1"))]
    V1,
}

words!(Version { "2.0" => V2, "1.1" => V1 });

impl Version {
    /// A PATCH of 1.1 says which values are to go by the values themselves.
    pub(crate) fn leniencies(self, given: Leniencies) -> Leniencies {
        match self {
            Self::V2 => given,
            Self::V1 => given.with(Leniency::RemoveByValue),
        }
    }

    /// The parameters of a list.
    pub(crate) fn query(self, query: Query) -> Query {
        match self {
            Self::V2 => query,
            Self::V1 => query.reworded(urn::modern),
        }
    }

    /// The body of a POST or PUT.
    pub(crate) fn resource(self, of: &ResourceType, body: Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::V2 => body,
            Self::V1 => request::resource(of, body),
        }
    }

    /// The body of a PATCH.
    pub(crate) fn patch(self, of: &ResourceType, body: Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
        match self {
            Self::V2 => Ok(body),
            Self::V1 => patch::patch(of, body),
        }
    }

    /// The body of a bulk request; the data of its operations is not looked at.
    pub(crate) fn bulk(self, body: Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::V2 => body,
            Self::V1 => request::bulk(body),
        }
    }
}
