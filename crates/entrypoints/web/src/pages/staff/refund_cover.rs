//! Where the refund of a bought card comes from, in words.

use kernel::{Currency, Money};
use overviews::unspent::RefundCover;

/// What staff should know before they ask for a part of a price; `cover` is that of all that is left of it.
pub(super) fn before_asking(cover: &RefundCover, currency: Currency) -> String {
    let sources = sources(cover, currency);
    if sources.is_empty() {
        return "Nothing comes off the card: it is spent or over, or somebody else has it. All of a refund is at our cost."
            .to_owned();
    }
    let rest = match cover.our_cost_minor {
        0 => "",
        _ => " What goes back beyond that is at our cost.",
    };
    format!("Unspent, and first to go back: {}.{rest}", sources.join(" and "))
}

/// What staff should know before they approve a refund.
pub(super) fn before_deciding(cover: &RefundCover, currency: Currency) -> String {
    let mut sources = sources(cover, currency);
    if cover.our_cost_minor > 0 {
        sources.push(format!("{} at our cost", Money::new(cover.our_cost_minor, currency)));
    }
    format!("Comes from: {}.", sources.join(", "))
}

fn sources(cover: &RefundCover, currency: Currency) -> Vec<String> {
    let parts = [(cover.cards_minor, "on gift cards"), (cover.credit_minor, "of the credit that they became")];
    let some = parts.into_iter().filter(|(minor, _)| *minor > 0);
    some.map(|(minor, place)| format!("{} {place}", Money::new(minor, currency))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_is_named_with_what_comes_from_it() {
        let cover =
            |cards_minor, credit_minor, our_cost_minor| RefundCover { cards_minor, credit_minor, our_cost_minor };
        let asked = |cover| before_asking(&cover, Currency::Usd);
        assert!(asked(cover(0, 0, 5)).contains("All of a refund is at our cost"));
        assert_eq!(asked(cover(500, 0, 0)), "Unspent, and first to go back: $5.00 on gift cards.");
        let both = asked(cover(500, 200, 1));
        assert!(
            both.contains("$5.00 on gift cards and $2.00 of the credit that they became. What goes back"),
            "{both}"
        );
        let decided = before_deciding(&cover(500, 200, 100), Currency::Usd);
        assert_eq!(
            decided,
            "Comes from: $5.00 on gift cards, $2.00 of the credit that they became, $1.00 at our cost."
        );
        assert_eq!(before_deciding(&cover(0, 0, 100), Currency::Usd), "Comes from: $1.00 at our cost.");
    }
}
