//! The reader of names: it knows the words that occur, and so sees when a text is to be read in another way.
use super::keys;
use super::letter::{Kind, kind, kinds};
use super::name::Name;
use super::word::Word;
use dancu_citizen::ClaimedName;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Words are numbers that are well spread after one multiplication.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

pub(crate) type Words = HashSet<u64, BuildHasherDefault<Spread>>;

/// Reads names by the words that occur in names on record.
#[derive(Default)]
pub(crate) struct NameReader {
    marked: Words,
    plain: Words,
}

impl NameReader {
    /// Of the words that occur.
    pub(crate) fn new(words: impl Iterator<Item = Word>) -> Self {
        let mut reader = Self::default();
        for word in words {
            reader.marked.insert(word.marked);
            reader.plain.insert(word.plain);
        }
        reader
    }

    /// Reads a name. Where a word is unknown and bears marks or signs, it is tried whether the text is of a font's encoding, of a
    /// Windows code page, or holds keys of a typing method: the reading with the most known words counts, as it stands before others.
    pub(crate) fn read(&self, text: &str) -> Name {
        let text = text.trim();
        let name = Name::of(text);
        let is_ascii = text.is_ascii();
        let known = self.known(&name);
        if known == name.words().len() && !name.is_odd {
            return name;
        }
        // Signs and digits that names do not have: whatever else can be read is better.
        let mut best = (if name.is_odd { 0 } else { known }, name);
        if is_ascii {
            self.consider(self.typed(text), &mut best);
            return best.1;
        }
        // Letters beyond one byte: it is Unicode as it stands.
        let Some(bytes) = bytes_of(text) else { return best.1 };
        if let Ok(decoded) = std::str::from_utf8(&bytes) {
            self.consider(Name::of(decoded), &mut best);
        }
        let (decoded, had_errors) = encoding_rs::WINDOWS_1258.decode_without_bom_handling(&bytes);
        if !had_errors {
            self.consider(Name::of(&decoded), &mut best);
        }
        if best.0 < best.1.words().len()
            && let Ok(claimed) = ClaimedName::parse(text)
        {
            self.consider(Name::of(claimed.whole()), &mut best);
        }
        best.1
    }

    /// Takes a reading if more of its words are known.
    fn consider(&self, other: Name, best: &mut (usize, Name)) {
        let known = self.known(&other);
        if known > best.0 && !other.is_odd {
            *best = (known, other);
        }
    }

    /// Words of a name that occur; in a name without marks, words that occur without them.
    fn known(&self, name: &Name) -> usize {
        let is_known = |word: &&Word| {
            self.marked.contains(&word.marked) || !word.bears_marks() && self.plain.contains(&word.plain)
        };
        name.words().iter().filter(is_known).count()
    }

    /// The name with the keys of a typing method in words that do not occur.
    fn typed(&self, text: &str) -> Name {
        let kinds = kinds();
        let mut name = Name::default();
        for part in text.split(|c| kind(kinds, c) == Kind::Break).filter(|part| !part.is_empty()) {
            let as_it_stands = Name::of(part);
            let [word] = as_it_stands.words() else { continue };
            let is_plain = self.plain.contains(&word.plain) && !as_it_stands.is_odd;
            let mended = if is_plain { None } else { keys::mend(part) };
            name.add(mended.filter(|mended| self.marked.contains(&mended.marked)).unwrap_or(*word));
        }
        name
    }
}

/// Bytes of a text that was read as Windows-1252 or Latin-1.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| {
            u8::try_from(u32::from(c)).ok().or_else(|| {
                let mut buffer = [0; 4];
                let (bytes, _, had_errors) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
                bytes.first().copied().filter(|_| !had_errors)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> NameReader {
        let words = ["Nguyễn", "Văn", "Hùng", "Trần", "Thị", "Thúy", "Hòa", "Đức", "Vũ", "Lý", "Hà"];
        NameReader::new(words.into_iter().flat_map(|word| Name::of(word).words().to_vec()))
    }

    #[test]
    fn one_name_however_it_was_typed() {
        let right = Name::of("Trần Thị Thúy Hòa");
        for text in [
            "Trần  Thị Thúy Hoà",
            "TRẦN THỊ THÚY HÒA",
            "Tra\u{302}\u{300}n Thi\u{323} Thu\u{301}y Ho\u{300}a",
            "Trâ\u{300}n Thi\u{323} Thúy Hòa",
            "TrÇn ThÞ Thóy Hßa",
            "Traàn Thò Thuùy Hoøa",
            "Traafn Thij Thusy Hofa",
            "Tra62n Thi5 Thuy1 Hoa2",
            "TrÃ¢Ì€n Thá»‹ ThÃºy HÃ²a",
            "TrâÌn Thiò Thuìy HoÌa",
        ] {
            let read = reader().read(text);
            assert!(read.words() == right.words(), "{text}: {} {}", read.letters(), read.has_marks);
        }
        let bare = reader().read("tran thi thuy hoa");
        assert!(!bare.has_marks && bare.letters() == right.letters());
        assert_eq!(reader().read("TRANTHITHUYHOA").letters(), right.letters());
    }

    #[test]
    fn what_is_vietnamese_as_it_stands_stays() {
        for text in ["Lê Hà", "Lý Hà", "Vũ Đức"] {
            assert!(reader().read(text).words() == Name::of(text).words(), "{text}");
        }
    }
}
