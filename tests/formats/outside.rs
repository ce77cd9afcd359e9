//! What browsers, origins and notifiers are given: cookies, the signed identity, webhooks, tokens, and the
//! names that objects go by. A changed byte here signs people out, is refused by origins, or loses what is
//! stored under a name.

use data_encoding::BASE64URL_NOPAD;
use edgeward::{
    kit::{
        dice::Dice,
        email::EmailAddress,
        id::{AccountId, DeviceId, ErrandId, LinkId, RequestId, SessionId, SignupId, VisitId},
        role::Role,
        secret::SecretText,
        time::{Span, Time},
        token::{LinkKind, Token},
    },
    link::{Claims, Grant},
    outbox::{Kind, Letter},
    pages::Code,
    web::{
        cookie::{self, Flash, SessionCookie, Ticket},
        head::Head,
        identity::{Identity, Person, Statement},
        site::Site,
    },
};
use serde_json::json;

use crate::twin::settings::site;

const NOW: Time = Time(1_795_420_800_000);

fn address() -> EmailAddress {
    EmailAddress::parse("ada@example.org").unwrap()
}

fn session() -> SessionCookie {
    SessionCookie {
        account: AccountId::from_bits(&[1; 16]),
        session: SessionId::from_bits(&[2; 16]),
        generation: 3,
        issued_at: NOW,
        authenticated_at: Time(NOW.0 - 60_000),
        methods: vec!["password".into()],
        roles: vec![Role::parse("admin").unwrap()],
    }
}

#[test]
fn the_session_cookie() {
    let site = site(&[]);
    let set = session().set(&site.keys, site.config.lifetimes.idle);
    assert_eq!(
        set.as_str(),
        "__Host-edgeward=v1.c1.eyJhIjoiYWNjX2FlYXFjYWliYWVhcWNhaWJhZWFxY2FpYmFlIiwicyI6InNlc19haWJhZWFxY2FpYmFlYXFjYWliYWVhcWNhaSIsImciOjMsImkiOjE3OTU0MjA4MDAwMDAsInQiOjE3OTU0MjA3NDAwMDAsIm0iOlsicGFzc3dvcmQiXSwiciI6WyJhZG1pbiJdfQ.0WEy_0HB8lv34QLonN2yY9DV4Jzao12ZWXvMjxgBQbI; Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    let value = set.as_str().split(['=', ';']).nth(1).unwrap();
    assert_eq!(
        String::from_utf8(site.keys.session.verify(value).unwrap()).unwrap(),
        r#"{"a":"acc_aeaqcaibaeaqcaibaeaqcaibae","s":"ses_aibaeaqcaibaeaqcaibaeaqcai","g":3,"i":1795420800000,"t":1795420740000,"m":["password"],"r":["admin"]}"#
    );
    let without_roles = SessionCookie {
        roles: Vec::new(),
        ..session()
    };
    assert!(
        !serde_json::to_string(&without_roles)
            .unwrap()
            .contains("\"r\"")
    );
}

#[test]
fn the_device_and_signup_cookies() {
    let keys = site(&[]).keys;
    assert_eq!(
        cookie::set_device(&DeviceId::from_bits(&[5; 16]), &keys).as_str(),
        "__Host-edgeward-device=v1.c1.ZGV2X2F1Y3FrYmlmYXVjcWtiaWZhdWNxa2JpZmF1.8fHTm54MzZSkcLkwjvXFxtT47aEJXpK0hQmcknB4lFA; Max-Age=15552000; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    assert_eq!(
        cookie::set_signup(&SignupId::from_bits(&[4; 16]), &keys).as_str(),
        "__Host-edgeward-signup=v1.c1.c3VwX2FxY2FpYmFlYXFjYWliYWVhcWNhaWJhZWFx.3HqBAteDr5Rh6x-mjd2LBfylI2CgfLFmlSh84PKxeag; Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
}

#[test]
fn the_cookie_and_the_header_of_a_smart_link() {
    let site = site(&[]);
    let id = LinkId::from_bits(&[11; 16]);
    assert_eq!(
        cookie::set_link(&id, Span::hours(1), &site.keys).as_str(),
        "__Host-edgeward-link=v1.c1.bG5rX2JtZnF3Y3lsYm1mcXdjeWxibWZxd2N5bGJt.Dj713ZVnwufLQMBvxdpUNGha7m0ruRz3Yryod3IhLbM; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    let token = Token::parse(
        LinkKind::Link,
        &format!("link.{id}.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"),
    );
    let ticket = Ticket {
        token: token.unwrap(),
        visit: VisitId::from_bits(&[7; 16]),
    };
    assert_eq!(
        ticket.set(&site.keys, [8; 24]).as_str(),
        "__Host-edgeward-ticket-link=v1.c1.CAgICAgICAgICAgICAgICAgICAgICAgIgd4UplB8813_FsKmKJpYab-iHrjWd2gN5JqbAwVQytkq32yTMyLLx0P_DlJtWTfmYKOJ5jKDnhystN6rFXeobeo_fvqsD7CdHz00j7yb-3_6rXX3iSmIGfR2n9tX7gddRhTzsxsdtLAVi1hn4hi-bn3P9j1mQKEzQAKRpXYJ; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    let claims = json!({"report": "Q3", "seats": 3, "share": 0.5, "final": true});
    let grant = Grant {
        id,
        path: "/reports/42".into(),
        claims: Claims::parse(claims.as_object().unwrap()).unwrap(),
        until: NOW,
        account: None,
    };
    assert_eq!(
        signed_with(
            &site,
            "GET",
            "/reports/42",
            &Identity::Anonymous,
            Some(&grant)
        ),
        r#"account=anonymous, aud="https://app.example.org", target="/reports/42", id="req_ambqgaydambqgaydambqgaydam"
id="lnk_bmfqwcylbmfqwcylbmfqwcylbm", path="/reports/42", final, report="Q3", seats=3, share=0.5
edgeward=("@method" "@path" "@query" "edgeward-identity" "edgeward-link");created=1795420800;expires=1795420860;nonce="BgYGBgYGBgYGBgYGBgYGBg";keyid="i1";tag="edgeward"
edgeward=:KQoESgOk49PPJmmbAJCo7fyS8eAn4wk0SKD1XeybtJ0=:"#
    );
}

#[test]
fn the_sealed_cookies() {
    let keys = site(&[]).keys;
    let token = Token::parse(
        LinkKind::Verify,
        "verify.abc.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    )
    .unwrap();
    let ticket = Ticket {
        token,
        visit: VisitId::from_bits(&[7; 16]),
    };
    assert_eq!(
        ticket.set(&keys, [8; 24]).as_str(),
        "__Host-edgeward-ticket-verify=v1.c1.CAgICAgICAgICAgICAgICAgICAgICAgIoTh7IgiEEo7on1Tj3tGQl4c03IrAm9W28pQYLNUzHqJ9-RgUJMWey01gAMqXvKsNFFhsL1Dd0aDf0A_mqq_n8YUmqFWl11Q-ZtZH3yvrTgQjIvUMdkUH4hkIjyxt-Vv27ZgQViA; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    let flash = Flash {
        email: Some("ada@example.org".into()),
        ..Flash::new(Code::LoginInvalid, NOW)
    };
    assert_eq!(
        serde_json::to_string(&flash).unwrap(),
        r#"{"c":"auth.login.invalid","e":"ada@example.org","u":1795420920000}"#
    );
    let denied = Flash {
        custom: Some("Staff only.".into()),
        ..Flash::new(Code::HookDenied, NOW)
    };
    assert_eq!(
        serde_json::to_string(&denied).unwrap(),
        r#"{"c":"auth.hook.denied","m":"Staff only.","u":1795420920000}"#
    );
    assert_eq!(
        flash.set(&keys, [9; 24]).as_str(),
        "__Host-edgeward-flash=v1.c1.CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJoFZzZCDymfuSuoZh2Habrhm3FUkireuxDA6SIFbXwFDTqpjCe-hxcCB0DkX-26SZOf0Lxv7LBT4B4Urf9dK7aA29kaxPpK2b9Q6irfe1DnEoYg; Max-Age=120; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
}

#[test]
fn a_cookie_is_taken_away_by_name() {
    assert_eq!(
        cookie::SetCookie::expire(SessionCookie::NAME).as_str(),
        "__Host-edgeward=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
}

fn person(site: &Site) -> Identity {
    let SessionCookie {
        account,
        session,
        roles,
        authenticated_at,
        methods,
        ..
    } = session();
    let email = site.config.identity_email.then(address);
    Identity::Person(Person {
        account,
        session,
        roles,
        authenticated_at,
        methods,
        email,
    })
}

fn statement<'a>(
    site: &'a Site,
    head: &'a Head<'a>,
    identity: &'a Identity,
    link: Option<&'a Grant>,
) -> Statement<'a> {
    Statement {
        identity,
        link,
        digest: None,
        head,
        audience: &site.config.audience,
        now: NOW,
    }
}

/// The three headers, one per line.
fn signed(site: &Site, method: &str, target: &str, identity: &Identity) -> String {
    signed_with(site, method, target, identity, None)
}

/// The same with that of a smart link.
fn signed_with(
    site: &Site,
    method: &str,
    target: &str,
    identity: &Identity,
    link: Option<&Grant>,
) -> String {
    let text = format!("{method}\nhttps://app.example.org{target}\n\n");
    let head = Head::parse(&text, RequestId::from_bits(&[3; 16])).unwrap();
    let signed =
        (site.identity.as_ref().unwrap()).sign(&statement(site, &head, identity, link), [6; 16]);
    let link = signed.link.map_or(String::new(), |link| link + "\n");
    format!(
        "{}\n{link}{}\n{}",
        signed.identity, signed.input, signed.signature
    )
}

#[test]
fn the_signed_identity() {
    let plain = site(&[]);
    assert_eq!(
        signed(&plain, "GET", "/private?x=1&y=%20", &person(&plain)),
        r#"account="acc_aeaqcaibaeaqcaibaeaqcaibae", session="ses_aibaeaqcaibaeaqcaibaeaqcai", roles=("admin"), at=1795420740, methods=(password), aud="https://app.example.org", target="/private?x=1&y=%20", id="req_ambqgaydambqgaydambqgaydam"
edgeward=("@method" "@path" "@query" "edgeward-identity");created=1795420800;expires=1795420860;nonce="BgYGBgYGBgYGBgYGBgYGBg";keyid="i1";tag="edgeward"
edgeward=:Dm3ZpijgGKNsG2iYSaxyAz0PlkrBKb09nplFzaZlgXU=:"#
    );
    assert_eq!(
        signed(&plain, "POST", "/private", &Identity::Anonymous),
        r#"account=anonymous, aud="https://app.example.org", target="/private", id="req_ambqgaydambqgaydambqgaydam"
edgeward=("@method" "@path" "@query" "edgeward-identity");created=1795420800;expires=1795420815;nonce="BgYGBgYGBgYGBgYGBgYGBg";keyid="i1";tag="edgeward"
edgeward=:pRnlyRr1MpmB03XXghGX/weOpWLit1BAQ1aT4haVC3U=:"#
    );
    let told = site(&[("IDENTITY_EMAIL", json!("on")), ("AUDIENCE", json!("shop"))]);
    assert!(
        signed(&told, "GET", "/", &person(&told))
            .contains(r#", email="ada@example.org", aud="shop", target="/", "#)
    );
}

/// Header and claims of an assertion, and its signature.
fn asserted(site: &Site, method: &str, target: &str, identity: &Identity) -> String {
    asserted_with(site, method, target, identity, None)
}

fn asserted_with(
    site: &Site,
    method: &str,
    target: &str,
    identity: &Identity,
    link: Option<&Grant>,
) -> String {
    let text = format!("{method}\nhttps://app.example.org{target}\n\n");
    let head = Head::parse(&text, RequestId::from_bits(&[3; 16])).unwrap();
    let keys = site.assertions.as_ref().unwrap();
    let token = keys.sign(&statement(site, &head, identity, link));
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    for part in parts.iter_mut().take(2) {
        *part = String::from_utf8(BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap();
    }
    parts.join("\n")
}

#[test]
fn the_assertion() {
    let plain = site(&[]);
    assert_eq!(
        asserted(&plain, "GET", "/private?x=1&y=%20", &person(&plain)),
        r#"{"alg":"EdDSA","kid":"a1","typ":"edgeward+jwt"}
{"iss":"https://app.example.org","aud":"https://app.example.org","sub":"acc_aeaqcaibaeaqcaibaeaqcaibae","sid":"ses_aibaeaqcaibaeaqcaibaeaqcai","iat":1795420800,"exp":1795420860,"jti":"req_ambqgaydambqgaydambqgaydam","htm":"GET","htu":"https://app.example.org/private?x=1&y=%20","roles":["admin"],"methods":["password"],"auth_time":1795420740}
1wsMPHeSgUrxWBYVQPzhIJuw9YzUvvByj21Rz3q_tWFe2QBh99qFgR4FoP93j1DaaKBdtmVG8gpMpL6HPmynCA"#
    );
    assert_eq!(
        asserted(&plain, "POST", "/private", &Identity::Anonymous),
        r#"{"alg":"EdDSA","kid":"a1","typ":"edgeward+jwt"}
{"iss":"https://app.example.org","aud":"https://app.example.org","iat":1795420800,"exp":1795420815,"jti":"req_ambqgaydambqgaydambqgaydam","htm":"POST","htu":"https://app.example.org/private"}
arVZsY5MT6CTq15ZQaogtXXqzWge_qkPM2s0ViNGsiM6QU14kzPjaDgRzjlDRjkpNQgZ4dgLmg7XTxUpi94eCg"#
    );
    let told = site(&[("IDENTITY_EMAIL", json!("on")), ("AUDIENCE", json!("shop"))]);
    let told = asserted(&told, "GET", "/", &person(&told));
    assert!(told.contains(r#""aud":"shop","sub":"acc_"#), "{told}");
    assert!(told.contains(r#""email":"ada@example.org"}"#), "{told}");
    let claims = json!({"report": "Q3 – “draft”", "seats": 3, "share": 0.5, "final": true});
    let grant = Grant {
        id: LinkId::from_bits(&[11; 16]),
        path: "/reports/42".into(),
        claims: Claims::parse(claims.as_object().unwrap()).unwrap(),
        until: NOW,
        account: None,
    };
    let by_link = asserted_with(
        &plain,
        "GET",
        "/reports/42",
        &Identity::Anonymous,
        Some(&grant),
    );
    assert!(
        by_link.contains(
            r#","link":{"id":"lnk_bmfqwcylbmfqwcylbmfqwcylbm","path":"/reports/42","claims":{"final":true,"report":"Q3 – “draft”","seats":3,"share":0.5}}}"#
        ),
        "{by_link}"
    );
}

#[test]
fn webhooks() {
    let rules = site(&[]).rules;
    let letter = |kind, account: Option<AccountId>, link: Option<&str>| Letter {
        kind,
        asked: NOW,
        to: address(),
        account,
        link: link.map(|link| (SecretText::new(link.into()), Time(NOW.0 + 86_400_000))),
    };
    let account = || Some(AccountId::from_bits(&[1; 16]));
    let said = [
        letter(
            Kind::Verify,
            None,
            Some("https://app.example.org/login/verify?token=verify.abc.x"),
        ),
        letter(Kind::AlreadyRegistered, account(), None),
        letter(Kind::SessionTheft, account(), None),
    ]
    .map(|letter| {
        let id = ErrandId::from_bits(&[6; 16]);
        let webhook = rules.webhooks.sign(id, letter.body(), NOW);
        let (id, body) = (&webhook.id, webhook.body.reveal());
        format!("{id} {} {}\n{body}\n", webhook.timestamp, webhook.signature)
    })
    .concat();
    assert_eq!(
        said,
        r#"msg_aydambqgaydambqgaydambqgay 1795420800 v1,+iNwuYCS9k1ypOAVTWZFU77EU6DofHawBOhDNGCrGIg=
{"type":"auth.verify","timestamp":"2026-11-23T08:00:00Z","data":{"to":"ada@example.org","account":null,"link":"https://app.example.org/login/verify?token=verify.abc.x","expiresAt":"2026-11-24T08:00:00Z","locale":"en","reason":"somebody registered with this address"}}
msg_aydambqgaydambqgaydambqgay 1795420800 v1,g/h5Gkdqit4CIH5zXTO5tpcbNbhT0PIiwJUCUCZ0sZ4=
{"type":"auth.notice.already_registered","timestamp":"2026-11-23T08:00:00Z","data":{"to":"ada@example.org","account":"acc_aeaqcaibaeaqcaibaeaqcaibae","link":null,"expiresAt":null,"locale":"en","reason":"somebody tried to register this address, which has an account"}}
msg_aydambqgaydambqgaydambqgay 1795420800 v1,aiwFnwWMXVa3ms1i2KF0jrZ/hE57+yYryJFBXkYAeLs=
{"type":"auth.notice.session_theft","timestamp":"2026-11-23T08:00:00Z","data":{"to":"ada@example.org","account":"acc_aeaqcaibaeaqcaibaeaqcaibae","link":null,"expiresAt":null,"locale":"en","reason":"a sign-in of this account was copied, and was ended"}}
"#
    );
}

#[test]
fn tokens_and_their_hashes() {
    struct Ones;
    impl Dice for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }
    let object = site(&[]).keys.address_object(&address());
    let token = Token::mint(LinkKind::Verify, &object, &mut Ones);
    assert_eq!(
        token.reveal(),
        "verify.at7apvksl5fhqhj6ezsrjnl4zawmvanyvcgzqbk63abvrgtf3tdq.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
    );
    assert_eq!(
        serde_json::to_string(&token.hash()).unwrap(),
        "\"iqqsXpwKqdalJ5zzefSLIXTTC6ySrmBxzRWl0UUZwtA\""
    );
    assert!(Token::parse(LinkKind::Verify, &token.reveal()).is_some());
}

#[test]
fn the_names_of_objects() {
    let keys = site(&[]).keys;
    assert_eq!(
        [
            keys.address_object(&address()),
            keys.network_object("203.0.113.9"),
            keys.network_object("2001:db8:1::/48"),
            keys.decoy_account(&address()).to_string(),
            keys.name_check(),
        ]
        .join("\n"),
        r"at7apvksl5fhqhj6ezsrjnl4zawmvanyvcgzqbk63abvrgtf3tdq
kzp6r75rgmkn4l2svttwcaanq2c75ixceuydydionejrmosw6qqa
6ivxsj4y3vumihywkxbi3l4zmskxj5lvw3laojdu5cxwqvblleiq
acc_wczte3txbd7l4ocoosocejmyjm
w6mbboo6bpor5n3lvcw7p2y4uk3of67aidqheaout6byswwkoqua"
    );
}
