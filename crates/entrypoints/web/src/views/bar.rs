//! Sums as bars, where their proportions say more than their figures.

use kernel::Money;
use serde::Serialize;

/// What a part of a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BarPart {
    Spent,
    Held,
    Left,
    Expired,
    Credit,
}

/// A bar of parts, beside each other.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    pub parts: Vec<PartView>,
}

/// A part of a bar. Places are thousandths of the whole bar.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PartView {
    pub part: BarPart,
    pub label: &'static str,
    pub amount: String,
    pub from: i64,
    pub width: i64,
}

impl Bar {
    /// So many of a hundred, as one part.
    pub(crate) fn of_hundred(per_cent: i64) -> Self {
        let part =
            PartView { part: BarPart::Left, label: "", amount: String::new(), from: 0, width: per_cent.max(1) * 10 };
        Self { parts: vec![part] }
    }

    /// Parts of `whole`; those of nothing are left out.
    pub(crate) fn of(whole: Money, parts: &[(BarPart, &'static str, Money)]) -> Self {
        let thousandths =
            |minor: i64| i64::try_from(i128::from(minor) * 1_000 / i128::from(whole.amount_minor.max(1))).unwrap_or(0);
        let mut before = 0;
        let part = |(part, label, amount): &(BarPart, &'static str, Money)| {
            let from = thousandths(before);
            before += amount.amount_minor;
            // Whatever there is can be seen.
            let width = (thousandths(before) - from).max(4);
            PartView { part: *part, label, amount: amount.to_string(), from, width }
        };
        Self { parts: parts.iter().filter(|(_, _, amount)| amount.amount_minor > 0).map(part).collect() }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn parts_lie_beside_each_other_and_fill_the_whole() {
        let usd = |minor| Money::new(minor, Currency::Usd);
        let parts =
            [(BarPart::Spent, "Spent", usd(100)), (BarPart::Held, "Held", usd(0)), (BarPart::Left, "Left", usd(200))];
        let bar = Bar::of(usd(300), &parts);
        let places: Vec<(i64, i64)> = bar.parts.iter().map(|part| (part.from, part.width)).collect();
        assert_eq!(places, [(0, 333), (333, 667)]);
        let tiny = Bar::of(usd(1_000_000), &[(BarPart::Left, "Left", usd(1))]);
        assert_eq!((tiny.parts[0].from, tiny.parts[0].width), (0, 4));
        assert!(Bar::of(usd(0), &parts[1..2]).parts.is_empty());
    }
}
