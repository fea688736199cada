//! Registration.

use database::{Tx, facts};
use kernel::{FieldFault, PersonId, Secret};

use super::{Circumstances, Passwords, VerificationLink, links};
use crate::store::{self, NewPerson};
use crate::{AccountEvent, AccountsError, fields};

/// The form of a new account.
#[derive(Debug)]
pub struct Registration {
    pub email: String,
    pub display_name: String,
    pub password: Secret<String>,
    pub time_zone: String,
}

/// A registration with valid fields and a hashed password.
#[derive(Debug)]
pub struct PreparedRegistration {
    email: String,
    display_name: String,
    time_zone: String,
    password_hash: String,
}

/// The result of a registration. Callers outside get the same answer for both; only the owner of the address learns more, by mail.
#[derive(Debug)]
pub enum Registered {
    New { person: PersonId, email: String, display_name: String, link: VerificationLink },
    AddressTaken { person: PersonId, email: String, display_name: String },
}

/// Checks the fields and hashes the password; call it before any transaction begins.
pub async fn prepare_registration(
    passwords: Passwords<'_>,
    at: Circumstances<'_>,
    registration: Registration,
) -> Result<PreparedRegistration, AccountsError> {
    let mut faults: Vec<FieldFault> = Vec::new();
    let mut keep =
        |checked: Result<String, FieldFault>| checked.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let email = keep(fields::email(&registration.email));
    let display_name = keep(fields::own_name(&registration.display_name));
    let time_zone = keep(fields::time_zone(&registration.time_zone));
    faults
        .extend(fields::password_fault(passwords.breached, &registration.password, &registration.email, false).await?);
    if !faults.is_empty() {
        return Err(AccountsError::Fields(faults));
    }
    let password_hash = passwords.hasher.hash(passwords.keys, at.chance, registration.password).await?;
    Ok(PreparedRegistration { email, display_name, time_zone, password_hash })
}

/// Creates the account, unless the address has one.
pub async fn register(
    tx: &mut Tx,
    at: Circumstances<'_>,
    prepared: PreparedRegistration,
) -> Result<Registered, AccountsError> {
    let id = PersonId::new(at.chance, at.now);
    let PreparedRegistration { email, display_name, time_zone, password_hash } = prepared;
    let new = NewPerson {
        id,
        email: &email,
        display_name: &display_name,
        time_zone: &time_zone,
        password_hash: &password_hash,
        now: at.now,
    };
    if !store::insert_person(tx, &new).await? {
        let person = crate::queries::person_by_email(tx, &email).await?.ok_or(AccountsError::Busy)?;
        return Ok(Registered::AddressTaken {
            person: person.id,
            email: person.email,
            display_name: person.display_name,
        });
    }
    facts::append(tx, at.chance, at.now, &AccountEvent::Registered { person: id }).await?;
    let link = links::make_verification(tx, at, id).await?;
    Ok(Registered::New { person: id, email, display_name, link })
}
