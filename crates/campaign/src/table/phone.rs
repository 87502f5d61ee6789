//! Telephone numbers as people write them, to the digits of the national form.
use crate::rules::Rules;
use dancu_citizen::CivilDate;

/// The number with its leading zero, digits only, or none if it is not one. A spreadsheet that took it for a number has
/// lost the zero; `+84` stands in its place abroad.
pub(crate) fn parse(text: &str, rules: &Rules, day: CivilDate) -> Option<String> {
    let written = text.chars().filter(|c| !c.is_whitespace() && !".-()".contains(*c)).collect::<String>();
    let digits = match (written.strip_prefix("+84"), written.strip_prefix("84")) {
        (Some(rest), _) => format!("0{}", rest.trim_start_matches('0')),
        (None, Some(rest)) if written.len() >= 11 => format!("0{rest}"),
        _ if written.starts_with('0') => written,
        _ => format!("0{written}"),
    };
    let numeric = digits.bytes().all(|b| b.is_ascii_digit());
    (numeric && rules.is_phone(&digits, day)).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_brought_to_the_national_form() {
        let rules = Rules::built_in().unwrap();
        let day = CivilDate::parse_iso("2026-11-21").unwrap();
        for (text, want) in [
            ("0912 345 678", Some("0912345678")),
            ("+84 912.345.678", Some("0912345678")),
            ("84912345678", Some("0912345678")),
            ("912345678", Some("0912345678")),
            ("(0297) 3862-037", Some("02973862037")),
            ("0212345678", Some("0212345678")),
            ("01234567890", None),
            ("091234567", None),
            ("09123456789", None),
            ("0912345678a", None),
            ("", None),
            ("٠٩١٢٣٤٥٦٧٨", None),
        ] {
            assert_eq!(parse(text, &rules, day).as_deref(), want, "{text}");
        }
    }
}
