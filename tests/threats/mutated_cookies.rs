//! Cookies altered in every way that comes to mind, and at random: bits flipped, cut, swapped and spliced with
//! others, in other encodings, signed by other keys. Every cookie there is takes part; none that differs from
//! what Edgeward made may be believed, and none may bring a request to the origin as somebody's.

use std::collections::BTreeSet;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER};
use edgeward::kit::{
    dice::roll,
    encoding::from_base64url,
    keys::{KeyRing, Purpose},
    sealed::{Sealer, Signer},
    token::LinkKind,
};
use hmac::Mac;
use sha2::{Digest, Sha256};

use super::cookie_swaps::{believed, names, one_of_each};
use crate::twin::{
    Chance, HOME, Request, Twin,
    figures::{figure, scale},
    settings::encoded,
};

const SESSION: &str = "__Host-edgeward";
const LINK: &str = "__Host-edgeward-link";

/// Good cookies to start from, and the chance by which they are altered.
struct Forger {
    good: Vec<(&'static str, String)>,
    chance: Chance,
}

impl Forger {
    /// A value that is nearly this cookie's.
    fn alters(&self, value: &str) -> String {
        let mut altered = self.alters_once(value);
        while self.chance.below(4) == 0 {
            altered = self.alters_once(&altered);
        }
        altered
    }

    fn alters_once(&self, value: &str) -> String {
        match self.chance.below(10) {
            0..=2 => self.flips_bits(value),
            3 => self.cuts(value),
            4 => self.inserts(value),
            5 | 6 => self.trades_segments(value),
            7 => self.rewrites_a_segment(value),
            8 => self.encodes(value),
            _ => self.signs_anew(value),
        }
    }

    /// A character of the value, whatever has become of it.
    fn place(&self, value: &str) -> usize {
        let places: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
        if places.is_empty() {
            return 0;
        }
        places[self.chance.below(places.len())]
    }

    /// One to four bits; what is no ASCII any more comes as the runtime gives such bytes.
    fn flips_bits(&self, value: &str) -> String {
        let mut letters: Vec<char> = value.chars().collect();
        for _ in 0..=self.chance.below(4) {
            if letters.is_empty() {
                break;
            }
            let at = self.chance.below(letters.len());
            let byte = u8::try_from(letters[at]).unwrap_or(b'?');
            letters[at] = char::from(byte ^ (1 << self.chance.below(8)));
        }
        letters.into_iter().collect()
    }

    fn cuts(&self, value: &str) -> String {
        let (one, other) = (self.place(value), self.place(value));
        let (from, to) = (one.min(other), one.max(other));
        match self.chance.below(3) {
            0 => value[..from].to_owned(),
            1 => value[from..].to_owned(),
            _ => format!("{}{}", &value[..from], &value[to..]),
        }
    }

    fn inserts(&self, value: &str) -> String {
        const THINGS: [&str; 16] = [
            ".", "..", "=", "==", "v1.", "v2.", "%2e", "%00", "\"", "\u{e9}", "+", "/", "\t",
            "null", "A", "AAAA",
        ];
        let at = self.place(value);
        let thing = THINGS[self.chance.below(THINGS.len())];
        format!("{}{thing}{}", &value[..at], &value[at..])
    }

    /// Segments of this and another cookie, in some order.
    fn trades_segments(&self, value: &str) -> String {
        let other = &self.good[self.chance.below(self.good.len())].1;
        let ours: Vec<&str> = value.split('.').collect();
        let theirs: Vec<&str> = other.split('.').collect();
        let mut mixed: Vec<&str> = (0..ours.len().max(theirs.len()))
            .filter_map(|at| [&ours, &theirs][self.chance.below(2)].get(at).copied())
            .collect();
        if self.chance.below(2) == 0 && mixed.len() > 1 {
            let last = mixed.len() - 1;
            mixed.swap(self.chance.below(last), last);
        }
        mixed.join(".")
    }

    /// Decodes a segment, changes its bytes, and writes it as it was.
    fn rewrites_a_segment(&self, value: &str) -> String {
        let mut segments: Vec<String> = value.split('.').map(str::to_owned).collect();
        let at = self.chance.below(segments.len());
        let Some(mut bytes) = from_base64url(&segments[at]).filter(|bytes| !bytes.is_empty())
        else {
            return format!("{value}.");
        };
        let place = self.chance.below(bytes.len());
        match self.chance.below(4) {
            0 => bytes[place] = bytes[place].wrapping_add(1),
            1 => bytes.truncate(place),
            2 => bytes.fill(0),
            _ => bytes.extend_from_slice(b",\"r\":[\"admin\"]}"),
        }
        segments[at] = BASE64URL_NOPAD.encode(&bytes);
        segments.join(".")
    }

    /// The same, spelt differently.
    fn encodes(&self, value: &str) -> String {
        let segments: Vec<&str> = value.split('.').collect();
        let at = self.chance.below(segments.len());
        let bytes = from_base64url(segments[at]).unwrap_or_default();
        let spelt = match self.chance.below(7) {
            0 => BASE64.encode(&bytes),
            1 => BASE64_NOPAD.encode(&bytes),
            2 => BASE64URL.encode(&bytes) + "=",
            3 => HEXLOWER.encode(&bytes),
            4 => segments[at].to_ascii_uppercase(),
            5 => format!("%{}", HEXLOWER.encode(segments[at].as_bytes())),
            _ => with_spare_bits(segments[at]),
        };
        let mut changed = segments;
        changed[at] = &spelt;
        changed.join(".")
    }

    /// The same content, signed or sealed by a key that is not Edgeward's, or not meant for it.
    fn signs_anew(&self, value: &str) -> String {
        let id = ["c1", "c2", "", "C1"][self.chance.below(4)];
        let payload = value
            .split('.')
            .nth(2)
            .and_then(from_base64url)
            .unwrap_or_default();
        let signed = format!("v1.{id}.{}", BASE64URL_NOPAD.encode(&payload));
        match self.chance.below(4) {
            0 => {
                let ring = KeyRing::parse(&encoded("c1", "another gateway's")).unwrap();
                Signer::new(&ring, Purpose::Session).sign(&payload)
            }
            1 => {
                let ring = KeyRing::parse(&encoded("c1", "another gateway's")).unwrap();
                let nonce = roll(&mut self.chance.dice());
                Sealer::new(&ring, Purpose::Ticket(LinkKind::Reset)).seal(&payload, nonce)
            }
            2 => format!(
                "{signed}.{}",
                BASE64URL_NOPAD.encode(&Sha256::digest(&signed))
            ),
            _ => {
                let mac = edgeward::kit::keys::keyed(b"").chain_update(&signed);
                let tag = mac.finalize().into_bytes();
                format!("{signed}.{}", BASE64URL_NOPAD.encode(&tag))
            }
        }
    }
}

/// The same bytes to a decoder that does not look at bits to spare.
fn with_spare_bits(segment: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = |last: char| LETTERS.chars().cycle().skip_while(|c| *c != last).nth(1);
    match segment
        .chars()
        .next_back()
        .filter(|last| LETTERS.contains(*last))
    {
        Some(last) => format!("{}{}", &segment[..segment.len() - 1], next(last).unwrap()),
        None => segment.to_owned(),
    }
}

/// The values that a header with this one in it has, as the runtime hands headers over and the gate parts them.
fn shown(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split([';', ',']);
    parts.map(|part| part.trim_matches([' ', '\t']))
}

/// Whether a request with this one cookie came to the origin as more than a stranger's.
fn gets_in(twin: &Twin, name: &str, path: &str, value: &str) -> bool {
    let page = Request::new("GET", &format!("{HOME}{path}"));
    let page = page.with("cookie", &format!("{name}={value}"));
    twin.world.request(&page).unwrap().seen.is_some()
}

#[test]
fn no_mutated_cookie_is_believed_and_none_gets_in() {
    let seed = 20_261_126;
    let twin = Twin::new();
    let good = one_of_each(&twin);
    for (name, value) in &good {
        assert!(believed(&twin, name, value), "{name} is good to start from");
    }
    let known: BTreeSet<String> = good.iter().map(|(_, value)| value.clone()).collect();
    let forger = Forger {
        good,
        chance: Chance::new(seed),
    };
    let all = scale(10_000, 100_000);
    println!("{all} cookies, from seed {seed}");
    let (mut tried, mut passed) = (0, Vec::new());
    let mut seen_names = BTreeSet::new();
    while tried < all {
        let (name, value) = &forger.good[forger.chance.below(forger.good.len())];
        let altered = forger.alters(value);
        let unchanged = shown(&altered).any(|part| known.contains(part));
        if unchanged || altered.contains(['\n', '\r', '\0']) {
            continue;
        }
        tried += 1;
        seen_names.insert(*name);
        let gets_in = gets_in(&twin, SESSION, "/private", &altered)
            || gets_in(&twin, LINK, "/reports", &altered);
        if gets_in || believed(&twin, name, &altered) {
            passed.push(format!("{name}={altered}"));
        }
    }
    figure("mutated_cookies", tried, tried - passed.len());
    assert_eq!(seen_names, names().into_iter().collect());
    assert!(passed.is_empty(), "{passed:#?}");
}
