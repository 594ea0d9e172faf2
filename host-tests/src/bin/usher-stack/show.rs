//! The show: on the left what the provider sends, on the right what reaches the user service.

use serde_json::Value;
use usher_host_tests::conversation::{Conversation, Played, Request};

use crate::facts::{essence, facts, short_ids};
use crate::paint::{Look, Paper, say, wrap};

/// Under this many columns the right side comes below the left one.
const NARROW: usize = 80;
/// In front of what comes below.
const BELOW: &str = "  => ";
/// More of a body than this would hide the rest.
const BODY_LINES: usize = 6;
const GAP: &str = "  |  ";

type Line = (String, Look);

pub(crate) struct Show {
    provider: String,
    title: String,
    paper: Paper,
}

impl Show {
    pub(crate) fn of(conversation: &Conversation) -> Show {
        let mut provider = conversation.provider.clone();
        if let Some(first) = provider.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Show { provider, title: conversation.title.clone(), paper: Paper::here() }
    }

    pub(crate) fn opening(&self) {
        say(&format!("\n{}\n", self.paper.paint(&self.title, Look::Bold)));
        let provider = &self.provider;
        say(&format!("{provider} speaks SCIM. Usher, a filter inside Envoy, understands it and"));
        say("tells your user service in plain events what has changed. The answer");
        say("comes only after the service has taken them.\n");
        let left = vec![(format!("{provider} -> Envoy with Usher"), Look::Bold)];
        let right = vec![("Usher -> your user service".to_owned(), Look::Bold)];
        self.print(left, right);
        say(&"-".repeat(self.paper.width));
    }

    pub(crate) fn closing(&self, requests: usize, events: usize) {
        say(&"-".repeat(self.paper.width));
        say(&format!("{requests} requests, {events} events, all of them taken by the service."));
    }

    pub(crate) fn step(&self, played: &Played) {
        say(&self.paper.paint(&format!("{}. {}", played.number, played.step.say), Look::Cyan));
        self.print(self.asked(played), self.delivered(played));
        say("");
    }

    fn asked(&self, played: &Played) -> Vec<Line> {
        let request = &played.step.request;
        let mut lines = block(&format!("{} {}", request.method, readable(&request.path)), self.left(), Look::Bold);
        lines.extend(body(request, self.left()));
        let look = if played.differences.is_empty() { Look::Green } else { Look::Red };
        lines.push((format!("<- {}", status(played)), look));
        lines
    }

    fn delivered(&self, played: &Played) -> Vec<Line> {
        if played.events.is_empty() {
            return vec![("no event".to_owned(), Look::Dim)];
        }
        played.events.iter().flat_map(|event| self.event(event)).collect()
    }

    fn event(&self, event: &Value) -> Vec<Line> {
        let name = event.get("event").and_then(Value::as_str).unwrap_or("an event without a name");
        let mut lines = vec![(name.to_owned(), Look::Bold)];
        for fact in facts(event) {
            lines.extend(block(&fact, self.right() - 2, Look::Plain).into_iter().map(indented));
        }
        lines
    }

    fn print(&self, left: Vec<Line>, right: Vec<Line>) {
        if self.paper.width < NARROW {
            self.print_below(&left, &right);
        } else {
            self.print_beside(&left, &right);
        }
    }

    fn print_below(&self, left: &[Line], right: &[Line]) {
        left.iter().for_each(|(text, look)| say(&self.paper.paint(text, *look)));
        for (text, look) in right {
            // What is indented already goes on with the line above.
            let front = if text.starts_with(' ') { "   " } else { BELOW };
            say(&format!("{front}{}", self.paper.paint(text, *look)));
        }
    }

    fn print_beside(&self, left: &[Line], right: &[Line]) {
        for row in 0..left.len().max(right.len()) {
            let (text, look) = left.get(row).cloned().unwrap_or_default();
            let fill = " ".repeat(self.left().saturating_sub(text.chars().count()));
            let (beside, beside_look) = right.get(row).cloned().unwrap_or_default();
            let line =
                format!("{}{fill}{GAP}{}", self.paper.paint(&text, look), self.paper.paint(&beside, beside_look));
            say(line.trim_end());
        }
    }

    fn left(&self) -> usize {
        if self.paper.width < NARROW { self.paper.width } else { (self.paper.width - GAP.len()) * 11 / 20 }
    }

    fn right(&self) -> usize {
        if self.paper.width < NARROW {
            self.paper.width - BELOW.len()
        } else {
            self.paper.width - GAP.len() - self.left()
        }
    }
}

fn block(text: &str, width: usize, look: Look) -> Vec<Line> {
    wrap(text, width).into_iter().map(|line| (line, look)).collect()
}

fn indented((text, look): Line) -> Line {
    (format!("  {text}"), look)
}

fn body(request: &Request, width: usize) -> Vec<Line> {
    let Some(body) = &request.body else { return Vec::new() };
    let mut lines: Vec<Line> =
        essence(body).iter().flat_map(|part| block(&short_ids(part), width, Look::Dim)).collect();
    if lines.len() > BODY_LINES {
        lines.truncate(BODY_LINES);
        lines.push(("...".to_owned(), Look::Dim));
    }
    lines
}

/// Paths are sent percent-encoded, and read better without.
fn readable(path: &str) -> String {
    short_ids(&path.replace("%20", " ").replace("%22", "\"").replace("%40", "@"))
}

fn status(played: &Played) -> String {
    let status = played.answer.status;
    let total = played.answer.body.get("totalResults").and_then(Value::as_u64);
    match (status, total) {
        (_, Some(total)) => format!("{status} OK, {total} found"),
        (200, _) => "200 OK".to_owned(),
        (201, _) => "201 Created".to_owned(),
        (204, _) => "204 No Content".to_owned(),
        _ => status.to_string(),
    }
}
