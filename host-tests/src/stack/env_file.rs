//! The file that tells other programs where the stack is: `. .run/env`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{ACME, GLOBEX, Stack};

impl Stack {
    /// Writes `env` into the directory of the run and says where.
    pub fn write_env(&self) -> Result<PathBuf> {
        let lines = self.variables().map(|(name, value)| format!("export {name}={}\n", quoted(&value)));
        let file = self.file("env");
        std::fs::write(&file, lines.concat()).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }

    fn variables(&self) -> [(&'static str, String); 7] {
        [
            ("USHER_BASE", ACME.base(&self.url())),
            ("USHER_TOKEN", ACME.token.into()),
            ("USHER_OTHER_BASE", GLOBEX.base(&self.url())),
            ("USHER_OTHER_TOKEN", GLOBEX.token.into()),
            ("USHER_SERVICE", self.service_url()),
            ("USHER_EVENTS", self.file("events.jsonl").display().to_string()),
            ("USHER_ADMIN", self.admin_url()),
        ]
    }
}

/// As a shell wants it, and bare where it needs no quotes.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if value.chars().all(plain) { value.into() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_back_what_was_written() {
        assert_eq!(quoted("http://127.0.0.1:8080/scim/v2/acme"), "http://127.0.0.1:8080/scim/v2/acme");
        assert_eq!(quoted("/home/o'neil x"), r"'/home/o'\''neil x'");
    }
}
