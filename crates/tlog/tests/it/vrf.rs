//! The VRF against the vectors of RFC 9381 appendix B.3, and opponents.
use crate::reference::hash;
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use dancu_tlog::vrf::{VrfPublic, VrfRefused, VrfSecret, map_key};
use proptest::prelude::*;

/// Secret key, public key, input, proof, output: examples 16, 17 and 18.
const EXAMPLES: [[&str; 5]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f",
    ],
];

#[test]
fn the_examples_of_the_standard_come_out() {
    for [secret, public, alpha, proof, output] in EXAMPLES {
        let secret = VrfSecret::from_seed(&hash(secret));
        let alpha = hex::decode(alpha).unwrap();
        assert_eq!(hex::encode(secret.public().as_bytes()), public);
        let (beta, pi) = secret.prove(&alpha);
        assert_eq!((hex::encode(pi).as_str(), hex::encode(beta).as_str()), (proof, output));
        assert_eq!(secret.output(&alpha), beta);
        let public = VrfPublic::from_bytes(&hash(public)).unwrap();
        assert_eq!(public.verify(&alpha, &pi), Ok(beta));
        assert_eq!(map_key(&beta), beta[..32]);
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let [secret, _, _, proof, _] = EXAMPLES[2];
    let secret = VrfSecret::from_seed(&hash(secret));
    let (alpha, proof) = ([0xaf, 0x82], hex::decode(proof).unwrap());
    for bit in 0..proof.len() * 8 {
        let mut changed = proof.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            secret.public().verify(&alpha, &changed),
            Err(VrfRefused::Proof),
            "bit {bit} of the proof"
        );
    }
    for bit in 0..16 {
        let mut other = alpha;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(secret.public().verify(&other, &proof), Err(VrfRefused::Proof), "bit {bit} of the input");
    }
    for length in (0..80).chain([81, 160]) {
        let cut: Vec<u8> = proof.iter().copied().cycle().take(length).collect();
        assert_eq!(secret.public().verify(&alpha, &cut), Err(VrfRefused::Proof), "{length} bytes");
    }
    for bit in 0..256 {
        let mut public = *secret.public().as_bytes();
        public[bit / 8] ^= 1 << (bit % 8);
        let verified = VrfPublic::from_bytes(&public).and_then(|public| public.verify(&alpha, &proof));
        assert!(verified.is_err(), "bit {bit} of the key");
    }
}

#[test]
fn a_scalar_is_written_in_one_way() {
    let secret = VrfSecret::from_seed(&[7; 32]);
    let (_, mut proof) = secret.prove(b"input");
    // The order of the group, little-endian, added to s.
    let order = hash("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in proof[48..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    assert_eq!(secret.public().verify(b"input", &proof), Err(VrfRefused::Proof));
}

#[test]
fn a_point_is_written_in_one_way_and_a_key_has_a_large_order() {
    for point in EIGHT_TORSION {
        assert_eq!(VrfPublic::from_bytes(point.compress().as_bytes()), Err(VrfRefused::Key), "small order");
    }
    // y of 2^255 - 19 + n for n of 0 to 18, with either sign: the library reads some of them as points.
    let mut read_by_the_library = 0;
    for low in 0xed..=0xff {
        for high in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (low, high);
            read_by_the_library += u32::from(CompressedEdwardsY(bytes).decompress().is_some());
            assert_eq!(VrfPublic::from_bytes(&bytes), Err(VrfRefused::Key));
        }
    }
    assert!(read_by_the_library > 0, "the check is needed");
    // y of 1 with x of minus zero.
    let mut minus_zero = [0; 32];
    (minus_zero[0], minus_zero[31]) = (1, 0x80);
    assert_eq!(VrfPublic::from_bytes(&minus_zero), Err(VrfRefused::Key));
}

/// A proof with Gamma moved by a point of small order is refused unless it leads to the same output.
#[test]
fn small_order_gives_no_second_output() {
    let secret = VrfSecret::from_seed(&[9; 32]);
    let (output, proof) = secret.prove(b"input");
    let gamma = CompressedEdwardsY(proof[..32].try_into().unwrap()).decompress().unwrap();
    for point in EIGHT_TORSION {
        let mut moved = proof;
        moved[..32].copy_from_slice((gamma + point).compress().as_bytes());
        assert!(secret.public().verify(b"input", &moved).is_err() || moved == proof);
    }
    assert_eq!(secret.public().verify(b"input", &proof), Ok(output));
}

#[test]
fn a_secret_is_not_printed() {
    let secret = VrfSecret::from_seed(&[1; 32]);
    assert_eq!(
        format!("{secret:?}"),
        format!("VrfSecret(VrfPublic({}), private)", hex::encode(secret.public().as_bytes()))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_proof_verifies_for_its_key_and_input_only(seed in any::<[u8; 32]>(), other in any::<[u8; 32]>(), alpha in any::<Vec<u8>>(), beta in any::<Vec<u8>>()) {
        prop_assume!(seed != other && alpha != beta);
        let (secret, other) = (VrfSecret::from_seed(&seed), VrfSecret::from_seed(&other));
        let (output, proof) = secret.prove(&alpha);
        prop_assert_eq!(secret.output(&alpha), output);
        prop_assert_eq!(secret.public().verify(&alpha, &proof), Ok(output));
        prop_assert!(secret.public().verify(&beta, &proof).is_err());
        prop_assert!(other.public().verify(&alpha, &proof).is_err());
        prop_assert_ne!(other.output(&alpha), output);
    }

    #[test]
    fn any_bytes_are_refused(key in any::<[u8; 32]>(), proof in any::<[u8; 80]>()) {
        prop_assert!(VrfPublic::from_bytes(&key).and_then(|key| key.verify(b"input", &proof)).is_err());
    }
}
