//! Until when what was signed is good, the same in both forms. Seconds since 1970.

use crate::reason::{Reason, demand};

pub(crate) const CLOCK_DIFFERENCE: i64 = 5;
const LONGEST_LIFE: i64 = 60;

pub(crate) fn demand_timely(created: i64, expires: i64, now: i64) -> Result<(), Reason> {
    let latest = now.saturating_add(CLOCK_DIFFERENCE);
    demand(created <= latest, Reason::FromFuture)?;
    demand(now < expires, Reason::Expired)?;
    let life = expires.saturating_sub(created);
    demand(life <= LONGEST_LIFE, Reason::LivesTooLong)
}
