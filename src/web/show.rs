//! What a page shows when it is asked for (GET).

use super::{
    cookie::{self, Flash, SetCookie},
    flow::{Visit, account, link, magic, sign_in, smart_link, verify},
    happening::Happening,
    realm::Realm,
    reply::Reply,
    routes::Action,
};
use crate::{
    account::{FRESH, SessionRow, Undoing},
    config::Registration,
    kit::{email::EmailAddress, role::Role, token::LinkKind},
    pages::{self, Act, Code, Feedback, FieldErrors, For, InviteTo, Kind, Mail, Page, Shell},
};

/// A page that is shown, and the cookies that go with it.
pub struct Shown {
    /// The document.
    pub html: String,
    /// A session that moved on reaches the browser in the same answer.
    pub cookies: Vec<SetCookie>,
    /// Whether the page has a script of ours that presses its button.
    pub runs_script: bool,
}

impl Shown {
    fn plain(html: String) -> Self {
        Self {
            html,
            cookies: Vec::new(),
            runs_script: false,
        }
    }
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
        Action::SignIn if sign_in::change_ticket(visit).is_some() => {
            return show_change(visit, shell, told);
        }
        Action::SignIn => return show_sign_in(visit, shell, told).await,
        Action::SignUp => pages::SignUp {
            shell,
            next,
            email: told.email,
            errors: told.errors,
            min_length,
            registration_open: open,
        }
        .html(),
        Action::Resend => ask_mail(visit, shell, told, For::Verification),
        Action::Forgot => ask_mail(visit, shell, told, For::Reset),
        Action::Magic if link::ticket(visit, LinkKind::Magic).is_none() => {
            ask_mail(visit, shell, told, For::SignIn)
        }
        Action::Verify
        | Action::Reset
        | Action::Magic
        | Action::Invite
        | Action::ConfirmEmail
        | Action::Undo => return show_link(visit, action, shell, told).await,
        Action::OpenLink => return show_smart_link(visit, shell, told).await,
        Action::Account => return show_account(visit, shell, told).await,
        _ => return Err(Reply::new(404, Code::RequestNotFound)),
    };
    Ok(Shown::plain(html))
}

/// The sign-in form; for who is signed in and must confirm it, with their address.
async fn show_sign_in<R: Realm>(
    visit: &Visit<'_, R>,
    shell: Shell<'_>,
    told: Told<'_>,
) -> Result<Shown, Reply> {
    let confirms = visit.then().is_some() || visit.head.parameter("reauth").is_some();
    let live = if confirms {
        account::live(visit).await.ok()
    } else {
        None
    };
    let next = visit.next();
    let html = pages::Login {
        shell: if live.is_some() { asking(shell) } else { shell },
        next: Some(next.as_str()).filter(|_| !next.is_root() && visit.then().is_none()),
        email: told.email,
        errors: told.errors,
        registration_open: visit.site.config.registration == Registration::Open,
        then: visit.then(),
        reauth: live
            .as_ref()
            .map(|live| live.opened().person.address.as_str()),
        magic: visit.site.config.magic_links,
    }
    .html();
    Ok(Shown::plain(html))
}

/// A password that was right and must be replaced.
fn show_change<R: Realm>(
    visit: &Visit<'_, R>,
    shell: Shell<'_>,
    told: Told<'_>,
) -> Result<Shown, Reply> {
    let ticket = sign_in::change_ticket(visit)
        .ok_or_else(|| Reply::new(400, Code::TokenInvalid).to(visit.site.page("")))?;
    let view = pages::Opened {
        shell,
        visit: ticket.visit.as_str(),
        act: Act::Change {
            address: ticket.address.as_str(),
        },
        min_length: visit.site.password_policy.min_length,
        now: visit.realm.now(),
        errors: told.errors,
    };
    Ok(Shown::plain(view.html()))
}

/// A form that asks for a letter, or "check your mail".
fn ask_mail<R: Realm>(visit: &Visit<'_, R>, shell: Shell<'_>, told: Told<'_>, what: For) -> String {
    let next = visit.next();
    pages::AskMail {
        shell,
        what,
        mail: told.mail(),
        next: Some(next.as_str()).filter(|_| !next.is_root() && visit.then().is_none()),
        then: visit.then(),
        email: told.email,
        errors: told.errors,
    }
    .html()
}

/// A link was opened: its page names the act and has one button.
async fn show_link<R: Realm>(
    visit: &Visit<'_, R>,
    action: Action,
    shell: Shell<'_>,
    told: Told<'_>,
) -> Result<Shown, Reply> {
    let kind = action
        .link()
        .ok_or_else(|| Reply::new(404, Code::RequestNotFound))?;
    let ticket = link::ticket(visit, kind)
        .ok_or_else(|| link::invalid(visit, kind, Happening::TicketMissing))?;
    let looked = link::look(visit, &ticket.token)
        .await
        .map_err(|reply| without_ticket(reply, kind))?;
    let masked = looked.address().masked();
    let address = masked.as_str();
    let signed_in = match kind {
        LinkKind::Magic | LinkKind::Invite => account::live(visit).await.ok(),
        _ => None,
    };
    let (owner, asked, undoes) = (looked.owner(), looked.asked(), looked.undoes());
    let roles: Vec<_> = looked.roles().iter().map(Role::as_str).collect();
    let is_owner = |live: &account::Live| Some(&live.opened().person.account) == owner;
    let login_href = visit.site.page("?then=invite");
    let account_now = looked.account_address();
    let act = match kind {
        LinkKind::Verify => Act::Verify {
            address,
            ask_password: verify::asks_password(&looked),
        },
        LinkKind::Reset => Act::Reset { address },
        LinkKind::Magic => Act::SignIn {
            address,
            asked: asked.map(|asked| pages::Asked {
                browser: &asked.browser,
                place: &asked.place,
                at: asked.at,
            }),
            other: signed_in
                .as_ref()
                .filter(|live| !is_owner(live))
                .map(|live| live.opened().person.address.as_str()),
            own_browser: asked.is_some_and(|asked| magic::is_own(visit, asked)),
        },
        LinkKind::Invite => Act::Invite {
            address,
            roles: &roles,
            to: match (owner, &signed_in) {
                (None, _) => InviteTo::ChoosePassword,
                (Some(_), Some(live)) if is_owner(live) => InviteTo::Accept,
                (Some(_), _) => InviteTo::SignInFirst {
                    login_href: &login_href,
                },
            },
        },
        LinkKind::Email => Act::Email {
            address,
            now: &account_now,
        },
        LinkKind::Undo | LinkKind::Link => Act::Undo {
            address,
            what: match undoes {
                Some(Undoing::Deletion) => pages::Undoing::Deletion,
                _ => pages::Undoing::Email,
            },
        },
    };
    let view = pages::Opened {
        shell: asking(shell),
        visit: ticket.visit.as_str(),
        act,
        min_length: visit.site.password_policy.min_length,
        now: visit.realm.now(),
        errors: told.errors,
    };
    Ok(Shown {
        runs_script: view.runs_script(),
        ..Shown::plain(view.html())
    })
}

/// A ticket that is no good goes: the page it leads to may be its own, and would lead there again.
fn without_ticket(reply: Reply, kind: LinkKind) -> Reply {
    if reply.code == Code::TokenInvalid {
        reply.with_cookie(SetCookie::expire(cookie::ticket_name(kind)))
    } else {
        reply
    }
}

/// A smart link waits for its button.
async fn show_smart_link<R: Realm>(
    visit: &Visit<'_, R>,
    shell: Shell<'_>,
    told: Told<'_>,
) -> Result<Shown, Reply> {
    let waiting = smart_link::waiting(visit).await?;
    let view = pages::Opened {
        shell,
        visit: waiting.visit.as_str(),
        act: Act::Link {
            path: &waiting.path,
            until: waiting.until,
        },
        min_length: visit.site.password_policy.min_length,
        now: visit.realm.now(),
        errors: told.errors,
    };
    Ok(Shown {
        cookies: waiting.cookies,
        ..Shown::plain(view.html())
    })
}

async fn show_account<R: Realm>(
    visit: &Visit<'_, R>,
    shell: Shell<'_>,
    told: Told<'_>,
) -> Result<Shown, Reply> {
    let to_sign_in = |reply: Reply| match reply.code {
        Code::SessionRequired | Code::SessionEnded | Code::SessionStale => {
            reply.to(visit.site.page("?then=account"))
        }
        _ => reply,
    };
    let live = account::live(visit).await.map_err(to_sign_in)?;
    let view = account::view(visit, &live).await.map_err(to_sign_in)?;
    let row = |row: SessionRow| pages::SessionRow {
        current: row.session == live.opened().session,
        id: row.session.to_string(),
        device: row.device,
        place: row.place,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
    };
    let sessions: Vec<_> = view.sessions.into_iter().map(row).collect();
    let now = visit.realm.now();
    // No address is asked for here; the field says what was wrong.
    let feedback = shell.feedback.map(|told| match told.code {
        Code::LoginInvalid => Code::FieldInvalid.into(),
        _ => told,
    });
    let page = pages::Account {
        shell: Shell { feedback, ..shell },
        email: live.opened().person.address.as_str(),
        sessions: &sessions,
        now,
        has_password: view.has_password,
        new_email: told.email,
        pending_email: view.wanted_address.as_ref().map(EmailAddress::as_str),
        fresh: now.since(live.opened().authenticated_at) < FRESH,
        confirm_href: &visit.site.page("?then=account"),
        export_href: &format!("{}/export", visit.site.config.prefixes.auth),
        min_length: visit.site.password_policy.min_length,
        errors: told.errors,
    };
    Ok(Shown {
        cookies: visit.session_cookies(live.opened()),
        ..Shown::plain(page.html())
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

/// A page that asks for a step of its own says nothing about one before it that went well.
fn asking(shell: Shell<'_>) -> Shell<'_> {
    let unsettled = |feedback: &Feedback| feedback.code.kind() != Kind::Success;
    Shell {
        feedback: shell.feedback.filter(unsettled),
        ..shell
    }
}

/// The message of the last step.
pub fn feedback(flash: &Flash) -> Option<Feedback> {
    let code = Code::parse(&flash.code)?;
    Some(Feedback {
        code,
        retry_after: flash.retry_after,
        custom: flash.custom.clone(),
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
            Some(
                Code::RegisterCheckEmail
                | Code::ResendAccepted
                | Code::ForgotAccepted
                | Code::MagicAccepted,
            ) => Mail::OnItsWay,
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
