//! Dice that fall alike in every run, and the order in which requests in flight go on.

use std::cell::Cell;

use edgeward::kit::dice::Dice;

/// A repeatable source of bytes (`SplitMix64`).
pub struct Chance(Cell<u64>);

/// The source as the rules take it.
pub struct Throw<'a>(&'a Chance);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub fn reseed(&self, seed: u64) {
        self.0.set(seed);
    }

    pub fn dice(&self) -> Throw<'_> {
        Throw(self)
    }

    /// A number below `end`.
    pub fn below(&self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Dice for Throw<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.0.next().to_le_bytes()[..part.len()]);
        }
    }
}
