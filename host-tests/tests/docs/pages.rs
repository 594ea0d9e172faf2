//! The pages, and what of them is code and what is prose.

use std::path::PathBuf;
use std::process::Command;

use usher_host_tests::stack::repository;

/// A page in Markdown.
pub struct Page {
    /// From the root of the project.
    pub name: String,
    pub text: String,
}

/// A fenced block of code.
pub struct Block {
    pub page: String,
    /// Of its fence, from 1.
    pub line: usize,
    /// What stands behind the fence: a language, and words for this test.
    pub info: String,
    pub code: String,
}

impl Block {
    pub fn language(&self) -> &str {
        self.info.split(' ').next().unwrap_or_default()
    }

    pub fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }
}

impl Page {
    pub fn file(&self) -> PathBuf {
        repository().join(&self.name)
    }

    /// # Panics
    /// When a fence is never closed.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut lines = self.text.lines().enumerate();
        while let Some((number, opening)) = lines.next() {
            let Some(info) = opening.trim_start().strip_prefix("```") else { continue };
            let indent = opening.len() - opening.trim_start().len();
            let mut code = String::new();
            loop {
                let Some((_, line)) = lines.next() else { panic!("{}:{}: never closed", self.name, number + 1) };
                if line.trim() == "```" {
                    break;
                }
                code.push_str(line.get(indent..).unwrap_or_default());
                code.push('\n');
            }
            blocks.push(Block { page: self.name.clone(), line: number + 1, info: info.into(), code });
        }
        blocks
    }

    /// The lines outside of blocks, without what stands between backticks.
    pub fn prose(&self) -> Vec<String> {
        let mut inside = false;
        let lines = self.text.lines().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !fence && !inside
        });
        lines.map(without_code).collect()
    }
}

/// What Git knows or would know: nothing that was built or installed.
pub fn all() -> Vec<Page> {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"]).current_dir(repository());
    let names = String::from_utf8(list.output().unwrap().stdout).unwrap();
    let there = names.lines().filter(|name| repository().join(name).is_file());
    let pages =
        there.map(|name| Page { name: name.into(), text: std::fs::read_to_string(repository().join(name)).unwrap() });
    let pages: Vec<_> = pages.collect();
    assert!(pages.len() > 8, "these cannot be all: {names}");
    pages
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}
