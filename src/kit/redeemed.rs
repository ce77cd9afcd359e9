//! Tokens that were redeemed, and what their posts were answered.
//!
//! A token works once. Whoever posts it again is told that it was used; only an equal post of the same
//! page (same visit, same fields) gets the same answer again for ten minutes, because the first answer may
//! have been lost on its way. That never redeems anything again.

use serde::{Deserialize, Serialize};

use super::{
    id::VisitId,
    time::{Span, Time},
    token::{TokenHash, Tokens},
};

/// How long an equal post gets the same answer again.
const REPEATABLE: Span = Span::minutes(10);
/// How long a used token is known as used.
const REMEMBERED: Span = Span::days(1);
/// How many used tokens are remembered; the oldest go.
const MOST: usize = 24;

/// A token that was posted, and what came with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The token shown.
    pub token: TokenHash,
    /// The page it was posted from; a script has none and is never answered twice.
    pub visit: Option<VisitId>,
    /// A keyed digest of the other fields, so that an equal post can be told from another one.
    pub fields: String,
}

/// Redeemed tokens, each with what its post was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redeemed<A>(Vec<Row<A>>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row<A> {
    token: TokenHash,
    until: Time,
    #[serde(default = "none")]
    answer: Option<Repeatable<A>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Repeatable<A> {
    visit: VisitId,
    fields: String,
    until: Time,
    answer: A,
}

fn none<A>() -> Option<Repeatable<A>> {
    None
}

/// What posting a token that is not live comes to.
#[derive(Debug, PartialEq)]
pub enum Again<A> {
    /// It was never live here, or is forgotten.
    Unknown,
    /// It was redeemed.
    Used,
    /// The post was made before; this was its answer.
    Answered(A),
}

impl<A> Default for Redeemed<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: Clone> Redeemed<A> {
    /// Redeems: the posted token and every other one of its purpose are live no longer, and what the post
    /// is answered is remembered.
    pub fn redeem<T: Clone + PartialEq>(
        &mut self,
        tokens: &mut Tokens<T>,
        post: &Post,
        answer: A,
        now: Time,
    ) {
        self.redeem_alike(tokens, post, answer, now, |_| true);
    }

    /// The same, where one list holds tokens of several purposes: `alike` tells those of this one.
    pub fn redeem_alike<T: Clone + PartialEq>(
        &mut self,
        tokens: &mut Tokens<T>,
        post: &Post,
        answer: A,
        now: Time,
        alike: impl Fn(&T) -> bool,
    ) {
        let until = now + REMEMBERED;
        let gone = tokens.take_where(alike);
        let others = gone.into_iter().filter(|hash| *hash != post.token);
        self.0.extend(others.map(|token| Row {
            token,
            until,
            answer: None,
        }));
        self.0.push(Row {
            token: post.token.clone(),
            until,
            answer: post.visit.clone().map(|visit| Repeatable {
                visit,
                fields: post.fields.clone(),
                until: now + REPEATABLE,
                answer,
            }),
        });
        self.0.drain(..self.0.len().saturating_sub(MOST));
    }

    /// What this post comes to, when its token is not live.
    pub fn again(&self, post: &Post, now: Time) -> Again<A> {
        let Some(row) = self.0.iter().find(|row| row.token == post.token) else {
            return Again::Unknown;
        };
        let equal = |repeatable: &&Repeatable<A>| {
            now < repeatable.until
                && Some(&repeatable.visit) == post.visit.as_ref()
                && repeatable.fields == post.fields
        };
        let answer = row.answer.as_ref().filter(equal);
        answer.map_or(Again::Used, |repeatable| {
            Again::Answered(repeatable.answer.clone())
        })
    }

    /// Whether this token was redeemed.
    pub fn knows(&self, token: &TokenHash) -> bool {
        self.0.iter().any(|row| row.token == *token)
    }

    /// Every answer that may be given again.
    pub fn answers_mut(&mut self) -> impl Iterator<Item = &mut A> {
        self.0
            .iter_mut()
            .filter_map(|row| Some(&mut row.answer.as_mut()?.answer))
    }

    /// Drops what is remembered no longer. Nothing is remembered for as long as a clock was ahead.
    pub fn sweep(&mut self, now: Time) {
        self.0.retain(|row| now < row.until);
        for row in &mut self.0 {
            row.until = row.until.min(now + REMEMBERED);
            row.answer.take_if(|answer| answer.until <= now);
            if let Some(answer) = &mut row.answer {
                answer.until = answer.until.min(now + REPEATABLE);
            }
        }
    }

    /// When there is something to sweep.
    pub fn wake_at(&self) -> Option<Time> {
        let ends = |row: &Row<A>| row.answer.as_ref().map_or(row.until, |answer| answer.until);
        self.0.iter().map(ends).min()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{
        dice::Dice,
        token::{LinkKind, Token},
    };

    struct Same(u8);
    impl Dice for Same {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn post(token: u8, visit: Option<u8>, fields: &str) -> Post {
        Post {
            token: Token::mint(LinkKind::Reset, "abc", &mut Same(token)).hash(),
            visit: visit.map(|visit| VisitId::from_bits(&[visit; 16])),
            fields: fields.into(),
        }
    }

    #[test]
    fn an_equal_post_is_answered_again_for_ten_minutes_and_no_other() {
        let mut tokens = Tokens::default();
        tokens.remember(post(1, None, "").token, Time(10), ());
        tokens.remember(post(2, None, "").token, Time(10), ());
        let mut redeemed = Redeemed::default();
        redeemed.redeem(&mut tokens, &post(1, Some(7), "f"), "done", Time(0));
        assert!(tokens.is_empty(), "every token of the purpose is gone");
        let again = |token, visit, fields, now| redeemed.again(&post(token, visit, fields), now);
        assert_eq!(again(1, Some(7), "f", Time(1)), Again::Answered("done"));
        assert_eq!(again(1, Some(7), "g", Time(1)), Again::Used);
        assert_eq!(again(1, Some(8), "f", Time(1)), Again::Used);
        assert_eq!(again(1, None, "f", Time(1)), Again::Used);
        assert_eq!(again(1, Some(7), "f", Time(0) + REPEATABLE), Again::Used);
        assert_eq!(again(2, Some(7), "f", Time(1)), Again::Used);
        assert_eq!(again(3, Some(7), "f", Time(1)), Again::Unknown);
    }

    #[test]
    fn a_script_is_never_answered_twice() {
        let mut redeemed = Redeemed::default();
        let mut tokens = Tokens::<()>::default();
        redeemed.redeem(&mut tokens, &post(1, None, "f"), "done", Time(0));
        assert_eq!(redeemed.again(&post(1, None, "f"), Time(1)), Again::Used);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_swept() {
        let mut redeemed = Redeemed::default();
        let mut tokens = Tokens::<()>::default();
        for token in 0..100 {
            redeemed.redeem(&mut tokens, &post(token, None, ""), (), Time(0));
        }
        assert_eq!(redeemed.0.len(), MOST);
        assert!(redeemed.knows(&post(99, None, "").token));
        redeemed.sweep(Time(0) + REMEMBERED);
        assert!(redeemed.is_empty());
    }
}
