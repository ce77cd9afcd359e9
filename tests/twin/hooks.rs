//! The operator's hooks: a server that checks every signature before it believes a question, writes down
//! what it was asked, and answers what the test says.

use std::collections::BTreeMap;

use edgeward::{
    kit::time::Span,
    outbox::{HOOK_PATIENCE, HookFailure, HookResponse, Webhook},
};
use serde_json::Value;

use super::{notifier::proved, world::World};

/// What a hook does with a question.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Answers, after a while.
    After(Span, HookResponse),
    /// Never answers.
    Hangs,
    /// Closes the connection in the middle of its answer.
    BreaksOff,
}

/// A question that a hook was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `webhook-id`.
    pub id: String,
    /// The type.
    pub kind: String,
    /// What it is about.
    pub data: Value,
    /// The body to the byte.
    pub body: String,
}

/// Every hook.
#[derive(Default)]
pub struct Hooks {
    /// What each answers, by its URL.
    pub answers: BTreeMap<String, Answer>,
    /// What they were asked and nobody looked at.
    pub asked: Vec<Asked>,
}

/// Where the hook of this name is.
pub fn hook_url(name: &str) -> String {
    format!("https://hooks.example.org/{name}")
}

impl Answer {
    /// An answer with another status or type than usual.
    pub fn raw(status: u16, content_type: &str, body: &str) -> Self {
        let response = HookResponse {
            status,
            content_type: content_type.to_owned(),
            body: body.to_owned(),
        };
        Self::After(Span::ZERO, response)
    }

    /// The same answer after a while.
    #[must_use]
    pub fn after(self, span: Span) -> Self {
        match self {
            Self::After(_, response) => Self::After(span, response),
            other => other,
        }
    }
}

/// An answer as a hook means it.
impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self::raw(200, "application/json", &body.to_string())
    }
}

impl World {
    /// A question to a hook, and what the gateway hears of it. Time passes as the runtime lets it.
    pub(super) fn consult(
        &self,
        url: &str,
        webhook: &Webhook,
    ) -> Result<HookResponse, HookFailure> {
        let json = proved(webhook, self.now());
        let mut hooks = self.hooks.borrow_mut();
        hooks.asked.push(Asked {
            id: webhook.id.to_string(),
            kind: json["type"].as_str().expect("a type").to_owned(),
            data: json["data"].clone(),
            body: webhook.body.reveal().to_owned(),
        });
        let answer = hooks.answers.get(url).cloned();
        match answer.unwrap_or_else(|| panic!("no answer is known for {url}")) {
            Answer::After(span, response) if span < HOOK_PATIENCE => {
                self.advance_to(self.now() + span);
                Ok(response)
            }
            Answer::After(..) | Answer::Hangs => {
                self.advance_to(self.now() + HOOK_PATIENCE);
                Err(HookFailure::Late)
            }
            Answer::BreaksOff => Err(HookFailure::Broken),
        }
    }
}
