//! The brief as a PDF, set by Typst.
//!
//! The template `brief.typ` reads the document as data, so that no text of a user is ever markup.
//! The pages are made from the document alone (see `world`): the same document gives the same
//! bytes.

mod endnotes;
mod error;
mod plain;
mod world;

use std::collections::BTreeMap;

use serde::Serialize;
use typst::diag::SourceDiagnostic;
use typst::ecow::EcoVec;
use typst::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use error::PdfError;

use crate::chart::style;
use crate::document::{Block, Document, Figure};
use endnotes::Endnotes;
use world::BriefWorld;

/// The layout of the brief.
const TEMPLATE: &str = include_str!("brief.typ");

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    document: &'a Document,
    endnotes: Endnotes<'a>,
    /// Height over width of each chart, by the figure's id.
    aspects: BTreeMap<&'a str, f64>,
}

/// Writes a brief as a PDF: A4, tagged, with endnotes for its sources and its evidence.
///
/// The file conforms to PDF/UA-1 (ISO 14289-1) where that is possible. It is not where a text
/// has characters that none of our fonts has; then the file is tagged without the claim.
///
/// # Errors
///
/// If a chart is no valid SVG, or if the pages cannot be set; the error carries what Typst says.
pub fn to_pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    typeset(document).map(|(pdf, _)| pdf)
}

/// As [`to_pdf`], with what Typst warns of.
fn typeset(document: &Document) -> Result<(Vec<u8>, EcoVec<SourceDiagnostic>), PdfError> {
    let world = BriefWorld::new(TEMPLATE, files(document)?)?;
    let pages = typst::compile(&world);
    let laid_out = pages
        .output
        .map_err(|errors| PdfError::from_typst(&world, &errors))?;
    let options = |standards: &[PdfStandard]| -> Result<PdfOptions, PdfError> {
        Ok(PdfOptions {
            ident: Smart::Custom(document.fingerprint.clone()),
            creator: Smart::Custom(Some("Demarche".to_owned())),
            timestamp: None,
            page_ranges: None,
            standards: PdfStandards::new(standards)
                .map_err(|error| PdfError::new(error.message().to_string()))?,
            tagged: true,
            pretty: false,
        })
    };
    let pdf = typst_pdf::pdf(&laid_out, &options(&[PdfStandard::Ua_1])?).or_else(|_| {
        let plainly = options(&[])?;
        typst_pdf::pdf(&laid_out, &plainly).map_err(|errors| PdfError::from_typst(&world, &errors))
    })?;
    // Typst keeps what it has worked out for the next run; here there is none.
    typst::comemo::evict(0);
    Ok((pdf, pages.warnings))
}

/// The files the template reads: the document and its charts.
fn files(document: &Document) -> Result<Vec<(String, Vec<u8>)>, PdfError> {
    let figures: Vec<&Figure> = document
        .chapters
        .iter()
        .flat_map(|chapter| &chapter.blocks)
        .filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
        .collect();
    let data = Data {
        document,
        endnotes: Endnotes::of(document),
        aspects: figures
            .iter()
            .map(|figure| (figure.id.as_str(), figure.svg.height / figure.svg.width))
            .collect(),
    };
    let unfit = |error: serde_json::Error| PdfError::new(error.to_string());
    let mut value = serde_json::to_value(data).map_err(unfit)?;
    plain::make_plain(&mut value);
    let mut files = vec![(
        "doc.json".to_owned(),
        serde_json::to_vec(&value).map_err(unfit)?,
    )];
    files.extend(figures.iter().map(|figure| {
        (
            format!("figures/{}.svg", figure.id),
            style::for_pdf(&figure.svg).into_bytes(),
        )
    }));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Chapter, Span};

    /// Typst warns of a font it cannot find, of a layout that does not settle, and the like.
    #[test]
    fn the_template_gives_no_warnings() {
        let text = |text: &str| vec![Span::Text { text: text.into() }];
        let chapter = |at: usize| Chapter {
            id: format!("chapter-{at}"),
            title: format!("Chapter {at}"),
            blocks: vec![
                Block::Heading {
                    text: "Heading".into(),
                },
                Block::Paragraph {
                    spans: text("대한민국 שלום سلام ΝΑΤΟ НАТО −≥✓"),
                },
                Block::Finding {
                    spans: text("Finding"),
                    caveat: text("Caveat"),
                },
                Block::Note {
                    spans: text("Note"),
                },
            ],
        };
        let document = Document {
            title: "Title".into(),
            subtitle: "Subtitle".into(),
            as_of: "1 October 2026".into(),
            fingerprint: "00ff".into(),
            options: "none".into(),
            coded: None,
            chapters: (0..5).map(chapter).collect(),
            evidence: Vec::new(),
            events: Vec::new(),
            sources: Vec::new(),
        };
        let (_, warnings) = typeset(&document).expect("it can be set");
        let warnings: Vec<&str> = warnings.iter().map(|it| it.message.as_str()).collect();
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}
