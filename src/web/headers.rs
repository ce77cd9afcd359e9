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
    mut response: Response,
    site: &Site,
    nonce: &str,
    referrer: Referrer,
    script: Script,
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
        .push(("content-security-policy", policy(site, nonce, script)));
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

/// Nothing loads but our own style, and the operator's logo. Trusted Types bar what a script could do.
fn policy(site: &Site, nonce: &str, script: Script) -> String {
    let script = match script {
        Script::None => String::new(),
        Script::Nonced => format!("script-src 'nonce-{nonce}'; "),
    };
    let images = site
        .brand
        .logo_src()
        .and_then(|logo| url::Url::parse(logo).ok())
        .map(|logo| format!("img-src {}; ", logo.origin().ascii_serialization()))
        .unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; {script}{images}form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}
