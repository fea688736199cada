//! Total prices: the price of an offering with the current fees.

use chrono::NaiveDate;
use database::Connection;
use kernel::{Currency, FeeSchedule, Money, OfferingId};
use serde::{Deserialize, Serialize};

use crate::error::OverviewError;

/// A price with all fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PriceTotal {
    pub price: Money,
    pub service_fee: Money,
    /// Always zero: no taxes are charged yet.
    pub tax: Money,
    pub total: Money,
}

impl PriceTotal {
    /// The total of `price` under `schedule`.
    pub fn of(price: Money, schedule: &FeeSchedule) -> Self {
        let (service_fee, tax) = (schedule.service_fee(price), Money::new(0, price.currency));
        let total = Money::new(price.amount_minor + service_fee.amount_minor + tax.amount_minor, price.currency);
        Self { price, service_fee, tax, total }
    }
}

/// The total of the offering if it is booked on `day`.
pub async fn total(connection: &mut Connection, id: OfferingId, day: NaiveDate) -> Result<PriceTotal, OverviewError> {
    let row = sqlx::query!(
        r#"SELECT o.price_minor, o.currency AS "currency: Currency", f.service_fee_bps AS "service_fee_bps?",
             f.fee_min_minor AS "fee_min_minor?", f.fee_max_minor AS "fee_max_minor?", f.commission_bps AS "commission_bps?"
           FROM offerings o JOIN celebrities c ON c.id = o.celebrity_id
           LEFT JOIN LATERAL (SELECT * FROM fee_schedules WHERE currency = o.currency AND effective_from <= $2
             ORDER BY effective_from DESC LIMIT 1) AS f ON true
           WHERE o.id = $1 AND o.is_active AND c.status = 'published'"#,
        id.0,
        day
    )
    .fetch_optional(connection)
    .await?
    .ok_or(OverviewError::OfferingNotFound)?;
    let schedule = row
        .service_fee_bps
        .zip(row.fee_min_minor)
        .zip(row.fee_max_minor.zip(row.commission_bps))
        .map(|((service_fee_bps, fee_min_minor), (fee_max_minor, commission_bps))| FeeSchedule {
            service_fee_bps,
            fee_min_minor,
            fee_max_minor,
            commission_bps,
        })
        .ok_or(OverviewError::NoFeeSchedule)?;
    Ok(PriceTotal::of(Money::new(row.price_minor, row.currency), &schedule))
}

/// The fees in force on `day` in every currency that this release knows, for lists of offerings.
pub async fn schedules(
    connection: &mut Connection,
    day: NaiveDate,
) -> Result<Vec<(Currency, FeeSchedule)>, OverviewError> {
    let rows = sqlx::query_as!(
        FeeRow,
        r#"SELECT DISTINCT ON (currency) currency AS "currency: Currency", effective_from, service_fee_bps, fee_min_minor,
             fee_max_minor, commission_bps
           FROM fee_schedules WHERE effective_from <= $1 AND currency = ANY($2) ORDER BY currency, effective_from DESC"#,
        day,
        &Currency::codes()
    );
    Ok(rows.fetch_all(connection).await?.iter().map(|row| (row.currency, row.schedule())).collect())
}

/// What is wrong with the fees that are in force on `day`, and with later ones.
pub async fn implausible_fees(connection: &mut Connection, day: NaiveDate) -> Result<Vec<String>, OverviewError> {
    let rows = sqlx::query_as!(
        FeeRow,
        r#"SELECT currency AS "currency: Currency", effective_from, service_fee_bps, fee_min_minor, fee_max_minor, commission_bps
           FROM fee_schedules AS f WHERE effective_from >= (
             SELECT max(effective_from) FROM fee_schedules WHERE currency = f.currency AND effective_from <= $1)
             AND currency = ANY($2) ORDER BY currency, effective_from"#,
        day,
        &Currency::codes()
    );
    let fault = |row: &FeeRow| {
        let fault = row.schedule().fault(row.currency)?;
        Some(format!("the fees in {} from {}: {fault}", row.currency, row.effective_from))
    };
    Ok(rows.fetch_all(connection).await?.iter().filter_map(fault).collect())
}

/// A row of `fee_schedules`.
#[derive(Debug, Deserialize)]
pub(crate) struct FeeRow {
    pub currency: Currency,
    effective_from: NaiveDate,
    service_fee_bps: i32,
    fee_min_minor: i64,
    fee_max_minor: i64,
    commission_bps: i32,
}

impl FeeRow {
    pub fn schedule(&self) -> FeeSchedule {
        FeeSchedule {
            service_fee_bps: self.service_fee_bps,
            fee_min_minor: self.fee_min_minor,
            fee_max_minor: self.fee_max_minor,
            commission_bps: self.commission_bps,
        }
    }
}
