//! A service that has its own shape and needs no new code (docs/mapping.md): which attribute is which field, which
//! event is which request, and how records are read.
//!
//! Everything is checked with the configuration. What is left for a request is to walk through lists: nothing here can
//! fail but on a value that does not fit its field. Knows the service's shape and nothing of HTTP.

mod advertise;
mod compile;
mod compile_reads;
mod compile_routes;
mod directory;
mod entry;
mod form;
mod pointer;
mod reads;
mod routes;
mod template;
mod type_map;

use crate::config::{ConfigError, Directory, EventSettings, Key, MappingWire};
use crate::schema::{ResourceKind, SchemaSet};

pub use entry::{Entry, Where};
pub use form::Form;
pub use pointer::Pointer;
pub use reads::{List, Pages, Paging, Read, Style, Total};
pub use routes::{Call, Content, Route, Routes};
pub use template::{Filling, Slot, Template, filled};
pub use type_map::{Constant, Field, Members, References, TypeMap, id_of, nothing_lost, put_members, strong};

/// The service's own shape.
#[derive(Debug, PartialEq)]
pub struct Mapping {
    types: Vec<TypeMap>,
    /// Directories may read from the same paths: the service tells them apart by a header, or they belong together.
    pub shared: bool,
    /// Where events go, unless all of them go to the events endpoint.
    pub routes: Option<Routes>,
    /// The types that are mapped, with all their attributes: what a lenient directory understands.
    pub full: SchemaSet,
    /// With what is kept alone: what is told, and what a strict directory understands.
    pub advertised: SchemaSet,
}

impl Mapping {
    /// Check what is written.
    ///
    /// # Errors
    /// The first thing that is wrong, with its key.
    pub fn compile(key: &Key<'_>, wire: &MappingWire, schemas: &SchemaSet) -> Result<Self, ConfigError> {
        let in_types = key.at("types");
        let unknown = wire.types.iter().find(|(name, _)| !schemas.types.iter().any(|of| of.name == *name));
        if let Some((name, _)) = unknown {
            return Err(in_types.at(name).wrong("there is no such resource type"));
        }
        let written =
            schemas.types.iter().filter_map(|of| Some((of, wire.types.iter().find(|(name, _)| *name == of.name)?)));
        let types = written.map(|(of, (_, wire))| compile::type_map(&in_types.at(&of.name), of, wire));
        let types = types.collect::<Result<Vec<_>, _>>()?;
        if types.is_empty() {
            return Err(in_types.wrong("expected at least one resource type"));
        }
        no_group_in_users(key, &types, wire)?;
        let routes = wire.routes.as_ref().map(|wire| compile_routes::routes(&key.at("routes"), &types, wire));
        Ok(Self {
            shared: wire.shared,
            routes: routes.transpose()?,
            full: SchemaSet { types: types.iter().map(|map| map.full.clone()).collect() },
            advertised: SchemaSet { types: types.iter().map(TypeMap::advertised).collect() },
            types,
        })
    }

    /// Whether every event that these settings let happen has a place.
    ///
    /// # Errors
    /// With the event that has none.
    pub fn covers(&self, key: &Key<'_>, events: &EventSettings) -> Result<(), ConfigError> {
        match &self.routes {
            Some(routes) => compile_routes::covered(key, routes, &self.types, events),
            None => Ok(()),
        }
    }

    /// The map of this type.
    pub fn of(&self, kind: &ResourceKind) -> Option<&TypeMap> {
        self.types.iter().find(|map| map.kind == *kind)
    }

    /// Whether a group's members are written with its record: always to the events endpoint, where a record is whole.
    pub fn members_in_group(&self) -> bool {
        self.routes.as_ref().is_none_or(Routes::members_in_group)
    }

    /// The paths that this directory's records are read from. Two directories that have one in common have its records
    /// in common.
    pub fn read_from(&self, directory: &Directory) -> Vec<String> {
        let with = Filling { id: "-", value: "-", ..filling(directory) };
        let paths = self.types.iter().flat_map(|map| {
            let read = map.read.iter().map(|read| &read.path);
            read.chain(map.list.iter().map(|list| &list.path))
        });
        paths.filter_map(|path| path.fill(&with)).collect()
    }
}

/// A user in the light of a group has it under this name.
fn no_group_in_users(key: &Key<'_>, types: &[TypeMap], wire: &MappingWire) -> Result<(), ConfigError> {
    let users = types.iter().filter(|map| map.kind == ResourceKind::User && wire.routes.is_none());
    match users.flat_map(TypeMap::tops).any(|top| top == "group") {
        true => Err(key
            .at("types")
            .at("User")
            .at("attributes")
            .wrong("`/group` is taken: there, events of members have the group")),
        false => Ok(()),
    }
}

/// What a directory fills placeholders with.
pub fn filling(directory: &Directory) -> Filling<'_> {
    Filling { directory: &directory.id, tenant: &directory.tenant, product: &directory.product, ..Filling::default() }
}
