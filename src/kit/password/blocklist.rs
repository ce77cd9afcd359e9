//! Passwords that too many people have chosen already (NIST SP 800-63B-4 §3.1.1.2; OWASP
//! Authentication Cheat Sheet, "Implement Proper Password Strength Controls").
//!
//! The list is kept as an xor filter with 16-bit fingerprints (Graf and Lemire, 2020): it holds every
//! listed password, and takes one in 65,536 others for listed. It holds no word in the clear.
//! `data/README.md` says where the words come from and how the file is made again.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use xorf::{Filter, Xor16};

/// The file: seed (8 bytes), block length (4 bytes), three blocks of 16-bit fingerprints; little-endian.
static FILE: &[u8] = include_bytes!("data/blocklist.filter");

static FILTER: LazyLock<Option<Xor16>> = LazyLock::new(|| read(FILE));

/// Whether this password, in upper or lower case, is on the list.
pub fn contains(password: &str) -> bool {
    FILTER
        .as_ref()
        .is_some_and(|filter| filter.contains(&key(password)))
}

/// What the filter knows of a password: the first 8 bytes of the SHA-256 of its lower-cased form.
pub fn key(password: &str) -> u64 {
    let digest = Sha256::digest(password.to_lowercase());
    digest
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The filter in the form of the file.
pub fn write(filter: &Xor16) -> Option<Vec<u8>> {
    let mut file = filter.seed.to_le_bytes().to_vec();
    file.extend(u32::try_from(filter.block_length).ok()?.to_le_bytes());
    let fingerprints = filter.fingerprints.iter().copied();
    file.extend(fingerprints.flat_map(u16::to_le_bytes));
    Some(file)
}

/// Reads what [`write`] wrote; `None` when the lengths do not agree, which would make a lookup fail.
fn read(file: &[u8]) -> Option<Xor16> {
    let (seed, file) = file.split_first_chunk()?;
    let (block_length, file) = file.split_first_chunk()?;
    let block_length = usize::try_from(u32::from_le_bytes(*block_length)).ok()?;
    let (pairs, rest) = file.as_chunks();
    let fingerprints: Box<[u16]> = pairs.iter().copied().map(u16::from_le_bytes).collect();
    let whole = rest.is_empty() && Some(fingerprints.len()) == block_length.checked_mul(3);
    (whole && block_length > 0).then_some(Xor16 {
        seed: u64::from_le_bytes(*seed),
        block_length,
        fingerprints,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_of_fifteen_and_more_are_listed() {
        for password in [
            "123456789987654321",
            "1qaz2wsx3edc4rfv",
            "qazwsxedcrfvtgb",
            "12345678901234567890",
            "passwordpassword",
            "qwertyuiopasdfghjkl",
            "manchesterunited",
            "stairwaytoheaven",
            "mychemicalromance",
            "cristianoronaldo",
            "rumpelstiltzkin",
            "worldofwarcraft",
            "youngandrestless",
            "30secondstomars",
            "neversaymypassword",
            "iloveyouiloveyou",
            "dragondragondragon",
            "monkey123456789",
            "zxcvbnm1234567890",
            "aaaaaaaaaaaaaaaaa",
            "121212121212121",
        ] {
            assert!(contains(password), "{password}");
            assert!(contains(&password.to_uppercase()), "{password}");
        }
    }

    #[test]
    fn common_passwords_of_eight_to_fourteen_are_listed() {
        for password in [
            "password",
            "12345678",
            "qwertyuiop",
            "baseball",
            "football1",
            "sunshine",
            "trustno1",
            "iloveyou",
            "starwars",
            "princess",
            "Password1",
            "1q2w3e4r5t",
            "liverpool",
            "whatever",
        ] {
            assert!(contains(password), "{password}");
        }
    }

    /// Three blocks of 1.23 slots for every word: the length of the file says how many it holds.
    #[test]
    fn the_list_is_as_long_as_promised() {
        let filter = read(FILE).unwrap();
        let words = (filter.fingerprints.len() - 32) * 100 / 123;
        assert!((20_000..22_000).contains(&words), "{words}");
        assert!(FILE.len() < 52_000, "{}", FILE.len());
    }

    #[test]
    fn one_in_65536_others_is_taken_for_listed() {
        let others = 200_000;
        let mistaken = (0..others)
            .filter(|n| contains(&format!("no one chose number {n}")))
            .count();
        assert!(mistaken <= 12, "{mistaken} of {others}; 3 are expected");
    }

    #[test]
    fn the_file_is_read_as_it_was_written_or_not_at_all() {
        assert_eq!(write(&read(FILE).unwrap()).unwrap(), FILE);
        assert!(read(&[]).is_none());
        assert!(read(&FILE[..FILE.len() - 1]).is_none());
        assert!(read(&FILE[..FILE.len() - 2]).is_none());
        assert!(read(&[0; 12]).is_none());
        assert_eq!(
            key("abc"),
            0xeacf_018f_bf16_78ba,
            "SHA-256 of abc, FIPS 180-4"
        );
    }
}
