//! What is stored: the state row of each object, and the lines of a journal. A build that cannot read these
//! loses accounts; one that writes them otherwise cannot be taken back.

use edgeward::{
    account::{AccountState, Event},
    address::AddressState,
    link::LinkState,
    network::NetworkState,
    store::{Sql, StoreFault, Stored, VERSION, Value, change},
};
use serde_json::json;

use crate::twin::{GOOD, Twin, database::Database, objects::Kind};

/// An address that waits to be proved, and owes everything it can owe before it has an owner.
const PENDING: &str = r#"{"address":"ada@example.org","owner":null,"pending":[{"signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"next":"/private?x=1","until":1795507200000}],"links":{"verify":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}],"reset":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":null}],"magic":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}}],"invite":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":"inv_aibaeaqcaibaeaqcaibaeaqcai"}]},"redeemed":[],"duties":[{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"verify":{"signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":"reset"},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"magic":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"invite":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai"}}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":{"resend":{"signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq","paid":true}}},"since":1795420800000,"tries":2,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":{"reset":{"by":null,"paid":true}}},"since":1795420800000,"tries":2,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":{"magic":{"asked":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"},"paid":false}}},"since":1795420800000,"tries":2,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":{"confirm":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","change":"msg_aydambqgaydambqgaydambqgay","paid":true}}},"since":1795420800000,"tries":2,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":"list_invitation","since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"unlist_invitation":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":null}],"lanes":{"strangers":{"failures":5,"shut_until":1795423325000,"last":1795422425000},"marked":{"failures":1,"shut_until":null,"last":1795422425000},"devices":[{"id":"dev_aucqkbifaucqkbifaucqkbifau","used":1795420802500,"failures":1}]},"purses":{"strangers":[[[23938944,3]],[[249364,3]]],"trickle":[[[2992368,1]]],"known":[]},"invitation":{"invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"},"since":1795420802500,"until":1796025602500}}"#;

/// An address that was proved a moment ago, its account not acknowledged, and that is kept back.
const OWNED: &str = r#"{"address":"ada@example.org","owner":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","since":1795420802500,"epoch":1,"reserved":1795507200000},"pending":[],"links":{"verify":[],"reset":[],"magic":[],"invite":[]},"redeemed":[{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507202500,"answer":{"visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795421402500,"answer":{"proof":{"address":"ada@example.org","redemption":"msg_aydambqgaydambqgaydambqgay","epoch":1},"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","next":"/private?x=1"}}},{"token":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795507202500,"answer":null}],"duties":[{"id":"msg_aydambqgaydambqgaydambqgay","what":{"birth":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"invited":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"grant":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","invited":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":"already_registered"},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"wish":"attempts_exhausted"},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000}],"lanes":{"strangers":{"failures":0,"shut_until":null,"last":null},"marked":{"failures":0,"shut_until":null,"last":null},"devices":[]},"purses":{"strangers":[],"trickle":[],"known":[]}}"#;

/// The object that remembers which `NAME_KEY` names everything.
const CHECK: &str = r#"{"address":null,"owner":null,"pending":[],"links":{"verify":[],"reset":[],"magic":[],"invite":[]},"redeemed":[],"duties":[],"lanes":{"strangers":{"failures":0,"shut_until":null,"last":null},"marked":{"failures":0,"shut_until":null,"last":null},"devices":[]},"purses":{"strangers":[],"trickle":[],"known":[]},"names_check":"lblhqvqe"}"#;

/// An account with everything an account can have.
const ACCOUNT: &str = r#"{"living":{"id":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","created":1795420802500,"enabled":true,"epoch":1,"roles":["billing"],"password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"password_version":1,"force_change":true,"sessions":[{"id":"ses_aibaeaqcaibaeaqcaibaeaqcai","generation":2,"generation_since":1795420802500,"browser":{"device":"dev_aucqkbifaucqkbifaucqkbifau","name":"Firefox on Linux","place":"Lisbon, PT","network":"198.51.100.0/24","had":"ses_ambqgaydambqgaydambqgaydam"},"authenticated_at":1795420802500,"methods":["link"],"hook_roles":["admin"],"opened":1795420802500,"seen":1795420802500,"redemption":"msg_aydambqgaydambqgaydambqgay"}],"signed_in":true,"duties":[{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":"reset","to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"magic":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"confirm_address":{"change":"msg_aydambqgaydambqgaydambqgay"}},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"undo":"email"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"undo":"deletion"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"already_registered"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"session_theft"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"password_changed"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"address_changed"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"new_device"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"letter":{"about":{"notice":"attempts_exhausted"},"to":"ada@example.org"}},"since":1795420800000,"tries":0,"due":1795420800000,"until":1795507200000},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"mark":{"address":"ada@example.org","device":"dev_aucqkbifaucqkbifaucqkbifau","lane":"strangers"}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"unmark":{"address":"ada@example.org","kept":null}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"claim":{"address":"ada@example.net","change":"msg_aydambqgaydambqgaydambqgay","device":"dev_aucqkbifaucqkbifaucqkbifau"}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"claim":{"address":"ada@example.org","change":null,"device":null}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"release":{"address":"ada@example.net","reserved":1795507200000}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null},{"id":"msg_aydambqgaydambqgaydambqgay","what":{"release":{"address":"ada@example.net","reserved":null}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null}],"links":{"reset":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":"ada@example.org"}],"magic":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":["ada@example.org",{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}]}],"email":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":["ada@example.net","msg_aydambqgaydambqgaydambqgay"]}],"undo":[{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":["ada@example.org","email"]},{"hash":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507200000,"what":["ada@example.org","deletion"]}],"redeemed":[{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507202500,"answer":{"visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795421402500,"answer":"reset"}},{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507202500,"answer":{"visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795421402500,"answer":{"opened":["ses_aibaeaqcaibaeaqcaibaeaqcai","/private?x=1"]}}},{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507202500,"answer":{"visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795421402500,"answer":{"confirmed":"msg_aydambqgaydambqgaydambqgay"}}},{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","until":1795507202500,"answer":{"visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795421402500,"answer":{"undone":"email"}}},{"token":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k","until":1795507202500,"answer":null}]},"redeemed":[["msg_aydambqgaydambqgaydambqgay",1795420802500]],"honoured":["msg_aydambqgaydambqgaydambqgay"],"noticed":[["session_theft",1795422423000],["already_registered",1795422423000]],"granted":["inv_aibaeaqcaibaeaqcaibaeaqcai"],"wanted":{"change":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.net","until":1795507200000},"claiming":{"change":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.net"},"moved":["msg_aydambqgaydambqgaydambqgay",true],"previous":[{"address":"ada@example.net","until":1795507200000}],"erased_at":1795507200000}}"#;

/// The object that lists who is invited.
const LIST: &str = r#"{"address":null,"owner":null,"pending":[],"links":{"verify":[],"reset":[],"magic":[],"invite":[]},"redeemed":[],"duties":[],"lanes":{"strangers":{"failures":0,"shut_until":null,"last":null},"marked":{"failures":0,"shut_until":null,"last":null},"devices":[]},"purses":{"strangers":[],"trickle":[],"known":[]},"list":[{"invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"},"address":"ada@example.org","object":"at7apvksl5fhqhj6ezsrjnl4zawmvanyvcgzqbk63abvrgtf3tdq","since":1795420802500,"until":1796025602500}]}"#;

/// What is left of an account that was erased.
const ERASED: &str = r#"{"erased":{"id":"acc_aeaqcaibaeaqcaibaeaqcaibae","erased":1795420802500,"duties":[{"id":"msg_aydambqgaydambqgaydambqgay","what":{"release":{"address":"ada@example.org","reserved":null}},"since":1795420800000,"tries":1,"due":1795420800000,"until":null}]}}"#;

/// A /48 that knocked.
const NETWORK: &str = r#"{"factor":8,"signin":[[[359084484,4],[359084485,10]],[[5984741,20]]],"signup":[],"mail":[[[5984736,1]]],"link":[],"admin":[[[359084484,1]],[]]}"#;

/// A link for a person that was opened a moment ago.
const LINK: &str = r#"{"terms":{"id":"lnk_bmfqwcylbmfqwcylbmfqwcylbm","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","path":"/reports/42","claims":{"final":true,"report":"Q3","seats":3,"share":0.5},"until":1795424400000,"uses":{"times":2},"skip_page":false,"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","epoch":1},"by":"ops"},"spent":1,"revoked":false,"opened":[["vis_a4dqobyha4dqobyha4dqobyha4",1795420802500]]}"#;

/// What a sign-in hook may have said, as the line of a session has it.
const HEARD: [&str; 5] = [
    "allowed",
    "unanswered",
    "shadow_allowed",
    "shadow_denied",
    "shadow_unanswered",
];

/// Every line of a journal.
pub(super) const EVENTS: &[&str] = &[
    r#"{"event":"created"}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"link","network":"198.51.100.0/24","new_device":true}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"password","network":"198.51.100.0/24","new_device":true,"hook":"allowed"}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"password","network":"198.51.100.0/24","new_device":true,"hook":"unanswered"}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"password","network":"198.51.100.0/24","new_device":true,"hook":"shadow_allowed"}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"password","network":"198.51.100.0/24","new_device":true,"hook":"shadow_denied"}"#,
    r#"{"event":"signed_in","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","method":"password","network":"198.51.100.0/24","new_device":true,"hook":"shadow_unanswered"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"signed_out"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"ended_elsewhere"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"replayed"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"replaced"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"crowded"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"password_changed"}"#,
    r#"{"event":"session_ended","session":"ses_aibaeaqcaibaeaqcaibaeaqcai","why":"epoch_ended"}"#,
    r#"{"event":"password_rehashed"}"#,
    r#"{"event":"password_changed"}"#,
    r#"{"event":"password_reset"}"#,
    r#"{"event":"reset_asked"}"#,
    r#"{"event":"reset_asked","by":"ops"}"#,
    r#"{"event":"magic_asked"}"#,
    r#"{"event":"address_wanted"}"#,
    r#"{"event":"address_changed"}"#,
    r#"{"event":"address_refused"}"#,
    r#"{"event":"undone","what":"email"}"#,
    r#"{"event":"undone","what":"deletion"}"#,
    r#"{"event":"deletion_asked"}"#,
    r#"{"event":"erased"}"#,
    r#"{"event":"invited","invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}"#,
    r#"{"event":"patched","by":"ops","enabled":false,"roles":["billing"],"force_change":true,"end_sessions":true}"#,
    r#"{"event":"patched","by":"ops","end_sessions":false}"#,
    r#"{"event":"link_made","link":"lnk_aibaeaqcaibaeaqcaibaeaqcai","by":"ops"}"#,
];

#[test]
fn rows_are_read_and_written_as_they_always_were() {
    row::<AddressState>(PENDING);
    row::<AddressState>(OWNED);
    row::<AddressState>(CHECK);
    row::<AddressState>(LIST);
    row::<AccountState>(ACCOUNT);
    row::<AccountState>(ERASED);
    row::<NetworkState>(NETWORK);
    row::<LinkState>(LINK);
}

#[test]
fn what_a_later_version_added_is_ignored() {
    for (text, part) in [
        (PENDING, r#"{"address":"#),
        (PENDING, r#"{"signup":"#),
        (PENDING, r#"{"failures":"#),
    ] {
        ignores::<AddressState>(text, part);
    }
    for part in [
        r#"{"id":"acc"#,
        r#"{"id":"ses"#,
        r#"{"id":"msg"#,
        r#"{"device":"#,
    ] {
        ignores::<AccountState>(ACCOUNT, part);
    }
    ignores::<NetworkState>(NETWORK, r#"{"factor":"#);
    for part in [r#"{"terms":"#, r#"{"id":"lnk"#, r#"{"account":"#] {
        ignores::<LinkState>(LINK, part);
    }
}

#[test]
fn a_row_of_the_next_version_is_read_and_written_as_ours() {
    let sql = stored(VERSION + 1, &ACCOUNT.replacen('{', r#"{"later":[1],"#, 1));
    let read = change(&sql, |state: &mut AccountState| state.clone()).unwrap();
    assert_eq!(serde_json::to_string(&read.result).unwrap(), ACCOUNT);
    assert!(!read.wrote, "reading alone writes nothing");
    assert_eq!(version(&sql), i64::from(VERSION + 1));
    change(&sql, |state: &mut AccountState| {
        *state = AccountState::default();
    })
    .unwrap();
    assert_eq!(sql.tables(), [""; 0], "and what became blank goes");
}

#[test]
fn a_row_of_the_version_after_that_is_refused_and_left_as_it_is() {
    let sql = stored(VERSION + 2, ACCOUNT);
    let fault = change(&sql, |state: &mut AccountState| {
        *state = AccountState::default();
    })
    .unwrap_err();
    assert_eq!(fault, StoreFault::Newer(VERSION + 2));
    assert_eq!(
        (sql.state().as_deref(), version(&sql)),
        (Some(ACCOUNT), i64::from(VERSION + 2))
    );
}

#[test]
fn a_row_that_cannot_be_read_is_refused_and_left_as_it_is() {
    for text in ["", "{", "7", r#"{"id":7}"#] {
        let sql = stored(VERSION, text);
        let fault = change(&sql, |state: &mut AccountState| {
            *state = AccountState::default();
        })
        .unwrap_err();
        assert!(matches!(fault, StoreFault::Corrupt(_)), "{text}: {fault}");
        assert_eq!(sql.state().as_deref(), Some(text));
    }
}

#[test]
fn an_account_too_new_for_this_build_is_busy_and_nobody_is_signed_out() {
    let twin = Twin::new();
    let mut ada = twin.member("ada@example.org");
    let account = ada.account();
    let sql = &twin.world.object(Kind::Account, &account).sql;
    let newer = |version: u32| {
        sql.write(
            "UPDATE state SET version = ?",
            &[Value::Integer(i64::from(version))],
        )
        .unwrap();
    };
    newer(VERSION + 2);
    twin.world.expects_faults(true);
    let before = sql.everything();
    let mut phone = ada.elsewhere();
    let page = phone.asks_json(
        "/auth/login",
        &json!({ "email": "ada@example.org", "password": GOOD }),
    );
    assert_eq!((page.status, page.code().as_str()), (503, "auth.busy"));
    let page = ada.fetches("POST", "/private");
    assert_eq!((page.status, page.code().as_str()), (503, "auth.busy"));
    twin.waits(edgeward::kit::time::Span::hours(13));
    assert_eq!(
        sql.everything(),
        before,
        "nothing is rewritten, not even by the alarm"
    );
    newer(VERSION);
    twin.world.expects_faults(false);
    twin.waits(edgeward::kit::time::Span::minutes(2));
    assert_eq!(
        phone
            .asks_json(
                "/auth/login",
                &json!({ "email": "ada@example.org", "password": GOOD })
            )
            .status,
        200
    );
    phone.is_told("auth.notice.new_device");
}

#[test]
fn lines_of_a_journal_are_what_they_always_were() {
    for line in EVENTS {
        let event: Event =
            serde_json::from_str(line).unwrap_or_else(|fault| panic!("{line}: {fault}"));
        assert_eq!(serde_json::to_string(&event).unwrap(), *line);
    }
    for heard in HEARD {
        let line = EVENTS[1].replace('}', &format!(r#","hook":"{heard}"}}"#));
        let event: Event = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
    let refusal = serde_json::from_str::<Event>(r#"{"event":"?"}"#)
        .unwrap_err()
        .to_string();
    for known in refusal.split('`').skip(3).step_by(2) {
        assert!(
            EVENTS
                .iter()
                .any(|line| line.contains(&format!("\"{known}\""))),
            "pin {known} too"
        );
    }
}

fn row<S: Stored>(text: &str) {
    let state: S = serde_json::from_str(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    assert_eq!(
        serde_json::to_string(&state).unwrap(),
        text,
        "what is stored could not be read any more"
    );
}

fn ignores<S: Stored + std::fmt::Debug>(text: &str, part: &str) {
    assert!(text.contains(part), "{part}");
    let later = part.replacen('{', r#"{"from_a_later_version":{"x":[1]},"#, 1);
    let read: S = serde_json::from_str(&text.replacen(part, &later, 1)).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text, "{part}");
}

/// A database with this row.
fn stored(version: u32, body: &str) -> Database {
    let sql = Database::new();
    let create = "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, body TEXT NOT NULL)";
    sql.write(create, &[]).unwrap();
    let row = [
        Value::Integer(i64::from(version)),
        Value::Text(body.to_owned()),
    ];
    sql.write("INSERT INTO state VALUES (1, ?, ?)", &row)
        .unwrap();
    sql
}

fn version(sql: &Database) -> i64 {
    match sql
        .read("SELECT version FROM state", &[])
        .unwrap()
        .concat()
        .as_slice()
    {
        [Value::Integer(version)] => *version,
        other => panic!("{other:?}"),
    }
}
