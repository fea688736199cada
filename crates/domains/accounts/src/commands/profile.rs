//! Changing the profile.

use database::Tx;
use kernel::FieldFault;

use super::Circumstances;
use crate::queries::{self, Person};
use crate::{AccountsError, Caller, fields, store};

/// The fields to change; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct ProfileChange {
    pub display_name: Option<String>,
    pub time_zone: Option<String>,
    pub locale: Option<String>,
}

/// Changes all given fields, or none if one is invalid.
pub async fn update_profile(
    tx: &mut Tx,
    at: Circumstances<'_>,
    caller: &Caller,
    change: ProfileChange,
) -> Result<Person, AccountsError> {
    let mut faults: Vec<FieldFault> = Vec::new();
    let mut keep = |checked: Option<Result<String, FieldFault>>| {
        checked.and_then(|checked| checked.map_err(|fault| faults.push(fault)).ok())
    };
    let display_name = keep(change.display_name.as_deref().map(|name| fields::display_name(name, &caller.roles)));
    let time_zone = keep(change.time_zone.as_deref().map(fields::time_zone));
    let locale = keep(change.locale.as_deref().map(fields::locale));
    if !faults.is_empty() {
        return Err(AccountsError::Fields(faults));
    }
    store::update_person(tx, caller.id, display_name.as_deref(), time_zone.as_deref(), locale.as_deref(), at.now)
        .await?;
    queries::person(tx, caller.id).await?.ok_or(AccountsError::NoSession)
}
