//! What a decision knows: organisations, their systems, the agreements and accounts of these. Plain data.
use crate::{AgencyCode, Hours, Network};
use dancu_citizen::named;
use dancu_citizen::{CivilDate, Field, FieldSet, PersonalId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A stable id, text: cheap to clone, so that a permit can carry it.
pub type Id = Arc<str>;

named! {
    /// What is asked for.
    Service {
        /// 033: are these data right?
        Verify = "verify",
        /// 037: show the agreed fields
        LookUp = "look_up",
    }
}

named! {
    /// What a role may do beside calling services.
    Duty {
        /// Answers citizens who ask why their data were looked at, for its own organisation
        Inquiries = "inquiries",
        /// Searches the journal, of every organisation
        Examine = "examine",
    }
}

named! {
    /// State of an organisation.
    OrganisationState {
        /// Its systems may call
        Active = "active",
        /// Stopped for a time
        Suspended = "suspended",
        /// Dissolved or merged; its code is closed
        Closed = "closed",
    }
}

named! {
    /// State of a system's connection.
    SystemState {
        /// Being registered
        Draft = "draft",
        /// In the technical test, against test data only
        Testing = "testing",
        /// Live
        Connected = "connected",
        /// Tạm dừng
        Suspended = "suspended",
        /// Ngắt kết nối
        Disconnected = "disconnected",
    }
}

named! {
    /// State of an officer's account.
    AccountState {
        /// In use
        Active = "active",
        /// Locked until somebody unlocks it
        Locked = "locked",
        /// Closed for good
        Closed = "closed",
    }
}

named! {
    /// Role of the holder of an account (registration form of official letter 6359/VP-HCC, and two of our own).
    Role {
        /// Cán bộ một cửa
        OneStopOfficer = "one_stop_officer",
        /// Công chức, viên chức
        CivilServant = "civil_servant",
        /// Trưởng phòng
        HeadOfUnit = "head_of_unit",
        /// Lãnh đạo đơn vị
        Leader = "leader",
        /// The account of an integration platform, held by no person
        Platform = "platform",
        /// Manages accounts, reaches no data
        AccountManager = "account_manager",
        /// Searches the journal of every organisation, reaches no record
        Supervisor = "supervisor",
    }
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Id
    pub id: Id,
    /// Agency code; its own units' codes lie under it
    pub code: AgencyCode,
    /// Name on the screen
    pub name: String,
    /// State
    pub state: OrganisationState,
}

/// A system that connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Id
    pub id: Id,
    /// Its organisation
    pub organisation: Id,
    /// Name on the screen
    pub name: String,
    /// State of the connection
    pub state: SystemState,
    /// Approved security level, 1 to 5; 0 when none is approved
    pub security_level: u8,
    /// Last day on which the security assessment holds
    pub assessed_until: Option<CivilDate>,
    /// Exempt from assessment (T46 article 6.4)
    pub assessment_exempt: bool,
    /// Day on which the commitment was signed
    pub commitment_signed_on: Option<CivilDate>,
    /// Networks it may call from; none means from nowhere
    pub networks: Vec<Network>,
    /// Hours in which it may call; none means at any time
    pub hours: Option<Hours>,
    /// Calls a day, in the time of Vietnam
    pub daily_quota: u32,
    /// How far the `Timestamp` of a per-call hash may lie from our clock, seconds
    pub per_call_window_s: u32,
    /// For how long a `MaYeuCau` is remembered, seconds. A time stamp may lie ahead of us as well as behind, so a
    /// hash can be used over twice the window above; that is the least value that shuts out a replay.
    pub replay_window_s: u32,
}

impl System {
    /// The window unless set otherwise: five minutes.
    pub const WINDOW_S: u32 = 300;
}

/// What a purpose demands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purpose {
    /// What it is called on the screen; none where only its code is known
    pub name: Option<Arc<str>>,
    /// The call must carry the number of the case in hand
    pub case_required: bool,
}

/// The fields agreed for each service; none means that the service is not agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Fields that may be verified
    pub verify: Option<FieldSet>,
    /// Fields that may be shown
    pub look_up: Option<FieldSet>,
}

impl Grants {
    /// The fields of a service.
    pub fn of(&self, service: Service) -> Option<FieldSet> {
        match service {
            Service::Verify => self.verify,
            Service::LookUp => self.look_up,
        }
    }
}

/// What was agreed with a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Id
    pub id: Id,
    /// The system
    pub system: Id,
    /// Services and their fields
    pub grants: Grants,
    /// Whether it is told `near`
    pub near: bool,
    /// Purposes by code: procedure codes (`MaDVC`) of the National Portal, or purpose codes such as `VPCP`
    pub purposes: HashMap<Arc<str>, Purpose>,
    /// Purpose of the older form, which carries none; it must be among the purposes
    pub default_purpose: Option<Arc<str>>,
    /// First day in force
    pub valid_from: CivilDate,
    /// Last day in force; none means without limit
    pub valid_to: Option<CivilDate>,
    /// Fields that must agree for `verified`, beside the three of `Agreement::LEAST`
    pub verify_rule: FieldSet,
}

impl Agreement {
    /// What must always agree: number (`PersonalId` stands for the number given, old card numbers included), name and
    /// birth date (Decree 70/2024/NĐ-CP: the asking system supplies these three).
    pub const LEAST: FieldSet =
        FieldSet::EMPTY.with(Field::PersonalId).with(Field::FullName).with(Field::BirthDate);

    /// Whether it is in force on a day.
    pub fn in_force(&self, day: CivilDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// An officer's account. `Debug` names neither the officer nor the number.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Id
    pub id: Id,
    /// The system through which it reaches data
    pub system: Id,
    /// Login (`TaiKhoan`), unique within the system
    pub login: Arc<str>,
    /// Personal identification number of the holder (`MaCanBo`); none for a platform's account
    pub officer_number: Option<PersonalId>,
    /// Name of the holder
    pub officer_name: String,
    /// Role
    pub role: Role,
    /// Agency of the holder
    pub agency_code: AgencyCode,
    /// Calls a day, in the time of Vietnam: cases a day times queries a case
    pub daily_quota: u32,
    /// State
    pub state: AccountState,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("system", &self.system)
            .field("role", &self.role)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
