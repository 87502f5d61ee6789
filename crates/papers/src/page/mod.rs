//! Pages: blocks, how they are laid out, and how they become a PDF.
mod block;
mod draw;
mod flow;
mod sheet;
mod table;

pub(crate) use block::{Block, Column, Columns, Item, MM, Orientation, Row, Table};
pub(crate) use draw::draw;
pub(crate) use flow::Flow;
pub(crate) use sheet::Room;

#[cfg(test)]
mod tests;
