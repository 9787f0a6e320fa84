//! The chapters of the brief, one file each. To add one: a file, and a line in [`CHAPTERS`].

mod apart;
mod common;
mod comparators;
mod failure;
mod findings;
mod frameworks;
mod global;
mod indo_pacific;
mod initiatives;
mod leads;
mod ledger;
mod method;
mod next;
mod plan;
mod plan_words;
mod relationship;
mod responses;
mod signposts;
mod staffing;
mod threats;
mod two_sources;

pub use leads::picture as triangle_picture;
pub use plan::picture as plan_picture;
pub use two_sources::table as two_sources_table;

use crate::context::Context;
use crate::document::Chapter;

/// A chapter's writer: `None` where the case has nothing for it.
type Writer = fn(&mut Context) -> Option<Chapter>;

/// The chapters in the order they are read.
const CHAPTERS: &[Writer] = &[
    findings::chapter,
    relationship::chapter,
    global::chapter,
    indo_pacific::chapter,
    ledger::chapter,
    threats::chapter,
    frameworks::chapter,
    initiatives::chapter,
    comparators::chapter,
    responses::chapter,
    leads::chapter,
    next::chapter,
    plan::chapter,
    staffing::chapter,
    failure::chapter,
    signposts::chapter,
    two_sources::chapter,
    method::chapter,
];

/// Writes all chapters.
pub fn write(cx: &mut Context) -> Vec<Chapter> {
    CHAPTERS.iter().filter_map(|chapter| chapter(cx)).collect()
}
