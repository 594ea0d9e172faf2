//! The guides: one for each word that `provider` may be, with nothing to fill in but what can be filled in.

use super::pages::{Page, all};

const DIRECTORY: &str = include_str!("../../../gateway/src/config/directory.rs");
/// What somebody (a person, or `usher setup`) puts into a guide.
const PLACEHOLDERS: [&str; 2] = ["base_url", "directory"];

/// The words of the one list.
fn words() -> Vec<String> {
    let (_, rest) = DIRECTORY.split_once("const PROVIDERS").unwrap();
    let (list, _) = rest.split_once("];").unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn guides() -> Vec<Page> {
    let guides = all().into_iter().filter(|page| page.name.starts_with("docs/providers/"));
    guides.filter(|page| !page.name.ends_with("README.md")).collect()
}

#[test]
fn every_provider_has_a_guide_and_a_row() {
    let index = all().into_iter().find(|page| page.name == "docs/providers/README.md").unwrap();
    let words = words();
    assert!(words.len() > 8 && words.contains(&"okta".to_owned()), "{words:?}");
    for word in &words {
        assert!(guides().iter().any(|page| page.name == format!("docs/providers/{word}.md")), "no guide for {word}");
        assert!(index.text.contains(&format!("]({word}.md) | `{word}` |")), "no row for {word}");
    }
    assert_eq!(guides().len(), words.len());
}

#[test]
fn every_guide_can_be_filled_in() {
    for page in guides() {
        assert!(page.text.contains("`{base_url}`") && page.text.contains("`{directory}`"), "{}", page.name);
        for name in page.text.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            assert!(PLACEHOLDERS.contains(&name), "{}: who fills in {{{name}}}?", page.name);
        }
        // They are given to people who have nothing but the page.
        assert!(page.text.starts_with("# "), "{}", page.name);
    }
}
