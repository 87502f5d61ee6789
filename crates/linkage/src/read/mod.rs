//! Reading of what stands in a row, however it was typed.
pub(crate) mod birth;
pub(crate) mod keys;
pub(crate) mod letter;
pub(crate) mod name;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod sex;
pub(crate) mod unit;
mod unit_name;
pub(crate) mod word;

use name::Name;

/// Letters a-z of a name, without marks and spaces: what signatures are made of.
pub(crate) fn letters(name: &str) -> String {
    Name::of(name).letters().to_owned()
}
