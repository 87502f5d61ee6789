//! Why there is no paper.
use crate::Problem;

/// Why a form does not become a paper. Nothing that was filled in stands in a message.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The form is not complete, or something in it is not as it has to be
    #[error("{} problems in the form, the first in {}", .0.len(), .0.first().map_or("", |problem| problem.field.as_str()))]
    Incomplete(Vec<Problem>),
    /// The PDF could not be written; what the library says
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
    /// The workbook could not be written; what the library says
    #[error("the workbook could not be written: {0}")]
    Workbook(String),
}
