//! Places to hash. A few requests may be on their way to a hash in an isolate, and one hash runs at a
//! time. Whoever comes while others hash lets proxied requests pass for a moment before it hashes.
//!
//! No waker may cross requests, so whoever waits looks again by a timer of its own; guards give places and
//! turns back when a client leaves.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use wasm_bindgen::prelude::*;
use worker::Delay;

use crate::{
    kit::{
        password::hash::Memory,
        time::{Span, Time},
    },
    web::realm::{Full, Slot},
};

/// How many may be on their way: one hashes, four wait.
const PLACES: u32 = 5;
/// How many of the places are for browsers that somebody signed in on.
const KEPT: u32 = 2;
/// How often a waiting request looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// How often it looks before it gives up: three seconds.
const LOOKS: u32 = 600;

/// How long others have after a hash: whatever came in while it ran is looked at by then.
const A_MOMENT: Duration = Duration::from_millis(1);
/// How long after the beginning of a hash another may run without a pause before it. The runtime's clock stands
/// while it runs, so this is more than any takes.
const CALM: Span = Span::seconds(1);

thread_local! {
    /// When the last hash began.
    static LAST: Cell<Option<Time>> = const { Cell::new(None) };
    static TAKEN: Cell<u32> = const { Cell::new(0) };
    static WAITING: Cell<u32> = const { Cell::new(0) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static RAN: Cell<u32> = const { Cell::new(0) };
    /// Grows to 19 MiB at the first Argon2 hash, and stays.
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) };
}

/// How many hashes this isolate has run. No route tells it; `bench/` asks.
#[wasm_bindgen]
pub fn hashes() -> u32 {
    RAN.get()
}

/// A place on the way to a hash.
pub(super) struct Place {
    pause: Duration,
}

/// The one turn to hash.
struct Turn(());

/// One that waits for its turn.
struct Waiter(());

impl Place {
    /// Takes a place, if one is free for this browser.
    pub(super) fn take(known: bool, pause: Span) -> Result<Self, Full> {
        let places = if known {
            PLACES
        } else {
            PLACES.saturating_sub(KEPT)
        };
        if TAKEN.get() >= places {
            return Err(Full);
        }
        TAKEN.set(TAKEN.get().saturating_add(1));
        let pause = Duration::from_millis(u64::try_from(pause.0).unwrap_or(0));
        Ok(Self { pause })
    }
}

impl Slot for Place {
    async fn hash<R>(&mut self, work: impl FnOnce(&mut Memory) -> R) -> Result<R, Full> {
        let calm = (LAST.get()).is_none_or(|last| super::now().since(last) > CALM);
        let turn = Turn::wait(self.pause, calm).await?;
        LAST.set(Some(super::now()));
        RAN.set(RAN.get().wrapping_add(1));
        let hashed = MEMORY.with_borrow_mut(work);
        drop(turn);
        // Whoever came meanwhile is served first, and so waits for the hash alone: what follows it is more work for
        // an address that nobody has than for one that is known.
        Turn::rest(A_MOMENT).await;
        Ok(hashed)
    }
}

impl Turn {
    /// Waits for the turn; whoever waits goes before whoever comes later. A hash lets nothing else run, so
    /// nobody ever sees one that runs: whether it is `calm` tells whether another has just run.
    async fn wait(pause: Duration, calm: bool) -> Result<Self, Full> {
        if WAITING.get() == 0
            && let Some(turn) = Self::take()
        {
            if !calm {
                Self::rest(pause).await;
            }
            return Ok(turn);
        }
        let _waiter = Waiter::join();
        for _ in 0..LOOKS {
            Delay::from(LOOK_AGAIN).await;
            if let Some(turn) = Self::take() {
                Self::rest(pause).await;
                return Ok(turn);
            }
        }
        Err(Full)
    }

    /// Lets others pass. After a hash the runtime's clock stands where it stood before, until it has looked at
    /// what came in: a timer set at once would be over by then.
    async fn rest(pause: Duration) {
        Delay::from(Duration::ZERO).await;
        Delay::from(pause).await;
    }

    fn take() -> Option<Self> {
        // Made only where it is given: one that is dropped ends the turn of whoever has it.
        (!RUNNING.replace(true)).then(|| Self(()))
    }
}

impl Waiter {
    fn join() -> Self {
        WAITING.set(WAITING.get().saturating_add(1));
        Self(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.set(TAKEN.get().saturating_sub(1));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        RUNNING.set(false);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        WAITING.set(WAITING.get().saturating_sub(1));
    }
}
