//! `CongDan`, the citizen's element of QCVN 109, in its standard and its live form.
pub(crate) mod codes;
pub(crate) mod live;
pub(crate) mod node;
pub(crate) mod read;
pub(crate) mod standard;
