//! What a page shows when it is asked for (GET).

use super::{
    cookie::{Flash, SetCookie},
    flow::{Visit, account, smart_link, verify},
    realm::Realm,
    reply::Reply,
    routes::Action,
};
use crate::{
    account::SessionRow,
    config::Registration,
    pages::{self, Code, Feedback, FieldErrors, Mail, Page, Shell},
};

/// A page that is shown, and the cookies that go with it.
pub struct Shown {
    /// The document.
    pub html: String,
    /// A session that moved on reaches the browser in the same answer.
    pub cookies: Vec<SetCookie>,
}

/// A page, or an answer that leads elsewhere.
pub async fn show<R: Realm>(
    visit: &Visit<'_, R>,
    action: Action,
    flash: Option<&Flash>,
    nonce: &str,
) -> Result<Shown, Reply> {
    let shell = shell(visit, flash, nonce);
    let told = Told::of(flash);
    let next = visit.next();
    let next = Some(next.as_str()).filter(|_| !next.is_root());
    let open = visit.site.config.registration == Registration::Open;
    let min_length = visit.site.password_policy.min_length;
    let html = match action {
        Action::SignIn if told.code == Some(Code::LogoutSuccess) => {
            let shell = Shell {
                feedback: None,
                ..shell
            };
            pages::SignedOut { shell }.html()
        }
        Action::SignIn => pages::Login {
            shell,
            next,
            email: told.email,
            errors: told.errors,
            registration_open: open,
        }
        .html(),
        Action::SignUp => pages::SignUp {
            shell,
            next,
            email: told.email,
            errors: told.errors,
            min_length,
            registration_open: open,
        }
        .html(),
        Action::Resend => pages::Resend {
            shell,
            mail: told.mail(),
            next,
            email: told.email,
            errors: told.errors,
        }
        .html(),
        Action::Verify => {
            let ticket = verify::ticket(visit).ok_or_else(|| {
                Reply::new(400, Code::TokenInvalid).to(visit.site.page("/resend"))
            })?;
            let (address, ask_password) = verify::look(visit, &ticket.token).await?;
            pages::Verify {
                shell,
                visit: ticket.visit.as_str(),
                masked_address: Some(&address.masked()),
                ask_password,
                min_length,
                errors: told.errors,
            }
            .html()
        }
        Action::Account => return show_account(visit, shell).await,
        Action::OpenLink => return show_link(visit, shell).await,
        Action::SignOut
        | Action::Session
        | Action::Sessions
        | Action::EndSession
        | Action::Feedback
        | Action::Health
        | Action::Links
        | Action::Link => return Err(Reply::new(404, Code::RequestNotFound)),
    };
    let cookies = Vec::new();
    Ok(Shown { html, cookies })
}

async fn show_account<R: Realm>(visit: &Visit<'_, R>, shell: Shell<'_>) -> Result<Shown, Reply> {
    let to_sign_in = |reply: Reply| match reply.code {
        Code::SessionRequired | Code::SessionEnded | Code::SessionStale => {
            reply.to(visit.site.page(""))
        }
        _ => reply,
    };
    let live = account::live(visit).await.map_err(to_sign_in)?;
    let rows = account::rows(visit, &live).await.map_err(to_sign_in)?;
    let row = |row: SessionRow| pages::SessionRow {
        current: row.session == live.opened().session,
        id: row.session.to_string(),
        device: row.device,
        place: row.place,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
    };
    let sessions: Vec<_> = rows.into_iter().map(row).collect();
    let email = live.opened().person.address.as_str();
    let view = pages::Account {
        shell,
        email,
        sessions: &sessions,
        now: visit.realm.now(),
    };
    Ok(Shown {
        html: view.html(),
        cookies: visit.session_cookies(live.opened()).to_vec(),
    })
}

/// A link that waits for its button; one that needs none leads on at once.
async fn show_link<R: Realm>(visit: &Visit<'_, R>, shell: Shell<'_>) -> Result<Shown, Reply> {
    let waiting = smart_link::waiting(visit).await?;
    let view = pages::SmartLink {
        shell,
        visit: waiting.visit.as_str(),
        path: &waiting.path,
        until: waiting.until,
        now: visit.realm.now(),
    };
    Ok(Shown {
        html: view.html(),
        cookies: waiting.cookies,
    })
}

/// What every page has around its content.
pub fn shell<'a, R: Realm>(
    visit: &Visit<'a, R>,
    flash: Option<&Flash>,
    nonce: &'a str,
) -> Shell<'a> {
    Shell {
        brand: &visit.site.brand,
        nonce,
        prefix: &visit.site.config.prefixes.pages,
        feedback: flash.and_then(feedback),
    }
}

/// The message of the last step.
pub fn feedback(flash: &Flash) -> Option<Feedback> {
    let code = Code::parse(&flash.code)?;
    Some(Feedback {
        code,
        retry_after: flash.retry_after,
        custom: None,
    })
}

/// What the last step left for the form that is shown again.
struct Told<'a> {
    code: Option<Code>,
    email: &'a str,
    errors: FieldErrors,
}

impl<'a> Told<'a> {
    /// Whether a letter was just asked for.
    fn mail(&self) -> Mail {
        match self.code {
            Some(Code::RegisterCheckEmail | Code::ResendAccepted) => Mail::OnItsWay,
            _ => Mail::Missing,
        }
    }

    fn of(flash: Option<&'a Flash>) -> Self {
        let Some(flash) = flash else {
            return Self {
                code: None,
                email: "",
                errors: FieldErrors::none(),
            };
        };
        let errors = flash
            .fields
            .iter()
            .filter_map(|(name, code)| Some((name, Code::parse(code)?)));
        Self {
            code: Code::parse(&flash.code),
            email: flash.email.as_deref().unwrap_or_default(),
            errors: errors.fold(FieldErrors::none(), |errors, (name, code)| {
                errors.with(name, code)
            }),
        }
    }
}
