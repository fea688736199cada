//! What every list of celebrities needs besides its items: categories and current fees.

use chrono::NaiveDate;
use database::Connection;
use kernel::{Currency, FeeSchedule};
use serde::Deserialize;
use sqlx::types::Json;

use crate::OverviewError;
use crate::price::FeeRow;

/// A category with its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CategoryName {
    pub slug: String,
    pub name: String,
    pub tagline: String,
}

/// Categories and current fees.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// In the order of the pages.
    pub categories: Vec<CategoryName>,
    /// Those in force, by currency.
    pub fees: Vec<(Currency, FeeSchedule)>,
}

/// Categories and fees of `day`, in one statement.
pub async fn read(connection: &mut Connection, day: NaiveDate) -> Result<Discovery, OverviewError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'name', name, 'tagline', tagline)
                     ORDER BY position, slug), '[]') FROM categories) AS "categories!: Json<Vec<CategoryName>>",
             (SELECT coalesce(jsonb_agg(f), '[]') FROM (SELECT DISTINCT ON (currency) currency, effective_from, service_fee_bps,
                fee_min_minor, fee_max_minor, commission_bps FROM fee_schedules WHERE effective_from <= $1 AND currency = ANY($2)
                ORDER BY currency, effective_from DESC) AS f) AS "fees!: Json<Vec<FeeRow>>""#,
        day,
        &Currency::codes()
    )
    .fetch_one(connection)
    .await?;
    let fees = row.fees.0.iter().map(|fees| (fees.currency, fees.schedule())).collect();
    Ok(Discovery { categories: row.categories.0, fees })
}
