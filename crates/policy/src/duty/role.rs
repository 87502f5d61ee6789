//! Who administers: roles, the kinds of account that may hold them, and which roles one account may not hold together.
use dancu_citizen::named;

named! {
    /// Role of a member of staff in the console. Not to be confused with [`crate::Role`], the role of an officer's account
    /// on the road: that one says which services a call may use, this one what a person may do to whose things.
    StaffRole {
        /// Keeps organisations, their accounts, quotas, campaigns and staff on record
        RegistryOfficer = "registry_officer",
        /// Receives requests, sees technical tests through, puts systems on the road
        ConnectionOfficer = "connection_officer",
        /// Assesses security
        SecurityAssessor = "security_assessor",
        /// Decides what others prepared
        Approver = "approver",
        /// Watches the journal, inspects, stops abuse
        Supervisor = "supervisor",
        /// Answers for its organisation: requests, accounts, campaigns
        OrganisationManager = "organisation_manager",
        /// Keeps its organisation's secrets, certificates and security files
        OrganisationSecurityOfficer = "organisation_security_officer",
        /// Uses its own account
        Officer = "officer",
        /// Reads, changes nothing
        Auditor = "auditor",
    }
}

named! {
    /// Where a role sits.
    Seat {
        /// The body that manages the registry: its accounts belong to no organisation
        ManagingBody = "managing_body",
        /// A connected organisation, or one that wants to connect
        Organisation = "organisation",
    }
}

named! {
    /// The four kinds of account, kept apart (TCVN 14423:2026, 5.6): who has work of two kinds has two accounts.
    AccountKind {
        /// Quản trị: changes who may do what
        Administration = "administration",
        /// Vận hành: does the daily work
        Operation = "operation",
        /// Kỹ thuật: keeps machines running
        Technical = "technical",
        /// Dịch vụ: a program; signs in to no page
        Service = "service",
    }
}

impl StaffRole {
    /// Where this role sits.
    pub fn seat(self) -> Seat {
        match self {
            Self::RegistryOfficer
            | Self::ConnectionOfficer
            | Self::SecurityAssessor
            | Self::Approver
            | Self::Supervisor
            | Self::Auditor => Seat::ManagingBody,
            Self::OrganisationManager | Self::OrganisationSecurityOfficer | Self::Officer => {
                Seat::Organisation
            }
        }
    }

    /// Whether one account may not hold both: who prepares does not decide (the approver), who does the work does not judge
    /// it (assessor, supervisor, auditor), who manages people does not hold the secrets (TCVN 14423:2026, 5.14).
    pub fn clashes(self, other: Self) -> bool {
        let apart = |role| {
            matches!(role, Self::SecurityAssessor | Self::Approver | Self::Supervisor | Self::Auditor)
                || role == Self::OrganisationSecurityOfficer
        };
        self != other && (apart(self) || apart(other) || self.seat() != other.seat())
    }
}

impl AccountKind {
    /// Whether an account of this kind may hold the role.
    pub fn may_hold(self, role: StaffRole) -> bool {
        use StaffRole::{
            Approver, Auditor, ConnectionOfficer, Officer, OrganisationManager, OrganisationSecurityOfficer,
            RegistryOfficer, SecurityAssessor, Supervisor,
        };
        match self {
            Self::Administration => {
                matches!(role, RegistryOfficer | Approver | OrganisationManager | OrganisationSecurityOfficer)
            }
            Self::Operation => {
                matches!(role, ConnectionOfficer | SecurityAssessor | Supervisor | Officer | Auditor)
            }
            Self::Technical => matches!(role, Officer | Auditor),
            Self::Service => false,
        }
    }
}
