//! Text: faces, paragraphs, lines.
mod face;
mod lines;
mod paragraph;

pub(crate) use face::{Face, is_printable};
pub(crate) use lines::{Line, Piece, Set};
pub(crate) use paragraph::{Align, Paragraph, Role, Span, bold, italic, text};

#[cfg(test)]
mod tests;
