//! What a request must pass before anything of it is believed: the right host over the right scheme, and
//! for unsafe ones, that a page of ours sent it.

use super::{head::Head, site::Site};

/// The request is for us, over the scheme we are reached by. Made by [`host`] alone.
#[derive(Clone, Copy, Debug)]
pub struct HostChecked(());

/// The request did not come from a foreign page. Made by [`same_site`] alone.
#[derive(Clone, Copy, Debug)]
pub struct SiteChecked(());

/// Why a request is not looked at any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Another host's: 421.
    Misdirected,
    /// The right host over plain http: 308 to this URL.
    Upgrade(String),
    /// The same, with a method that may carry a secret: 403.
    Plain,
}

/// 1. The host must be that of `PUBLIC_URL`, whatever the scheme. 2. The scheme must be its scheme.
pub fn host(head: &Head<'_>, site: &Site) -> Result<HostChecked, Refused> {
    let public = &site.config.public;
    // The runtime writes the URL with `Host` as it stands: what follows a name would begin the path.
    let named = head.header("host").unwrap_or_default();
    if named.contains(['/', '\\', '?', '#', '@']) {
        return Err(Refused::Misdirected);
    }
    if !head.host.eq_ignore_ascii_case(&public.host) {
        return Err(Refused::Misdirected);
    }
    if head.scheme == "http" && public.https {
        return Err(match head.method {
            "GET" | "HEAD" => Refused::Upgrade(format!("{}{}", public.origin, head.target)),
            _ => Refused::Plain,
        });
    }
    Ok(HostChecked(()))
}

/// A WebSocket is asked for by GET (RFC 6455 §4.1). Of any other method the runtime makes GET on the way to the
/// origin, which is not what the rules were asked about.
pub fn handshake(head: &Head<'_>) -> Option<()> {
    let asks = head
        .header("upgrade")
        .is_some_and(|upgrade| upgrade.to_ascii_lowercase().contains("websocket"));
    (!asks || head.method == "GET").then_some(())
}

/// What a request may carry that makes a missing origin suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// A form, or a cookie of ours: a browser may have been made to send it.
    BrowserState,
    /// JSON without a cookie of ours: no browser sends that across sites unasked.
    Nothing,
}

/// Whether an unsafe request came from our own pages (OWASP CSRF Prevention, "Fetch Metadata" and
/// "Verifying Origin"). `Sec-Fetch-Site`, when present, decides alone, and only `same-origin` passes.
/// When absent, `Origin` must be ours. When both are absent, only what carries nothing passes.
pub fn same_site(head: &Head<'_>, site: &Site, carries: Carries) -> Option<SiteChecked> {
    let passes = match (head.header("sec-fetch-site"), head.header("origin")) {
        (Some(fetched_from), _) => fetched_from == "same-origin",
        (None, Some(origin)) => origin == site.config.public.origin,
        (None, None) => carries == Carries::Nothing,
    };
    passes.then_some(SiteChecked(()))
}
