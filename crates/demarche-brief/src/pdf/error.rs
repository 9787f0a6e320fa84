//! Why a brief could not be set as a PDF.

use std::fmt::{self, Display, Formatter};

use typst::diag::{Severity, SourceDiagnostic};
use typst::{World, WorldExt};

/// Why a brief could not be set as a PDF: what Typst says, one complaint a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfError {
    message: String,
}

impl PdfError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// The errors among Typst's diagnostics, with the place in the template or chart and the hints.
    pub(super) fn from_typst(world: &dyn World, diagnostics: &[SourceDiagnostic]) -> Self {
        let lines: Vec<String> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| line(world, diagnostic))
            .collect();
        Self::new(lines.join("\n"))
    }
}

impl Display for PdfError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the PDF could not be made: {}", self.message)
    }
}

impl std::error::Error for PdfError {}

/// A diagnostic as a line of text.
pub(super) fn line(world: &dyn World, diagnostic: &SourceDiagnostic) -> String {
    let mut line = diagnostic.message.to_string();
    if let Some(id) = diagnostic.span.id() {
        line += &format!(" ({}", id.get().vpath().get_without_slash());
        let number = world
            .source(id)
            .ok()
            .zip(world.range(diagnostic.span))
            .and_then(|(source, range)| source.lines().byte_to_line(range.start));
        if let Some(number) = number {
            line += &format!(", line {}", number + 1);
        }
        line.push(')');
    }
    for hint in &diagnostic.hints {
        line += &format!("; {}", hint.v);
    }
    line
}
