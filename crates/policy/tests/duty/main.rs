//! The matrix of duties: held to the document that people read, and to rules that every edition of it must keep.
#[cfg(test)]
mod document;
#[cfg(test)]
mod laws;
