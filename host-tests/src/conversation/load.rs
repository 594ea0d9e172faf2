//! Reads a conversation from its file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Conversation;

pub fn load(file: &Path) -> Result<Conversation> {
    let text = std::fs::read(file).with_context(|| format!("cannot read the conversation {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a conversation", file.display()))
}

/// Every conversation there is, by its place: `okta/first-day`.
///
/// # Errors
/// With the file that cannot be read.
pub fn load_all() -> Result<Vec<(String, Conversation)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let name = |file: &Path| file.strip_prefix(&root).unwrap_or(file).with_extension("").display().to_string();
    files.iter().map(|file| Ok((name(file), load(file)?))).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in dir.read_dir().with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_conversation_can_be_read() {
        let all = load_all().unwrap();
        assert!(all.iter().any(|(name, _)| name == "okta/first-day"));
        assert!(all.iter().all(|(_, conversation)| !conversation.steps.is_empty()));
    }
}
