//! A password for those of the cast who need one.

use std::borrow::Cow;

use accounts::bulk::CredentialRow;
use kernel::Secret;
use testkit::{TestCaller, TestSite};

pub const PASSWORD: &str = "a lamp above the door";

/// Gives the caller a password; the cast has none.
pub async fn give_password(site: &TestSite, caller: &TestCaller) {
    let site = &site.site;
    let hash = site.hasher.hash(&site.keys, &*site.chance, Secret::new(PASSWORD.to_owned())).await.expect("hashes");
    let row = CredentialRow { person_id: caller.id().0, password_hash: Cow::Owned(hash), changed_at: site.clock.now() };
    let mut tx = site.database.begin().await.expect("begins");
    accounts::bulk::copy_credentials(&mut tx, [row]).await.expect("copies");
    tx.commit().await.expect("commits");
}
