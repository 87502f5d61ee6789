//! Coded values and addresses.

/// Which edition of a code list a code belongs to; a code without it means nothing
/// (two ethnic-group numberings are in use).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListVersion {
    /// Ethnic groups: decision 121-TCTK/PPCĐ of 1979
    Ethnic1979,
    /// Ethnic groups: decision 1019/QĐ-TCTK of 2008
    Ethnic2008,
    /// Religions: numbering of the 2009 census
    Religion2009,
    /// Marital status, blood group, relation to head, as in QCVN 109:2017
    Qcvn109,
}

impl ListVersion {
    /// All editions.
    pub const ALL: [Self; 4] = [Self::Ethnic1979, Self::Ethnic2008, Self::Religion2009, Self::Qcvn109];

    /// Stable name, as kept in stores and files
    pub fn name(self) -> &'static str {
        match self {
            Self::Ethnic1979 => "ethnic-1979",
            Self::Ethnic2008 => "ethnic-2008",
            Self::Religion2009 => "religion-2009",
            Self::Qcvn109 => "qcvn109",
        }
    }

    /// From its stable name
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }
}

/// A code in an edition of its list, with a name of its own where the list allows one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Coded {
    /// The edition
    pub list: ListVersion,
    /// The code as text, leading zeros kept
    pub code: String,
    /// Name used besides the list's (`TenGoiKhac`)
    pub other_name: Option<String>,
}

/// A place, on the units that were in force when it was recorded and on those of today.
/// `Debug` must not be printed outside tests: an address is personal data.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Province, 2 digits
    pub province: Option<String>,
    /// District, 3 digits; none on the two-level units in force since 2025-07-01
    pub district: Option<String>,
    /// Commune, 5 digits
    pub commune: Option<String>,
    /// House, street, hamlet
    pub detail: Option<String>,
    /// ISO 3166-1 alpha-2
    pub country: Option<String>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}
