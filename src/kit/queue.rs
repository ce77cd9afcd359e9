//! Errands: what an object still owes somebody else. Kept in its state, so that a death loses none.
//!
//! An errand *departs* (its next try is put off, and that is committed) before anybody does it, so two
//! runs at once never do the same one; it is *settled* when the other side has answered. Between the
//! two lies the network: an errand is done at least once, and whoever receives it knows it by its id.

use serde::{Deserialize, Serialize};

use super::{
    dice::{Dice, roll},
    id::ErrandId,
    time::{Span, Time},
};

/// Waits between tries; the last one repeats.
const WAITS: [Span; 6] = [
    Span::seconds(5),
    Span::seconds(30),
    Span::minutes(2),
    Span::minutes(10),
    Span::hours(1),
    Span::hours(4),
];

/// The longest wait of all: what a receiver may ask for.
pub const LONGEST_WAIT: Span = Span::days(1);

/// The shortest wait between two tries for the sake of a deadline.
const SHORTEST_WAIT: Span = Span::seconds(30);

/// One thing owed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errand<T> {
    /// Its name for the receiver: the same at every try.
    pub id: ErrandId,
    /// What is owed.
    pub what: T,
    /// Since when.
    pub since: Time,
    /// How often it departed.
    #[serde(default)]
    pub tries: u32,
    /// Not before this moment.
    pub due: Time,
    /// Worthless after this moment; `None` for what is owed until it is acknowledged.
    #[serde(default)]
    pub until: Option<Time>,
}

/// A state that owes errands to somebody.
pub trait Owing {
    /// An errand was done: it is owed no longer.
    fn settle(&mut self, id: &ErrandId);
    /// The receiver asked for patience.
    fn put_off(&mut self, id: &ErrandId, until: Time);
}

/// What an object owes, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Queue<T>(Vec<Errand<T>>);

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Queue<T> {
    /// Owes one more thing, due at once.
    pub fn push(&mut self, id: ErrandId, what: T, now: Time, until: Option<Time>) {
        self.0.push(Errand {
            id,
            what,
            since: now,
            tries: 0,
            due: now,
            until,
        });
    }

    /// Owes one more thing, due after a while and until it is done.
    pub fn push_later(&mut self, id: ErrandId, what: T, now: Time, after: Span) {
        self.push(id, what, now + after, None);
    }

    /// The oldest errand that is due. Its next try is put off, so the caller must commit before doing it.
    pub fn depart(&mut self, now: Time, dice: &mut dyn Dice) -> Option<Errand<T>> {
        self.depart_where(|_| true, now, dice)
    }

    /// The same, of those that match.
    pub fn depart_where(
        &mut self,
        matches: impl Fn(&T) -> bool,
        now: Time,
        dice: &mut dyn Dice,
    ) -> Option<Errand<T>> {
        let leaves = |errand: &&mut Errand<T>| {
            errand.due <= now && !errand.is_over(now) && matches(&errand.what)
        };
        let errand = self.0.iter_mut().find(leaves)?;
        errand.due = now + errand.in_time(wait_after(errand.tries, dice), now);
        errand.tries = errand.tries.saturating_add(1);
        Some(errand.clone())
    }

    /// The other side answered: the errand is no longer owed.
    pub fn settle(&mut self, id: &ErrandId) -> Option<Errand<T>> {
        let at = self.0.iter().position(|errand| errand.id == *id)?;
        Some(self.0.remove(at))
    }

    /// The other side asked for patience (`Retry-After`): never earlier than the schedule says.
    pub fn put_off(&mut self, id: &ErrandId, until: Time) {
        if let Some(errand) = self.0.iter_mut().find(|errand| errand.id == *id) {
            errand.due = errand.due.max(until);
        }
    }

    /// A clock that was ahead was set back to `now`: what it put off leaves as soon as it would have.
    pub fn set_back(&mut self, now: Time) {
        for errand in &mut self.0 {
            let ahead = errand.since.since(now);
            errand.since = errand.since - ahead;
            errand.until = errand.until.map(|until| until - ahead);
            errand.due = (errand.due - ahead).min(now + LONGEST_WAIT);
        }
    }

    /// Takes out what became worthless without having been done.
    pub fn expire(&mut self, now: Time) -> Vec<Errand<T>> {
        let (over, owed) = core::mem::take(&mut self.0)
            .into_iter()
            .partition(|errand| errand.is_over(now));
        self.0 = owed;
        over
    }

    /// When the object must be awake for its errands.
    pub fn wake_at(&self) -> Option<Time> {
        self.0
            .iter()
            .map(|errand| {
                errand
                    .until
                    .map_or(errand.due, |until| errand.due.min(until))
            })
            .min()
    }

    /// What is owed.
    pub fn iter(&self) -> impl Iterator<Item = &Errand<T>> {
        self.0.iter()
    }

    /// Whether something of this description is owed.
    pub fn any(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(|errand| matches(&errand.what))
    }

    /// Keeps only what matches.
    pub fn retain(&mut self, matches: impl Fn(&T) -> bool) {
        self.0.retain(|errand| matches(&errand.what));
    }

    /// Whether nothing is owed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Errand<T> {
    fn is_over(&self, now: Time) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// A wait after which half of what is left of its life is left at least: a receiver that comes back finds
    /// whatever is still worth something. No more than two tries a minute for that.
    fn in_time(&self, wait: Span, now: Time) -> Span {
        let half = self
            .until
            .map(|until| Span(until.since(now).0.div_euclid(2)));
        half.map_or(wait, |half| wait.min(half.max(SHORTEST_WAIT)))
    }
}

/// The wait after so many tries, ±20 %, so that a receiver that comes back is not met by everybody at once.
fn wait_after(tries: u32, dice: &mut dyn Dice) -> Span {
    let index = usize::try_from(tries).unwrap_or(usize::MAX);
    let wait = WAITS
        .get(index)
        .or(WAITS.last())
        .copied()
        .unwrap_or(Span::hours(4));
    let [roll] = roll::<1>(dice);
    let percent = i64::from(roll)
        .saturating_mul(40)
        .div_euclid(255)
        .saturating_add(80);
    Span(wait.times(percent).0.div_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Middle;
    impl Dice for Middle {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(128);
        }
    }

    fn id() -> ErrandId {
        ErrandId::from_bits(&[3; 16])
    }

    #[test]
    fn an_errand_that_departed_does_not_depart_again_until_its_wait_is_over() {
        let mut queue = Queue::default();
        queue.push(id(), "letter", Time(0), None);
        assert_eq!(queue.depart(Time(0), &mut Middle).unwrap().tries, 1);
        assert_eq!(queue.depart(Time(0), &mut Middle), None);
        let next = queue.wake_at().unwrap();
        assert_eq!(next, Time(5_000));
        assert_eq!(queue.depart(next, &mut Middle).unwrap().tries, 2);
        assert_eq!(queue.wake_at(), Some(next + Span::seconds(30)));
        assert!(queue.settle(&id()).is_some());
        assert!(queue.is_empty());
    }

    #[test]
    fn a_receiver_that_asks_for_patience_gets_it() {
        let mut queue = Queue::default();
        queue.push(id(), "letter", Time(0), None);
        queue.depart(Time(0), &mut Middle);
        queue.put_off(&id(), Time(60_000));
        assert_eq!(queue.wake_at(), Some(Time(60_000)));
        queue.put_off(&id(), Time(1));
        assert_eq!(queue.wake_at(), Some(Time(60_000)));
    }

    #[test]
    fn what_became_worthless_is_handed_out_once_and_never_departs() {
        let mut queue = Queue::default();
        queue.push(id(), "letter", Time(0), Some(Time(10)));
        assert_eq!(queue.depart(Time(10), &mut Middle), None);
        assert_eq!(queue.expire(Time(10)).len(), 1);
        assert!(queue.is_empty());
    }

    #[test]
    fn an_errand_is_tried_more_and_more_rarely_for_a_day_and_more_often_at_its_end() {
        let mut queue = Queue::default();
        queue.push(id(), "letter", Time(0), Some(Time(0) + Span::days(1)));
        let mut tries = Vec::new();
        while let Some(now) = queue.wake_at().filter(|now| *now < Time(0) + Span::days(1)) {
            queue.depart(now, &mut Middle);
            tries.push(now.0 / 1000);
        }
        assert_eq!(
            tries,
            [
                0, 5, 35, 155, 755, 4_355, 18_755, 33_155, 47_555, 61_955, 74_177, 80_288, 83_344,
                84_872, 85_636, 86_018, 86_209, 86_304, 86_352, 86_382
            ]
        );
    }
}
