//! Running futures without a runtime: one to its end, many at once in an order of chance, alarms when
//! they are due; and letting them fail at a crossing.

use std::{
    cell::RefCell,
    future::{Future, pending, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use edgeward::{
    kit::time::{Span, Time},
    object::Unreachable,
};

use super::{
    objects::{Object, Work},
    world::{Fault, Page, Request, World},
};

/// More alarms than this at one moment are a loop.
const RESTLESS: usize = 10_000;

impl World {
    /// Runs to the end; `None` when everything in flight died.
    pub(super) fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => Some(result),
            Poll::Pending if self.dead.take() => None,
            Poll::Pending => panic!("waits for something nobody will do"),
        }
    }

    /// All at once: whoever goes on next is drawn, and due alarms take part.
    pub(super) fn at_once(self: &Rc<Self>, requests: Vec<Request>) -> Vec<Page> {
        let pages: Rc<RefCell<Vec<Option<Page>>>> =
            Rc::new(RefCell::new(vec![None; requests.len()]));
        let mut running: Vec<Work<()>> = Vec::new();
        for (place, request) in requests.into_iter().enumerate() {
            let (world, pages) = (Rc::clone(self), Rc::clone(&pages));
            running.push(Box::pin(async move {
                let page = world.exchange(&request).await;
                pages.borrow_mut()[place] = Some(page);
            }));
        }
        self.crowded.set(true);
        let mut context = Context::from_waker(Waker::noop());
        while !running.is_empty() {
            if let Some((_, object)) = self.next_alarm(self.now()) {
                object.alarm.set(None);
                running.push(self.wake(&object));
            }
            let drawn = self.order.below(running.len());
            if running[drawn].as_mut().poll(&mut context).is_ready() {
                drop(running.swap_remove(drawn));
            }
        }
        self.crowded.set(false);
        pages
            .take()
            .into_iter()
            .map(|page| page.expect("an answer"))
            .collect()
    }

    /// The first goes so many steps, then the second goes all its way, then the first goes on. `None` when
    /// the first has no more steps than these.
    pub(super) fn overtaken(
        self: &Rc<Self>,
        first: Request,
        steps: usize,
        second: impl FnOnce() -> Request,
    ) -> Option<[Page; 2]> {
        let exchange = |request: Request| -> Work<Page> {
            let world = Rc::clone(self);
            Box::pin(async move { world.exchange(&request).await })
        };
        let mut context = Context::from_waker(Waker::noop());
        let mut goes = |work: &mut Work<Page>, steps: usize| {
            (0..steps).find_map(|_| match work.as_mut().poll(&mut context) {
                Poll::Ready(page) => Some(page),
                Poll::Pending => None,
            })
        };
        self.crowded.set(true);
        let mut slow = exchange(first);
        let through = goes(&mut slow, steps).is_some();
        let pages = (!through).then(|| {
            let second = goes(&mut exchange(second()), RESTLESS);
            let first = goes(&mut slow, RESTLESS);
            [first, second].map(|page| page.expect("an answer"))
        });
        self.crowded.set(false);
        pages
    }

    /// Serves every alarm that is due.
    pub(super) fn run_alarms(self: &Rc<Self>) {
        let now = self.now();
        for _ in 0..RESTLESS {
            let Some((at, object)) = self.next_alarm(now) else {
                return;
            };
            object.alarm.set(None);
            // The runtime serves an alarm again that did not come to its end.
            if self.run(self.wake(&object)).is_none() && object.alarm.get().is_none() {
                object.alarm.set(Some(at));
            }
        }
        panic!("an alarm that never rests");
    }

    /// Time passes, and alarms are served on the way.
    pub(super) fn wait(self: &Rc<Self>, span: Span) {
        let end = self.now() + span;
        while let Some((at, _)) = self.next_alarm(end) {
            self.advance_to(at);
            self.run_alarms();
        }
        self.advance_to(end);
    }

    fn next_alarm(&self, until: Time) -> Option<(Time, Rc<Object>)> {
        let objects = self.objects.borrow();
        let alarms = objects
            .values()
            .filter_map(|object| Some((object.alarm.get()?, object)));
        let (at, object) = alarms
            .min_by_key(|(at, _)| *at)
            .filter(|(at, _)| *at <= until)?;
        Some((at, Rc::clone(object)))
    }

    /// Lets others go first, when there are others.
    pub(super) async fn give_way(&self) {
        let mut waited = !self.crowded.get();
        poll_fn(|_| {
            if std::mem::replace(&mut waited, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Crosses to another side, where `there` is done: the one place where things get lost.
    pub(super) async fn cross<T>(
        &self,
        there: impl Future<Output = Result<T, Unreachable>>,
    ) -> Result<T, Unreachable> {
        let fault = self.fault_here();
        self.give_way().await;
        match fault {
            Some(Fault::Killed) => self.die().await,
            Some(Fault::Lost) => return Err(Unreachable),
            Some(Fault::KilledAfter | Fault::Unheard) | None => (),
        }
        let result = there.await;
        self.give_way().await;
        match fault {
            Some(Fault::KilledAfter) => self.die().await,
            Some(Fault::Unheard) => return Err(Unreachable),
            Some(Fault::Killed | Fault::Lost) | None => (),
        }
        result
    }

    pub(super) fn fail_at(&self, crossing: usize, fault: Fault) {
        self.fault
            .set(Some((self.crossings.get() + crossing, fault)));
    }

    /// Whether the fault that was asked for came to pass.
    pub(super) fn heal(&self) -> bool {
        self.fault
            .take()
            .is_none_or(|(at, _)| at <= self.crossings.get())
    }

    fn fault_here(&self) -> Option<Fault> {
        self.crossings.set(self.crossings.get() + 1);
        let (at, fault) = self.fault.get()?;
        (at == self.crossings.get()).then_some(fault)
    }

    async fn die(&self) {
        self.dead.set(true);
        pending::<()>().await;
    }
}
