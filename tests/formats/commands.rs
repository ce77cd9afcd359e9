//! Commands and answers, as they cross between the Worker and its objects. During a deployment an old
//! side speaks to a new one, so each of these texts must be read and written as it stands.

use std::collections::BTreeSet;

use edgeward::{
    account, address, network,
    store::{Envelope, Reply},
};
use serde::{Serialize, de::DeserializeOwned};

/// What an address object is asked.
const ADDRESS_COMMANDS: &[&str] = &[
    r#"{"sign_up":{"address":"ada@example.org","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"next":"/private?x=1","device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"resend":{"address":"ada@example.org","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq","device":null}}"#,
    r#"{"ask":{"address":"ada@example.org","what":{"reset":{"by":null}},"asker":{"browser":"dev_aucqkbifaucqkbifaucqkbifau"}}}"#,
    r#"{"ask":{"address":"ada@example.org","what":{"reset":{"by":"ops"}},"asker":"operator"}}"#,
    r#"{"ask":{"address":"ada@example.org","what":{"magic":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}},"asker":{"browser":null}}}"#,
    r#"{"ask":{"address":"ada@example.net","what":{"confirm":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","change":"msg_aydambqgaydambqgaydambqgay"}},"asker":"operator"}}"#,
    r#"{"invite":{"address":"ada@example.org","invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}}}"#,
    r#"{"resend_invitation":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai"}}"#,
    r#"{"revoke_invitation":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai"}}"#,
    r#"{"list_invitation":{"invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"},"address":"ada@example.org","object":"at7apvksl5fhqhj6ezsrjnl4zawmvanyvcgzqbk63abvrgtf3tdq","since":1795420802500,"until":1796025602500}}"#,
    r#"{"unlist_invitation":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai"}}"#,
    r#""invitations""#,
    r#"{"claim":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.net","device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"release":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","reserved":1795420802500}}"#,
    r#"{"release":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","reserved":null}}"#,
    r#""who_owns""#,
    r#"{"attempt":{"device":"dev_aucqkbifaucqkbifaucqkbifau","signup":null}}"#,
    r#"{"take_back":{"lane":"strangers","device":null}}"#,
    r#"{"mark":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","device":"dev_aucqkbifaucqkbifaucqkbifau","lane":"marked"}}"#,
    r#"{"unmark":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","kept":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"check_names":{"check":"lblhqvqe"}}"#,
    r#"{"look":{"kind":"verify","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"reset","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"magic","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"invite","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"email","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"undo","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"look":{"kind":"link","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq"}}"#,
    r#"{"prove":{"kind":"verify","post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"signup":"sup_aqcaibaeaqcaibaeaqcaibaeaq","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"prove":{"kind":"invite","post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":null,"fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"signup":null,"password":null,"device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
];

/// What it answers.
const ADDRESS_ANSWERS: &[&str] = &[
    r#""accepted""#,
    r#"{"counted":{"lane":"strangers","owner":null,"waiting":null}}"#,
    r#"{"counted":{"lane":"strangers","owner":null,"waiting":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"}}}"#,
    r#"{"counted":{"lane":"marked","owner":"acc_aeaqcaibaeaqcaibaeaqcaibae","waiting":null}}"#,
    r#"{"shut":{"wait":899500}}"#,
    r#"{"shut":{"wait":null}}"#,
    r#""other_names""#,
    r#""not_marked""#,
    r#"{"live":{"address":"ada@example.org","password":"known","owner":null,"asked":null,"roles":[]}}"#,
    r#"{"live":{"address":"ada@example.org","password":"needed","owner":"acc_aeaqcaibaeaqcaibaeaqcaibae","asked":null,"roles":["billing"]}}"#,
    r#"{"live":{"address":"ada@example.org","password":"none","owner":null,"asked":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"},"roles":[]}}"#,
    r#""password_needed""#,
    r#"{"proved":{"proof":{"address":"ada@example.org","redemption":"msg_aydambqgaydambqgaydambqgay","epoch":1},"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","next":"/private?x=1"}}"#,
    r#"{"invited":{"invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"},"since":1795420802500,"until":1796025602500}}"#,
    r#"{"invitations":[{"invitation":{"id":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"},"address":"ada@example.org","object":"at7apvksl5fhqhj6ezsrjnl4zawmvanyvcgzqbk63abvrgtf3tdq","since":1795420802500,"until":1796025602500}]}"#,
    r#"{"owner":"acc_aeaqcaibaeaqcaibaeaqcaibae"}"#,
    r#"{"owner":null}"#,
    r#""claimed""#,
    r#""taken""#,
    r#""spent""#,
    r#""used""#,
    r#""unknown""#,
];

/// What an account object is asked.
const ACCOUNT_COMMANDS: &[&str] = &[
    r#"{"create":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"invited":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}}}"#,
    r#"{"create":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","password":null,"invited":null}}"#,
    r#"{"bind":{"link":"lnk_aibaeaqcaibaeaqcaibaeaqcai","by":"ops"}}"#,
    r#""credential""#,
    r#"{"open_session":{"proof":{"password":{"address":"ada@example.org","version":1,"epoch":1}},"hook":{"roles":["admin"],"heard":"allowed"},"browser":{"device":"dev_aucqkbifaucqkbifaucqkbifau","name":"Firefox on Linux","place":"Lisbon, PT","network":"198.51.100.0/24","had":"ses_ambqgaydambqgaydambqgaydam"},"lane":"strangers","rehashed":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"changed":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"}}}"#,
    r#"{"open_session":{"proof":{"address":{"address":"ada@example.org","redemption":"msg_aydambqgaydambqgaydambqgay","epoch":1}},"hook":{"roles":[]},"browser":{"device":"dev_aucqkbifaucqkbifaucqkbifau","name":"Firefox on Linux","place":"Lisbon, PT","network":"198.51.100.0/24","had":"ses_ambqgaydambqgaydambqgaydam"},"lane":null,"rehashed":null,"changed":null}}"#,
    r#"{"touch":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","generation":1,"device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#""inspect""#,
    r#""export""#,
    r#"{"end_session":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","own":true}}"#,
    r#"{"end_others":{"kept":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#""end_all""#,
    r#"{"wish":{"wish":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.org","since":1795420802500,"what":"already_registered"}}"#,
    r#"{"wish":{"wish":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.org","since":1795420802500,"what":"attempts_exhausted"}}"#,
    r#"{"wish":{"wish":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.org","since":1795420802500,"what":{"reset":{"by":"ops"}}}}"#,
    r#"{"wish":{"wish":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.org","since":1795420802500,"what":{"magic":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"}}}}"#,
    r#"{"wish":{"wish":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.org","since":1795420802500,"what":{"confirm_address":{"change":"msg_aydambqgaydambqgaydambqgay"}}}}"#,
    r#"{"look":{"kind":"verify","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"reset","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"magic","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"invite","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"email","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"undo","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"look":{"kind":"link","token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk"}}"#,
    r#"{"reset":{"post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"magic":{"post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"hook":{"roles":["admin"],"heard":"allowed"},"browser":{"device":"dev_aucqkbifaucqkbifaucqkbifau","name":"Firefox on Linux","place":"Lisbon, PT","network":"198.51.100.0/24","had":"ses_ambqgaydambqgaydambqgaydam"}}}"#,
    r#"{"magic":{"post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"hook":null,"browser":{"device":"dev_aucqkbifaucqkbifaucqkbifau","name":"Firefox on Linux","place":"Lisbon, PT","network":"198.51.100.0/24","had":"ses_ambqgaydambqgaydambqgaydam"}}}"#,
    r#"{"change_password":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","proof":{"address":"ada@example.org","version":1,"epoch":1},"lane":"marked","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"}}}"#,
    r#"{"want_address":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","proof":{"address":"ada@example.org","version":1,"epoch":1},"lane":"marked","change":"msg_aydambqgaydambqgaydambqgay","address":"ada@example.net"}}"#,
    r#"{"confirm_address":{"post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"},"device":"dev_aucqkbifaucqkbifaucqkbifau"}}"#,
    r#"{"undo":{"post":{"token":"3LJASDWtuEuurknlWWWA8cCZEjRNepyr_ouY-xSOHWk","visit":"vis_a4dqobyha4dqobyha4dqobyha4","fields":"CmaxtAHpfCNEL36EEeuh-eq53CHLl16ytkd8pYvbY-k"}}}"#,
    r#"{"journal":{"after":12}}"#,
    r#"{"delete":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","proof":{"address":"ada@example.org","version":1,"epoch":1},"lane":"marked"}}"#,
    r#"{"delete":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","proof":null,"lane":null}}"#,
    r#"{"grant":{"invitation":"inv_aibaeaqcaibaeaqcaibaeaqcai","roles":["billing"],"by":"ops"}}"#,
    r#"{"patch":{"by":"ops","enabled":false,"roles":["billing"],"force_change":true,"end_sessions":true}}"#,
];

/// What it answers.
const ACCOUNT_ANSWERS: &[&str] = &[
    r#""absent""#,
    r#"{"created":{"epoch":1}}"#,
    r#"{"credential":{"address":"ada@example.org","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"version":1,"epoch":1,"standing":"good"}}"#,
    r#"{"credential":{"address":"ada@example.org","password":null,"version":1,"epoch":1,"standing":"disabled","roles":["billing"]}}"#,
    r#"{"credential":{"address":"ada@example.org","password":{"phc":"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$+w64hwAAC7ps1s+nxzRAAgv0R121eoB+isHdMQm706I","pepper":"p1"},"version":1,"epoch":1,"standing":"change_required"}}"#,
    r#"{"opened":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"dev_aucqkbifaucqkbifaucqkbifau","generation":2,"authenticated_at":1795420802500,"expires_at":1796025602500,"methods":["password"],"roles":["admin"],"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true}}}"#,
    r#"{"entered":{"opened":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"dev_aucqkbifaucqkbifaucqkbifau","generation":2,"authenticated_at":1795420802500,"expires_at":1796025602500,"methods":["password"],"roles":["admin"],"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true}},"next":"/private?x=1"}}"#,
    r#""outdated""#,
    r#""disabled""#,
    r#""change_required""#,
    r#"{"live":{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"dev_aucqkbifaucqkbifaucqkbifau","generation":2,"authenticated_at":1795420802500,"expires_at":1796025602500,"methods":["password"],"roles":["admin"],"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true}}}"#,
    r#""ended""#,
    r#""stale""#,
    r#""not_fresh""#,
    r#"{"account":{"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true},"roles":["billing"],"created":1795420802500,"has_password":true,"force_change":false,"wanted_address":"ada@example.net","erased_at":1795420802500,"sessions":[{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"Firefox on Linux","place":"Lisbon, PT","first_seen":1795420802500,"last_seen":1795420862500}]}}"#,
    r#"{"export":{"view":{"person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true},"roles":["billing"],"created":1795420802500,"has_password":true,"force_change":false,"wanted_address":"ada@example.net","erased_at":1795420802500,"sessions":[{"session":"ses_aibaeaqcaibaeaqcaibaeaqcai","device":"Firefox on Linux","place":"Lisbon, PT","first_seen":1795420802500,"last_seen":1795420862500}]},"previous":["ada@example.net"],"journal":[[1795420802500,"{\"event\":\"created\"}"]]}}"#,
    r#"{"journal":{"lines":[{"seq":13,"at":1795420802500,"line":"{\"event\":\"created\"}","chain":"_81inxp-NdJFD8oHRqwpBh-UxJnKwlhUjLrSD0OGrTE"}],"holds":true,"more":false}}"#,
    r#"{"link":{"to":"ada@example.org","person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true},"roles":["billing"],"asked":{"ask":"ask_aqcaibaeaqcaibaeaqcaibaeaq","browser":"Firefox on Linux","place":"Lisbon, PT","at":1795420802500,"next":"/private?x=1"},"undoes":null}}"#,
    r#"{"link":{"to":"ada@example.org","person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true},"asked":null,"undoes":"email"}}"#,
    r#"{"link":{"to":"ada@example.org","person":{"account":"acc_aeaqcaibaeaqcaibaeaqcaibae","address":"ada@example.org","enabled":true},"asked":null,"undoes":"deletion"}}"#,
    r#""used""#,
    r#""unknown""#,
    r#""password_reset""#,
    r#"{"claiming":{"change":"msg_aydambqgaydambqgaydambqgay"}}"#,
    r#""address_changed""#,
    r#""address_taken""#,
    r#"{"undone":"email"}"#,
    r#"{"undone":"deletion"}"#,
    r#""done""#,
];

/// What a network object is asked.
const NETWORK_COMMANDS: &[&str] = &[
    r#"{"knock":{"action":"signin","factor":1}}"#,
    r#"{"knock":{"action":"signup","factor":8}}"#,
    r#"{"knock":{"action":"mail","factor":1}}"#,
    r#"{"knock":{"action":"signin","factor":1,"thrifty":true}}"#,
    r#"{"tried":{"in_vain":"m3xqa"}}"#,
    r#"{"tried":{"in_vain":null}}"#,
    r#"{"refund":{"action":"link"}}"#,
    r#"{"knock":{"action":"admin","factor":1}}"#,
];

/// What it answers.
const NETWORK_ANSWERS: &[&str] = &[
    r#""paid""#,
    r#""plenty""#,
    r#"{"tried":{"wide":true}}"#,
    r#"{"spent":{"wait":52000}}"#,
];

#[test]
fn commands_cross_as_they_always_did() {
    commands::<address::Command>(ADDRESS_COMMANDS);
    commands::<account::Command>(ACCOUNT_COMMANDS);
    commands::<network::Command>(NETWORK_COMMANDS);
}

#[test]
fn answers_cross_as_they_always_did() {
    answers::<address::Answer>(ADDRESS_ANSWERS);
    answers::<account::Answer>(ACCOUNT_ANSWERS);
    answers::<network::Answer>(NETWORK_ANSWERS);
}

#[test]
fn a_fault_is_one_word() {
    assert_eq!(
        serde_json::to_string(&Reply::<network::Answer>::Fault).unwrap(),
        r#""fault""#
    );
}

#[test]
fn a_command_of_the_next_version_is_read_and_what_it_does_not_know_is_ignored() {
    for command in ACCOUNT_COMMANDS {
        let text = format!(r#"{{"v":2,"later":true,"command":{command}}}"#);
        let text = text.replacen(
            r#"{"session":"#,
            r#"{"since":"a later version","session":"#,
            1,
        );
        assert!(Envelope::<account::Command>::open(&text).is_ok(), "{text}");
    }
}

#[test]
fn a_command_of_the_version_after_that_is_refused_before_it_is_read() {
    for text in [
        r#"{"v":3,"command":"credential"}"#,
        r#"{"v":3,"command":{"unheard_of":[]}}"#,
        r#"{"v":4294967295}"#,
    ] {
        let fault = Envelope::<account::Command>::open(text).unwrap_err();
        assert!(fault.to_string().contains("too new"), "{text}: {fault}");
    }
    for text in [
        "",
        "{}",
        r#"{"command":"credential"}"#,
        r#"{"v":1}"#,
        r#"{"v":-1,"command":"credential"}"#,
    ] {
        assert!(Envelope::<account::Command>::open(text).is_err(), "{text}");
    }
}

fn commands<C: Serialize + DeserializeOwned>(pinned: &[&str]) {
    for command in pinned {
        let text = format!(r#"{{"v":1,"command":{command}}}"#);
        let read = Envelope::<C>::open(&text).unwrap_or_else(|fault| panic!("{command}: {fault}"));
        assert_eq!(
            read.seal().unwrap(),
            text,
            "the other side would not understand it"
        );
    }
    whole::<C>(pinned);
}

fn answers<A: Serialize + DeserializeOwned>(pinned: &[&str]) {
    for answer in pinned {
        let text = format!(r#"{{"answer":{answer}}}"#);
        let read: Reply<A> =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{answer}: {fault}"));
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            text,
            "the other side would not understand it"
        );
    }
    whole::<A>(pinned);
}

/// Every variant is pinned: serde itself names those it knows.
fn whole<T: DeserializeOwned>(pinned: &[&str]) {
    let refusal = serde_json::from_str::<T>(r#""?""#)
        .err()
        .expect("no such variant")
        .to_string();
    let known: BTreeSet<&str> = refusal.split('`').skip(3).step_by(2).collect();
    let pinned: BTreeSet<&str> = pinned
        .iter()
        .map(|text| text.split('"').nth(1).expect("a name"))
        .collect();
    assert_eq!(pinned, known, "pin the new one too");
}
