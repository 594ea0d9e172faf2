//! Playing exchanges on a worker: the whole of one at once, or step by step with others in between.

use super::abi::Status;
use super::callback::Callback;
use super::host::ROOT;
use super::local_reply::LocalReply;
use super::reply::{Ending, Failure, Reply};
use super::request::Request;
use super::service_call::{CallOutcome, CallResponse, ServiceCall, Token};
use super::stream::{Due, Event, Rest, StreamState};
use super::vm::Ran;
use super::worker::{Stopped, Worker};

/// One exchange on one worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream(u32);

/// What the proxy reports next about a stream.
#[derive(Debug)]
pub enum Step {
    /// The filter dispatches a call. Answer it by its token, now or later; until something else is done with
    /// the worker the filter still stands in the dispatch, so that a refusal can be answered too.
    Call(Token, ServiceCall),
    /// Nothing happens until a call is answered or more body is sent.
    Waiting,
    Ended(Ending),
}

impl Worker {
    /// Plays one exchange to its end; the closure is the user service. An open body hangs: nobody sends the rest.
    pub fn exchange(&mut self, request: Request, service: &mut dyn FnMut(&ServiceCall) -> CallOutcome) -> Ending {
        let stream = self.open(request);
        loop {
            match stream.next(self) {
                Step::Call(token, call) => self.answer(token, service(&call)),
                Step::Waiting => return hung(stream.abort(self)),
                Step::Ended(ending) => return ending,
            };
        }
    }

    /// As [`Worker::exchange`], with a service that takes its time.
    pub async fn exchange_async(
        &mut self,
        request: Request,
        mut service: impl AsyncFnMut(&ServiceCall) -> CallOutcome,
    ) -> Ending {
        let stream = self.open(request);
        loop {
            match stream.next(self) {
                Step::Call(token, call) => self.answer(token, service(&call).await),
                Step::Waiting => return hung(stream.abort(self)),
                Step::Ended(ending) => return ending,
            };
        }
    }

    /// A request has arrived; nothing of it is played yet.
    pub fn open(&mut self, request: Request) -> Stream {
        self.let_go(None);
        self.last_context += 1;
        let context = self.last_context;
        let state = StreamState::new(request, self.host().options.buffer_limit);
        self.host_mut().streams.insert(context, state);
        if self.vm.dead().is_none() {
            let created = self.vm.run(context, Callback::ContextCreate, &[context, ROOT]);
            self.follow(context, Callback::ContextCreate, created);
        }
        Stream(context)
    }

    /// Says how a call came out. False when nobody wants to know: the stream has ended and its calls with it.
    ///
    /// # Panics
    /// When a refusal comes after the call was taken, which no proxy can do.
    pub fn answer(&mut self, token: Token, outcome: CallOutcome) -> bool {
        let stopped = self.stopped.as_ref().is_some_and(|stopped| stopped.token == token);
        assert!(stopped || !outcome.is_refusal(), "{outcome:?} is too late: the call was taken");
        let status = match outcome {
            CallOutcome::UnknownCluster => Status::BadArgument,
            CallOutcome::NoHealthyHost => Status::InternalFailure,
            _ => Status::Ok,
        };
        let wanted = match status {
            Status::Ok => self.deliver(token, outcome.into_response()),
            _ => self.host_mut().pending.remove(&token.0).is_some(),
        };
        if stopped {
            self.resume(status);
        }
        wanted
    }

    fn deliver(&mut self, token: Token, response: Option<CallResponse>) -> bool {
        let Some(owner) = self.host().pending.get(&token.0).copied() else {
            return false;
        };
        match self.host_mut().streams.get_mut(&owner) {
            Some(state) => state.answers.push_back((token.0, response)),
            None => self.deliver_to_root(token, response),
        }
        true
    }

    fn deliver_to_root(&mut self, token: Token, response: Option<CallResponse>) {
        self.let_go(None);
        let args = self.take_response(ROOT, token.0, response);
        // A trap here shows in `Worker::dead` and in every later exchange.
        let _ = self.root(Callback::CallResponse, &args);
        self.host_mut().call_response = None;
    }

    /// Makes a response readable and gives the arguments of its callback.
    fn take_response(&mut self, context: u32, token: u32, response: Option<CallResponse>) -> [u32; 5] {
        let host = self.host_mut();
        host.pending.remove(&token);
        host.call_response = response;
        let sizes = host
            .call_response
            .as_ref()
            .map_or((0, 0), |response| (response.headers.0.len() as u32, response.body.len() as u32));
        [context, token, sizes.0, sizes.1, 0]
    }

    fn play(&mut self, stream: u32, due: Due) {
        let (callback, args) = match due {
            Due::Event(event) => self.enter(stream, event),
            Due::Answer(token, response) => {
                let args = self.take_response(stream, token, response);
                (Callback::CallResponse, args.to_vec())
            }
        };
        let ran = self.vm.run(stream, callback, &args);
        self.follow(stream, callback, ran);
    }

    fn enter(&mut self, stream: u32, event: Event) -> (Callback, Vec<u32>) {
        let (callback, mut args) = self.state(stream).enter(event);
        args.insert(0, stream);
        (callback, args)
    }

    /// Draws the conclusions of a callback that ran.
    fn follow(&mut self, stream: u32, callback: Callback, ran: Ran) {
        match ran {
            Ran::Returned(value) => self.settle(stream, callback, value),
            Ran::Trapped(why) => self.end(stream, Err(Failure::Trapped(why))),
            Ran::Asking(paused) => {
                let Some((token, call)) = self.host_mut().asked.take() else {
                    return;
                };
                self.state(stream).untold.push_back((token, call));
                self.stopped = Some(Stopped { stream, token, callback, paused });
            }
        }
    }

    fn settle(&mut self, stream: u32, callback: Callback, returned: u32) {
        self.host_mut().call_response = None;
        let state = self.state(stream);
        state.settle(callback, returned);
        if state.reset {
            self.end(stream, Err(Failure::Reset));
        }
    }

    pub(super) fn resume(&mut self, status: Status) {
        if let Some(stopped) = self.stopped.take() {
            let ran = self.vm.resume(stopped.paused, status);
            self.follow(stopped.stream, stopped.callback, ran);
        }
    }

    /// The stream is over: its calls are cancelled, then on_log, on_done, on_delete. The reply is read last,
    /// since on_log may still set filter state.
    fn end(&mut self, stream: u32, mut how: Result<(), Failure>) {
        self.host_mut().cancel_calls(stream);
        for callback in [Callback::Log, Callback::Done, Callback::Delete] {
            self.state(stream).logging = callback == Callback::Log;
            let alive = self.vm.dead().is_none();
            if let (true, Ran::Trapped(why)) = (alive, self.vm.run(stream, callback, &[stream])) {
                how = Err(Failure::Trapped(why));
            }
        }
        self.host_mut().cancel_calls(stream);
        let state = self.host_mut().streams.remove(&stream).unwrap_or_default();
        let ending = how.map(|()| self.with_logs(stream, state.reply().unwrap_or_default()));
        self.endings.insert(stream, ending);
    }

    fn with_logs(&self, stream: u32, reply: Reply) -> Reply {
        let lines = self.logs().iter();
        let logs = lines.filter(|line| line.context == stream).cloned().collect();
        Reply { logs, ..reply }
    }

    fn state(&mut self, stream: u32) -> &mut StreamState {
        self.host_mut().streams.entry(stream).or_default()
    }
}

impl Stream {
    /// Plays on until there is something to report.
    ///
    /// # Panics
    /// After the end has been reported: nothing comes after it.
    pub fn next(self, worker: &mut Worker) -> Step {
        worker.let_go(Some(self.0));
        let ended = worker.endings.contains_key(&self.0);
        assert!(ended || worker.host().streams.contains_key(&self.0), "{self:?} has ended");
        loop {
            if let Some(step) = self.news(worker) {
                return step;
            }
            match worker.state(self.0).next() {
                Some(due) => worker.play(self.0, due),
                None if self.rests(worker) => return Step::Waiting,
                None => {}
            }
        }
    }

    fn news(self, worker: &mut Worker) -> Option<Step> {
        if let Some(ending) = worker.endings.remove(&self.0) {
            return Some(Step::Ended(ending));
        }
        if let Some(why) = worker.vm.dead().map(String::from) {
            worker.host_mut().cancel_calls(self.0);
            worker.host_mut().streams.remove(&self.0);
            return Some(Step::Ended(Err(Failure::Dead(why))));
        }
        let untold = worker.state(self.0).untold.pop_front();
        untold.map(|(token, call)| Step::Call(token, call))
    }

    /// True when there is something to wait for; else the stream ends here.
    fn rests(self, worker: &mut Worker) -> bool {
        let call_is_out = worker.host().has_pending(self.0);
        match worker.state(self.0).rest(call_is_out) {
            Rest::Waiting => true,
            Rest::Over(how) => {
                worker.end(self.0, how);
                false
            }
        }
    }

    /// More body arrives of a request opened with an open body.
    pub fn send(self, worker: &mut Worker, bytes: impl Into<Vec<u8>>) {
        self.arrive(worker, bytes.into(), false);
    }

    /// The body of a request opened with an open body is complete.
    pub fn finish(self, worker: &mut Worker) {
        self.arrive(worker, Vec::new(), true);
    }

    /// What comes after the answer is read and thrown away.
    fn arrive(self, worker: &mut Worker, bytes: Vec<u8>, end: bool) {
        let state = worker.host_mut().streams.get_mut(&self.0);
        if let Some(state) = state.filter(|state| state.open) {
            state.open = !end;
            state.script.push_back(Event::RequestBody { bytes, end });
        }
    }

    /// The client goes away now. What has ended already has ended its own way.
    pub fn abort(self, worker: &mut Worker) -> Ending {
        worker.let_go(None);
        if worker.vm.dead().is_none() && worker.host().streams.contains_key(&self.0) {
            worker.end(self.0, Err(Failure::Aborted));
        }
        match self.news(worker) {
            Some(Step::Ended(ending)) => ending,
            _ => Err(Failure::Aborted),
        }
    }

    /// `stream_idle_timeout` passes: the proxy answers 504 itself, even while a call is out.
    pub fn idle_timeout(self, worker: &mut Worker) {
        worker.let_go(None);
        let state = worker.host_mut().streams.get_mut(&self.0);
        if let Some(state) = state.filter(|state| state.response.is_none()) {
            state.begin_response(LocalReply::idle_timeout());
        }
    }
}

/// An exchange in one go has nobody who could send the rest of an open body.
fn hung(ending: Ending) -> Ending {
    match ending {
        Err(Failure::Aborted) => Err(Failure::Hung),
        ending => ending,
    }
}
