//! Logarithms by integers, so that every machine finds the same.

/// 100 × log2 of a number, rounded down; 0 of 0.
pub(crate) fn log2(number: u64) -> i32 {
    let Some(whole) = number.checked_ilog2() else { return 0 };
    // The number as 1.x with 62 bits behind the point; each squaring yields a bit of the fraction.
    let mut x = u128::from(number) << 62 >> whole;
    let mut fraction = 0_u32;
    for _ in 0..16 {
        x = (x * x) >> 62;
        fraction <<= 1;
        if x >> 63 > 0 {
            x >>= 1;
            fraction |= 1;
        }
    }
    let hundredths = whole * 100 + ((fraction * 100) >> 16);
    i32::try_from(hundredths).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::log2;

    #[test]
    fn known_values() {
        for (number, hundredths) in
            [(0, 0), (1, 0), (2, 100), (3, 158), (1_000, 996), (100_000_000, 2_657), (u64::MAX, 6_399)]
        {
            assert_eq!(log2(number), hundredths, "{number}");
        }
    }
}
