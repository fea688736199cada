//! Money: an integer number of minor units and a currency. No floats.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines the currencies in one table, so that each has a code, decimals and a symbol.
macro_rules! currencies {
    ($($variant:ident = $code:tt, $decimals:tt, $symbol:tt;)*) => {
        /// A supported currency, by its ISO 4217 code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Currency { $(#[serde(rename = $code)] $variant,)* }

        impl Currency {
            /// Every currency, in the order of the table.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$variant),*];

            /// The ISO 4217 code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Decimal places of the minor unit: 2 for the dollar, 0 for the yen.
            pub const fn decimals(self) -> u32 {
                match self { $(Self::$variant => $decimals,)* }
            }

            /// The symbol, written before the amount.
            pub const fn symbol(self) -> &'static str {
                match self { $(Self::$variant => $symbol,)* }
            }
        }
    };
}

// Sorted by code. What else a currency needs, ARCHITECTURE.md says.
currencies! {
    Aud = "AUD", 2, "A$";
    Cad = "CAD", 2, "CA$";
    Chf = "CHF", 2, "CHF\u{a0}";
    Eur = "EUR", 2, "€";
    Gbp = "GBP", 2, "£";
    Jpy = "JPY", 0, "¥";
    Kwd = "KWD", 3, "KWD\u{a0}";
    Sek = "SEK", 2, "SEK\u{a0}";
    Usd = "USD", 2, "$";
}

impl Currency {
    /// The codes of all currencies, for statements that read rows by currency: a later release may have written rows with others.
    pub fn codes() -> Vec<String> {
        Self::ALL.map(|currency| currency.code().to_owned()).to_vec()
    }

    /// The currency with this code, in any letter case.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code().eq_ignore_ascii_case(code))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl sqlx::Type<sqlx::Postgres> for Currency {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <str as sqlx::Type<sqlx::Postgres>>::type_info()
    }

    fn compatible(ty: &sqlx::postgres::PgTypeInfo) -> bool {
        <str as sqlx::Type<sqlx::Postgres>>::compatible(ty)
    }
}

impl sqlx::Encode<'_, sqlx::Postgres> for Currency {
    fn encode_by_ref(
        &self,
        buffer: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        <&str as sqlx::Encode<sqlx::Postgres>>::encode(self.code(), buffer)
    }
}

impl<'row> sqlx::Decode<'row, sqlx::Postgres> for Currency {
    fn decode(value: sqlx::postgres::PgValueRef<'row>) -> Result<Self, sqlx::error::BoxDynError> {
        let code = <&str as sqlx::Decode<sqlx::Postgres>>::decode(value)?;
        Self::from_code(code).ok_or_else(|| format!("the database holds an unknown currency {code:?}").into())
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: cents for the dollar, whole yen for the yen, fils for the dinar.
    pub amount_minor: i64,
    pub currency: Currency,
}

impl Money {
    /// `amount_minor` minor units of `currency`.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// The same amount the other way.
    pub const fn negative(self) -> Self {
        Self::new(-self.amount_minor, self.currency)
    }

    /// This many basis points (hundredths of a percent) of the amount, rounded half to even.
    pub fn basis_points(self, points: i64) -> Self {
        Self::new(divide_half_even(i128::from(self.amount_minor) * i128::from(points), 10_000), self.currency)
    }

    /// This many percent of the amount, rounded half to even.
    pub fn percent(self, percent: i64) -> Self {
        self.basis_points(percent * 100)
    }
}

/// For people: `$1,150.00`, `−€3.50`, `¥12,000`; zero decimals are shown too.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount_minor < 0 { "−" } else { "" };
        let amount = decimal(self.amount_minor.unsigned_abs(), self.currency.decimals());
        write!(f, "{sign}{}{amount}", self.currency.symbol())
    }
}

/// `1,150.00` for 115000 minor units of two decimals.
fn decimal(minor: u64, decimals: u32) -> String {
    let unit = 10_u64.pow(decimals);
    let whole = group_thousands(minor / unit);
    if decimals == 0 { whole } else { format!("{whole}.{:0width$}", minor % unit, width = decimals as usize) }
}

fn group_thousands(whole: u64) -> String {
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `numerator / denominator`, rounded half to even; the result fits because amounts are far below the limits of `i64`.
fn divide_half_even(numerator: i128, denominator: i128) -> i64 {
    let (quotient, remainder) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let up = remainder * 2 > denominator || (remainder * 2 == denominator && quotient % 2 != 0);
    i64::try_from(quotient + i128::from(up)).expect("a share of an amount fits where the amount did")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        assert_eq!(Money::new(115_000, Currency::Usd).to_string(), "$1,150.00");
        assert_eq!(Money::new(-350, Currency::Eur).to_string(), "−€3.50");
        assert_eq!(Money::new(12_000, Currency::Jpy).to_string(), "¥12,000");
        assert_eq!(Money::new(1_150_005, Currency::Kwd).to_string(), "KWD\u{a0}1,150.005");
        assert_eq!(Money::new(100_000_005, Currency::Usd).to_string(), "$1,000,000.05");
        assert_eq!(Money::new(12_345, Currency::Usd).to_string(), "$123.45");
        assert_eq!(Money::new(0, Currency::Usd).to_string(), "$0.00");
    }

    #[test]
    fn a_currency_has_as_many_decimals_as_its_table_says() {
        let written = |decimals| [5, 1_150_000].map(|minor| decimal(minor, decimals));
        assert_eq!(written(0), ["5", "1,150,000"]);
        assert_eq!(written(2), ["0.05", "11,500.00"]);
        // Dinars have a thousand fils.
        assert_eq!(written(3), ["0.005", "1,150.000"]);
    }

    #[test]
    fn a_currency_is_sent_as_it_is_stored() {
        for currency in Currency::ALL {
            assert_eq!(serde_json::to_value(currency).unwrap(), currency.code());
            assert_eq!(Currency::from_code(&currency.code().to_lowercase()), Some(currency));
            assert_eq!(currency.to_string(), currency.code());
        }
    }

    #[test]
    fn a_currency_is_read_from_text_only() {
        use sqlx::{Postgres, Type};
        assert!(<Currency as Type<Postgres>>::compatible(&<str as Type<Postgres>>::type_info()));
        assert!(!<Currency as Type<Postgres>>::compatible(&<i64 as Type<Postgres>>::type_info()));
    }

    #[test]
    fn shares_round_half_to_even() {
        assert_eq!(Money::new(10, Currency::Usd).percent(5).amount_minor, 0);
        assert_eq!(Money::new(30, Currency::Usd).percent(5).amount_minor, 2);
        assert_eq!(Money::new(110_000, Currency::Usd).basis_points(500).amount_minor, 5_500);
        assert_eq!(Money::new(-30, Currency::Usd).percent(5).amount_minor, -2);
        assert_eq!(Money::new(2, Currency::Usd).percent(20).amount_minor, 0);
        assert_eq!(Money::new(3, Currency::Usd).percent(20).amount_minor, 1);
    }
}
