//! Webhooks: what the notifier is told and the hooks are asked, how it is signed, and what an answer means.
//!
//! Standard Webhooks 1.0: the body is JSON `{"type", "timestamp", "data"}`, the headers `webhook-id`,
//! `webhook-timestamp` and `webhook-signature` prove who sent it and when. The id is the errand's: the
//! same at every try, so a receiver that got a letter twice can tell.

mod hook;
mod letter;
mod sign;

pub use hook::{
    Decision, HookFailure, HookResponse, LARGEST_ANSWER, Method, Moment, PATIENCE as HOOK_PATIENCE,
    Question, Subject,
};
pub use letter::{Kind, Letter};
pub use sign::{Secrets, Webhook};

use crate::kit::{
    queue::LONGEST_WAIT,
    time::{Span, Time},
};

/// How long a receiver may take.
pub const PATIENCE: Span = Span::seconds(15);

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After` as it came.
    pub retry_after: Option<String>,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// The receiver has it.
    Delivered,
    /// It has to be tried again, and not before this moment when one is named.
    Later(Option<Time>),
}

impl Receipt {
    /// Any 2xx is a delivery. Everything else, redirects too, is to be tried again: a notifier that is
    /// down for an hour must not cost anybody a letter.
    pub fn fate(&self, now: Time) -> Fate {
        if (200..300).contains(&self.status) {
            return Fate::Delivered;
        }
        let seconds = self
            .retry_after
            .as_deref()
            .and_then(|text| text.trim().parse::<u32>().ok());
        Fate::Later(
            seconds.map(|seconds| now + Span::seconds(i64::from(seconds)).min(LONGEST_WAIT)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_2xx_is_a_delivery_and_retry_after_is_obeyed() {
        let fate = |status, after: Option<&str>| {
            Receipt {
                status,
                retry_after: after.map(str::to_owned),
            }
            .fate(Time(0))
        };
        assert_eq!(fate(204, None), Fate::Delivered);
        for status in [199, 302, 400, 410, 500] {
            assert_eq!(fate(status, None), Fate::Later(None), "{status}");
        }
        assert_eq!(fate(429, Some("120")), Fate::Later(Some(Time(120_000))));
        assert_eq!(
            fate(503, Some("999999999")),
            Fate::Later(Some(Time(0) + Span::days(1)))
        );
        assert_eq!(
            fate(503, Some("Wed, 21 Oct 2026 07:28:00 GMT")),
            Fate::Later(None)
        );
    }
}
