//! `usher-faults [--quick] [--seconds N] [--per-second N] [--side-by-side N] [--in-order] [KIND ...]`: everything that can go wrong
//! around Usher, and what is lost by it. Ends with 1 unless every count is zero.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use usher_host_tests::faults::{Finding, KINDS, Plan, Table, head, row, run_all, run_in_order, sabotage, service};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match perform(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("usher-faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(words: &[String]) -> Result<bool> {
    if let Some(("service", script)) = words.split_first().map(|(word, rest)| (word.as_str(), rest)) {
        return service::serve(&service::Script::of_words(script)?).map(|()| true);
    }
    let asked = Asked::of(words)?;
    println!("First, that the harness can fail: wrong builds of the filter.");
    let missed = sabotage::missed(&asked.plan)?;
    for (wrong, count) in &missed {
        println!("{wrong}: not found in {count}");
    }
    let tell = |finding: &Finding<'_>| println!("{}", row(finding));
    println!("\n{}", head());
    let mut found = run_all(&asked.names(), &asked.plan, tell);
    if asked.kinds.is_empty() || asked.in_order {
        println!("\nThe changes of a few users, each after the answer to the last:\n{}", head());
        found.extend(run_in_order(&asked.plan, tell));
    }
    let table = Table(&found);
    println!("{table} missed={}", missed.len());
    Ok(table.is_clean() && missed.is_empty())
}

struct Asked {
    plan: Plan,
    kinds: Vec<String>,
    in_order: bool,
}

impl Asked {
    /// In full: more than 100,000 operations.
    fn of(words: &[String]) -> Result<Asked> {
        let mut asked = Asked { plan: Plan::new(std::env::current_exe()?), kinds: Vec::new(), in_order: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || -> Result<u64> {
                words.next().and_then(|n| n.parse().ok()).with_context(|| format!("{word} wants a number"))
            };
            match word.as_str() {
                "--quick" => {
                    asked.plan.lasting = Duration::from_secs(10);
                    asked.plan.per_second = 50;
                }
                "--seconds" => asked.plan.lasting = Duration::from_secs(number()?),
                "--per-second" => asked.plan.per_second = usize::try_from(number()?)?,
                "--side-by-side" => asked.plan.side_by_side = usize::try_from(number()?)?,
                "--seed" => asked.plan.seed = number()?,
                "--in-order" => asked.in_order = true,
                kind if KINDS.iter().any(|(name, _)| *name == kind) => asked.kinds.push(kind.to_owned()),
                other => bail!("{other} is neither an option nor a kind of fault"),
            }
        }
        Ok(asked)
    }

    fn names(&self) -> Vec<&'static str> {
        let wanted =
            |name: &&str| self.kinds.is_empty() && !self.in_order || self.kinds.iter().any(|kind| kind == name);
        KINDS.iter().map(|(name, _)| *name).filter(wanted).collect()
    }
}
