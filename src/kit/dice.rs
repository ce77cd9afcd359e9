//! Randomness as an argument. The edge passes the runtime's generator, tests pass one they can repeat.

/// A source of random bytes.
///
/// Everything secret comes from here, so an implementation outside tests must be a
/// cryptographically secure generator.
pub trait Dice {
    /// Fills `bytes` with random ones.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// `N` random bytes.
pub fn roll<const N: usize>(dice: &mut dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}
