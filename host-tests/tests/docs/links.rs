//! Links within the project: the file is there, and so is the heading.

use std::collections::BTreeMap;

use super::pages::{Page, all};

#[test]
fn every_link_leads_somewhere() {
    let pages = all();
    let broken: Vec<_> = pages.iter().flat_map(|page| broken(page, &pages)).collect();
    assert!(broken.is_empty(), "these lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_broken_link_would_be_seen() {
    let page = |name: &str, text: &str| Page { name: name.into(), text: text.into() };
    let pages = [
        page(
            "README.md",
            "[a](docs/events.md#nothing), [b](nothing.md), [c](#x), [d](#x-y--zu)\n[e](docs/events.md#e)",
        ),
        page("docs/events.md", "# X\n\n## `x`: y & ZU!\n## E"),
    ];
    let found: Vec<_> = pages.iter().flat_map(|page| broken(page, &pages)).collect();
    assert_eq!(
        found,
        ["README.md: docs/events.md#nothing", "README.md: nothing.md", "README.md: #x", "README.md: #x-y--zu"]
    );
    assert!(anchors(&pages[1]).contains(&"x-y--zu".to_owned()));
}

fn broken(page: &Page, pages: &[Page]) -> Vec<String> {
    let leads = |link: &String| !is_ours(link) || resolves(page, link, pages);
    targets(page).into_iter().filter(|link| !leads(link)).map(|link| format!("{}: {link}", page.name)).collect()
}

/// Addresses elsewhere are not asked.
fn is_ours(link: &str) -> bool {
    !link.contains("://") && !link.starts_with("mailto:")
}

fn targets(page: &Page) -> Vec<String> {
    let prose = page.prose().join("\n");
    let marks = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];
    let found = marks.into_iter().flat_map(|(start, end)| {
        prose.split(start).skip(1).filter_map(move |rest| rest.split_once(end)).map(|(link, _)| link.to_owned())
    });
    found.collect()
}

fn resolves(page: &Page, link: &str, pages: &[Page]) -> bool {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let file = if path.is_empty() { page.file() } else { page.file().with_file_name(path) };
    let Some(anchor) = anchor else { return file.exists() };
    let Ok(file) = file.canonicalize() else { return false };
    let target = pages.iter().find(|page| page.file().canonicalize().is_ok_and(|there| there == file));
    target.is_some_and(|page| anchors(page).iter().any(|known| known == anchor))
}

/// The names that GitHub gives to headings: lower case, nothing but letters, digits, `-` and `_`, and numbers for the
/// second of a name.
fn anchors(page: &Page) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut inside = false;
    let headings = page.text.lines().filter(|line| {
        inside ^= line.trim_start().starts_with("```");
        !inside && line.starts_with('#')
    });
    let anchors = headings.map(|line| {
        let name = slug(line.trim_start_matches('#').trim());
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
    });
    anchors.collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}
