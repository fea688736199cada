//! Reads amounts as people write them.

/// `1,200`, `1 200.50` or `1200` in minor units of a currency with `decimals`
/// decimals. Ambiguous amounts (`1.200`, `1200,50`) are refused instead of guessed.
pub(crate) fn minor_units(text: &str, decimals: u32) -> Option<i64> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, '$' | '€' | '£' | '¥')).collect();
    let (whole, part) = plain.trim().split_once('.').unwrap_or((plain.trim(), ""));
    let whole: i64 = ungrouped(whole)?.parse().ok().filter(|whole| (0..=100_000_000).contains(whole))?;
    if part.len() > decimals as usize || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = part.chars().chain(std::iter::repeat('0')).take(decimals as usize).collect();
    let part: i64 = if padded.is_empty() { 0 } else { padded.parse().ok()? };
    Some(whole * 10_i64.pow(decimals) + part)
}

/// Digits alone, or in groups of three.
fn ungrouped(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split([',', ' ', '\u{a0}', '\'']).collect();
    let (first, others) = groups.split_first()?;
    let fits = others.is_empty() || ((1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3));
    (fits && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()))).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(minor_units("1,200", 2), Some(120_000));
        assert_eq!(minor_units("$99.5", 2), Some(9_950));
        assert_eq!(minor_units(" 1 200.50 €", 2), Some(120_050));
        for unclear in ["1.200", "1200,50", "1,2", "12,00", "", "1.2.3", "1,200.505"] {
            assert_eq!(minor_units(unclear, 2), None, "{unclear}");
        }
        assert_eq!(minor_units("1200.5", 0), None);
        assert_eq!(minor_units("12000", 0), Some(12_000));
        assert_eq!(minor_units("1,200.505", 3), Some(1_200_505));
        assert_eq!(minor_units("-5", 2), None);
    }
}
