//! An invitation that is being taken up, on its way from an address to its account.

use serde::{Deserialize, Serialize};

use super::{id::InvitationId, role::Role};

/// What an invitation brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invited {
    /// The invitation.
    pub invitation: InvitationId,
    /// Roles the account is given.
    pub roles: Vec<Role>,
    /// The operator's key that invited, for the journal.
    pub by: String,
}
