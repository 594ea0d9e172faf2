//! Envoy's configuration for a stack: the sample itself, with other ports and another path to the module.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Ports, repository};

/// A change to the text of the configuration.
pub type Edit = Box<dyn Fn(String) -> Result<String>>;

/// Replaces a text that must be there exactly once: an edit that silently does nothing proves nothing.
pub fn replace(from: impl Into<String>, to: impl Into<String>) -> Edit {
    let (from, to) = (from.into(), to.into());
    Box::new(move |text| {
        if text.matches(&from).count() != 1 {
            bail!("the sample envoy.yaml must contain exactly once: {from}");
        }
        Ok(text.replace(&from, &to))
    })
}

/// Removes everything from `start` up to `end`, which stays.
pub fn cut(start: impl Into<String>, end: impl Into<String>) -> Edit {
    let (start, end) = (start.into(), end.into());
    Box::new(move |text| {
        let (before, rest) = text.split_once(&start).with_context(|| format!("envoy.yaml has no {start}"))?;
        let (_, after) = rest.split_once(&end).with_context(|| format!("envoy.yaml has no {end} after {start}"))?;
        Ok(format!("{before}{end}{after}"))
    })
}

/// Takes Usher out of the configuration and leaves all else.
pub fn without_filter() -> Edit {
    cut("- name: usher\n", "- name: envoy.filters.http.router")
}

pub(super) fn write(wasm: &Path, ports: Ports, edits: &[Edit]) -> Result<String> {
    let sample = repository().join("envoy.yaml");
    let text = std::fs::read_to_string(&sample).with_context(|| format!("cannot read {}", sample.display()))?;
    let ours = [
        replace("target/wasm32-wasip1/release/usher_filter.wasm", wasm.display().to_string()),
        replace("port_value: 8080", format!("port_value: {}", ports.scim)),
        replace("port_value: 9000", format!("port_value: {}", ports.service)),
        replace("port_value: 9901", format!("port_value: {}", ports.admin)),
    ];
    ours.iter().chain(edits).try_fold(text, |text, edit| edit(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_what_is_replaced() {
        let ports = Ports { scim: 1, service: 2, admin: 3 };
        let text = write(Path::new("/m.wasm"), ports, &[]).unwrap();
        for part in ["filename: /m.wasm", "port_value: 1 ", "port_value: 2 ", "port_value: 3 "] {
            assert!(text.contains(part), "{part}");
        }
    }

    #[test]
    fn the_filter_can_be_taken_out() {
        let text = write(Path::new("/m.wasm"), Ports::default(), &[without_filter()]).unwrap();
        assert!(!text.contains("/m.wasm"));
        assert!(text.contains("envoy.filters.http.router") && text.contains("direct_response"));
    }
}
