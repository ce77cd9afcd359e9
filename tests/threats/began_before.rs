//! What began before an end is void after it: a letter that the notifier did not take yet, a link in a mail,
//! the page of a link with its button, a change of address that was asked for.

use edgeward::kit::time::Span;
use serde_json::{Value, json};

use crate::twin::{
    BETTER, GOOD, Mail, Notifier, Twin, Visitor,
    figures::{figure, scale},
};

const ADA: &str = "ada@example.org";
const NEW: &str = "ada@example.net";
const OLD: &str = "ada@example.com";
const ROW: &str = "began_before";

/// What ends whatever began before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Reset,
    PasswordChange,
    SignedOutEverywhere,
    EndedByOperator,
    Disabled,
    DisabledAndBack,
    ForcedChange,
    Deleted,
    DeletedAndBack,
    AddressTakenBack,
}

const ENDS: [End; 10] = [
    End::Reset,
    End::PasswordChange,
    End::SignedOutEverywhere,
    End::EndedByOperator,
    End::Disabled,
    End::DisabledAndBack,
    End::ForcedChange,
    End::Deleted,
    End::DeletedAndBack,
    End::AddressTakenBack,
];

/// What somebody has in hand when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Began {
    /// A link in a mail that was not opened yet.
    Mailed(What),
    /// The page of a link, its button not yet pressed.
    Opened(What),
    /// A letter that the notifier did not take yet.
    OnItsWay(What),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Reset,
    Magic,
    Email,
}

const BEGUN: [Began; 9] = [
    Began::Mailed(What::Reset),
    Began::Mailed(What::Magic),
    Began::Mailed(What::Email),
    Began::Opened(What::Reset),
    Began::Opened(What::Magic),
    Began::Opened(What::Email),
    Began::OnItsWay(What::Reset),
    Began::OnItsWay(What::Magic),
    Began::OnItsWay(What::Email),
];

impl What {
    fn is_asked(self, by: &mut Visitor) {
        match self {
            Self::Reset => _ = by.forgets_password(),
            Self::Magic => _ = by.asks_for_link_to("/"),
            Self::Email => _ = by.acts("change-email", &[("email", NEW)]),
        }
    }

    /// Where its letter goes.
    fn to(self) -> &'static str {
        match self {
            Self::Reset | Self::Magic => ADA,
            Self::Email => NEW,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Reset => "auth.reset",
            Self::Magic => "auth.magic",
            Self::Email => "auth.email_change",
        }
    }
}

fn operator_changes(twin: &Twin, account: &str, change: &Value) {
    let target = format!("/auth/admin/accounts/{account}");
    let page = twin.operator("ops").patches(&target, change);
    assert_eq!(page.code(), "auth.admin.updated");
}

/// The owner, at a browser of their own, ends it. `password` is theirs afterwards.
fn ends(twin: &Twin, owner: &mut Visitor, account: &str, link: &str, end: End) {
    let deletes = |owner: &mut Visitor| {
        owner.acts("delete-account", &[("password", GOOD)]);
        assert_eq!(owner.told, "auth.account.deletion_started");
    };
    match end {
        End::Reset => {
            owner.visits(link).chooses(BETTER);
            assert_eq!(owner.told, "auth.reset.success");
        }
        End::PasswordChange => {
            owner.acts(
                "change-password",
                &[("password", GOOD), ("newPassword", BETTER)],
            );
            assert_eq!(owner.told, "auth.password.changed");
        }
        End::SignedOutEverywhere => _ = owner.acts("end-all", &[]),
        End::EndedByOperator => operator_changes(twin, account, &json!({ "endSessions": true })),
        End::Disabled => operator_changes(twin, account, &json!({ "enabled": false })),
        End::DisabledAndBack => {
            operator_changes(twin, account, &json!({ "enabled": false }));
            operator_changes(twin, account, &json!({ "enabled": true }));
        }
        End::ForcedChange => {
            operator_changes(twin, account, &json!({ "forcePasswordChange": true }));
        }
        End::Deleted => deletes(owner),
        End::DeletedAndBack => {
            deletes(owner);
            twin.notifier(Notifier::default());
            let mut back = owner.elsewhere();
            back.opens_mail().presses();
            assert_eq!(back.told, "auth.undo.deletion");
        }
        End::AddressTakenBack => {
            owner.visits(link).presses();
            assert_eq!(owner.told, "auth.undo.email");
        }
    }
}

/// The link of the newest mail of this kind, if there is one.
fn mailed(twin: &Twin, what: What) -> Option<String> {
    let mails = twin.mails();
    let ours = |mail: &&Mail| mail.kind == what.kind() && mail.to == what.to();
    mails
        .iter()
        .rev()
        .filter(ours)
        .find_map(|mail| mail.link.clone())
}

fn presses_whatever_there_is(thief: &mut Visitor) {
    if thief.page().input("visit").is_none() {
        return;
    }
    if thief.page().asks_for("password") {
        thief.chooses("the password of a thief, at last");
    } else {
        thief.presses();
    }
}

/// Somebody with two browsers, and the link by which the owner will end things, where that takes one.
struct Scene {
    twin: Twin,
    account: String,
    /// The browser at which things begin.
    ada: Visitor,
    /// The one at which they end.
    owner: Visitor,
    link: String,
}

impl Scene {
    fn before(end: End) -> Self {
        let twin = Twin::new();
        twin.leaves_mail_unread();
        let moves = end == End::AddressTakenBack;
        let mut ada = twin.member(if moves { OLD } else { ADA });
        let account = ada.account();
        let mut link = String::new();
        if moves {
            ada.moves_to(ADA);
            link = ada.reads(OLD).receives_link();
        }
        let mut owner = ada.elsewhere();
        owner.visits("/login").signs_in();
        assert!(owner.is_signed_in());
        if end == End::Reset {
            link = owner.forgets_password().receives_link();
        }
        Self {
            twin,
            account,
            ada,
            owner,
            link,
        }
    }

    fn ends(&mut self, end: End) -> Vec<String> {
        ends(&self.twin, &mut self.owner, &self.account, &self.link, end);
        self.twin.journal(&self.account)
    }
}

/// Whether it held: nobody is in by what began before, no link of it was mailed, and nothing was done.
fn holds(began: Began, end: End) -> bool {
    let mut scene = Scene::before(end);
    let mut thief = scene.ada.elsewhere();
    let (Began::Mailed(what) | Began::Opened(what) | Began::OnItsWay(what)) = began;
    let journal = if let Began::OnItsWay(_) = began {
        scene.twin.notifier(Notifier::Answers(503, None));
        what.is_asked(&mut scene.ada);
        scene.twin.runs_alarms();
        let journal = scene.ends(end);
        scene.twin.notifier(Notifier::default());
        scene.twin.waits(Span::minutes(30));
        if let Some(link) = mailed(&scene.twin, what) {
            // The link that the owner came back by was mailed before.
            if link != scene.link {
                return false;
            }
        }
        journal
    } else {
        what.is_asked(&mut scene.ada);
        let link = mailed(&scene.twin, what).unwrap();
        thief.visits(&link);
        assert!(thief.page().asks_for("visit"), "{began:?}: it is good");
        if let Began::Mailed(_) = began {
            thief = thief.elsewhere();
        }
        let journal = scene.ends(end);
        if let Began::Mailed(_) = began {
            thief.visits(&link);
        }
        presses_whatever_there_is(&mut thief);
        journal
    };
    let done = scene.twin.journal(&scene.account);
    !thief.is_signed_in() && done.iter().all(|line| journal.contains(line))
}

#[test]
fn no_letter_link_or_change_of_before_is_worth_anything_after() {
    let stride = scale(2, 1);
    for (place, end) in ENDS.into_iter().enumerate() {
        for began in BEGUN.into_iter().skip(place % stride).step_by(stride) {
            let held = holds(began, end);
            figure(ROW, 1, usize::from(held));
            assert!(held, "{began:?} before {end:?}");
        }
    }
}

/// Other roles end nothing: a link of before is good, and gives what the account may do now.
#[test]
fn a_link_of_before_other_roles_gives_those_of_now() {
    for what in [What::Reset, What::Magic] {
        let mut scene = Scene::before(End::EndedByOperator);
        let (twin, account) = (&scene.twin, scene.account.as_str());
        operator_changes(twin, account, &json!({ "roles": ["admin"] }));
        what.is_asked(&mut scene.ada);
        let link = mailed(twin, what).unwrap();
        let mut late = scene.ada.elsewhere();
        late.visits(&link);
        operator_changes(twin, account, &json!({ "roles": [] }));
        presses_whatever_there_is(&mut late);
        if what == What::Reset {
            late.visits("/login").signs_in();
        }
        assert!(late.is_signed_in(), "{what:?}");
        let page = late.fetches("GET", "/admin/page");
        figure(ROW, 1, usize::from(page.status == 403));
        assert_eq!(page.status, 403, "{what:?}");
    }
}
