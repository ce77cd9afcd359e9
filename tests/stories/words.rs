//! The operator's words: on pages and in JSON alike, and none that nobody would ever read.

use edgeward::web::site::Site;
use serde_json::json;

use crate::twin::{GOOD, Twin, settings::settings};

#[test]
fn pages_and_answers_speak_the_operators_words() {
    let words = json!({
        "page.language": "pt",
        "login.heading": "Entrar em {brand}",
        "auth.login.invalid": "Não está <certo>.",
        "auth.login.invalid.next": "Tente outra vez.",
    });
    let twin = Twin::with(&[("WORDS", words), ("BRAND", json!({"name": "Farol"}))]);
    let mut ada = twin.visitor("ada@example.org");
    ada.visits("/login").submits(
        "/login",
        &[("email", "ada@example.org"), ("password", GOOD)],
    );
    let page = &ada.page().body;
    assert!(page.contains("<html lang=\"pt\">"));
    assert!(page.contains("<h1>Entrar em Farol</h1>"));
    assert!(
        page.contains("Não está &#60;certo&#62;. Tente outra vez."),
        "as text: {page}"
    );
    let answer = ada.asks_json(
        "/auth/login",
        &json!({"email": "ada@example.org", "password": GOOD}),
    );
    assert_eq!(
        answer.json()["authMessage"],
        "Não está <certo>. Tente outra vez."
    );
    assert_eq!(answer.code(), "auth.login.invalid", "codes stay");
}

#[test]
fn words_that_would_never_be_read_are_problems() {
    let wrong = json!({
        "login.button": "Entrar",
        "login.buton": "Entrar",
        "login.heading": "Entrar em {marca}",
        "auth.login.invalid.later": "Tente outra vez.",
    });
    let settings = settings(&[
        ("WORDS", wrong),
        ("IDENTITY_KEYS", json!(null)),
        ("ASSERTION_KEYS", json!(null)),
    ]);
    let problems = Site::new(&settings).err().expect("these words are wrong");
    let mut named: Vec<_> = problems
        .iter()
        .map(|problem| problem.name.as_str())
        .collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "IDENTITY_KEYS",
            "WORDS.auth.login.invalid.later",
            "WORDS.login.buton",
            "WORDS.login.heading",
        ],
        "all at once"
    );
    for problem in problems {
        let told = problem.to_string();
        assert!(
            !told.contains("Entrar") && !told.contains("marca"),
            "{told}"
        );
    }
}
