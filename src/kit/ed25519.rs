//! Ed25519 signatures (RFC 8032 §5.1), over the curve of curve25519-dalek, in constant time.
//!
//! The usual crates bring a table of multiples of the base point along, 30 KB that do not compress. Here it
//! is made once, when keys are; signing is a fifth as long as it would be without. There is no verifying:
//! nobody shows us such a signature.

use curve25519_dalek::{
    Scalar, constants::ED25519_BASEPOINT_POINT, edwards::EdwardsBasepointTable,
    scalar::clamp_integer, traits::BasepointTable,
};
use sha2::{Digest, Sha512};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::secret::SecretBytes;

/// Multiples of the base point, for every key.
#[derive(Clone)]
pub struct Base(Box<EdwardsBasepointTable>);

/// A key that signs.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SigningKey {
    scalar: Scalar,
    prefix: [u8; 32],
    #[zeroize(skip)]
    public: [u8; 32],
}

impl Base {
    /// Makes the table: as much work as some ten signatures.
    pub fn new() -> Self {
        Self(Box::new(EdwardsBasepointTable::create(
            &ED25519_BASEPOINT_POINT,
        )))
    }
}

impl Default for Base {
    fn default() -> Self {
        Self::new()
    }
}

impl SigningKey {
    /// The key of this seed of 32 bytes (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &SecretBytes, base: &Base) -> Self {
        let digest: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(seed.reveal()).into());
        let [mut low, mut prefix] = [[0; 32]; 2];
        for (at, byte) in low.iter_mut().chain(&mut prefix).zip(*digest) {
            *at = byte;
        }
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(low));
        let public = base.0.mul_base(&scalar).compress().to_bytes();
        Self {
            scalar,
            prefix,
            public,
        }
    }

    /// The public half.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Signs (RFC 8032 §5.1.6). The same message has the same signature.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "scalars are residues: their sums and products have no bounds to leave"
    )]
    pub fn sign(&self, message: &[u8], base: &Base) -> [u8; 64] {
        let once = Zeroizing::new(scalar_of(&[&self.prefix, message]));
        let point = base.0.mul_base(&once).compress().to_bytes();
        let challenge = scalar_of(&[&point, &self.public, message]);
        let answer = (*once + challenge * self.scalar).to_bytes();
        let mut signature = [0; 64];
        for (at, byte) in signature.iter_mut().zip(point.into_iter().chain(answer)) {
            *at = byte;
        }
        signature
    }
}

/// The residue of a SHA-512 over these parts.
fn scalar_of(parts: &[&[u8]]) -> Scalar {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    let wide: Zeroizing<[u8; 64]> = Zeroizing::new(hash.finalize().into());
    Scalar::from_bytes_mod_order_wide(&wide)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// RFC 8032 §7.1, tests 1 to 3 and the one of SHA(abc): seed, public key, message, signature.
    const RFC: [[&str; 4]; 4] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
        [
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ],
    ];

    #[test]
    fn keys_and_signatures_are_those_of_the_rfc() {
        let base = Base::new();
        for vector in RFC {
            let [seed, public, message, signature] =
                vector.map(|hex| HEXLOWER.decode(hex.as_bytes()).unwrap());
            let key = SigningKey::from_seed(&SecretBytes::new(seed), &base);
            assert_eq!(key.public().as_slice(), public);
            assert_eq!(key.sign(&message, &base).as_slice(), signature);
        }
    }
}
