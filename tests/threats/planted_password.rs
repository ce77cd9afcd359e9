//! Pre-hijacking: somebody registers your address with a password of theirs and waits for you to confirm
//! it. The one who confirms chooses the password.

use crate::twin::{BETTER, GOOD, Twin, Visitor, figures::figure};

const PLANTED: &str = "seven green umbrellas wait";

/// Whether the planter is kept out.
fn is_out(eve: &mut Visitor) -> bool {
    let out = !eve.is_signed_in();
    figure("planted_password", 1, usize::from(out));
    out
}

#[test]
fn a_password_that_somebody_else_planted_is_gone_once_the_owner_confirms() {
    let twin = Twin::new();
    let mut eve = twin.visitor("victim@example.org");
    eve.signs_up(PLANTED);
    let mut victim = twin.visitor("victim@example.org");
    victim.opens_mail().confirms_with(GOOD);
    assert!(victim.is_signed_in());
    eve.visits("/login").signs_in();
    assert!(is_out(&mut eve));
    assert_eq!(eve.told, "auth.login.invalid");
    victim.signs_out().signs_in();
    assert!(victim.is_signed_in());
}

#[test]
fn also_when_the_victim_registered_too_and_opens_the_wrong_letter() {
    let twin = Twin::new();
    let mut victim = twin.visitor("victim@example.org");
    let own = victim.signs_up(GOOD).receives_link();
    let mut eve = twin.visitor("victim@example.org");
    let planted = eve.signs_up(PLANTED).receives_link();
    assert_ne!(own, planted);
    victim.visits(&planted).confirms_with(BETTER);
    assert!(victim.is_signed_in());
    for password in [PLANTED, GOOD] {
        eve.visits("/login").signs_in_with(password);
        assert!(is_out(&mut eve), "{password}");
    }
}

#[test]
fn the_planter_cannot_confirm_without_the_letter() {
    let twin = Twin::new();
    let mut victim = twin.visitor("victim@example.org");
    let link = victim.signs_up(GOOD).receives_link();
    let mut eve = twin.visitor("victim@example.org");
    eve.signs_up(PLANTED);
    victim.visits(&link).confirms();
    assert!(victim.is_signed_in());
    eve.visits("/login").signs_in();
    assert!(
        is_out(&mut eve),
        "the first sign-up that is proved erases the others"
    );
    twin.leaves_mail_unread();
}

#[test]
fn a_session_of_the_planter_does_not_come_to_be_by_the_victims_click() {
    let twin = Twin::new();
    let mut eve = twin.visitor("victim@example.org");
    eve.signs_up(PLANTED);
    let before = eve.jar.names().len();
    twin.visitor("victim@example.org")
        .opens_mail()
        .confirms_with(GOOD);
    eve.visits("/private");
    assert!(is_out(&mut eve));
    assert_eq!(
        (eve.at.as_str(), eve.jar.names().len()),
        ("/login?next=%2Fprivate", before)
    );
}
