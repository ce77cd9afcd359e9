//! Places to hash. One hash runs at a time in an isolate, a few wait, and after each that others waited
//! for, proxied requests get a pause to pass.
//!
//! No waker may cross requests, so whoever waits looks again by a timer of its own; a guard gives its place
//! back when a client leaves.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use wasm_bindgen::prelude::*;
use worker::Delay;

use crate::{
    kit::{password::hash::Memory, time::Span},
    web::realm::{Full, Slot},
};

/// How many may wait.
const WAITING: u32 = 4;
/// How many of those places are for browsers that somebody signed in on.
const KEPT: u32 = 1;
/// How often a waiting request looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static WAITERS: Cell<u32> = const { Cell::new(0) };
    static RAN: Cell<u32> = const { Cell::new(0) };
    /// Grows to 19 MiB at the first Argon2 hash, and stays.
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) };
}

/// How many hashes this isolate has run. No route tells it; `bench/` asks.
#[wasm_bindgen]
pub fn hashes() -> u32 {
    RAN.get()
}

/// The one place where a hash may run.
pub(super) struct Place(());

/// A place in the queue, given back when dropped.
struct Waiting(());

impl Place {
    /// Waits for the place. Whoever had to wait lets proxied requests pass for `pause` first.
    pub(super) async fn wait(known: bool, pause: Span) -> Result<Self, Full> {
        if let Some(place) = Self::take() {
            return Ok(place);
        }
        let _waiting = Waiting::join(known)?;
        loop {
            Delay::from(LOOK_AGAIN).await;
            if let Some(place) = Self::take() {
                Delay::from(Duration::from_millis(u64::try_from(pause.0).unwrap_or(0))).await;
                return Ok(place);
            }
        }
    }

    fn take() -> Option<Self> {
        (!RUNNING.replace(true)).then_some(Self(()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNNING.set(false);
    }
}

impl Slot for Place {
    fn hash<R>(&mut self, work: impl FnOnce(&mut Memory) -> R) -> R {
        RAN.set(RAN.get().wrapping_add(1));
        MEMORY.with_borrow_mut(work)
    }
}

impl Waiting {
    fn join(known: bool) -> Result<Self, Full> {
        let places = if known {
            WAITING
        } else {
            WAITING.saturating_sub(KEPT)
        };
        if WAITERS.get() >= places {
            return Err(Full);
        }
        WAITERS.set(WAITERS.get().saturating_add(1));
        Ok(Self(()))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITERS.set(WAITERS.get().saturating_sub(1));
    }
}
