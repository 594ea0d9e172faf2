//! Where in the configuration something stands.

use std::fmt;

use super::ConfigError;

/// A key under another one: `directories[1]`, `credentials[0]`, `bearer`. It is written out when something is wrong
/// there, and not for each of the many that are right.
#[derive(Debug, Clone, Copy)]
pub struct Key<'k> {
    outer: Option<&'k Key<'k>>,
    name: &'k str,
    item: Option<usize>,
}

impl<'k> Key<'k> {
    /// One under no other, or several with dots between them; empty for all of the configuration.
    pub(crate) fn of(name: &'k str) -> Self {
        Self { outer: None, name, item: None }
    }

    /// One of the items of a list that is under no other.
    pub(crate) fn nth_of(name: &'k str, item: usize) -> Self {
        Self { outer: None, name, item: Some(item) }
    }

    /// One under this.
    pub(crate) fn at(&'k self, name: &'k str) -> Self {
        Self { outer: Some(self), name, item: None }
    }

    /// One of the items of a list under this.
    pub(crate) fn nth(&'k self, name: &'k str, item: usize) -> Self {
        Self { outer: Some(self), name, item: Some(item) }
    }

    /// What is wrong here.
    pub(crate) fn wrong(&self, reason: impl AsRef<str>) -> ConfigError {
        self.told(reason.as_ref())
    }

    // Called from a hundred places; in each of them it would be as large as what is checked there.
    #[cold]
    #[inline(never)]
    fn told(&self, reason: &str) -> ConfigError {
        ConfigError::new(self.to_string(), reason)
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(f, "{outer}.")?;
        }
        f.write_str(self.name)?;
        self.item.map_or(Ok(()), |item| write!(f, "[{item}]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_one_would_look_for_it() {
        let directory = Key::nth_of("directories", 1);
        let credential = directory.nth("credentials", 0);
        assert_eq!(credential.at("bearer").at("sha256").to_string(), "directories[1].credentials[0].bearer.sha256");
        assert_eq!(Key::of("").wrong("expected a JSON object").to_string(), "configuration: expected a JSON object");
    }
}
