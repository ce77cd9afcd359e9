//! Headers of our own answers (DESIGN: "Headers of our own pages"; OWASP HTTP Headers Cheat Sheet).

use super::{reply::Response, site::Site};

/// How much of its URL a page tells the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referrer {
    /// Nothing: the URL carries a token.
    Nothing,
    /// Our own pages may know. Nothing at all would make a form post `Origin: null`.
    OwnPages,
}

/// Whether a page has a script of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// None runs.
    None,
    /// The one with the page's nonce: it presses the page's button.
    Nonced,
}

/// Adds what every answer of ours carries, where it says nothing else itself. `nonce` is the one of the page's style.
pub fn protect(response: Response, site: &Site, nonce: &str, referrer: Referrer) -> Response {
    protect_page(response, site, nonce, referrer, Script::None)
}

/// The same for a page that may have a script of ours, with the same nonce.
pub fn protect_page(
    response: Response,
    site: &Site,
    nonce: &str,
    referrer: Referrer,
    script: Script,
) -> Response {
    let mut response = enclosed(response, nonce, referrer, script, &images(site));
    if site.config.public.https {
        let subdomains = if site.config.hsts_subdomains {
            "; includeSubDomains"
        } else {
            ""
        };
        response.headers.push((
            "strict-transport-security",
            format!("max-age=31536000{subdomains}"),
        ));
    }
    response
}

/// What an answer of ours carries where no settings can be read.
pub fn protect_unset(response: Response, nonce: &str) -> Response {
    enclosed(response, nonce, Referrer::Nothing, Script::None, "")
}

/// Adds what needs no settings.
fn enclosed(
    mut response: Response,
    nonce: &str,
    referrer: Referrer,
    script: Script,
    images: &str,
) -> Response {
    let referrer = match referrer {
        Referrer::Nothing => "no-referrer",
        Referrer::OwnPages => "same-origin",
    };
    let fixed = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", referrer),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in fixed {
        let is_set = response.headers.iter().any(|(known, _)| *known == name);
        if !is_set {
            response.headers.push((name, value.to_owned()));
        }
    }
    response
        .headers
        .push(("content-security-policy", policy(nonce, script, images)));
    response
}

/// Where the operator's logo comes from, as a directive.
fn images(site: &Site) -> String {
    let logo = site.brand.logo_src();
    logo.and_then(|logo| url::Url::parse(logo).ok())
        .map(|logo| format!("img-src {}; ", logo.origin().ascii_serialization()))
        .unwrap_or_default()
}

/// Nothing loads but our own style, and the operator's logo. Trusted Types bar what a script could do.
fn policy(nonce: &str, script: Script, images: &str) -> String {
    let script = match script {
        Script::None => String::new(),
        Script::Nonced => format!("script-src 'nonce-{nonce}'; "),
    };
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; {script}{images}form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
