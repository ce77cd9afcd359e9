//! What a link answers, to the millisecond.

use serde_json::json;

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

const UNTIL: Time = Time(1_000_000);

fn token(seed: u8) -> TokenHash {
    Token::mint(LinkKind::Link, "lnk", &mut Same(seed)).hash()
}

fn visit(n: u8) -> VisitId {
    VisitId::from_bits(&[n; 16])
}

fn account(n: u8) -> AccountId {
    AccountId::from_bits(&[n; 16])
}

fn link(uses: Uses, person: Option<Bound>) -> LinkState {
    let claims = json!({"report": 42});
    let terms = Terms {
        id: LinkId::from_bits(&[1; 16]),
        token: token(1),
        path: "/reports/42".to_owned(),
        claims: Claims::parse(claims.as_object().unwrap()).unwrap(),
        until: UNTIL,
        uses,
        skip_page: false,
        person,
        by: "ops".to_owned(),
    };
    let mut state = LinkState::default();
    assert_eq!(state.handle(Command::Make(terms), Time(0)), Answer::Made);
    state
}

fn open(state: &mut LinkState, visit: VisitId, now: Time) -> Answer {
    let command = Command::Open {
        token: token(1),
        visit,
        account: None,
    };
    state.handle(command, now)
}

fn is_granted(answer: &Answer) -> bool {
    matches!(answer, Answer::Granted(grant) if grant.path == "/reports/42")
}

#[test]
fn it_opens_as_often_as_was_agreed() {
    let mut state = link(Uses::Times(2), None);
    assert!(is_granted(&open(&mut state, visit(1), Time(1))));
    assert!(is_granted(&open(&mut state, visit(2), Time(2))));
    assert_eq!(open(&mut state, visit(3), Time(3)), Answer::Used);
    let look = Command::Look { token: token(1) };
    assert_eq!(state.handle(look, Time(4)), Answer::Used);
    let ask = state.handle(Command::Ask, Time(5));
    assert!(is_granted(&ask), "those who opened it stay in");
}

#[test]
fn looking_counts_nothing() {
    let mut state = link(Uses::Times(1), None);
    let before = state.clone();
    for _ in 0..10 {
        let look = Command::Look { token: token(1) };
        assert!(matches!(
            state.handle(look, Time(1)),
            Answer::Live {
                skip_page: false,
                ..
            }
        ));
    }
    assert_eq!(state, before);
}

#[test]
fn an_equal_post_counts_once_for_ten_minutes() {
    let mut state = link(Uses::Times(2), None);
    for now in [Time(0), Time(1), Time(REPEATABLE.0 - 1)] {
        assert!(is_granted(&open(&mut state, visit(1), now)), "{now:?}");
    }
    let mut later = state.clone();
    assert!(is_granted(&open(&mut later, visit(2), Time(2))));
    assert!(is_granted(&open(&mut state, visit(1), Time(REPEATABLE.0))));
    for mut state in [state, later] {
        let answer = open(&mut state, visit(3), Time(REPEATABLE.0));
        assert_eq!(answer, Answer::Used, "two uses were made");
    }
}

#[test]
fn it_ends_at_its_moment_and_nothing_is_left() {
    let mut state = link(Uses::UntilExpiry, None);
    assert_eq!(state.wake_at(), Some(UNTIL));
    let last = UNTIL - Span(1);
    assert!(is_granted(&open(&mut state, visit(1), last)));
    assert!(is_granted(&state.handle(Command::Ask, last)));
    for command in [Command::Ask, Command::Tell, Command::Revoke] {
        let mut state = state.clone();
        assert_eq!(state.handle(command, UNTIL), Answer::Absent);
        assert_eq!(state, LinkState::default());
    }
    assert_eq!(open(&mut state, visit(2), UNTIL), Answer::Absent);
}

#[test]
fn another_token_is_nothing() {
    let mut state = link(Uses::UntilExpiry, None);
    let before = state.clone();
    let open = Command::Open {
        token: token(2),
        visit: visit(1),
        account: None,
    };
    assert_eq!(state.handle(open, Time(1)), Answer::Absent);
    let look = Command::Look { token: token(2) };
    assert_eq!(state.handle(look, Time(1)), Answer::Absent);
    assert_eq!(state, before);
}

#[test]
fn revoked_it_lets_nobody_in_and_is_still_told_of() {
    let mut state = link(Uses::Times(5), None);
    assert!(is_granted(&open(&mut state, visit(1), Time(1))));
    for _ in 0..2 {
        assert_eq!(state.handle(Command::Revoke, Time(2)), Answer::Revoked);
    }
    assert_eq!(state.handle(Command::Ask, Time(3)), Answer::Absent);
    assert_eq!(open(&mut state, visit(1), Time(3)), Answer::Absent);
    assert_eq!(open(&mut state, visit(2), Time(3)), Answer::Absent);
    let Answer::Told(told) = state.handle(Command::Tell, Time(4)) else {
        panic!("a link that can be told of");
    };
    assert!(told.revoked && told.spent == 1);
}

#[test]
fn a_link_for_a_person_opens_for_them_alone_and_costs_no_use_before() {
    let bound = Bound {
        account: account(7),
        epoch: 1,
    };
    let mut state = link(Uses::Times(1), Some(bound.clone()));
    assert_eq!(state.bound(), Some(&bound));
    let as_account = |account: Option<AccountId>| Command::Open {
        token: token(1),
        visit: visit(1),
        account,
    };
    for other in [None, Some(account(8))] {
        let answer = state.handle(as_account(other), Time(1));
        assert_eq!(answer, Answer::OnlyFor(account(7)));
    }
    let answer = state.handle(as_account(Some(account(7))), Time(2));
    assert!(matches!(answer, Answer::Granted(grant) if grant.account == Some(account(7))));
    state.void();
    assert_eq!(state.handle(Command::Ask, Time(3)), Answer::Absent);
    assert_eq!(state.bound(), None, "nobody needs to be asked any more");
}
