//! The daily quota of an account: cases a day times queries a case (KN-13; note 14 of the registration form).
use super::{Cell, Problem};
use std::num::NonZeroU32;

/// A quota with the factors it came from, where they were said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Calls a day
    pub daily: u32,
    /// Cases a day and queries a case
    pub factors: Option<(u32, u32)>,
}

/// The quota that an account needs for so many cases a day and queries a case; none when one is 0 or the product is out of
/// range.
pub fn propose(cases_a_day: u32, queries_a_case: u32) -> Option<Quota> {
    let daily = NonZeroU32::new(cases_a_day.checked_mul(queries_a_case)?)?.get();
    Some(Quota { daily, factors: Some((cases_a_day, queries_a_case)) })
}

/// Reads the three cells that may say it: one number, `50x3=150`, or two factors. What is said twice must agree.
pub(super) fn parse(
    daily: Option<&Cell>,
    cases: Option<&Cell>,
    queries: Option<&Cell>,
) -> Result<Quota, Problem> {
    let text =
        |cell: Option<&Cell>| cell.map(|c| c.text.as_str()).filter(|t| !t.is_empty()).map(str::to_owned);
    let factors = match (text(cases), text(queries)) {
        (None, None) => None,
        (Some(cases), Some(queries)) => Some((number(&cases)?, number(&queries)?)),
        _ => return Err(Problem::QuotaFactor),
    };
    let mut said = match text(daily) {
        Some(text) => Some(expression(&text)?),
        None => None,
    };
    if let Some((cases, queries)) = factors {
        let product = propose(cases, queries).ok_or(Problem::QuotaForm)?;
        match said {
            Some(said) if said.daily != product.daily => {
                return Err(Problem::QuotaDisagrees { product: product.daily, said: said.daily });
            }
            _ => said = Some(product),
        }
    }
    said.filter(|quota| quota.daily > 0).ok_or(if text(daily).is_some() {
        Problem::QuotaForm
    } else {
        Problem::Missing
    })
}

/// `150`, `50 x 3`, `50×3 = 150`.
fn expression(text: &str) -> Result<Quota, Problem> {
    let lower = text.to_lowercase();
    let (left, right) = match lower.split_once('=') {
        Some((left, right)) => (left, Some(number(right)?)),
        None => (lower.as_str(), None),
    };
    let quota = match left.split_once(['x', '×', '*']) {
        Some((cases, queries)) => propose(number(cases)?, number(queries)?).ok_or(Problem::QuotaForm)?,
        None => Quota { daily: number(left)?, factors: None },
    };
    match right {
        Some(said) if said != quota.daily => Err(Problem::QuotaDisagrees { product: quota.daily, said }),
        _ => Ok(quota),
    }
}

/// A whole number; thousands may be divided by points or spaces.
fn number(text: &str) -> Result<u32, Problem> {
    let text = text.trim();
    let (_, groups) = text.split_once('.').unwrap_or((text, ""));
    let divided = groups.split('.').all(|group| group.is_empty() || group.len() == 3);
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && (*c != '.' || !divided)).collect();
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    numeric.then(|| digits.parse().ok()).flatten().ok_or(Problem::QuotaForm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(daily: &str, cases: &str, queries: &str) -> Result<Quota, Problem> {
        let [daily, cases, queries] = [daily, cases, queries].map(Cell::text);
        parse(Some(&daily), Some(&cases), Some(&queries))
    }

    #[test]
    fn a_quota_is_read_in_each_of_its_forms() {
        let whole = |daily| Ok(Quota { daily, factors: None });
        assert_eq!(read("150", "", ""), whole(150));
        assert_eq!(read("1.500", "", ""), whole(1500));
        assert_eq!(read("50x3=150", "", ""), Ok(Quota { daily: 150, factors: Some((50, 3)) }));
        assert_eq!(read("50 × 3", "", ""), Ok(Quota { daily: 150, factors: Some((50, 3)) }));
        assert_eq!(read("", "50", "3"), Ok(Quota { daily: 150, factors: Some((50, 3)) }));
        assert_eq!(read("150", "50", "3"), Ok(Quota { daily: 150, factors: Some((50, 3)) }));
    }

    #[test]
    fn what_does_not_agree_or_is_no_number_is_explained() {
        assert_eq!(read("140", "50", "3"), Err(Problem::QuotaDisagrees { product: 150, said: 140 }));
        assert_eq!(read("50x3=140", "", ""), Err(Problem::QuotaDisagrees { product: 150, said: 140 }));
        assert_eq!(read("", "50", ""), Err(Problem::QuotaFactor));
        assert_eq!(read("", "", ""), Err(Problem::Missing));
        for text in ["many", "-5", "0", "1.5", "99999999999", "5,5"] {
            assert_eq!(read(text, "", ""), Err(Problem::QuotaForm), "{text}");
        }
        assert_eq!(read("", "4000000", "4000000"), Err(Problem::QuotaForm));
    }
}
