//! What an entry says of persons: not in the entry, only promised there.
use std::fmt;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $label:literal, $field:ident;)*) => {
        /// Parts that tell of a person. The entry holds one hash over a salted commitment of each; the values are sealed
        /// beside it and can be erased.
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct Personal { $($(#[$doc])* pub $field: Option<String>),* }

        /// A personal part, by its label in the encoding; a label is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Part { $($(#[$doc])* $part = $label),* }

        impl Part {
            /// All parts, in the order of their labels.
            pub const ALL: &'static [Self] = &[$(Self::$part),*];

            /// The part of a label.
            pub fn from_label(label: u8) -> Option<Self> {
                match label { $($label => Some(Self::$part),)* _ => None }
            }
        }

        impl Personal {
            /// The value of a part.
            pub fn get(&self, part: Part) -> Option<&str> {
                match part { $(Part::$part => self.$field.as_deref()),* }
            }

            pub(crate) fn set(&mut self, part: Part, value: String) {
                match part { $(Part::$part => self.$field = Some(value)),* }
            }
        }
    };
}

parts! {
    /// The caller's request id (`MaYeuCau`)
    RequestId = 0, request_id;
    /// Number or name of the officer (`MaCanBo`)
    Officer = 1, officer;
    /// Case (file) number
    CaseNumber = 2, case_number;
    /// Purpose in the officer's words
    Purpose = 3, purpose;
    /// Network address of the source
    SourceAddress = 4, source_address;
    /// The citizen's number: 12 digits, or the 9 of an old card
    Subject = 5, subject;
    /// Message id of the platform in between (X-Road)
    PlatformMessageId = 6, platform_message_id;
    /// The order by which something is done, for example a withholding
    Order = 7, order;
}

impl Part {
    /// Label in the encoding.
    pub fn label(self) -> u8 {
        self as u8
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}
