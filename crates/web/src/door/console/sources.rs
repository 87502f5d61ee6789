//! Where a threshold comes from and how sure that is, in the words of the page: the data name laws in English and mark each row.
use crate::Texts;
use dancu_catalogue::Lang;

/// How laws and their parts are called; the longer before what it contains.
const WORDS: &[(&str, &str)] = &[
    ("Official letters ", "Công văn "),
    ("official letters ", "công văn "),
    ("Official letter ", "Công văn "),
    ("official letter ", "công văn "),
    ("Circular ", "Thông tư "),
    ("Decree ", "Nghị định "),
    ("Decision ", "Quyết định "),
    ("Labour Code ", "Bộ luật Lao động "),
    ("Law on Anti-corruption ", "Luật Phòng, chống tham nhũng "),
    ("requirements ", "yêu cầu "),
    ("registration form", "phiếu đăng ký"),
    ("articles ", "Điều "),
    ("article ", "Điều "),
    ("note ", "ghi chú "),
    ("since ", "từ ngày "),
    (" August ", "/8/"),
    (" October ", "/10/"),
    (" and ", " và "),
    (" to ", " đến "),
];

/// Where what the data add in prose begins.
const PROSE: &[&str] = &[": ", " names ", " sets ", " demands ", " (written ", " (lock "];

/// Standards, named alike in every language.
const STANDARDS: &[&str] = &["TCVN ", "QCVN ", "RFC ", "FIPS "];

fn is_citation(part: &str) -> bool {
    WORDS.iter().any(|(word, _)| !word.starts_with(' ') && part.starts_with(word))
        || STANDARDS.iter().any(|word| part.starts_with(word))
        || part.starts_with(|c: char| c.is_ascii_digit())
        || part
            .split(['.', '(', ' '])
            .next()
            .is_some_and(|first| !first.is_empty() && first.chars().all(|c| "IVX".contains(c)))
}

/// One law and its articles, without what the data say of it in prose; empty when it names no law.
fn citation(part: &str) -> String {
    let kept: Vec<String> = part
        .split(", ")
        .take_while(|piece| is_citation(piece.trim()))
        .map(|piece| {
            let end = PROSE.iter().filter_map(|mark| piece.find(mark)).min().unwrap_or(piece.len());
            // After a remark in parentheses further articles may come: "6.4 (written confirmation) and 7".
            let rest = piece
                .split_once(") and ")
                .map(|(_, rest)| format!(" and {rest}"))
                .filter(|_| end < piece.len());
            let named = piece.get(..end).unwrap_or(piece).trim().to_owned() + &rest.unwrap_or_default();
            WORDS.iter().fold(named, |text, (word, vi)| text.replace(word, vi))
        })
        .collect();
    kept.join(", ")
}

/// The source of a row of the data.
pub(super) fn source(t: Texts, text: &str) -> String {
    if t.lang() != Lang::Vi {
        return text.to_owned();
    }
    let starts_with_law = |part: &&str| !part.starts_with(|c: char| c.is_ascii_digit());
    let parts = text.split("; ").filter(starts_with_law).map(citation).filter(|part| !part.is_empty());
    let named = parts.collect::<Vec<_>>().join("; ");
    if named.is_empty() { t.t("source-own").into_owned() } else { named }
}

/// How sure a row of the data is: compared with its source, recalled, or set by the managing body.
pub(super) fn mark(t: Texts, text: &str) -> String {
    let own = ["OURS", "OWN", "CHOSEN"].iter().any(|word| text.contains(word));
    let key = match (text.contains("RECALLED"), text.contains("CONFIRMED"), own) {
        (true, _, _) => "mark-recalled",
        (false, true, true) => "mark-partly-own",
        (false, true, false) => "mark-confirmed",
        (false, false, true) => "mark-own",
        (false, false, false) => return text.to_owned(),
    };
    t.t(key).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_named_in_the_language_of_the_page() {
        let (vi, en) = (Texts::of(Lang::Vi), Texts::of(Lang::En));
        for (text, named) in [
            ("Circular 46/2022/TT-BCA, article 7.2", "Thông tư 46/2022/TT-BCA, Điều 7.2"),
            ("Circular 46/2022/TT-BCA, article 6.2 names no term", "Thông tư 46/2022/TT-BCA, Điều 6.2"),
            (
                "Circular 46/2022/TT-BCA, articles 6.1, 6.4 (written confirmation) and 7",
                "Thông tư 46/2022/TT-BCA, Điều 6.1, 6.4 và 7",
            ),
            (
                "Official letter A05 (2024), purpose control; requirements KN-19",
                "Công văn A05 (2024); yêu cầu KN-19",
            ),
            (
                "Official letter 2761/BCA-QLHCTTXH, II.2(3): results are reported",
                "Công văn 2761/BCA-QLHCTTXH, II.2(3)",
            ),
            (
                "Official letter 2761/BCA-QLHCTTXH; Decree 47/2020/NĐ-CP, article 43, since 22 October 2025 Decree 278/2025/NĐ-CP",
                "Công văn 2761/BCA-QLHCTTXH; Nghị định 47/2020/NĐ-CP, Điều 43, từ ngày 22/10/2025 Nghị định 278/2025/NĐ-CP",
            ),
            ("requirements KN-19; TCVN 14423:2026 5.8", "yêu cầu KN-19; TCVN 14423:2026 5.8"),
            (
                "Law on Anti-corruption 36/2018/QH14 article 23: conflict of interest",
                "Luật Phòng, chống tham nhũng 36/2018/QH14 Điều 23",
            ),
            ("the organisation had time to object and did not", "Cơ quan quản lý quy định"),
        ] {
            assert_eq!(source(vi, text), named);
            assert_eq!(source(en, text), text);
        }
    }

    #[test]
    fn marks_are_words() {
        let vi = Texts::of(Lang::Vi);
        let of = |text| mark(vi, text);
        assert_ne!(of("CONFIRMED"), of("CONFIRMED; days OURS"));
        assert_eq!(of("OURS"), of("OWN"));
        assert_eq!(of("night RECALLED high, numbers OWN"), of("RECALLED"));
        assert!(
            ["CONFIRMED", "OWN", "RECALLED", "step CONFIRMED; days OURS"]
                .iter()
                .all(|text| !of(text).contains("⟦"))
        );
    }
}
