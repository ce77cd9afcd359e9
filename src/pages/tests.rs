//! Every page, checked as a browser and a screen reader meet it: nothing breaks out of its place, every
//! reference has its target, and the policy of our headers is kept.

use std::collections::HashSet;

use super::{samples::every_page, *};

mod flows;

/// Breaks out of text, of an attribute in either quote, of a style sheet and of a template.
const HOSTILE: &str = "'\"></title></style><script>alert(1)</script><!--{{ 7*7 }}&#x27;";

/// The attributes of each `<tag …>`, as written.
fn tags<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
    html.split('<')
        .filter_map(|piece| piece.strip_prefix(tag))
        .filter(|rest| rest.starts_with([' ', '>', '\n']))
        .filter_map(|rest| rest.split_once('>').map(|(attributes, _)| attributes))
        .collect()
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = attributes.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn every_tame_page() -> Vec<samples::Sample> {
    every_page(&str::to_owned)
}

fn page(name: &str) -> String {
    every_tame_page()
        .into_iter()
        .find_map(|(known, html)| (known == name).then_some(html))
        .unwrap()
}

#[test]
fn hostile_text_stays_in_its_place() {
    // Without its colour a brand falls back to ours, so both renderings carry the same style sheet.
    let tame = every_page(&|text| text.replace('#', "no colour"));
    let hostile = every_page(&|text| format!("{}{HOSTILE}", text.replace('#', "no colour")));
    for ((name, tame), (_, hostile)) in tame.iter().zip(&hostile) {
        assert_eq!(
            hostile.matches("<script").count(),
            tame.matches("<script").count(),
            "{name}: a script got through"
        );
        assert!(
            hostile.contains("script"),
            "{name}: nothing hostile was tried"
        );
        for mark in ['<', '>', '"', '\''] {
            assert_eq!(
                tame.matches(mark).count(),
                hostile.matches(mark).count(),
                "{name}: a {mark} of outside text got through"
            );
        }
    }
}

#[test]
fn a_page_is_whole() {
    for (name, html) in every_tame_page() {
        assert!(html.starts_with("<!doctype html>"), "{name}");
        assert!(html.trim_end().ends_with("</html>"), "{name}");
        assert_eq!(tags(&html, "h1").len(), 1, "{name}: one heading");
        assert_eq!(tags(&html, "main").len(), 1, "{name}: one main part");
        assert_eq!(
            attribute(tags(&html, "html")[0], "lang"),
            Some("en"),
            "{name}"
        );
        assert!(html.contains("width=device-width"), "{name}");
        for tag in ["p", "div", "form", "span", "li", "ul", "main", "details"] {
            let closed = html.matches(&format!("</{tag}>")).count();
            assert_eq!(tags(&html, tag).len(), closed, "{name}: <{tag}>");
        }
    }
}

#[test]
fn every_field_is_named_and_every_reference_has_a_target() {
    for (name, html) in every_tame_page() {
        let all: Vec<&str> = html.split('<').collect();
        let ids: Vec<&str> = all.iter().filter_map(|tag| attribute(tag, "id")).collect();
        let unique: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
        for target in all
            .iter()
            .filter_map(|tag| attribute(tag, "aria-describedby"))
        {
            for id in target.split(' ') {
                assert!(unique.contains(id), "{name}: nothing is called {id}");
            }
        }
        let labels: HashSet<&str> = tags(&html, "label")
            .into_iter()
            .filter_map(|label| attribute(label, "for"))
            .collect();
        for input in tags(&html, "input") {
            if attribute(input, "type") != Some("hidden") && !input.ends_with(" hidden") {
                let id = attribute(input, "id").unwrap();
                assert!(labels.contains(id), "{name}: {id} has no label");
                assert!(attribute(input, "autocomplete").is_some(), "{name}: {id}");
            }
        }
        assert!(
            html.matches(" autofocus").count() <= 1,
            "{name}: two cursors"
        );
    }
}

#[test]
fn pages_keep_our_content_security_policy() {
    for (name, html) in every_tame_page() {
        for banned in [
            " style=",
            " onclick",
            "javascript:",
            "@import",
            "url(",
            "<base",
        ] {
            assert!(!html.contains(banned), "{name}: {banned}");
        }
        assert_eq!(
            html.matches("<style nonce=\"bm9uY2U\">").count(),
            1,
            "{name}"
        );
        assert_eq!(html.matches("<style").count(), 1, "{name}");
        let scripts = usize::from(name == "sign-in-link-own");
        assert_eq!(html.matches("<script").count(), scripts, "{name}");
        for form in tags(&html, "form") {
            assert_eq!(attribute(form, "method"), Some("post"), "{name}");
            let action = attribute(form, "action").unwrap();
            assert!(action.starts_with("/login"), "{name}: {action}");
        }
    }
}

#[test]
fn a_password_field_never_has_a_value() {
    let mut seen = 0;
    for (name, html) in every_tame_page() {
        for input in tags(&html, "input") {
            if attribute(input, "type") == Some("password") {
                seen += 1;
                assert_eq!(attribute(input, "value"), None, "{name}");
            }
        }
    }
    assert!(seen >= 8, "only {seen} password fields were looked at");
}

#[test]
fn a_refused_field_says_so_and_gets_the_cursor() {
    let html = page("signup-short");
    let field = tags(&html, "input")
        .into_iter()
        .find(|input| attribute(input, "name") == Some("password"))
        .unwrap();
    assert_eq!(attribute(field, "aria-invalid"), Some("true"));
    assert_eq!(
        attribute(field, "aria-describedby"),
        Some("password-error password-hint")
    );
    assert!(field.contains(" autofocus"));
    assert!(html.contains("<title>Error: Join Northwind</title>"));
    assert!(html.contains("role=\"alert\""));
    assert!(
        html.contains("value=\"ada@example.com\""),
        "the address is kept"
    );
}

#[test]
fn the_way_back_survives_every_page() {
    let html = page("login-refused");
    let kept = "name=\"next\" value=\"/reports?year=2026&#38;all\"";
    assert!(html.contains(kept), "in the form");
    let onward = "href=\"/login/signup?next=%2Freports%3Fyear%3D2026%26all\"";
    assert!(html.contains(onward), "and on the way to sign-up");
}

#[test]
fn a_brand_gives_colour_logo_and_help_but_no_code() {
    let (nonce, prefix) = ("n", "/login");
    let html = |brand: &Brand| {
        let shell = Shell {
            brand,
            nonce,
            prefix,
            feedback: None,
        };
        SignedOut { shell }.html()
    };
    let of = |accent: &str, logo: &str, support: &str| Brand {
        name: "Éclair".to_owned(),
        accent: Some(accent.to_owned()),
        logo: Some(logo.to_owned()),
        support: Some(support.to_owned()),
        words: Words::default(),
    };
    let good = html(&of(
        "#0F6B5C",
        "https://example.com/l.svg",
        "help@example.com",
    ));
    assert!(good.contains("--face:#0f6b5c"));
    assert!(good.contains("src=\"https://example.com/l.svg\" alt=\"Éclair\""));
    assert!(good.contains("href=\"mailto:help@example.com\""));
    let bad = html(&of(
        "red}*{",
        "javascript:alert(1)",
        "javascript:alert(1)//@",
    ));
    assert!(!bad.contains("red}") && !bad.contains("javascript"));
    assert!(
        bad.contains("aria-hidden=\"true\">É</span>"),
        "a letter in place of a logo"
    );
}

#[test]
fn the_style_sheet_stays_small() {
    let size = include_str!("templates/style.css").len();
    assert!(size < 8 * 1024, "{size} bytes");
}

#[test]
fn a_problem_offers_a_way_out() {
    for &code in Code::ALL {
        let brand = Brand::default();
        let shell = Shell {
            brand: &brand,
            nonce: "n",
            prefix: "/door",
            feedback: None,
        };
        let html = Problem {
            shell,
            status: 400,
            what: code.into(),
            request_id: "req_1",
        }
        .html();
        let link = tags(&html, "a")[0];
        let href = attribute(link, "href").unwrap();
        let known = ["", "/", "/door", "/door/resend", "/door/account"];
        assert!(known.contains(&href), "{code}: {href}");
    }
}

#[test]
fn messages_prefer_the_operators_words() {
    let words = Words::default();
    let mut feedback = Feedback::from(Code::HookDenied);
    assert!(
        feedback
            .message(&words)
            .starts_with("The rules of this site")
    );
    feedback.custom = Some("Write to sales.".to_owned());
    assert_eq!(feedback.message(&words), "Write to sales.");
}

#[test]
fn field_errors_serialise_as_the_fields_of_json_answers() {
    let errors = FieldErrors::none()
        .with("email", Code::FieldRequired)
        .with("email", Code::FieldInvalid);
    assert_eq!(
        serde_json::to_value(&errors).unwrap(),
        serde_json::json!({"email": "auth.field.required"})
    );
    assert_eq!(errors.iter().count(), 1);
    assert!(!errors.is_empty() && FieldErrors::none().is_empty());
}
