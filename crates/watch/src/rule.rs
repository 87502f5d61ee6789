//! The rules by name, and what each demands of its setting.
use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $name:literal, $vi:literal, $en:literal, [$($param:literal),*];)*) => {
        /// A watch rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule { $($(#[$doc])* $rule),* }

        impl Rule {
            /// All rules, in the order in which each entry passes them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$rule),*];

            /// Stable name, as stored.
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name),* }
            }

            /// From its stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$rule),)* _ => None }
            }

            /// Name on the screen: Vietnamese, English.
            pub fn label(self) -> (&'static str, &'static str) {
                match self { $(Self::$rule => ($vi, $en)),* }
            }

            /// The numbers of its own that its setting names, all of them.
            pub fn params(self) -> &'static [&'static str] {
                match self { $(Self::$rule => &[$($param),*]),* }
            }
        }
    };
}

rules! {
    /// Look-ups that name no case
    NoCase = "no_case", "Tra cứu không gắn hồ sơ", "Look-ups without a case", ["share_percent"];
    /// Look-ups under a case that does not exist
    UnknownCase = "unknown_case", "Tra cứu theo hồ sơ không có thật", "Look-ups under a case that does not exist", ["share_percent"];
    /// One person looked at by many accounts
    OnePerson = "one_person", "Nhiều tài khoản cùng tra cứu một người", "Many accounts look at one person", [];
    /// One account over many people
    ManyPeople = "many_people", "Một tài khoản tra cứu rất nhiều người", "One account looks at many people", [];
    /// Calls at night and on days off, alone
    OffHours = "off_hours", "Khai thác ban đêm, ngày nghỉ", "Calls at night and on days off", ["night_from", "night_to", "peers", "peer_days", "learn_days", "spread_s"];
    /// The officer's own household
    OwnHousehold = "own_household", "Tra cứu chính mình hoặc người cùng hộ", "The officer's own household", [];
    /// Bearers of the officer's surname
    OwnSurname = "own_surname", "Tra cứu nhiều người cùng họ với cán bộ", "Bearers of the officer's surname", ["one_in"];
    /// Well-known persons
    WellKnown = "well_known", "Tra cứu người được công chúng biết đến", "Well-known persons", [];
    /// Numbers that follow each other
    Sequence = "sequence", "Dò số định danh theo dãy", "Numbers in sequence", ["near", "stride", "ascending", "newborn_years", "brake_system"];
    /// Bursts of calls or of refusals for want of quota
    Burst = "burst", "Gọi dồn dập, vượt hạn mức nhiều lần", "Bursts of calls and of spent quotas", ["refusals", "refusals_window_s"];
    /// A new network or device of an account
    NewSource = "new_source", "Tài khoản dùng từ nơi, thiết bị lạ", "A new address or device", ["learn", "keep_days", "peers"];
    /// Planted records
    Planted = "planted", "Truy vấn hồ sơ mồi", "Planted records", [];
    /// Many mismatches about one person
    Guessing = "guessing", "Dò thông tin của một người", "Guessing about one person", [];
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing
    Low,
    /// Somebody should look this week
    Medium,
    /// Somebody should look today
    High,
}

/// What is done when a rule fires; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is kept
    Note,
    /// It is on the work list
    Alert,
    /// Calls are refused for a time
    Brake,
    /// The account is handed over to be suspended
    Suspend,
}

macro_rules! stable_names {
    ($($kind:ident: $($variant:ident = $name:literal),*;)*) => {$(
        impl $kind {
            /// All of them, in order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Stable name, as stored.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// From its stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

stable_names! {
    Level: Low = "low", Medium = "medium", High = "high";
    Action: Note = "note", Alert = "alert", Brake = "brake", Suspend = "suspend";
}
