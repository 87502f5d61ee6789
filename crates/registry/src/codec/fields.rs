//! Which member of a record each field is.
use super::{CodecError, decode, encode};
use dancu_citizen::{Field, Record};

macro_rules! by_field {
    (one { $($one:ident $one_member:ident;)* } many { $($many:ident $many_member:ident;)* }) => {
        /// The bytes of a field, when the record holds it.
        pub(crate) fn encode_field(record: &Record, field: Field) -> Option<Vec<u8>> {
            match field {
                Field::State => Some(encode(&record.state)),
                $(Field::$one => record.$one_member.as_ref().map(encode),)*
                $(Field::$many => (!record.$many_member.is_empty()).then(|| encode(&record.$many_member)),)*
            }
        }

        /// Reads a field into a record.
        pub(crate) fn decode_field(record: &mut Record, field: Field, bytes: &[u8]) -> Result<(), CodecError> {
            match field {
                Field::State => record.state = decode(bytes)?,
                $(Field::$one => record.$one_member = Some(decode(bytes)?),)*
                $(Field::$many => record.$many_member = decode(bytes)?,)*
            }
            Ok(())
        }
    };
}

by_field! {
    one {
        PersonalId personal_id;
        IdCardNumber id_card_number;
        FullName full_name;
        BirthDate birth_date;
        Sex sex;
        BirthPlace birth_place;
        BirthRegistration birth_registration;
        HomeTown home_town;
        EthnicGroup ethnic_group;
        Religion religion;
        Nationality nationality;
        BloodGroup blood_group;
        Card card;
        Father father;
        Mother mother;
        Representative representative;
        Represented represented;
        PermanentResidence permanent_residence;
        TemporaryResidence temporary_residence;
        CurrentResidence current_residence;
        TemporaryAbsence temporary_absence;
        ResidenceFile residence_file;
        MaritalStatus marital_status;
        RelationToHead relation_to_head;
        Household household;
        Death death;
        Contact contact;
    }
    many {
        OtherNames other_names;
        Spouses spouses;
        Children children;
    }
}
