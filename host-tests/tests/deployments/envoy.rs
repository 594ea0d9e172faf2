//! Plain Envoy: the sample, split as its page says, with directories that come and go under load.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::scope;

use anyhow::{Context, Result};
use usher_host_tests::conversation::{load_all, play};
use usher_host_tests::stack::{ACME, Edit, Options, Stack, configure, envoy};

use super::{INITECH, create, eventually, in_deploy, read, run, status_of, with_initech};

const CLIENTS: usize = 3;

#[test]
fn a_customer_comes_and_goes_under_load_without_a_restart() {
    let place = Place::new("envoy");
    let stack = Stack::start(Options { edits: vec![place.edit()], ..Options::default() }).unwrap();
    let process = stack.envoy_pid();
    run(Command::new(envoy().unwrap()).args(["--mode", "validate", "-c"]).arg(place.0.join("envoy.yaml")));

    let (over, answered) = (AtomicBool::new(false), AtomicU32::new(0));
    scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| {
                scope.spawn({
                    let (stack, over, answered) = (&stack, &over, &answered);
                    move || write_until(over, n, stack, answered)
                })
            })
            .collect();
        let ended = EndOf(&over);
        let some_more = || {
            let before = answered.load(Ordering::Relaxed);
            eventually("answers go on", || answered.load(Ordering::Relaxed) > before + 20);
        };

        assert_eq!(status_of(&stack, "initech", INITECH), 401);
        some_more();
        assert_eq!(place.publish(&stack, &configure(with_initech())), Some(0));
        eventually("the new customer is there", || status_of(&stack, "initech", INITECH) == 200);
        some_more();
        let misspelt: Edit = Box::new(|text| Ok(text.replace("\"credentials\"", "\"credential\"")));
        assert_eq!(place.publish(&stack, &misspelt), Some(1));
        assert_eq!(status_of(&stack, "initech", INITECH), 200);
        some_more();
        assert_eq!(
            place.publish(&stack, &configure(usher_host_tests::stack::plugin_configuration().unwrap())),
            Some(0)
        );
        eventually("the customer is gone", || status_of(&stack, "initech", INITECH) == 401);
        some_more();
        drop(ended);
        let failed: Vec<_> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        assert!(failed.is_empty(), "{failed:?}");
    });
    assert_eq!(stack.envoy_pid(), process);
}

#[test]
fn split_it_is_still_what_it_was() {
    let place = Place::new("split");
    let mut stack = Stack::start(Options { edits: vec![place.edit()], ..Options::default() }).unwrap();
    let (_, conversation) = load_all().unwrap().into_iter().find(|(name, _)| name.contains("first-day")).unwrap();
    stack.forget(None).unwrap();
    play(&conversation, &mut stack.client(&ACME).unwrap(), &mut |_| ()).unwrap();
}

struct EndOf<'o>(&'o AtomicBool);

impl Drop for EndOf<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whatever was not 201.
fn write_until(over: &AtomicBool, number: usize, stack: &Stack, answered: &AtomicU32) -> Vec<String> {
    let mut client = stack.client(&ACME).unwrap();
    let (mut count, mut failed) = (0, Vec::new());
    while !over.load(Ordering::Relaxed) {
        count += 1;
        let answer = create(&mut client, &format!("user-{number}-{count}@acme.test"));
        answered.fetch_add(1, Ordering::Relaxed);
        failed.extend((answer.status != 201).then(|| format!("{answer:?}")));
    }
    failed
}

/// Where `split` puts its files, gone with this value.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let place = std::env::temp_dir().join(format!("usher-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        Place(place)
    }

    fn edit(&self) -> Edit {
        let place = self.0.clone();
        Box::new(move |text| split(&text, &place).context("split"))
    }

    fn publish(&self, stack: &Stack, edit: &Edit) -> Option<i32> {
        let (watched, new) = (self.0.join("ecds/usher.yaml"), self.0.join("usher.yaml"));
        std::fs::write(&new, edit(read(&watched)).unwrap()).unwrap();
        let admin = stack.admin_url().replace("http://", "");
        let mut publish = Command::new(in_deploy("envoy/publish"));
        publish.arg(new).arg(watched).args(["--admin", &admin]).status().unwrap().code()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn split(text: &str, place: &std::path::Path) -> Result<String> {
    let whole = place.join("whole.yaml");
    std::fs::write(&whole, text)?;
    run(Command::new(in_deploy("envoy/split")).args([&whole, place]));
    Ok(read(&place.join("envoy.yaml")))
}
