//! Turns money, times and durations into what people read. Pure, and the only place that does.

mod device;
mod names;
pub(crate) mod policy;
mod time;

pub(crate) use device::device;
pub(crate) use names::{country, language};

pub(crate) use time::{
    both_clocks, city_of, clock, day, day_short, day_with_year, month_name, over_there, relative, until,
};

use kernel::Money;

/// `$1,150.00`, or `$1,150` where the cents are nought: for prices in lists, never for sums.
pub(crate) fn price(money: Money) -> String {
    let text = money.to_string();
    match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => text,
    }
}

/// `40 minutes`, `1 hour`, `2 hours 30 minutes`.
pub(crate) fn minutes(total: i32) -> String {
    let plural = |count: i32, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (total / 60, total % 60) {
        (0, minutes) => plural(minutes, "minute"),
        (hours, 0) if hours % 24 == 0 && hours >= 48 => plural(hours / 24, "day"),
        (hours, 0) => plural(hours, "hour"),
        (1, 30) => "90 minutes".to_owned(),
        (hours, minutes) => format!("{} {}", plural(hours, "hour"), plural(minutes, "minute")),
    }
}

/// `4.87` from hundredths, rounded to one decimal: `4.9`, `5.0`.
pub(crate) fn rating(hundredths: i32) -> String {
    let tenths = (hundredths + 5) / 10;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The first letters of up to two words of a name.
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

/// `1 review`, `12 reviews`.
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn prices_drop_empty_cents_only() {
        assert_eq!(price(Money::new(115_000, Currency::Usd)), "$1,150");
        assert_eq!(price(Money::new(115_050, Currency::Usd)), "$1,150.50");
        assert_eq!(price(Money::new(12_000, Currency::Jpy)), "¥12,000");
    }

    #[test]
    fn durations_read_aloud() {
        let cases = [
            (1, "1 minute"),
            (40, "40 minutes"),
            (60, "1 hour"),
            (90, "90 minutes"),
            (150, "2 hours 30 minutes"),
            (1440, "24 hours"),
            (4320, "3 days"),
        ];
        for (total, words) in cases {
            assert_eq!(minutes(total), words);
        }
    }

    #[test]
    fn ratings_round_to_a_tenth() {
        assert_eq!(rating(487), "4.9");
        assert_eq!(rating(500), "5.0");
        assert_eq!(rating(444), "4.4");
    }
}
