//! Keys are read whole, drawn at random, and derived apart.

use super::*;

/// A key that looks drawn at random and is the same in every run.
fn written(seed: u8, bytes: usize) -> String {
    let block = |n: u8| keyed(&[seed, n]).finalize().into_bytes();
    let key: Vec<u8> = (0..4).flat_map(block).take(bytes).collect();
    encoding::base64url(&key)
}

#[test]
fn the_first_key_makes_and_all_are_found() {
    let text = format!(" new:{} , old-1:{}\n", written(1, 32), written(2, 64));
    let ring = KeyRing::parse(&text).unwrap();
    assert_eq!(ring.first().0, "new");
    let ids: Vec<_> = ring.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["new", "old-1"]);
    assert_eq!(ring.find("old-1").unwrap().reveal().len(), 64);
    assert!(ring.find("other").is_none());
}

#[test]
fn a_ring_says_which_entry_is_wrong_and_shows_none() {
    let good = written(1, 32);
    let cases = [
        (String::new(), RingFault::Empty),
        (" \n".into(), RingFault::Empty),
        (good.clone(), RingFault::Shape(1)),
        (format!("a:{good},"), RingFault::Shape(2)),
        (format!("A:{good}"), RingFault::Id(1)),
        (format!(":{good}"), RingFault::Id(1)),
        (format!("-a:{good}"), RingFault::Id(1)),
        (format!("{}:{good}", "a".repeat(33)), RingFault::Id(1)),
        (format!("a:{good},a:{good}"), RingFault::Repeated(2)),
        (format!("a:{good}="), RingFault::Key(1, KeyFault::Encoding)),
        (
            format!("a:{good}:{good}"),
            RingFault::Key(1, KeyFault::Encoding),
        ),
        (format!("a:+/{good}"), RingFault::Key(1, KeyFault::Encoding)),
        (
            format!("a:{}", written(1, 31)),
            RingFault::Key(1, KeyFault::Short),
        ),
        ("a:".into(), RingFault::Key(1, KeyFault::Short)),
    ];
    for (text, fault) in cases {
        assert_eq!(KeyRing::parse(&text).unwrap_err(), fault, "{text}");
        assert!(!fault.to_string().contains(&good), "{fault}");
    }
}

#[test]
fn what_was_not_drawn_at_random_is_refused() {
    let encoded = |bytes: &[u8]| format!("a:{}", encoding::base64url(bytes));
    let counting: Vec<u8> = (0..32).collect();
    for text in [
        encoded(&[0; 32]),
        encoded(&[0xff; 64]),
        encoded(&[1, 2, 3, 4].repeat(8)),
        encoded(&counting),
        encoded(b"CHANGE-ME before you deploy this!!"),
        encoded(b"this is a sample of what to put in"),
        "a:sample".into(),
        "a:change-me".into(),
        "a:change-me-change-me-change-me-change-me-change-me".into(),
    ] {
        assert_eq!(
            KeyRing::parse(&text).unwrap_err(),
            RingFault::Key(1, KeyFault::Sample),
            "{text}"
        );
    }
}

#[test]
fn derived_keys_differ_by_purpose_and_use() {
    let ring = KeyRing::parse(&format!("a:{}", written(1, 32))).unwrap();
    let mut purposes = vec![
        Purpose::Session,
        Purpose::Device,
        Purpose::Signup,
        Purpose::Magic,
        Purpose::Flash,
        Purpose::Link,
        Purpose::Journal,
    ];
    purposes.extend(LinkKind::ALL.map(Purpose::Ticket));
    let mut keys: Vec<[u8; 32]> = purposes
        .iter()
        .flat_map(|p| [Use::Sign, Use::Seal].map(|u| *derive(ring.first().1, *p, u)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 2 * purposes.len());
}

#[test]
fn a_change_of_the_object_names_would_lose_every_account() {
    let key = SecretBytes::new((0..32).collect());
    let name = object_name(&key, "email", 1, "ada@example.org");
    assert_eq!(name, "xyxu6w32lqx2jnx2exifsrzgerfok5u273h2ipidumdobuh6qxqa");
    for other in [
        object_name(&key, "emai", 1, "lada@example.org"),
        object_name(&key, "email", 2, "ada@example.org"),
        object_name(
            &SecretBytes::new(vec![9; 32]),
            "email",
            1,
            "ada@example.org",
        ),
    ] {
        assert_ne!(name, other);
    }
}
