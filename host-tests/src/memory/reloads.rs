//! Two hundred configurations, one after the other, without a restart.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Memory, bounded, serves, tell, warmed};
use crate::stack::{Discovery, Options, Stack, plugin_configuration};

const RELOADS: usize = 200;
const STATISTIC: &str = "/stats?filter=extension_config_discovery.http_filter.usher.config_reload$";

/// What the second half adds must be little: what the first adds may be what is made once.
pub fn reloads() -> Result<bool> {
    println!("{RELOADS} configurations:");
    let discovery = Discovery::new()?;
    let stack = Stack::start(Options { edits: vec![discovery.edit()], ..Options::default() })?;
    let mut client = warmed(&stack)?;
    let idle = Memory::settled(&stack)?;
    tell("the first one", idle);
    let mut half = idle;
    for number in 1..=RELOADS {
        let before = loaded(&stack)?;
        discovery.publish(another(number)?)?;
        wait_for(&stack, before + 1)?;
        serves(&mut client)?;
        if number.is_multiple_of(50) {
            let now = Memory::settled(&stack)?;
            tell(&format!("after {number}"), now);
            half = if number == RELOADS / 2 { now } else { half };
        }
    }
    let last = Memory::settled(&stack)?;
    Ok(bounded("the second hundred added", last.resident - half.resident, idle.resident * 0.05))
}

/// Different each time, with a directory that comes and goes.
fn another(number: usize) -> Result<Value> {
    let mut configuration = plugin_configuration()?;
    configuration["limits"] = json!({"page_size": 100 + number % 400});
    let directories = configuration["directories"].as_array_mut().context("no directories")?;
    if number.is_multiple_of(2) {
        let credentials = directories[0]["credentials"].clone();
        directories.push(json!({"id": format!("customer-{number}"), "credentials": credentials}));
    }
    Ok(configuration)
}

fn loaded(stack: &Stack) -> Result<usize> {
    let text = stack.admin(STATISTIC)?;
    let number = text.lines().find_map(|line| line.rsplit(": ").next()?.trim().parse().ok());
    number.with_context(|| format!("no number in {text}"))
}

fn wait_for(stack: &Stack, wanted: usize) -> Result<()> {
    let start = Instant::now();
    while loaded(stack)? < wanted {
        ensure!(start.elapsed() < Duration::from_secs(30), "a configuration was not loaded");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
