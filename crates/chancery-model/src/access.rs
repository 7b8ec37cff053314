//! The registers and code lists that the engines know by name, since access hangs on them. A pack
//! declares them, with what else the office wants to keep there.

/// Who may sign in, with which roles.
pub const ACCOUNT: &str = "account";
/// What roles there are; a role includes its parent.
pub const ROLES: &str = "role";
/// What was refused, and what was done to accounts.
pub const EVENT: &str = "access_event";
/// Changes that wait for a second pair of eyes.
pub const PROPOSAL: &str = "proposed_change";
/// What people say of a record.
pub const COMMENT: &str = "comment";
/// All of them, which the platform itself keeps.
pub const REGISTERS: [&str; 4] = [ACCOUNT, EVENT, PROPOSAL, COMMENT];
