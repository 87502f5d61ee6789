/// An enum whose members have stable names in files, stores and on every wire, and are found by them. Attributes of the type and of its
/// members are kept: `#[derive(Default)]` with `#[default]`, `#[repr(u8)]`.
///
/// ```
/// dancu_citizen::named! {
///     /// What a house is built of
///     #[derive(Default)]
///     Stuff {
///         /// Brick
///         #[default]
///         Brick = "brick",
///         /// Wood
///         Wood = "wood",
///     }
/// }
/// assert_eq!((Stuff::Wood.name(), Stuff::from_name("brick")), ("wood", Some(Stuff::default())));
/// ```
#[macro_export]
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$of:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$of])* $variant),* }

        impl $type {
            /// All of them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Stable name in files and on every wire, `snake_case`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// From its stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
