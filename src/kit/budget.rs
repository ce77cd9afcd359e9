//! Budgets: how often something may happen. Exact from above, never below by more than a twelfth.
//!
//! A rate `5/15m` promises that no window of 15 minutes, wherever it is laid, holds more than 5. Time
//! is cut into slots of a twelfth of the window, and thirteen of them are counted: the running one and
//! the twelve before it. That covers every window that ends now, so the promise is kept; the price is
//! that a place comes back up to one slot late. A budget is a few numbers however large the rate.

use serde::{Deserialize, Serialize};

use super::time::{Span, Time};

const SLOTS_PER_WINDOW: i64 = 12;

/// So many in so long, written `5/15m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least one.
    pub count: u32,
    /// In how long.
    pub per: Span,
}

/// What was spent against a list of rates. Spending is allowed when every rate allows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Budget(Vec<Spent>);

/// What was spent against one rate: slot number and count, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Spent(Vec<(i64, u32)>);

impl Rate {
    /// Reads `5/15m`: at most a million, in at most 30 days.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, per) = text.split_once('/')?;
        let digits = count.bytes().all(|b| b.is_ascii_digit());
        let count = count
            .parse()
            .ok()
            .filter(|count| digits && (1..=1_000_000).contains(count))?;
        let per = Span::parse(per).filter(|per| *per <= Span::days(30))?;
        Some(Self { count, per })
    }

    fn slot_width(self) -> i64 {
        self.per.0.div_euclid(SLOTS_PER_WINDOW).max(1)
    }

    fn slot(self, now: Time) -> i64 {
        now.0.div_euclid(self.slot_width())
    }

    /// When what was spent in `slot` counts no more.
    fn freed_at(self, slot: i64) -> Time {
        Time(
            slot.saturating_add(SLOTS_PER_WINDOW)
                .saturating_add(1)
                .saturating_mul(self.slot_width()),
        )
    }
}

impl Budget {
    /// Spends one, or says how long until one can be spent. A refusal spends nothing.
    pub fn spend(&mut self, rates: &[Rate], now: Time) -> Result<(), Span> {
        self.0.resize(rates.len(), Spent::default());
        let wait = rates
            .iter()
            .zip(&mut self.0)
            .filter_map(|(rate, spent)| spent.wait(*rate, now))
            .max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for (rate, spent) in rates.iter().zip(&mut self.0) {
            spent.add(rate.slot(now), 1);
        }
        Ok(())
    }

    /// Whether no more than a quarter of any rate is spent.
    pub fn is_ample(&self, rates: &[Rate]) -> bool {
        let is_ample = |(rate, spent): (&Rate, &Spent)| spent.total() <= rate.count.div_euclid(4);
        rates.iter().zip(&self.0).all(is_ample)
    }

    /// Gives one back, from the newest slot that holds one.
    pub fn refund(&mut self) {
        for spent in &mut self.0 {
            if let Some(newest) = spent.0.iter_mut().rev().find(|(_, count)| *count > 0) {
                newest.1 = newest.1.saturating_sub(1);
            }
        }
    }

    /// When nothing will be left to remember; `None` when that is so already.
    pub fn forgotten_at(&self, rates: &[Rate]) -> Option<Time> {
        let newest =
            |(rate, spent): (&Rate, &Spent)| spent.0.last().map(|(slot, _)| rate.freed_at(*slot));
        rates.iter().zip(&self.0).filter_map(newest).max()
    }

    /// Drops what counts no more.
    pub fn sweep(&mut self, rates: &[Rate], now: Time) {
        self.0.truncate(rates.len());
        for (rate, spent) in rates.iter().zip(&mut self.0) {
            spent.sweep(*rate, now);
        }
        if self.0.iter().all(|spent| spent.0.is_empty()) {
            self.0.clear();
        }
    }
}

impl Spent {
    /// What was spent while a clock was ahead counts from now on, and not until then.
    fn sweep(&mut self, rate: Rate, now: Time) {
        let present = rate.slot(now);
        let ahead = self.0.extract_if(.., |(slot, _)| *slot > present);
        let ahead = ahead.fold(0_u32, |sum, (_, count)| sum.saturating_add(count));
        if ahead > 0 {
            self.add(present, ahead);
        }
        self.0
            .retain(|(slot, count)| *count > 0 && rate.freed_at(*slot) > now);
    }

    fn wait(&mut self, rate: Rate, now: Time) -> Option<Span> {
        self.sweep(rate, now);
        let mut over = self.total().checked_sub(rate.count)?.saturating_add(1);
        for (slot, count) in &self.0 {
            over = over.saturating_sub(*count);
            if over == 0 {
                return Some(now.until(rate.freed_at(*slot)));
            }
        }
        Some(rate.per)
    }

    fn total(&self) -> u32 {
        let add = |sum: u32, (_, count): &(i64, u32)| sum.saturating_add(*count);
        self.0.iter().fold(0, add)
    }

    fn add(&mut self, slot: i64, more: u32) {
        match self.0.last_mut() {
            Some((newest, count)) if *newest >= slot => *count = count.saturating_add(more),
            _ => self.0.push((slot, more)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        count: 5,
        per: Span::minutes(15),
    };

    #[test]
    fn rates_are_read_as_operators_write_them() {
        assert_eq!(Rate::parse("5/15m"), Some(RATE));
        for wrong in [
            "0/15m",
            "5",
            "5/",
            "/15m",
            "-5/15m",
            "5/15",
            "5 / 15m",
            "+5/15m",
            "5/31d",
            "1000001/1d",
        ] {
            assert_eq!(Rate::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_window_wherever_it_is_laid_holds_more_than_the_rate() {
        let mut budget = Budget::default();
        let mut granted = Vec::new();
        for step in 0..2_000 {
            let now = Time(step * 7_321);
            if budget.spend(&[RATE], now).is_ok() {
                granted.push(now);
            }
        }
        for (index, start) in granted.iter().enumerate() {
            let inside = granted[index..]
                .iter()
                .filter(|time| time.since(*start) < RATE.per)
                .count();
            assert!(inside <= 5, "{inside} in one window");
        }
        assert!(
            granted.len() > 60,
            "and yet it goes on granting: {}",
            granted.len()
        );
    }

    #[test]
    fn the_wait_it_names_is_enough() {
        let mut budget = Budget::default();
        for _ in 0..5 {
            budget.spend(&[RATE], Time(1)).unwrap();
        }
        let wait = budget.spend(&[RATE], Time(1)).unwrap_err();
        assert!(budget.spend(&[RATE], Time(1) + wait - Span(1)).is_err());
        assert!(budget.spend(&[RATE], Time(1) + wait).is_ok());
    }

    #[test]
    fn a_refusal_spends_nothing_and_the_strictest_rate_decides() {
        let rates = [
            RATE,
            Rate {
                count: 6,
                per: Span::days(1),
            },
        ];
        let mut budget = Budget::default();
        let mut now = Time(0);
        let mut granted = 0;
        for _ in 0..20 {
            granted += u32::from(budget.spend(&rates, now).is_ok());
            now = now + Span::minutes(10);
        }
        assert_eq!(granted, 6);
    }

    #[test]
    fn a_refund_gives_one_place_back_and_a_clock_set_back_gives_none() {
        let mut budget = Budget::default();
        for _ in 0..5 {
            budget.spend(&[RATE], Time(90_000_000)).unwrap();
        }
        assert!(budget.spend(&[RATE], Time(0)).is_err());
        budget.refund();
        assert!(budget.spend(&[RATE], Time(0)).is_ok());
        assert!(budget.spend(&[RATE], Time(0)).is_err());
    }

    #[test]
    fn it_is_ample_while_a_quarter_of_every_rate_is_spent() {
        let rates = [
            Rate { count: 8, ..RATE },
            Rate {
                count: 20,
                per: Span::days(1),
            },
        ];
        let mut budget = Budget::default();
        let ample: Vec<bool> = (0..4)
            .map(|_| budget.spend(&rates, Time(0)).is_ok() && budget.is_ample(&rates))
            .collect();
        assert_eq!(ample, [true, true, false, false]);
        let few = [Rate { count: 3, ..RATE }];
        let mut budget = Budget::default();
        assert!(budget.spend(&few, Time(0)).is_ok() && !budget.is_ample(&few));
    }

    #[test]
    fn what_counts_no_more_is_forgotten() {
        let mut budget = Budget::default();
        budget.spend(&[RATE], Time(0)).unwrap();
        let end = budget.forgotten_at(&[RATE]).unwrap();
        budget.sweep(&[RATE], end);
        assert_eq!(budget, Budget::default());
    }
}
