//! Directories that come and go, told to the user service: once, under one id, until it is acknowledged.

#[cfg(test)]
mod life_cycle {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use serde_json::{Value, json};
    use usher_gateway::exchange::{CallResult, Effect, EffectResult, Guard, Kept, ServiceAnswer, ServiceRequest};
    use usher_gateway::{Exchange, Gateway, Step};

    const HASH: &str = "f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c";
    /// 2026-11-21T20:00:00Z, and a moment later.
    const NOW: u64 = 1_795_291_200_000_000_000;
    const SECOND: u64 = 1_000_000_000;

    /// One proxy: its shared data, and its clock.
    #[derive(Default)]
    struct Proxy {
        shared: BTreeMap<String, Kept>,
        now: u64,
    }

    impl Proxy {
        fn at(now: u64) -> Self {
            Self { now, ..Self::default() }
        }

        fn perform(&mut self, effect: &Effect) -> EffectResult {
            match effect {
                Effect::Now => EffectResult::Now(self.now),
                Effect::Load(key) => EffectResult::Loaded(self.shared.get(key).cloned()),
                Effect::Save(key, value, guard) => EffectResult::Saved(self.save(key, value, *guard)),
                other => panic!("{other:?}"),
            }
        }

        fn save(&mut self, key: &str, value: &[u8], guard: Guard) -> bool {
            let edition = self.shared.get(key).map(|kept| kept.edition);
            let fits = match guard {
                Guard::Anything => true,
                Guard::Edition(wanted) => edition == Some(wanted),
                Guard::Absent => edition.is_none(),
            };
            if fits {
                let kept = Kept { value: value.to_vec(), edition: edition.unwrap_or(0) + 1 };
                self.shared.insert(key.to_owned(), kept);
            }
            fits
        }

        /// The configuration comes to hold; 503 when there is something to tell.
        fn configure(&mut self, gateway: &Rc<Gateway>) -> u16 {
            let exchange = Exchange::about_directories(Rc::clone(gateway), "usher".into(), true);
            exchange.run(&mut |effect| self.perform(effect)).status
        }

        /// What is told, when the service answers this.
        fn tell(&mut self, gateway: &Rc<Gateway>, status: u16) -> (u16, Vec<ServiceRequest>) {
            let (mut calls, exchange) = (Vec::new(), about(gateway));
            let answer = exchange.run(&mut |effect| match effect {
                Effect::Call(request) => {
                    calls.push(request.clone());
                    answered(status)
                }
                other => self.perform(other),
            });
            (answer.status, calls)
        }
    }

    fn about(gateway: &Rc<Gateway>) -> Exchange {
        Exchange::about_directories(Rc::clone(gateway), "usher".into(), false)
    }

    fn answered(status: u16) -> EffectResult {
        let answer = ServiceAnswer { status, headers: Vec::new(), body: Vec::new() };
        EffectResult::Call(CallResult::Answered(answer))
    }

    fn gateway(states: &[(&str, &str)]) -> Rc<Gateway> {
        configured(states, json!({"signatures": [{"boxyhq": {"secret_env": ["KEY"]}}]})).unwrap()
    }

    fn configured(states: &[(&str, &str)], events: Value) -> Result<Rc<Gateway>, String> {
        let one = |(id, state): &(&str, &str)| json!({"id": id, "tenant": "t", "product": "crm", "state": state, "credentials": [{"bearer": {"sha256": HASH}}]});
        let all: Vec<Value> = states.iter().map(one).collect();
        let whole =
            json!({"user_service": {"cluster": "u"}, "directories": all, "directory_events": true, "events": events});
        let environment = |_: &str| Some("a secret that is long enough for everything".to_owned());
        Gateway::with_environment(whole.to_string().as_bytes(), &environment).map(Rc::new).map_err(|e| e.to_string())
    }

    /// `acme deactivated`, and the id.
    fn told(calls: &[ServiceRequest]) -> Vec<(String, String)> {
        let one = |call: &ServiceRequest| {
            let events: Value = serde_json::from_slice(call.body.as_deref().unwrap()).unwrap();
            let event = &events[0];
            let header = |name: &str| call.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            let directory = event["directory_id"].as_str().unwrap();
            assert_eq!((events.as_array().unwrap().len(), header("idempotency-key")), (1, event["id"].as_str()));
            assert_eq!(header("usher-directory"), Some(directory));
            assert_eq!(call.path, format!("/provisioning/events?directory={directory}"));
            assert!(header("boxyhq-signature").is_some_and(|text| text.contains(",s=")), "{call:?}");
            assert_eq!((&event["data"]["id"], &event["tenant"]), (&directory.into(), &"t".into()));
            let name = event["event"].as_str().unwrap();
            assert_eq!(name, format!("directory.{}", event["data"]["state"].as_str().unwrap()));
            (format!("{directory} {name}"), event["id"].as_str().unwrap().to_owned())
        };
        calls.iter().map(one).collect()
    }

    fn names(told: &[(String, String)]) -> Vec<&str> {
        told.iter().map(|(name, _)| name.as_str()).collect()
    }

    const BOTH: [(&str, &str); 2] = [("acme", "active"), ("globex", "active")];
    const OFF: [(&str, &str); 2] = [("acme", "deactivated"), ("initech", "active")];

    #[test]
    fn what_has_become_of_them_is_told_once() {
        let mut proxy = Proxy::at(NOW);
        let (before, after) = (gateway(&BOTH), gateway(&OFF));
        assert_eq!((proxy.configure(&before), proxy.configure(&before)), (204, 204));
        assert_eq!(proxy.tell(&before, 200), (204, vec![]), "what is there at the start is known");
        assert_eq!(proxy.configure(&after), 503);
        let (status, calls) = proxy.tell(&after, 202);
        let wanted = ["acme directory.deactivated", "initech directory.activated", "globex directory.deleted"];
        assert_eq!((status, names(&told(&calls))), (204, wanted.to_vec()));
        assert_eq!((proxy.configure(&after), proxy.tell(&after, 200)), (204, (204, vec![])));
    }

    #[test]
    fn what_is_not_acknowledged_is_told_again_under_the_same_id() {
        let mut proxy = Proxy::at(NOW);
        proxy.configure(&gateway(&BOTH));
        let after = gateway(&OFF);
        proxy.configure(&after);
        let (status, first) = proxy.tell(&after, 500);
        assert_eq!((status, first.len()), (503, 1), "one that fails is not followed by others");
        proxy.now += 3_600 * SECOND;
        let (status, second) = proxy.tell(&after, 200);
        assert_eq!((status, second.len()), (204, 3));
        assert_eq!(told(&first)[0], told(&second)[0], "an hour later");
    }

    #[test]
    fn replicas_use_the_same_ids_and_another_time_has_others() {
        let after = gateway(&OFF);
        let tell = |now| {
            let mut proxy = Proxy::at(now);
            proxy.configure(&gateway(&BOTH));
            proxy.configure(&after);
            told(&proxy.tell(&after, 200).1)
        };
        assert_eq!(tell(NOW), tell(NOW + 5 * SECOND));
        let (one, other) = (tell(NOW), tell(NOW + 3_600 * SECOND));
        assert!(names(&one) == names(&other) && one.iter().zip(&other).all(|(one, other)| one.1 != other.1));
    }

    #[test]
    fn one_worker_tells_it_and_another_one_when_that_is_gone() {
        let mut proxy = Proxy::at(NOW);
        proxy.configure(&gateway(&BOTH));
        let after = gateway(&OFF);
        proxy.configure(&after);
        let (mut first, mut result) = (about(&after), None);
        while let Step::Perform(effect) = first.step(result.take()) {
            if matches!(effect, Effect::Call(_)) {
                break;
            }
            result = Some(proxy.perform(&effect));
        }
        assert_eq!(proxy.tell(&after, 200), (202, vec![]), "the first one is at it");
        proxy.now += 3_600 * SECOND;
        assert_eq!(proxy.tell(&after, 200).1.len(), 3, "it has never come back");
    }

    #[test]
    fn a_configuration_that_was_tells_nothing_more() {
        let mut proxy = Proxy::at(NOW);
        let (before, after) = (gateway(&BOTH), gateway(&OFF));
        proxy.configure(&before);
        proxy.configure(&after);
        assert_eq!(proxy.tell(&before, 200), (204, vec![]));
        assert_eq!(proxy.tell(&after, 200).1.len(), 3);
    }

    #[test]
    fn many_are_told_in_rounds() {
        let mut proxy = Proxy::at(NOW);
        let ids: Vec<String> = (0..100).map(|number| format!("d{number}")).collect();
        let all = |state| gateway(&ids.iter().map(|id| (id.as_str(), state)).collect::<Vec<_>>());
        proxy.configure(&all("active"));
        let off = all("deactivated");
        proxy.configure(&off);
        let (status, calls) = proxy.tell(&off, 200);
        let mut seen: Vec<_> = told(&calls).into_iter().map(|(_, id)| id).collect();
        seen.sort();
        seen.dedup();
        assert_eq!((status, calls.len(), seen.len()), (204, 100, 100));
    }

    #[test]
    fn there_is_no_security_event_for_it() {
        let tokens = json!({"format": "security_events", "security_events": {"issuer": "i", "audience": ["a"], "secret_env": "KEY"}});
        let error = configured(&BOTH, tokens).unwrap_err();
        assert!(error.contains("directory_events: cannot be together with `security_events`"), "{error}");
    }
}
