//! What a stored password is, and what verifies it; with vectors computed by other programs.

use super::*;
use crate::kit::{
    email::EmailAddress,
    password::policy::{About, Policy},
};

const PASSWORD: &str = "correct horse battery st\u{e4}ple";
const SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

// Computed with Python 3.11 (hmac, hashlib) and argon2-cffi 25.1.0 from PASSWORD, SALT and a
// pepper of 32 bytes of 7.
const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I";
const PBKDF2: &str =
    "$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$rsf/PtuGs9jUuAT6UDG/CZIWTg3b6A50vt6bX/ziiHo";
const SMALL_ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$ySguy6/ewg0Xh1pijiZQgTWWywPF9EiKRJ/zyMnpvO8";
const WIDE_ARGON2: &str = "$argon2id$v=19$m=64,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$fLjAn1n2poa/a4qz3Fn0to6tUfjtTYnPKb3/jyQ9pg4";
const SMALL_PBKDF2: &str =
    "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$ZwhkNm3JWrxQ9F/gJ+c0SJ9wmNfMVaEvhHGCuWEMjrs";

fn hasher(scheme: Scheme, peppers: &[(&str, u8)]) -> Hasher {
    let ring = peppers
        .iter()
        .map(|(id, byte)| ((*id).to_owned(), SecretBytes::new(vec![*byte; 32])))
        .collect();
    Hasher::new(scheme, ring).unwrap()
}

fn chosen(text: &str) -> NewPassword {
    let email = EmailAddress::parse("ada@example.org").unwrap();
    let about = About {
        email: &email,
        product: "Edgeward",
    };
    NewPassword::parse(text, &Policy::default(), &about).unwrap()
}

fn offered(text: &str) -> Attempt {
    Attempt::parse(text).unwrap()
}

fn stored(phc: &str, pepper: &str) -> StoredPassword {
    StoredPassword {
        phc: phc.to_owned(),
        pepper: pepper.to_owned(),
    }
}

#[test]
fn hashes_are_those_of_independent_implementations() {
    let mut memory = Memory::new();
    for (scheme, phc) in [(Scheme::Argon2id, ARGON2), (Scheme::Pbkdf2Sha256, PBKDF2)] {
        let made = hasher(scheme, &[("p1", 7)])
            .hash(&chosen(PASSWORD), SALT, &mut memory)
            .unwrap();
        assert_eq!(made, stored(phc, "p1"));
    }
}

#[test]
fn the_password_matches_and_another_does_not() {
    let mut memory = Memory::new();
    for scheme in Scheme::ALL {
        let hasher = hasher(scheme, &[("p1", 7)]);
        let kept = hasher
            .hash(&chosen(PASSWORD), [9; 16], &mut memory)
            .unwrap();
        for (attempt, checked) in [
            (PASSWORD, Checked::Right),
            ("correct horse battery sta\u{308}ple", Checked::Right),
            ("correct horse battery staple", Checked::Wrong),
            ("", Checked::Wrong),
        ] {
            let found = hasher.verify(&offered(attempt), &kept, &mut memory);
            assert_eq!(found, Ok(checked), "{attempt}");
        }
    }
}

#[test]
fn an_old_hash_still_opens_and_asks_to_be_made_anew() {
    let mut memory = Memory::new();
    let hasher = hasher(Scheme::Argon2id, &[("p2", 8), ("p1", 7)]);
    for phc in [ARGON2, SMALL_ARGON2, WIDE_ARGON2, SMALL_PBKDF2] {
        let old = stored(phc, "p1");
        let found = hasher.verify(&offered(PASSWORD), &old, &mut memory);
        assert_eq!(found, Ok(Checked::RightButOld), "{phc}");
        let found = hasher.verify(&offered("wrong"), &old, &mut memory);
        assert_eq!(found, Ok(Checked::Wrong), "{phc}");
    }
    let fresh = hasher
        .rehash(&offered(PASSWORD), SALT, &mut memory)
        .unwrap();
    assert_eq!(fresh.pepper, "p2");
    assert_ne!(fresh.phc, ARGON2, "another pepper, another hash");
    let found = hasher.verify(&offered(PASSWORD), &fresh, &mut memory);
    assert_eq!(found, Ok(Checked::Right));
}

#[test]
fn what_is_broken_is_a_fault_and_not_a_wrong_password() {
    let mut memory = Memory::new();
    let hasher = hasher(Scheme::Argon2id, &[("p1", 7)]);
    for (old, fault) in [
        (stored(SMALL_ARGON2, "p0"), HashFault::UnknownPepper),
        (stored("", "p1"), HashFault::Unreadable),
        (stored("$2b$10$abc", "p1"), HashFault::Unreadable),
        (
            stored(&SMALL_ARGON2.replace("m=64", "m=4"), "p1"),
            HashFault::Unreadable,
        ),
        (
            stored(&SMALL_ARGON2.replace("m=64", "m=999999"), "p1"),
            HashFault::Unreadable,
        ),
    ] {
        let found = hasher.verify(&offered(PASSWORD), &old, &mut memory);
        assert_eq!(found, Err(fault));
    }
}

#[test]
fn the_decoy_costs_what_a_new_hash_costs_and_opens_to_nobody() {
    let mut memory = Memory::new();
    for scheme in Scheme::ALL {
        let hasher = hasher(scheme, &[("p1", 7)]);
        let decoy = hasher.decoy();
        assert_eq!(Phc::parse(&decoy.phc).unwrap().cost, scheme.cost());
        let found = hasher.verify(&offered(""), &decoy, &mut memory);
        assert_eq!(found, Ok(Checked::Wrong));
    }
}

#[test]
fn memory_grows_once() {
    let mut memory = Memory::new();
    let hasher = hasher(Scheme::Argon2id, &[("p1", 7)]);
    let check = |phc: &str, memory: &mut Memory| {
        let _ = hasher
            .verify(&offered("x"), &stored(phc, "p1"), memory)
            .unwrap();
    };
    check(SMALL_ARGON2, &mut memory);
    assert_eq!(format!("{memory:?}"), "Memory(64 KiB)");
    check(ARGON2, &mut memory);
    let place = memory.0.as_ptr();
    check(SMALL_ARGON2, &mut memory);
    check(ARGON2, &mut memory);
    assert_eq!(memory.0.as_ptr(), place);
    assert_eq!(format!("{memory:?}"), "Memory(19456 KiB)");
}

#[test]
fn a_ring_without_a_usable_pepper_makes_no_hasher() {
    let ring = |peppers: &[(&str, usize)]| {
        let ring = peppers
            .iter()
            .map(|(id, length)| ((*id).to_owned(), SecretBytes::new(vec![7; *length])))
            .collect();
        Hasher::new(Scheme::Argon2id, ring)
    };
    assert!(ring(&[("p1", 16)]).is_some());
    assert!(ring(&[]).is_none());
    assert!(ring(&[("p1", 15)]).is_none());
    assert!(ring(&[("", 32)]).is_none());
    assert!(ring(&[("p1", 32), ("p1", 32)]).is_none());
}

#[test]
fn what_is_stored_is_pinned_and_not_printed() {
    let kept = stored(ARGON2, "p1");
    let json = format!(r#"{{"phc":"{ARGON2}","pepper":"p1"}}"#);
    assert_eq!(serde_json::to_string(&kept).unwrap(), json);
    assert_eq!(serde_json::from_str::<StoredPassword>(&json).unwrap(), kept);
    assert_eq!(format!("{kept:?}"), "(stored password)");
    let hasher = hasher(Scheme::Argon2id, &[("p1", 0x41)]);
    assert!(!format!("{hasher:?}").contains("65"));
}

#[test]
fn a_scheme_is_spelt_alike_in_settings_and_in_rows() {
    for scheme in Scheme::ALL {
        assert_eq!(Scheme::parse(scheme.as_str()), Some(scheme));
        let json = format!("\"{}\"", scheme.as_str());
        assert_eq!(serde_json::to_string(&scheme).unwrap(), json);
    }
    assert_eq!(Scheme::parse("bcrypt"), None);
}
