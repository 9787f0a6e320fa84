//! The brief as one HTML file.
//!
//! The file stands alone: style, script, charts and data are inside, and its content security
//! policy forbids it to ask for anything. It reads without the script: every figure then leads to
//! its entry in the appendix, and from there to the chronicle. The script only brings the same
//! entry to where the reader is.

mod appendix;
mod block;
mod island;
mod link;
mod policy;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::document::Document;

const PAGE_STYLE: &str = include_str!("page.css");
const PAGE_SCRIPT: &str = include_str!("page.js");

/// Writes the brief as one self-contained HTML page.
///
/// The same document gives the same bytes. All text of the document is escaped; text with
/// right-to-left or direction-changing characters is isolated; only `http` and `https` addresses
/// become links.
pub fn to_html(doc: &Document) -> String {
    let style = format!("{PAGE_STYLE}\n{}", crate::chart::style::css_inline());
    let book = block::Book::new(doc);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::policy(PAGE_SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="Demarche";
                meta name="description" content=(doc.subtitle);
                title { (doc.title) }
                style { (PreEscaped(style)) }
                script { (PreEscaped(PAGE_SCRIPT)) }
            }
            body {
                a.skip href="#main" { "Skip to the text" }
                (masthead(doc))
                div.page {
                    (contents(doc))
                    main #main tabindex="-1" {
                        @for chapter in &doc.chapters { (book.chapter(chapter)) }
                        (appendix::sources(doc))
                        (appendix::evidence(doc))
                        (appendix::chronicle(doc))
                    }
                }
                (colophon(doc))
                (panel())
                (island::island(doc))
            }
        }
    }
    .into_string()
}

/// What the brief is, as of when, and from what it was made.
fn masthead(doc: &Document) -> Markup {
    html! {
        header.masthead {
            div.inner {
                div.bar {
                    p.kind { "Brief" }
                    div.tools hidden {
                        button #theme type="button" { "Dark" }
                    }
                }
                h1 { (link::text(&doc.title)) }
                @if !doc.subtitle.is_empty() { p.subtitle { (link::text(&doc.subtitle)) } }
                dl.facts {
                    @if !doc.as_of.is_empty() {
                        div { dt { "As of" } dd { (link::text(&doc.as_of)) } }
                    }
                    @if !doc.options.is_empty() {
                        div { dt { "Made with" } dd { (link::text(&doc.options)) } }
                    }
                    @if !doc.fingerprint.is_empty() {
                        div {
                            dt { "Inputs" }
                            dd { (fingerprint(&doc.fingerprint)) }
                        }
                    }
                }
                p.hint {
                    "Every underlined figure and every mark in a chart opens the events and pages "
                    "behind it."
                }
            }
        }
    }
}

/// The fingerprint, short until it is opened.
fn fingerprint(whole: &str) -> Markup {
    let short: String = whole.chars().take(12).collect();
    if short.len() == whole.len() {
        return html! { code { (whole) } };
    }
    html! {
        details.fingerprint title=(whole) {
            summary { "fingerprint " code { (short) "…" } }
            code.whole { (whole) }
        }
    }
}

/// The table of contents.
fn contents(doc: &Document) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            details open {
                summary { "Contents" }
                ol {
                    @for chapter in &doc.chapters {
                        li { a href={ "#" (chapter.id) } { (link::text(&chapter.title)) } }
                    }
                }
                ul {
                    @for (id, title) in appendix::headings(doc) {
                        li { a href={ "#" (id) } { (title) } }
                    }
                }
            }
        }
    }
}

/// The last lines.
fn colophon(doc: &Document) -> Markup {
    html! {
        footer.colophon {
            p {
                "Written by Demarche from plain files. The same files and options give the same "
                "bytes; the fingerprint of the inputs is " code.whole { (doc.fingerprint) } "."
            }
        }
    }
}

/// The panel that the script fills with the evidence of one figure.
fn panel() -> Markup {
    html! {
        dialog #panel aria-labelledby="panel-title" {
            header {
                p.kind { "Evidence" }
                h2 #panel-title tabindex="-1" {}
                button #panel-close type="button" aria-label="Close" { "×" }
            }
            div #panel-body {}
        }
        div #tip hidden aria-hidden="true" {}
        p #said .unseen role="status" {}
    }
}
