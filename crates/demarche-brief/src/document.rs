//! The brief as data: chapters of blocks, every figure tied to its evidence.
//!
//! Chapters build this; the HTML and the PDF are two ways of writing it down. No user text is
//! ever markup here: a [`Span::Text`] is text in every output.

use serde::Serialize;

use crate::record::Coded;

/// The whole brief.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// Title of the case.
    pub title: String,
    /// A line below the title.
    pub subtitle: String,
    /// The day as of which it is written, as text.
    pub as_of: String,
    /// Fingerprint of the inputs, hexadecimal.
    pub fingerprint: String,
    /// Options it was made with, as a line of text.
    pub options: String,
    /// Where the machine-coded events come from, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coded: Option<Coded>,
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
    /// The evidence behind figures and marks, in order of first use. Ids are unique.
    pub evidence: Vec<Evidence>,
    /// The events that evidence points at, by position.
    pub events: Vec<EventRef>,
    /// Works cited, in order; referred to by position.
    pub sources: Vec<SourceRef>,
}

/// A chapter.
#[derive(Clone, Debug, Serialize)]
pub struct Chapter {
    /// Anchor: lower case, hyphens.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A piece of a chapter.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "block", rename_all = "kebab-case")]
pub enum Block {
    /// A heading below the chapter's.
    Heading {
        /// Its text.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        spans: Vec<Span>,
    },
    /// A finding: a sentence made from numbers, with the caveat that applies.
    Finding {
        /// The sentence.
        spans: Vec<Span>,
        /// What must be kept in mind; may be empty.
        caveat: Vec<Span>,
    },
    /// A list of points.
    List {
        /// The points.
        items: Vec<Vec<Span>>,
    },
    /// A remark set apart (a limit, a note on method).
    Note {
        /// Its text.
        spans: Vec<Span>,
    },
    /// A table to read.
    Table(DocTable),
    /// A chart.
    Figure(Figure),
}

/// A run of text.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "span", rename_all = "kebab-case")]
pub enum Span {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// Text that matters.
    Strong {
        /// The text.
        text: String,
    },
    /// A figure as shown, tied to its evidence.
    Number {
        /// The figure as shown, e.g. `0.42` or `35 %`.
        text: String,
        /// Id of its evidence.
        evidence: String,
    },
    /// A link to a page.
    Link {
        /// Its text.
        text: String,
        /// The address, `http` or `https`; anything else is written as text.
        url: String,
    },
    /// A note mark for a work of [`Document::sources`].
    Cite {
        /// Position in the sources.
        source: usize,
    },
}

/// A table to read.
#[derive(Clone, Debug, Serialize)]
pub struct DocTable {
    /// Anchor: lower case, hyphens; unique.
    pub id: String,
    /// What it shows.
    pub caption: String,
    /// Heads of the columns.
    pub head: Vec<String>,
    /// For each column: is it a column of figures (set flush right)?
    pub numeric: Vec<bool>,
    /// The rows; one cell a column, each a run of text.
    pub rows: Vec<Vec<Vec<Span>>>,
    /// Remarks below; may be empty.
    pub note: String,
}

/// A chart.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Anchor and file name: lower case, hyphens; unique.
    pub id: String,
    /// What it shows, for those who read the caption only.
    pub caption: String,
    /// What one would see, for those who cannot see it.
    pub alt: String,
    /// The chart itself.
    #[serde(skip)]
    pub svg: crate::chart::Svg,
    /// How to read it, or what to beware of; may be empty.
    pub note: String,
}

/// What stands behind a figure or a mark.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// Its id, stable for the same question, e.g. `share.KOR-NATO.all`.
    pub id: String,
    /// What the figure is, e.g. "Share of all of Korea's events that involve NATO".
    pub label: String,
    /// The figure as shown.
    pub value: String,
    /// Its interval as shown; empty where there is none.
    pub interval: String,
    /// The formula in words or symbols, filled with this figure's numbers where that helps.
    pub formula: String,
    /// What must be kept in mind; may be empty.
    pub note: String,
    /// Positions in [`Document::events`], ascending.
    pub events: Vec<usize>,
    /// Events behind it that the document does not list, for there are too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
    /// Rows of the case that are no events (initiatives, links, memberships): file, id and text.
    pub rows: Vec<RowRef>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Document {
    /// The command that prints a figure with all that stands behind it.
    pub fn why(&self, id: &str) -> String {
        match &self.coded {
            Some(coded) => format!("demarche why {id} {}", coded.why),
            None => format!("demarche why {id}"),
        }
    }
}

/// A row of the case that is no event.
#[derive(Clone, Debug, Serialize)]
pub struct RowRef {
    /// The file it stands in, relative to the case.
    pub file: String,
    /// Its id there.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Where that was read; may be empty.
    pub url: String,
}

/// An event as the reader sees it.
#[derive(Clone, Debug, Serialize)]
pub struct EventRef {
    /// Its id in the chronicle.
    pub id: String,
    /// Its date as exactly as it is known.
    pub date: String,
    /// Short name of who acts.
    pub source: String,
    /// Short name of whom it is towards.
    pub target: String,
    /// Whether it counts in both directions.
    pub mutual: bool,
    /// CAMEO code.
    pub cameo: String,
    /// Name of the code.
    pub act: String,
    /// Name of the area.
    pub area: String,
    /// What happened.
    pub title: String,
    /// The page it was read on.
    pub url: String,
}

/// A work cited.
#[derive(Clone, Debug, Serialize)]
pub struct SourceRef {
    /// The citation.
    pub text: String,
    /// Its page; may be empty.
    pub url: String,
}
