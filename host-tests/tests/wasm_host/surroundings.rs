//! Configuration, shared data, properties, metrics, time, chance, environment, threads.

use std::time::Duration;

use super::calls::caller;
use super::probe::{PAUSE, Probe};
use super::*;

#[test]
fn a_refused_configuration_is_an_error_with_the_log() {
    let read = "(drop (call $get_buffer (i32.const 7) (i32.const 0) (i32.const 99) (i32.const 0) (i32.const 4)))
        (call $say)";
    let module = Probe::new().configure(read, "(i32.const 0)").module();
    let Err(error) = Worker::start(&module, b"the config", Options::default()) else {
        panic!("it should not start");
    };
    assert!(error.to_string().contains("proxy_on_configure returned false"), "{error}");
    assert_eq!(error.logs[0].text, "the config");
}

#[test]
fn shared_data_keeps_the_cas_rules_across_workers() {
    let shared = SharedData::default();
    let put_if_absent = "(call $tell 'put' (call $set_shared 'key' 'one' (i32.const -1)))
        (call $tell 'get' (call $get_shared 'key' (i32.const 0) (i32.const 4) (i32.const 8)))
        (call $tell 'cas' (i32.load (i32.const 8))) (call $answer)";
    let module = Probe::new().headers(put_if_absent, PAUSE).module();
    let start = || Worker::start(&module, b"", Options::default().shared(&shared)).unwrap();
    let (mut left, mut right) = (start(), start());
    left.exchange(get(), &mut no_service).unwrap();
    right.exchange(get(), &mut no_service).unwrap();
    assert_eq!(said(&left), ["put=00", "get=00", "cas=01"]);
    assert_eq!(said(&right), ["put=08", "get=00", "cas=01"]);
}

#[test]
fn the_cas_number_is_one_counter_over_all_keys() {
    let shared = SharedData::default();
    shared.set(b"a", b"1", 0).unwrap();
    shared.set(b"b", b"1", 7).unwrap();
    assert_eq!(shared.get(b"b"), Some((b"1".to_vec(), 2)));
    assert_eq!(shared.set(b"a", b"2", 2), Err(Status::CasMismatch));
    assert_eq!(shared.set(b"a", b"2", 1), Ok(()));
    assert_eq!(shared.get(b"a"), Some((b"2".to_vec(), 3)));
    shared.lose();
    assert_eq!(shared.get(b"a"), None);
}

#[test]
fn properties_are_read_and_filter_state_is_kept_for_the_log() {
    let body = "(drop (call $get_property 'xds\u{0}tenant' (i32.const 0) (i32.const 4))) (call $say)
        (drop (call $get_property 'request\u{0}id' (i32.const 0) (i32.const 4))) (call $say)
        (call $tell 'set' (call $set_property 'scim_outcome' 'created')) (call $answer)";
    let mut worker = Probe::new()
        .configure("(call $tell 'root' (call $set_property 'x' 'y'))", "(i32.const 1)")
        .headers(body, PAUSE)
        .start();
    let request = get().property("xds.tenant", "acme");
    let id = request.head.text("x-request-id");
    let reply = worker.exchange(request, &mut no_service).unwrap();
    assert_eq!(reply.properties["scim_outcome"], b"created");
    assert_eq!(said(&worker), ["root=01", "acme", id.as_str(), "set=00"]);
}

#[test]
fn metrics_are_kept_by_name() {
    let count = "(drop (call $define_metric (i32.const 0) 'requests' (i32.const 8)))
        (call $tell 'up' (call $increment_metric (i32.load (i32.const 8)) (i64.const 2)))
        (call $tell 'zero' (call $increment_metric (i32.load (i32.const 8)) (i64.const 0))) (call $answer)";
    let mut worker = Probe::new().headers(count, PAUSE).start();
    for _ in 0..2 {
        worker.exchange(get(), &mut no_service).unwrap();
    }
    assert_eq!(worker.metric("requests"), 4);
    assert_eq!(said(&worker)[..2], ["up=00", "zero=02"]);
}

#[test]
fn time_and_chance_are_the_tests_to_choose() {
    let log_both = "(drop (call $now (i32.const 0))) (drop (call $random (i32.const 8) (i32.const 8)))
        (i64.store (i32.const 0) (i64.div_u (i64.load (i32.const 0)) (i64.const 1000000000)))
        (call $tell 'now' (i32.load (i32.const 0)))
        (drop (call $log (i32.const 2) (i32.const 8) (i32.const 8))) (call $answer)";
    let module = Probe::new().headers(log_both, PAUSE).module();
    let clock = Clock::standing_at_unix(5);
    let start = || Worker::start(&module, b"", Options::default().clock(&clock).seed(1)).unwrap();
    let (mut left, mut right) = (start(), start());
    left.exchange(get(), &mut no_service).unwrap();
    right.exchange(get(), &mut no_service).unwrap();
    assert_eq!(said(&left), said(&right));
    clock.advance(Duration::from_secs(2));
    left.exchange(get(), &mut no_service).unwrap();
    assert_eq!((said(&left)[0], said(&left)[2]), ("now=05", "now=07"));
    assert_ne!(said(&left)[1], said(&left)[3]);
}

#[test]
fn environment_and_printing_work_as_in_wasi() {
    let print =
        "(drop (call $environ_sizes (i32.const 8) (i32.const 16))) (call $tell 'count' (i32.load (i32.const 8)))
        (drop (call $environ (i32.const 24) (i32.const 32)))
        (i32.store (i32.const 16) (i32.sub (i32.load (i32.const 16)) (i32.const 1)))
        (i32.store (i32.const 12) (i32.const 32))
        (drop (call $print (i32.const 2) (i32.const 12) (i32.const 1) (i32.const 28)))";
    let module = Probe::new().configure(print, "(i32.const 1)").module();
    let worker = Worker::start(&module, b"", Options::default().env("SECRET", "s3")).unwrap();
    assert_eq!(said(&worker), ["count=01", "SECRET=s3"]);
    assert_eq!(worker.logs()[1].level, Level::Error);
}

#[test]
fn small_hostcalls_answer_as_the_sdk_expects() {
    let body = "(call $tell 'foreign'
            (call $foreign 'clear_route_cache' (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
        (call $tell 'other' (call $foreign 'sign' (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
        (call $tell 'stranger' (call $act_for (i32.const 99))) (call $tell 'root' (call $act_for (i32.const 1)))
        (call $tell_set_header) (drop (call $act_for (local.get 0))) (call $answer)";
    let mut worker = Probe::new().headers(body, PAUSE).start();
    worker.exchange(get(), &mut no_service).unwrap();
    assert_eq!(said(&worker), ["foreign=00", "other=01", "stranger=02", "root=00", "set_header=02"]);
}

#[test]
fn a_worker_may_move_between_threads() {
    fn sendable<T: Send>() {}
    sendable::<Worker>();
    sendable::<Module>();
}

#[test]
fn a_service_may_take_its_time() {
    let mut worker = caller().start();
    let service = async |call: &ServiceCall| CallOutcome::answer(200, call.path());
    let mut exchange = std::pin::pin!(worker.exchange_async(get(), service));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(ending) = exchange.as_mut().poll(&mut context) else {
        panic!("nothing here waits");
    };
    assert_eq!(ending.unwrap().status, 201);
}
