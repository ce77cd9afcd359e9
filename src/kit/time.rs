//! Time as a value. Nothing here reads a clock: the edge reads it once per request and passes it in.

use core::{fmt, ops};

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Time {
    /// Whole seconds since the epoch, as signed headers carry them.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// From whole seconds since the epoch.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// This moment, or the next one that is a whole second.
    #[must_use]
    pub fn second_up(self) -> Self {
        Self::from_unix_seconds(Span(self.0).seconds_up())
    }

    /// Reads RFC 3339, with any offset.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let moment = time::OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis).ok().map(Self)
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0))
    }

    /// How long until `later`; zero when it has passed.
    pub fn until(self, later: Self) -> Span {
        later.since(self)
    }

    /// RFC 3339 in UTC with whole seconds, as JSON and webhooks carry it.
    pub fn rfc3339(self) -> String {
        time::OffsetDateTime::from_unix_timestamp(self.unix_seconds())
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_default()
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of whole seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// A span of whole minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }

    /// A span of whole hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// A span of whole days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self::hours(days.saturating_mul(24))
    }

    /// Whole seconds, rounded up: a `Retry-After` that is never too early.
    pub const fn seconds_up(self) -> i64 {
        self.0.saturating_add(999).div_euclid(1000)
    }

    /// This span, `factor` times.
    #[must_use]
    pub const fn times(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    /// Reads `90s`, `15m`, `24h`, `7d` or `250ms`. Zero and anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (count, unit) = text.split_at_checked(digits)?;
        let count: i64 = count.parse().ok()?;
        let unit = match unit {
            "ms" => Self(1),
            "s" => Self::seconds(1),
            "m" => Self::minutes(1),
            "h" => Self::hours(1),
            "d" => Self::days(1),
            _ => return None,
        };
        let span = Self(unit.0.checked_mul(count)?);
        (span.0 > 0).then_some(span)
    }
}

impl ops::Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl ops::Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Span {
    /// `24h`, `15m`, `90s`: the largest unit that is exact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, name) in [
            (Self::days(1), "d"),
            (Self::hours(1), "h"),
            (Self::minutes(1), "m"),
            (Self::seconds(1), "s"),
        ] {
            if self.0 != 0 && self.0.checked_rem(unit.0) == Some(0) {
                return write!(f, "{}{name}", self.0.div_euclid(unit.0));
            }
        }
        write!(f, "{}ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_operators_write_them() {
        for (text, span) in [
            ("24h", Some(Span::days(1))),
            ("60m", Some(Span::hours(1))),
            ("250ms", Some(Span(250))),
            ("0s", None),
            ("-1s", None),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(Span::parse(text), span, "{text}");
        }
        assert_eq!(Span::days(1).to_string(), "1d");
        assert_eq!(Span::minutes(90).to_string(), "90m");
    }

    #[test]
    fn times_are_written_as_rfc_3339() {
        assert_eq!(Time(1_795_420_800_999).rfc3339(), "2026-11-23T08:00:00Z");
        assert_eq!(Time(999).unix_seconds(), 0);
        let read = Time::parse_rfc3339;
        assert_eq!(
            read("2026-11-23T09:00:00.5+01:00"),
            Some(Time(1_795_420_800_500))
        );
        for other in ["", "2026-11-23", "2026-11-23T08:00:00", "1795420800"] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(Time(1_001).second_up(), Time(2_000));
        assert_eq!(Time(2_000).second_up(), Time(2_000));
        assert_eq!(Span(1).seconds_up(), 1);
    }
}
