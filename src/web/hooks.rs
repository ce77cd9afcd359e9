//! The operator's hooks: when one is asked, what silence means, and whether it is obeyed.
//!
//! A hook that denies is obeyed, and so is its message. One that gives no right answer in time denies,
//! unless `HOOK_FAILURE` lets that pass; then nothing of it counts. In shadow mode every hook is asked,
//! what it says is logged, and nobody obeys.
//!
//! Nothing is redeemed, written or opened before the hook agreed, so whoever was not let in by a hook
//! that is down tries again. The one place where a [`HookAllowed`] is made.

use super::{flow::Visit, happening::Outcome, realm::Realm, reply::Reply};
use crate::{
    account::{Heard, HookAllowed},
    config::{Hook, HookMode, OnFailure},
    kit::{email::EmailAddress, id::ErrandId, return_path::ReturnPath, time::Span},
    outbox::{Decision, HookFailure, Method, Moment, Question, Subject},
    pages::Code,
};

/// When it is worth asking a hook again that did not answer.
const LATER: Span = Span::minutes(1);

/// What the sign-in hook has to say to a session.
#[derive(Debug)]
pub struct HookWord {
    /// That it may be opened, and with which roles.
    pub allowed: HookAllowed,
    /// Where to go now; it comes before where the visitor wanted to go.
    pub redirect: Option<ReturnPath>,
}

/// Why a hook stops somebody.
enum Refusal {
    Denied(Option<String>),
    Unanswered,
}

impl<R: Realm> Visit<'_, R> {
    /// May somebody sign up with this address? Asked before anyone looks whether it is known.
    pub(super) async fn before_registration_hook(&self, email: &EmailAddress) -> Result<(), Reply> {
        let subject = Subject {
            email,
            account: None,
            roles: &[],
            method: Method::Password,
        };
        self.hook(Moment::BeforeRegistration, subject)
            .await
            .map(drop)
    }

    /// May this account come to be? Asked before anything is redeemed.
    pub(super) async fn registration_hook(&self, subject: Subject<'_>) -> Result<(), Reply> {
        self.hook(Moment::Registration, subject).await.map(drop)
    }

    /// May whoever proved to be this person be signed in?
    pub(super) async fn login_hook(&self, subject: Subject<'_>) -> Result<HookWord, Reply> {
        self.hook(Moment::Login, subject).await
    }

    async fn hook(&self, moment: Moment, subject: Subject<'_>) -> Result<HookWord, Reply> {
        let hooks = &self.site.config.hooks;
        let hook = match moment {
            Moment::BeforeRegistration => &hooks.before_registration,
            Moment::Registration => &hooks.registration,
            Moment::Login => &hooks.login,
        };
        let Some(hook) = hook else {
            return Ok(HookWord::of(HookAllowed::without_hook()));
        };
        let decision = self.ask(hook, moment, subject).await;
        let cause = match &decision {
            Err(failure) => format!(" {failure}"),
            Ok(_) => String::new(),
        };
        let (event, word) = rule(decision, hook.on_failure, hooks.mode);
        let event = format!("{}: {event}{cause}", moment.as_str());
        let outcome = match &word {
            Ok(_) => Outcome::Done,
            Err(Refusal::Denied(_)) => Outcome::Refused,
            Err(Refusal::Unanswered) => Outcome::Failed,
        };
        self.log_with(&event, outcome, subject.account);
        word.map_err(|refusal| self.typed(refusal.reply()))
    }

    async fn ask(
        &self,
        hook: &Hook,
        moment: Moment,
        subject: Subject<'_>,
    ) -> Result<Decision, HookFailure> {
        let now = self.realm.now();
        let network = self.network.shortened();
        let question = Question {
            moment,
            asked: now,
            subject,
            network: &network,
            user_agent: self.head.header("user-agent"),
            request: &self.head.id,
        };
        let id = ErrandId::fresh(&mut *self.realm.dice());
        let webhook = self.site.rules.webhooks.sign(id, question.body(), now);
        let response = self.realm.hook(&hook.url, &webhook).await?;
        Decision::read(&response, &self.site.prefixes())
    }
}

/// What is made of a decision, or of none; and what the log says of it.
fn rule(
    decision: Result<Decision, HookFailure>,
    on_failure: OnFailure,
    mode: HookMode,
) -> (&'static str, Result<HookWord, Refusal>) {
    use Decision::{Allow, Deny};
    use HookMode::{Enforce, Shadow};
    let plain = |heard| Ok(HookWord::of(HookAllowed::by_hook(heard, Vec::new())));
    match (mode, decision) {
        (Enforce, Ok(Allow { roles, redirect })) => {
            let allowed = HookAllowed::by_hook(Heard::Allowed, roles);
            ("allowed", Ok(HookWord { allowed, redirect }))
        }
        (Enforce, Ok(Deny { message })) => ("denied", Err(Refusal::Denied(message))),
        (Enforce, Err(_)) => match on_failure {
            OnFailure::Allow => ("let_pass", plain(Heard::Unanswered)),
            OnFailure::Deny => ("unanswered", Err(Refusal::Unanswered)),
        },
        (Shadow, Ok(Allow { .. })) => ("shadow_allowed", plain(Heard::ShadowAllowed)),
        (Shadow, Ok(Deny { .. })) => ("shadow_denied", plain(Heard::ShadowDenied)),
        (Shadow, Err(_)) => ("shadow_unanswered", plain(Heard::ShadowUnanswered)),
    }
}

impl HookWord {
    fn of(allowed: HookAllowed) -> Self {
        Self {
            allowed,
            redirect: None,
        }
    }
}

impl Refusal {
    fn reply(self) -> Reply {
        match self {
            Self::Denied(message) => Reply {
                custom: message,
                ..Reply::new(403, Code::HookDenied)
            },
            Self::Unanswered => Reply {
                wait: Some(LATER),
                ..Reply::new(503, Code::HookUnavailable)
            },
        }
    }
}
