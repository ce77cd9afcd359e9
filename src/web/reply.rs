//! What an action answers, before it is known whether a page or a script asked.
//!
//! One action, two surfaces: JSON gets the whole answer at once; a form gets a 303 and reads the answer on
//! the page it lands on, out of the flash cookie.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::cookie::{Flash, SetCookie};
use crate::{
    account::Opened,
    kit::{
        sorted,
        time::{Span, Time},
    },
    pages::{Code, Feedback, FieldErrors, Words},
};

/// An HTTP response of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers, lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// What an action answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status for JSON; a form always gets 303.
    pub status: u16,
    /// What happened.
    pub code: Code,
    /// A hook's own words for it.
    pub custom: Option<String>,
    /// Refused fields.
    pub fields: FieldErrors,
    /// Where to go now. Forms that were refused go back to their own page.
    pub go: Option<String>,
    /// Whose session it is.
    pub opened: Option<Opened>,
    /// More members of the JSON answer.
    pub more: Map<String, Value>,
    /// How long to wait.
    pub wait: Option<Span>,
    /// Cookies to set.
    pub cookies: Vec<SetCookie>,
    /// Leaves on the beat, so that its time tells nothing.
    pub on_the_beat: bool,
    /// What was typed as address, for the form that is shown again.
    pub typed: Option<String>,
}

impl Reply {
    /// An answer of this status and code.
    pub fn new(status: u16, code: Code) -> Self {
        Self {
            status,
            code,
            custom: None,
            fields: FieldErrors::none(),
            go: None,
            opened: None,
            more: Map::new(),
            wait: None,
            cookies: Vec::new(),
            on_the_beat: false,
            typed: None,
        }
    }

    /// Some fields are not what they must be.
    pub fn fields(errors: FieldErrors) -> Self {
        let missing = errors.iter().any(|(_, code)| code == Code::FieldRequired);
        let code = if missing {
            Code::FieldRequired
        } else {
            Code::FieldInvalid
        };
        Self {
            fields: errors,
            ..Self::new(422, code)
        }
    }

    /// One field is not what it must be.
    pub fn field(name: &str, code: Code) -> Self {
        Self {
            fields: FieldErrors::none().with(name, code),
            ..Self::new(422, Code::FieldInvalid)
        }
    }

    /// Something did not answer in time. Nothing is lost; trying again is right.
    pub fn busy() -> Self {
        Self {
            wait: Some(Span::seconds(2)),
            ..Self::new(503, Code::Busy)
        }
    }

    /// A budget is spent.
    pub fn throttled(wait: Span) -> Self {
        Self {
            wait: Some(wait),
            ..Self::new(429, Code::Throttled)
        }
    }

    /// Leaves on the beat, so that its time tells nothing.
    #[must_use]
    pub fn on_the_beat(self) -> Self {
        Self {
            on_the_beat: true,
            ..self
        }
    }

    /// Sets a cookie too.
    #[must_use]
    pub fn with_cookie(mut self, cookie: SetCookie) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// Goes there.
    #[must_use]
    pub fn to(self, place: impl Into<String>) -> Self {
        Self {
            go: Some(place.into()),
            ..self
        }
    }

    /// The JSON answer, its message in the operator's words.
    pub fn json(&self, words: &Words) -> Response {
        let feedback = self.feedback();
        let mut body = Map::new();
        body.insert("authMessage".into(), feedback.message(words).into());
        body.insert("authMessageCode".into(), self.code.as_str().into());
        body.insert("authMessageType".into(), self.code.kind().as_str().into());
        if !self.fields.is_empty() {
            let fields = self
                .fields
                .iter()
                .map(|(name, code)| (name.to_owned(), code.as_str().into()));
            body.insert("fields".into(), Value::Object(sorted::filled(fields)));
        }
        if let Some(place) = self.go.as_ref().filter(|_| self.status == 200) {
            body.insert("redirect".into(), place.as_str().into());
        }
        if let Some(opened) = &self.opened {
            body.insert("account".into(), json!(AccountJson::of(opened)));
            body.insert("session".into(), json!(SessionJson::of(opened)));
        }
        body.extend(self.more.clone());
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(self.shared_headers());
        Response {
            status: self.status,
            headers,
            body: Value::Object(body).to_string(),
        }
    }

    /// The answer to a form: 303, and a message for the page it leads to.
    pub fn see_other(&self, place: &str, flash: &SetCookie) -> Response {
        let mut headers = vec![("location", place.to_owned())];
        headers.extend(self.shared_headers());
        headers.push(("set-cookie", flash.as_str().to_owned()));
        Response {
            status: 303,
            headers,
            body: String::new(),
        }
    }

    /// The message for the next page.
    pub fn flash(&self, now: Time) -> Flash {
        let fields = self
            .fields
            .iter()
            .map(|(name, code)| (name.to_owned(), code.as_str().to_owned()));
        Flash {
            fields: fields.collect(),
            email: self.typed.clone().filter(|typed| typed.len() <= 254),
            retry_after: self.wait.map(Span::seconds_up),
            custom: self.custom.clone(),
            ..Flash::new(self.code, now)
        }
    }

    /// The message.
    pub fn feedback(&self) -> Feedback {
        Feedback {
            code: self.code,
            retry_after: self.wait.map(Span::seconds_up),
            custom: self.custom.clone(),
        }
    }

    fn shared_headers(&self) -> Vec<(&'static str, String)> {
        let wait = self
            .wait
            .map(|wait| ("retry-after", wait.seconds_up().to_string()));
        let cookies = self
            .cookies
            .iter()
            .map(|cookie| ("set-cookie", cookie.as_str().to_owned()));
        wait.into_iter().chain(cookies).collect()
    }
}

/// An account in JSON.
#[derive(Serialize)]
struct AccountJson<'a> {
    id: &'a str,
    email: &'a str,
    roles: Vec<&'a str>,
    verified: bool,
    enabled: bool,
}

/// A session in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionJson<'a> {
    id: &'a str,
    authenticated_at: String,
    expires_at: String,
    methods: &'a [String],
}

impl<'a> AccountJson<'a> {
    fn of(opened: &'a Opened) -> Self {
        Self {
            id: opened.person.account.as_str(),
            email: opened.person.address.as_str(),
            roles: opened
                .roles
                .iter()
                .map(crate::kit::role::Role::as_str)
                .collect(),
            verified: true,
            enabled: opened.person.enabled,
        }
    }
}

impl<'a> SessionJson<'a> {
    fn of(opened: &'a Opened) -> Self {
        Self {
            id: opened.session.as_str(),
            authenticated_at: opened.authenticated_at.rfc3339(),
            expires_at: opened.expires_at.rfc3339(),
            methods: &opened.methods,
        }
    }
}
