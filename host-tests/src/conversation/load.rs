//! Reads a conversation from its file.

use std::path::Path;

use anyhow::{Context, Result};

use super::Conversation;

pub fn load(file: &Path) -> Result<Conversation> {
    let text = std::fs::read(file).with_context(|| format!("cannot read the conversation {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a conversation", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_conversation_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations");
        for provider in root.read_dir().unwrap() {
            for file in provider.unwrap().path().read_dir().unwrap() {
                assert!(!load(&file.unwrap().path()).unwrap().steps.is_empty());
            }
        }
    }
}
