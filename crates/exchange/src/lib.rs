#![doc = include_str!("../README.md")]

mod change;
mod enrolment;
mod entries;
mod error;
mod exchange;
mod load;
mod reseal;
mod rotate;
mod rows;
pub mod sandbox;
mod schema;
mod sealed;
mod servers;
mod snapshot;
mod workstation;
mod world;

pub use change::{Change, PreparedAccount};
pub use enrolment::EnrolmentCode;
pub use entries::{CertificateEntry, CredentialEntry, OfficerEntry};
pub use error::ExchangeError;
pub use exchange::Exchange;
pub use rotate::{NewSecrets, PreparedSecrets};
pub use schema::MIGRATIONS;
pub use servers::{Reach, ServerReach};
pub use snapshot::{Certificate, Credential, Former, Snapshot};
pub use workstation::{EnrolledWorkstation, Workstation, WorkstationEntry};
pub use world::{
    World, WorldAccount, WorldAgreement, WorldCertificate, WorldCredential, WorldGrant, WorldHours,
    WorldOrganisation, WorldPurpose, WorldSystem,
};
