//! The one list of what the log tells of requests: the private reason behind a public code, and how it ended. Two
//! things end in several ways and say which: hooks, and a spray guard that only looks. What objects tell of
//! themselves is [`crate::object::Line`].
//!
//! `docs/operations.md` has a row for each, and is tested against this list. Never an address, a token or a
//! password.

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, as it should be.
    Refused,
    /// Something that should work did not.
    Failed,
}

impl Outcome {
    /// As the log spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Makes the enum, its spellings and its outcomes from one table, so that none of them can lack a row.
macro_rules! happenings {
    ($($(#[$doc:meta])+ $name:ident = $text:literal $outcome:ident,)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Happening {
            $($(#[$doc])+ $name,)+
        }

        impl Happening {
            /// Everything that happens.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As `event` spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// How it ends.
            pub const fn outcome(self) -> Outcome {
                match self {
                    $(Self::$name => Outcome::$outcome,)+
                }
            }
        }
    };
}

happenings! {
    /// A sign-up waits for its address to be proved, or in vain.
    SignUpTakenIn = "sign_up_taken_in" Done,
    /// A link made an account.
    AddressProved = "address_proved" Done,
    /// A session was opened.
    SignedIn = "signed_in" Done,
    /// A session was ended by its owner.
    SignedOut = "signed_out" Done,
    /// A wrong password, or one for nobody's address.
    PasswordWrong = "password_wrong" Refused,
    /// The right password of a sign-up that waits.
    AddressNotVerified = "address_not_verified" Refused,
    /// The right password of an account that is off.
    AccountDisabled = "account_disabled" Refused,
    /// A right password that was replaced meanwhile.
    ProofOutdated = "proof_outdated" Refused,
    /// The right password, which must be replaced first.
    PasswordChangeRequired = "password_change_required" Refused,
    /// A password that is being tried at many addresses.
    PasswordSprayed = "password_sprayed" Refused,
    /// Too many tries for one address.
    LaneShut = "lane_shut" Refused,
    /// Too many from one network.
    NetworkBudgetSpent = "network_budget_spent" Refused,
    /// More passwords at once than this isolate hashes.
    HashPlacesFull = "hash_places_full" Failed,
    /// A stored hash cannot be checked.
    PasswordHashFault = "password_hash_fault" Failed,
    /// The owner replaced the password.
    PasswordChanged = "password_changed" Done,
    /// A link replaced the password.
    PasswordReset = "password_reset" Done,
    /// Another address was asked for.
    AddressWanted = "address_wanted" Done,
    /// The account has another address.
    AddressChanged = "address_changed" Done,
    /// The address that was asked for is somebody's.
    AddressTaken = "address_taken" Refused,
    /// A change of address was taken back.
    AddressChangeUndone = "address_change_undone" Done,
    /// The owner signed out everywhere.
    AllSessionsEnded = "all_sessions_ended" Done,
    /// The owner ended the account.
    DeletionAsked = "deletion_asked" Done,
    /// The owner called that off.
    DeletionUndone = "deletion_undone" Done,
    /// A link that worked before.
    TokenUsed = "token_used" Refused,
    /// A link that never worked, or no longer.
    TokenUnknown = "token_unknown" Refused,
    /// A link of no known shape.
    TokenMalformed = "token_malformed" Refused,
    /// The page of a link without the link.
    TicketMissing = "ticket_missing" Refused,
    /// A smart link was opened.
    LinkOpened = "link_opened" Done,
    /// A smart link was tried by somebody it is not for.
    LinkOfAnother = "link_of_another" Refused,
    /// A smart link was made.
    LinkMade = "link_made" Done,
    /// A smart link was revoked.
    LinkRevoked = "link_revoked" Done,
    /// An operators' program changed an account.
    AccountChanged = "account_changed" Done,
    /// An operators' program had a reset link sent.
    ResetSent = "reset_sent" Done,
    /// An operators' program invited somebody.
    Invited = "invited" Done,
    /// The letter of an invitation was sent again.
    InvitationSentAgain = "invitation_sent_again" Done,
    /// An invitation was taken back.
    InvitationRevoked = "invitation_revoked" Done,
    /// A request was refused to somebody who lacks the role that its rule asks for.
    AccessDenied = "access_denied" Refused,
    /// The origin did not answer, or with something that is no answer.
    OriginUnreachable = "origin_unreachable" Failed,
    /// A request for an operators' route without a right key.
    OperatorRefused = "operator_refused" Refused,
    /// A question to `/auth/check` without a right key.
    ProxyRefused = "proxy_refused" Refused,
}
