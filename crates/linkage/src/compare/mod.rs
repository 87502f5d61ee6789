//! How far a row agrees with a record, field by field, and what that says.
pub(crate) mod birth;
pub(crate) mod edit;
pub(crate) mod name;
