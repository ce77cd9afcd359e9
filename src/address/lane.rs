//! Attempt lanes: how often a password may be tried for one address, and who can shut the door on whom.
//!
//! There are two: *marked* devices, on which the owner signed in before, and everybody else together.
//! Strangers can shut their own lane and never the owner's. An attempt is counted before the password
//! is looked at, so that parallel guesses cannot outrun the limit.

use serde::{Deserialize, Serialize};

use crate::kit::{
    budget::Rate,
    id::DeviceId,
    lane::LaneName,
    time::{Span, Time},
};

/// Failures in a row that strangers can ever spend on one address. With [`MOST_MARKED`] they make the
/// hundred of NIST SP 800-63B §3.2.2; a lane that is spent opens by a link only.
const MOST_STRANGERS: u32 = 80;
/// Failures in a row that marked devices can ever spend.
const MOST_MARKED: u32 = 20;
/// Failures in a row after which a device loses its mark.
const MOST_PER_DEVICE: u32 = 5;
/// How many devices may be marked; a further one takes the place of the one not used for longest.
const MOST_DEVICES: usize = 10;
/// How long a mark lives after its last use.
const MARK_LIFE: Span = Span::days(180);
/// How long failures are remembered after the last one.
const RETENTION: Span = Span::days(30);
/// The longest wait between two tries of a lane that is not spent.
const LONGEST_WAIT: Span = Span::days(1);

/// The lane is shut. `None`: it opens by a link only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shut(pub Option<Span>);

/// The lanes of one address and the devices that may use the marked one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lanes {
    strangers: Lane,
    marked: Lane,
    devices: Vec<Device>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Lane {
    failures: u32,
    shut_until: Option<Time>,
    last: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Device {
    id: DeviceId,
    used: Time,
    #[serde(default)]
    failures: u32,
}

impl Lanes {
    /// Whether this device may use the marked lane.
    pub fn is_marked(&self, device: &DeviceId, now: Time) -> bool {
        self.devices
            .iter()
            .any(|known| known.id == *device && known.is_live(now))
    }

    /// Counts an attempt in the strangers' lane, or says that it is shut.
    pub fn stranger_tries(&mut self, rates: &[Rate], now: Time) -> Result<(), Shut> {
        self.strangers.count(rates, MOST_STRANGERS, now)
    }

    /// Counts an attempt of a marked device, or says that the lane is shut. Its fifth failure in a row
    /// is the last one it makes as a marked device.
    pub fn device_tries(
        &mut self,
        device: &DeviceId,
        rates: &[Rate],
        now: Time,
    ) -> Result<(), Shut> {
        self.marked.count(rates, MOST_MARKED, now)?;
        if let Some(known) = self.devices.iter_mut().find(|known| known.id == *device) {
            known.failures = known.failures.saturating_add(1);
        }
        self.devices
            .retain(|known| known.failures < MOST_PER_DEVICE);
        Ok(())
    }

    /// Whether strangers made their last try just now.
    pub fn just_spent(&self) -> bool {
        self.strangers.failures == MOST_STRANGERS
    }

    /// The attempt counted in this lane succeeded: its failures are forgotten.
    pub fn reopen(&mut self, lane: LaneName) {
        match lane {
            LaneName::Marked => self.marked = Lane::default(),
            LaneName::Strangers => self.strangers = Lane::default(),
            LaneName::Every => {
                self.marked = Lane::default();
                self.strangers = Lane::default();
            }
        }
    }

    /// The attempt counted in this lane is taken back: the password was right, or nobody looked at it.
    pub fn take_back(&mut self, lane: LaneName, device: Option<&DeviceId>) {
        match lane {
            LaneName::Marked => self.marked.take_back(),
            LaneName::Strangers => self.strangers.take_back(),
            LaneName::Every => (),
        }
        if let Some(known) = self
            .devices
            .iter_mut()
            .find(|known| Some(&known.id) == device)
        {
            known.failures = known.failures.saturating_sub(1);
        }
    }

    /// The address is nobody's any more: no device is known, and what it did is forgotten.
    pub fn forget_owner(&mut self) {
        self.devices.clear();
        self.marked = Lane::default();
    }

    /// The owner used this device: it may use the marked lane from now on.
    pub fn mark(&mut self, device: DeviceId, now: Time) {
        self.devices
            .retain(|known| known.id != device && known.is_live(now));
        if self.devices.len() >= MOST_DEVICES {
            let oldest = self
                .devices
                .iter()
                .enumerate()
                .min_by_key(|(_, known)| known.used);
            if let Some((index, _)) = oldest {
                self.devices.remove(index);
            }
        }
        self.devices.push(Device {
            id: device,
            used: now,
            failures: 0,
        });
    }

    /// Takes the mark from every device but this one.
    pub fn unmark_others(&mut self, kept: Option<&DeviceId>) {
        self.devices.retain(|known| Some(&known.id) == kept);
    }

    /// Drops what is remembered no longer.
    pub fn sweep(&mut self, now: Time) {
        self.devices.retain(|known| known.is_live(now));
        for known in &mut self.devices {
            known.used = known.used.min(now);
        }
        let lanes = [
            (&mut self.strangers, MOST_STRANGERS),
            (&mut self.marked, MOST_MARKED),
        ];
        for (lane, most) in lanes {
            lane.set_back(now);
            // A lane that is spent is not forgotten: it opens by a link only.
            if lane.failures >= most {
                lane.last = None;
            }
            if lane.forgotten_at().is_some_and(|end| end <= now) {
                *lane = Lane::default();
            }
        }
    }

    /// When there is something to sweep.
    pub fn wake_at(&self) -> Option<Time> {
        let lanes = [&self.strangers, &self.marked]
            .into_iter()
            .filter_map(Lane::forgotten_at);
        lanes
            .chain(self.devices.iter().map(|known| known.used + MARK_LIFE))
            .min()
    }
}

impl Lane {
    fn count(&mut self, rates: &[Rate], most: u32, now: Time) -> Result<(), Shut> {
        if self.failures >= most {
            return Err(Shut(None));
        }
        if let Some(until) = self.shut_until.filter(|until| now < *until) {
            return Err(Shut(Some(now.until(until))));
        }
        self.failures = self.failures.saturating_add(1);
        self.last = Some(now);
        self.shut_until = rates
            .iter()
            .filter_map(|rate| self.wait(*rate))
            .max()
            .map(|wait| now + wait);
        Ok(())
    }

    /// A lane that was shut while a clock was ahead waits as long as it would have, from now on.
    fn set_back(&mut self, now: Time) {
        if let Some(last) = self.last.filter(|last| now < *last) {
            let ahead = last.since(now);
            self.last = Some(now);
            self.shut_until = self.shut_until.map(|until| until - ahead);
        }
    }

    /// It was open when the attempt was counted.
    fn take_back(&mut self) {
        self.failures = self.failures.saturating_sub(1);
        self.shut_until = None;
    }

    /// `5/15m`: five free tries, then 15 minutes before the next, doubled by each further failure.
    fn wait(&self, rate: Rate) -> Option<Span> {
        let doublings = self.failures.checked_sub(rate.count)?.min(20);
        let wait = rate
            .per
            .times(1_i64.checked_shl(doublings).unwrap_or(i64::MAX));
        Some(wait.min(LONGEST_WAIT.max(rate.per)))
    }

    fn forgotten_at(&self) -> Option<Time> {
        self.last.map(|last| last + RETENTION)
    }
}

impl Device {
    fn is_live(&self, now: Time) -> bool {
        now < self.used + MARK_LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: [Rate; 1] = [Rate {
        count: 5,
        per: Span::minutes(15),
    }];
    const TEN: [Rate; 1] = [Rate {
        count: 10,
        per: Span::minutes(15),
    }];

    fn device(n: u8) -> DeviceId {
        DeviceId::from_bits(&[n; 16])
    }

    #[test]
    fn five_tries_are_free_then_the_lane_opens_for_one_with_doubling_waits() {
        let mut lanes = Lanes::default();
        let mut now = Time(0);
        for _ in 0..5 {
            assert!(lanes.stranger_tries(&FIVE, now).is_ok());
        }
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440] {
            let wait = Span::minutes(minutes);
            assert_eq!(lanes.stranger_tries(&FIVE, now), Err(Shut(Some(wait))));
            now = now + wait;
            assert_eq!(lanes.stranger_tries(&FIVE, now), Ok(()));
        }
    }

    #[test]
    fn strangers_spend_eighty_and_then_only_a_link_opens() {
        let mut lanes = Lanes::default();
        let mut now = Time(0);
        let mut tried = 0;
        for _ in 0..200 {
            tried += u32::from(lanes.stranger_tries(&FIVE, now).is_ok());
            now = now + Span::days(2);
        }
        assert_eq!(tried, 80);
        assert_eq!(lanes.stranger_tries(&FIVE, now), Err(Shut(None)));
        lanes.reopen(LaneName::Strangers);
        assert!(lanes.stranger_tries(&FIVE, now).is_ok());
    }

    #[test]
    fn strangers_never_shut_the_owners_lane() {
        let mut lanes = Lanes::default();
        lanes.mark(device(1), Time(0));
        for _ in 0..500 {
            let _ = lanes.stranger_tries(&FIVE, Time(1));
        }
        assert!(lanes.is_marked(&device(1), Time(1)));
        assert!(lanes.device_tries(&device(1), &TEN, Time(1)).is_ok());
    }

    #[test]
    fn five_failures_in_a_row_cost_a_device_its_mark() {
        let mut lanes = Lanes::default();
        lanes.mark(device(1), Time(0));
        lanes.mark(device(2), Time(0));
        for _ in 0..5 {
            assert!(lanes.device_tries(&device(1), &TEN, Time(1)).is_ok());
        }
        assert!(!lanes.is_marked(&device(1), Time(1)));
        assert!(lanes.is_marked(&device(2), Time(1)));
    }

    #[test]
    fn ten_devices_are_marked_for_half_a_year_after_their_last_use() {
        let mut lanes = Lanes::default();
        for n in 0..11 {
            lanes.mark(device(n), Time(i64::from(n)));
        }
        assert!(!lanes.is_marked(&device(0), Time(20)));
        assert!(lanes.is_marked(&device(1), Time(20)));
        assert!(!lanes.is_marked(&device(1), Time(1) + Span::days(180)));
        lanes.unmark_others(Some(&device(5)));
        assert!(lanes.is_marked(&device(5), Time(20)) && !lanes.is_marked(&device(6), Time(20)));
    }

    #[test]
    fn failures_are_remembered_for_thirty_days() {
        let mut lanes = Lanes::default();
        for _ in 0..5 {
            lanes.stranger_tries(&FIVE, Time(0)).unwrap();
        }
        let end = lanes.wake_at().unwrap();
        assert_eq!(end, Time(0) + Span::days(30));
        lanes.sweep(end);
        assert_eq!(lanes, Lanes::default());
    }
}
