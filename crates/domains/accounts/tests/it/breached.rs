//! Passwords from an operator's list of breached ones.

use accounts::{AccountsError, BreachedPasswords};

use crate::support::{AccountsFixture, PASSWORD, SHOWN};

const BREACHED: &str = "a lamp above the door";
const LISTED: &str = "FB2C83FF4843EE461F76AB3FEEC241FC85C1435D:7\n";

#[tokio::test]
async fn a_breached_password_is_refused_wherever_one_is_chosen_and_opens_what_it_opened_before() {
    let mut fixture = AccountsFixture::open().await;
    fixture.register_as("bo@example.org", "Bo", BREACHED).await.expect("nobody has named a list yet");
    let path = std::env::temp_dir().join(format!("stagedoor-breached-it-{}", std::process::id()));
    std::fs::write(&path, LISTED).unwrap();
    fixture.breached = Some(BreachedPasswords::open(&path).unwrap());

    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let link = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
    let refusals = [
        ("password", fixture.register_as("cleo@example.org", "Cleo", BREACHED).await.map(drop)),
        ("new_password", fixture.change(&ana, &pair, BREACHED).await.map(drop)),
        ("password", fixture.reset(&link.token, BREACHED).await.map(drop)),
    ];
    for (field, refused) in refusals {
        let Err(AccountsError::Fields(faults)) = refused else { panic!("it was taken: {refused:?}") };
        assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), (field, "breached"));
    }
    fixture.register_as("dora@example.org", "Dora", PASSWORD).await.expect("others are taken");
    std::fs::remove_file(&path).unwrap();
    let refused = fixture.register_as("eve@example.org", "Eve", PASSWORD).await;
    assert!(matches!(refused, Err(AccountsError::BreachedPasswords(_))), "no list, no new password");
}
