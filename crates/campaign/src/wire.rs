//! Types of the rules as they stand in sealed JSON: by their stable names.
macro_rules! by_name {
    ($module:ident, $type:ty, $parse:expr, $write:expr) => {
        pub(crate) mod $module {
            use serde::{Deserialize as _, Deserializer, Serializer};

            pub(crate) fn serialize<S: Serializer>(value: &$type, to: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> String = $write;
                to.serialize_str(&write(value))
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
                let parse: fn(&str) -> Option<$type> = $parse;
                let text = String::deserialize(from)?;
                parse(&text).ok_or_else(|| serde::de::Error::custom("unknown name"))
            }
        }
    };
}

by_name!(role, dancu_policy::Role, dancu_policy::Role::from_name, |role| role.name().to_owned());
by_name!(state, dancu_policy::AccountState, dancu_policy::AccountState::from_name, |s| s.name().to_owned());
by_name!(code, dancu_policy::AgencyCode, |text| dancu_policy::AgencyCode::parse(text).ok(), |code| {
    code.as_str().to_owned()
});

/// A personal number, which may be missing.
pub(crate) mod number {
    use dancu_citizen::PersonalId;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the form that serde asks for")]
    pub(crate) fn serialize<S: Serializer>(value: &Option<PersonalId>, to: S) -> Result<S::Ok, S::Error> {
        value.map(PersonalId::expose).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PersonalId>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let number = text.map(|text| PersonalId::parse(&text)).transpose();
        number.map_err(|_| serde::de::Error::custom("no personal number"))
    }
}
