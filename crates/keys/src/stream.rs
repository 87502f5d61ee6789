//! Encryption of files: in chunks, so that none is believed before its tag is checked, and none is moved, dropped or
//! repeated unseen (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015, as age has it).
use crate::{KeyError, Secret};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac, rand};
use zeroize::Zeroizing;

/// Plain bytes of a chunk; all but the last have so many.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// First byte of an encrypted file; then the salt, then the chunks.
const FORM: u8 = 3;
const SALT: usize = 16;

/// Why a file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Not an encrypted file
    #[error("not an encrypted file")]
    Form,
    /// It ends before its end
    #[error("the file is cut off")]
    Truncated,
    /// Changed, named otherwise, or under another key
    #[error("the file was altered, or is not the one of this name")]
    Altered,
    /// The cryptographic library refused
    #[error("the cryptographic library refused")]
    Crypto,
}

/// A key for many files, each known by a name.
///
/// Every file is under a key of its own, drawn from this one by HKDF-SHA-256 with a random salt and the file's name, so a
/// counter is a nonce that never comes twice.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Secret);

impl FileKey {
    /// Bytes of the key.
    pub const BYTES: usize = 32;

    /// A new key.
    pub fn draw() -> Result<Self, KeyError> {
        let mut key = Zeroizing::new(vec![0; Self::BYTES]);
        rand::fill(&mut key).map_err(|_| KeyError::Crypto("draw a key"))?;
        Ok(Self(key.into()))
    }

    /// Takes 32 bytes for a key; none for any other number.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == Self::BYTES).then(|| Self(Secret::new(bytes)))
    }

    /// The key's bytes, to be wrapped for who may open the files.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// Encrypts a file.
    pub fn seal(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| StreamError::Crypto)?;
        let key = self.key_of(name, &salt)?;
        let chunks = plain.len().div_ceil(CHUNK).max(1);
        let mut sealed = Vec::with_capacity(1 + SALT + plain.len() + chunks * TAG);
        sealed.push(FORM);
        sealed.extend_from_slice(&salt);
        for number in 0..chunks {
            let end = plain.len().min((number + 1) * CHUNK);
            let start = sealed.len();
            sealed.extend_from_slice(plain.get(number * CHUNK..end).ok_or(StreamError::Crypto)?);
            let chunk = sealed.get_mut(start..).ok_or(StreamError::Crypto)?;
            let nonce = nonce(number, number + 1 == chunks)?;
            let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), chunk);
            sealed.extend_from_slice(tag.map_err(|_| StreamError::Crypto)?.as_ref());
        }
        Ok(sealed)
    }

    /// Decrypts a file that was sealed under this name.
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StreamError> {
        let [FORM, rest @ ..] = sealed else { return Err(StreamError::Form) };
        let (salt, mut rest) = rest.split_first_chunk::<SALT>().ok_or(StreamError::Form)?;
        let key = self.key_of(name, salt)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(rest.len()));
        let mut number = 0;
        loop {
            let is_last = rest.len() <= CHUNK + TAG;
            let (chunk, after) =
                rest.split_at_checked(CHUNK + TAG).filter(|_| !is_last).unwrap_or((rest, &[]));
            if let Err(error) = open_chunk(&key, nonce(number, is_last)?, chunk, &mut plain) {
                // A whole chunk that stands at the end and says that it is not the last: the rest was cut off.
                let goes_on = is_last && open_chunk(&key, nonce(number, false)?, chunk, &mut plain).is_ok();
                return Err(if goes_on { StreamError::Truncated } else { error });
            }
            if is_last {
                return Ok(plain);
            }
            (rest, number) = (after, number + 1);
        }
    }

    /// HMAC-SHA-256 of what lies open beside the files, under a key of its own.
    pub fn tag(&self, name: &str, text: &[u8]) -> Result<[u8; 32], StreamError> {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.tag_key(name)?, text).as_ref());
        Ok(tag)
    }

    /// Whether the tag is that of the text; compared in constant time.
    pub fn is_tag(&self, name: &str, text: &[u8], tag: &[u8]) -> bool {
        self.tag_key(name).is_ok_and(|key| hmac::verify(&key, text, tag).is_ok())
    }

    fn tag_key(&self, name: &str) -> Result<hmac::Key, StreamError> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &*self.derive(b"dancu tag", name, &[])?))
    }

    fn key_of(&self, name: &str, salt: &[u8]) -> Result<LessSafeKey, StreamError> {
        let key = UnboundKey::new(&AES_256_GCM, &*self.derive(b"dancu file", name, salt)?);
        Ok(LessSafeKey::new(key.map_err(|_| StreamError::Crypto)?))
    }

    fn derive(&self, label: &[u8], name: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, StreamError> {
        let info = [label, &[0], name.as_bytes()];
        let mut key = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(self.0.expose())
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|out| out.fill(key.as_mut()))
            .map_err(|_| StreamError::Crypto)?;
        Ok(key)
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

/// The chunk's number in eleven bytes, then whether it is the last.
fn nonce(number: usize, is_last: bool) -> Result<Nonce, StreamError> {
    let number = u64::try_from(number).map_err(|_| StreamError::Crypto)?;
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *to = from;
    }
    if let Some(last) = nonce.last_mut() {
        *last = u8::from(is_last);
    }
    Ok(Nonce::assume_unique_for_key(nonce))
}

fn open_chunk(key: &LessSafeKey, nonce: Nonce, chunk: &[u8], plain: &mut Vec<u8>) -> Result<(), StreamError> {
    let (body, tag) = chunk.split_last_chunk::<TAG>().ok_or(StreamError::Truncated)?;
    let start = plain.len();
    plain.resize(start + body.len(), 0);
    let room = plain.get_mut(start..).ok_or(StreamError::Crypto)?;
    let opened = key.open_separate_gather(nonce, Aad::empty(), body, tag, room);
    opened.map_err(|_| {
        plain.truncate(start);
        StreamError::Altered
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> FileKey {
        FileKey::from_bytes(&[byte; 32]).unwrap()
    }

    /// Around the ends of chunks, where mistakes live.
    fn lengths() -> impl Strategy<Value = usize> {
        prop_oneof![0..100_usize, CHUNK - 2..CHUNK + 3, 2 * CHUNK - 2..2 * CHUNK + 3]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn opens_what_it_sealed_and_nothing_shorter_longer_or_changed(
            length in lengths(), at: prop::sample::Index, bit in 0_u8..8,
        ) {
            let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let sealed = key(1).seal("part/1", &plain).unwrap();
            prop_assert_eq!(&*key(1).open("part/1", &sealed).unwrap(), &plain);
            prop_assert!(key(2).open("part/1", &sealed).is_err());
            prop_assert!(key(1).open("part/2", &sealed).is_err());
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(key(1).open("part/1", &changed).is_err());
            prop_assert!(key(1).open("part/1", &sealed[..at.index(sealed.len())]).is_err());
            let mut longer = sealed;
            longer.push(0);
            prop_assert!(key(1).open("part/1", &longer).is_err());
        }

        #[test]
        fn garbage_is_refused(mut bytes: Vec<u8>) {
            prop_assert!(key(1).open("x", &bytes).is_err());
            bytes.insert(0, FORM);
            prop_assert!(key(1).open("x", &bytes).is_err());
        }
    }

    #[test]
    fn a_cut_at_the_end_of_a_chunk_is_told_from_a_change() {
        let sealed = key(1).seal("x", &vec![7; 2 * CHUNK + 5]).unwrap();
        for chunks in [1, 2] {
            let cut = &sealed[..1 + SALT + chunks * (CHUNK + TAG)];
            assert_eq!(key(1).open("x", cut).unwrap_err(), StreamError::Truncated);
        }
        // Chunks in another order, or one of them twice.
        let (head, chunks) = sealed.split_at(1 + SALT);
        let (one, rest) = chunks.split_at(CHUNK + TAG);
        let (two, three) = rest.split_at(CHUNK + TAG);
        for order in [[two, one, three], [one, one, three], [two, two, three]] {
            let moved = [&[head], &order[..]].concat().concat();
            assert_eq!(key(1).open("x", &moved).unwrap_err(), StreamError::Altered);
        }
    }

    #[test]
    fn tags_are_of_one_key_name_and_text() {
        let tag = key(1).tag("manifest", b"x").unwrap();
        assert!(key(1).is_tag("manifest", b"x", &tag));
        assert!(!key(2).is_tag("manifest", b"x", &tag) && !key(1).is_tag("other", b"x", &tag));
        assert!(!key(1).is_tag("manifest", b"y", &tag) && !key(1).is_tag("manifest", b"x", &tag[..31]));
        assert_eq!(format!("{:?}", key(1)), "FileKey(…)");
        assert!(FileKey::from_bytes(&[1; 31]).is_none());
        assert_ne!(FileKey::draw().unwrap(), FileKey::draw().unwrap());
    }
}
