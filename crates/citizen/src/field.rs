//! The fields of a record, as agreements, decisions and the journal name them.

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $vi:literal, $en:literal, $sensitive:literal;)*) => {
        /// A field that can be asked for, agreed, released and journalled by name
        /// (Law on Identification 2023, article 9).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $variant),* }

        impl Field {
            /// All fields, in the order of the law.
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            /// Stable name on the wire and in the journal, `snake_case`.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),* }
            }

            /// Name on the screen.
            pub fn label(self) -> (&'static str, &'static str) {
                match self { $(Field::$variant => ($vi, $en)),* }
            }

            /// Sensitive personal data (Law 91/2025, Decree 356/2025 article 4): released only when
            /// named one by one, in the agreement and in the call.
            pub fn is_sensitive(self) -> bool {
                match self { $(Field::$variant => $sensitive),* }
            }

            /// The field of a stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Field::$variant),)* _ => None }
            }
        }
    };
}

fields! {
    /// 1
    FullName = "full_name", "Họ, chữ đệm và tên", "Full name", false;
    /// 2
    OtherNames = "other_names", "Tên gọi khác", "Other names", false;
    /// 3
    PersonalId = "personal_id", "Số định danh cá nhân", "Personal identification number", false;
    /// 4
    BirthDate = "birth_date", "Ngày, tháng, năm sinh", "Date of birth", false;
    /// 5
    Sex = "sex", "Giới tính", "Sex", false;
    /// 6
    BirthPlace = "birth_place", "Nơi sinh", "Place of birth", false;
    /// 7
    BirthRegistration = "birth_registration", "Nơi đăng ký khai sinh", "Place of birth registration", false;
    /// 8
    HomeTown = "home_town", "Quê quán", "Home town", false;
    /// 9
    EthnicGroup = "ethnic_group", "Dân tộc", "Ethnic group", true;
    /// 10
    Religion = "religion", "Tôn giáo", "Religion", true;
    /// 11
    Nationality = "nationality", "Quốc tịch", "Nationality", false;
    /// 12
    BloodGroup = "blood_group", "Nhóm máu", "Blood group", true;
    /// 13
    IdCardNumber = "id_card_number", "Số CMND", "Old identity card number", false;
    /// 14
    Card = "card", "Thẻ căn cước", "Identity card", false;
    /// 15
    Father = "father", "Cha", "Father", false;
    /// 15
    Mother = "mother", "Mẹ", "Mother", false;
    /// 15
    Spouses = "spouses", "Vợ, chồng", "Spouse", false;
    /// 15
    Children = "children", "Con", "Children", false;
    /// 15
    Representative = "representative", "Người đại diện hợp pháp", "Legal representative", false;
    /// 15
    Represented = "represented", "Người được đại diện", "Person represented", false;
    /// 16
    PermanentResidence = "permanent_residence", "Nơi thường trú", "Permanent residence", false;
    /// 17
    TemporaryResidence = "temporary_residence", "Nơi tạm trú", "Temporary residence", false;
    /// 18
    CurrentResidence = "current_residence", "Nơi ở hiện tại", "Current residence", false;
    /// 19
    TemporaryAbsence = "temporary_absence", "Tình trạng khai báo tạm vắng", "Temporary absence", false;
    /// 20
    ResidenceFile = "residence_file", "Số hồ sơ cư trú", "Residence file number", false;
    /// 21
    MaritalStatus = "marital_status", "Tình trạng hôn nhân", "Marital status", false;
    /// 22
    RelationToHead = "relation_to_head", "Quan hệ với chủ hộ", "Relation to head of household", false;
    /// 23
    Household = "household", "Chủ hộ và thành viên hộ gia đình", "Head and members of household", false;
    /// 24
    Death = "death", "Ngày chết hoặc mất tích", "Date of death or disappearance", false;
    /// 25
    Contact = "contact", "Số thuê bao di động, thư điện tử", "Mobile number and e-mail", false;
    /// 26
    State = "state", "Trạng thái công dân", "State of the record", false;
}

/// A set of fields.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FieldSet(u64);

impl FieldSet {
    /// No field
    pub const EMPTY: Self = Self(0);

    /// With this field added
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }
    /// Without this field
    #[must_use]
    pub const fn without(self, field: Field) -> Self {
        Self(self.0 & !(1 << field as u8))
    }
    /// Whether the field is in it
    pub const fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }
    /// Fields in both
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Fields in either
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Fields in this and not in the other
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// No field in it
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// How many
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }
    /// The fields, in the order of the law
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |f| self.contains(*f))
    }
    /// As a bit mask, bit n for the n-th field of `Field::ALL`
    pub const fn bits(self) -> u64 {
        self.0
    }
    /// From a bit mask; unknown bits are dropped
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << Field::ALL.len()) - 1))
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl std::fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
