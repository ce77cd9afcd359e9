//! What the corpora begin with: right values of every format, and the places where parsers disagree. The keys
//! are those of the twin, which are no secret.

use edgeward::{
    kit::{
        id::{AccountId, AskId, DeviceId, LinkId, SessionId, SignupId, VisitId},
        time::{Span, Time},
        token::{LinkKind, Token},
    },
    pages::Code,
    web::cookie::{self, Flash, SessionCookie, SetCookie, Ticket},
};

use crate::twin::settings;

/// Pieces that have troubled parsers.
pub const TROUBLE: &[&[u8]] = &[
    b"\0",
    b"\r\n",
    b"\n",
    b"%00",
    b"%2e%2e",
    b"%252e",
    b"%2f",
    b"%5c",
    b"/../",
    b"//",
    b";",
    b"\\",
    b"@",
    b"..",
    b".",
    b"\xff",
    b"\xc0\xae",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\"",
    b"'",
    b"{",
    b"[",
    b"}",
    b"]",
    b":",
    b",",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"9223372036854775808",
    b"\\ud800",
    b"canary",
    b"__proto__",
    b"*",
    b"?",
    b"#",
    b"=",
];

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let texts = match target {
        "cookie" => return cookies().into_iter().map(String::into_bytes).collect(),
        "token" => return tokens().into_iter().map(String::into_bytes).collect(),
        "address" => ADDRESSES,
        "body" => BODIES,
        "head" => HEADS,
        "keyring" => KEYRINGS,
        "path" => PATHS,
        "return_path" => RETURN_PATHS,
        "rules" => RULES,
        "settings" => SETTINGS,
        other => panic!("{other} has no seeds"),
    };
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn tokens() -> Vec<String> {
    let secret = "AQEB".repeat(10) + "AQE";
    let of = |kind: LinkKind| format!("{}.abcdefghijklmnopqrstuvwxyz.{secret}", kind.as_str());
    LinkKind::ALL.map(of).to_vec()
}

/// One of each cookie, as a browser sends it.
fn cookies() -> Vec<String> {
    let site = settings::site(&[]);
    let keys = &site.keys;
    let session = SessionCookie {
        account: AccountId::from_bits(&[1; 16]),
        session: SessionId::from_bits(&[2; 16]),
        generation: 3,
        issued_at: Time(1_795_420_800_000),
        authenticated_at: Time(1_795_420_800_000),
        methods: vec!["password".to_owned()],
        roles: Vec::new(),
    };
    let mut set = vec![
        session.set(keys, Span::hours(12)),
        cookie::set_device(&DeviceId::from_bits(&[3; 16]), keys),
        cookie::set_signup(&SignupId::from_bits(&[4; 16]), keys),
        cookie::set_link(&LinkId::from_bits(&[5; 16]), Span::hours(1), keys),
        cookie::set_magic(&AskId::from_bits(&[6; 16]), keys),
        Flash::new(Code::RequestMalformed, Time(1_795_420_800_000)).set(keys, [7; 24]),
    ];
    for (kind, text) in LinkKind::ALL.into_iter().zip(tokens()) {
        let token = Token::parse(kind, &text).unwrap();
        let visit = VisitId::from_bits(&[8; 16]);
        set.push(Ticket { token, visit }.set(keys, [9; 24]));
    }
    let value = |set: SetCookie| set.as_str().split(['=', ';']).nth(1).unwrap().to_owned();
    set.into_iter().map(value).collect()
}

const ADDRESSES: &[&str] = &[
    "ada@example.org",
    " Ada.B+tag@Sub.Example.ORG ",
    "o'hara@example.org",
    "ada@bücher.example",
    "ada@xn--bcher-kva.example",
    "ada@ＥＸＡＭＰＬＥ.org",
    "\"ada\"@example.org",
    "ada@[127.0.0.1]",
    "ada@example.org, eve@example.org",
    "ada@example.org\r\nBcc: eve@example.org",
    "ada@faß.example",
    "ada@a.b.c.d.e.f",
];

const BODIES: &[&str] = &[
    r#"{"email":"ada@example.org","next":"/"}"#,
    r#"{"email":"a","email":"b"}"#,
    r#"{"email":"\ud83d\ude00"}"#,
    r#"{"email":"a","x":{"y":[[[[{}]]]],"y":1}}"#,
    r#"{"email":7,"next":null}"#,
    r#"{"\u0065mail":"a"}"#,
    "[]",
    "{}",
    "email=ada%40example.org&next=%2F",
    "email=a&email=b",
    "email=%ff&next=%c3%a4",
    "email=a+b&&&=&next",
    "%65mail=a",
];

const HEADS: &[&str] = &[
    "GET\nhttps://app.example.org/private?tab=2\nLisbon, PT\naccept\ntext/html\ncookie\na=1; b=2; a=3\n",
    "POST\nhttp://app.example.org:8443/a%20b?next=%2Fx&next=y#z\n\ncookie\n__Host-edgeward=v1.c1.e30.AA, x=y\n",
    "OPTIONS\nhttps://[::1]/\n\nsec-fetch-mode\nnavigate\nupgrade\nwebsocket\n",
];

const KEYRINGS: &[&str] = &[
    "k1:AxQlNkdYaXqLnK2-z-DxAhMkNUZXaHmKm6y9zt_wASM",
    "new:VGhlIGtleSBvZiBhIHRlc3QsIG5ldmVyIG9mIGEgc2l0ZS4, old:AxQlNkdYaXqLnK2-z-DxAhMkNUZXaHmKm6y9zt_wASM",
    "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "k1:c2hvcnQ",
    "k1:change-me-change-me-change-me",
    "",
    ",",
];

const PATHS: &[&str] = &[
    "/public/a/b.css",
    "/public",
    "/public/",
    "/PUBLIC/x",
    "/private/x",
    "/public/..%2fprivate",
    "/public/%2e%2e/private",
    "/public/%252e%252e/private",
    "/public;x=1/../private",
    "/public/..;/private",
    "/public\\..\\private",
    "//public/private",
    "/public//../private",
    "/%70ublic/x",
    "/public/%c0%ae%c0%ae/private",
    "/public/a%3fb/../../private",
    "/publi\u{212a}/x",
    "/public/%23/..",
];

const RETURN_PATHS: &[&str] = &[
    "/private?tab=2&x=%2F#top",
    "/",
    "//evil.example",
    "/\\evil.example",
    "/a/../../b",
    "/%2e%2e//evil.example",
    "/x?next=//evil",
    "https://evil.example/",
    "/login/../private",
    "/LOGIN",
    "/auth;x",
    "/./login",
    "/a b",
    "/@evil.example",
];

const RULES: &[&str] = &[
    r#"[{"path":"/","access":"optional"},{"path":"/public/*","access":"public","cache":true},{"path":"/a/*","access":{"roles":["admin"]}}]"#,
    r#"[{"path":"/a","access":"required","methods":["GET","HEAD"],"strict":true,"reauth":"5m"},{"path":"/*","access":"required"}]"#,
    r#"[{"path":"/api/*","access":"required","origins":["https://partner.example"],"preflight":true,"digest":true}]"#,
    r#"[{"path":"/A/b*","access":"open"},{"path":"a"},{},7,{"path":"/x","access":"public","more":1}]"#,
];

const SETTINGS: &[&str] = &[
    r#"{"LIFETIMES":{"verify":"24h","reset":"60m","window":"0s","canary":"canary of a value"},"LIMITS":{"address":{"unmarked":["5/15m"]}}}"#,
    r#"{"PUBLIC_URL":"https://canary.of.a.value.example/x","ORIGIN_URL":"ftp://canary.of.a.value","CLIENT_IP":"header:canary of a value"}"#,
    r#"{"COOKIE_KEYS":"c1:canary-of-a-value","ADMIN_KEYS":"op1:all:canary-of-a-value","WEBHOOK_SECRET":"whsec_canary-of-a-value"}"#,
    r#"{"BRAND":{"name":"Edgeward","accent":"canary of a value","logo":"javascript:canary"},"WORDS":"{\"x\":\"canary of a value\"}"}"#,
    r#"{"PASSWORD_MIN_LENGTH":7,"PASSWORD_HASH":"canary-of-a-value","REGISTRATION":"invite","IDENTITY_EMAIL":"on","PAGES_PREFIX":"/canary/of/a/value/"}"#,
    r#"{"ON_LOGIN_URL":"https://u:canary-of-a-value@x.example","HOOK_FAILURE":{"login":"canary of a value"},"IDENTITY_HEADERS":{"x-canary-of-a-value":"email"},"PASS_HEADERS":["canary of a value"]}"#,
    r#"{"ACCESS_RULES":[{"path":"canary of a value","access":"canary of a value"}],"HASH_PAUSE":"20ms","HOME_REGION":"canary of a value"}"#,
];
