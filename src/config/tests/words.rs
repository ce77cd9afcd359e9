//! `WORDS`: texts in other words.

use serde_json::json;

use super::{read, wrong};

#[test]
fn words_go_on_in_numbered_variables() {
    let config = read(&[
        ("WORDS", json!({"login.button": "Entrar"})),
        ("WORDS_2", json!(r#"{"signed_out.button": "Otra vez"}"#)),
    ]);
    assert_eq!(config.words.len(), 2);
    assert_eq!(config.words["signed_out.button"], "Otra vez");
    let text = json!({"login.button": "Entrar"});
    let words = |name: &str| wrong(&[("WORDS", text.clone()), (name, text.clone())]);
    assert_eq!(words("WORDS_2"), ["WORDS_2.login.button"], "said twice");
    assert_eq!(words("WORDS_3"), ["WORDS_2", "WORDS_3.login.button"]);
    assert_eq!(words("WORDSWORTH"), ["WORDSWORTH"]);
    for text in ["", "two\nlines"] {
        let words = json!({"login.button": text});
        assert_eq!(wrong(&[("WORDS", words)]), ["WORDS.login.button"]);
    }
}
