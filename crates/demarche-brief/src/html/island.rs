//! Evidence and events as data inside the page, for the panel.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::document::{Document, EventRef, Evidence};

#[derive(Serialize)]
struct Island<'a> {
    events: &'a [EventRef],
    evidence: &'a [Evidence],
    /// What follows the id in a command, where that is more than the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

/// The data as a script element of a type that no browser runs.
///
/// Each `<` is written as `\u003c`: it stands only inside strings of JSON, and so neither an end
/// tag nor a comment in a title can end the element.
pub(super) fn island(doc: &Document) -> Markup {
    let island = Island {
        events: &doc.events,
        evidence: &doc.evidence,
        why: doc.coded.as_ref().map(|c| c.why.as_str()),
    };
    let json = serde_json::to_string(&island)
        .expect("text and numbers can always be written")
        .replace('<', "\\u003c");
    html! { script #evidence-data type="application/json" { (PreEscaped(json)) } }
}
