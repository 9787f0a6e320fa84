//! Chapters and their blocks.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};

use super::link;
use crate::document::{Block, Chapter, DocTable, Document, Figure, Span};

/// What the blocks of a document need to know of the whole.
pub(super) struct Book<'a> {
    /// Evidence that exists: a figure without it is not a link to nowhere.
    evidence: BTreeSet<&'a str>,
    sources: usize,
}

impl<'a> Book<'a> {
    pub(super) fn new(doc: &'a Document) -> Self {
        Book {
            evidence: doc.evidence.iter().map(|e| e.id.as_str()).collect(),
            sources: doc.sources.len(),
        }
    }

    /// A chapter. Findings that follow one another become one numbered list.
    pub(super) fn chapter(&self, chapter: &Chapter) -> Markup {
        let title = format!("{}-title", chapter.id);
        let runs = chapter
            .blocks
            .chunk_by(|a, b| matches!((a, b), (Block::Finding { .. }, Block::Finding { .. })));
        html! {
            section.chapter id=(chapter.id) aria-labelledby=(title) {
                h2 id=(title) { (link::text(&chapter.title)) }
                @for (i, run) in runs.enumerate() {
                    @if matches!(run[0], Block::Finding { .. }) {
                        ol.findings { @for block in run { li { (self.block(block)) } } }
                    } @else if let Block::Heading { text } = &run[0] {
                        h3 id={ (chapter.id) "-" (i) } { (link::text(text)) }
                    } @else {
                        (self.block(&run[0]))
                    }
                }
            }
        }
    }

    fn block(&self, block: &Block) -> Markup {
        match block {
            Block::Heading { text } => html! { h3 { (link::text(text)) } },
            Block::Paragraph { spans } => html! { p { (self.spans(spans)) } },
            Block::Finding { spans, caveat } => html! {
                p.finding { (self.spans(spans)) }
                @if !caveat.is_empty() {
                    p.caveat { span.label { "Caveat" } " " (self.spans(caveat)) }
                }
            },
            Block::List { items } => html! {
                ul { @for item in items { li { (self.spans(item)) } } }
            },
            Block::Note { spans } => html! {
                div.note role="note" { p { span.label { "Note" } " " (self.spans(spans)) } }
            },
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => figure_block(figure),
        }
    }

    fn spans(&self, spans: &[Span]) -> Markup {
        html! { @for span in spans { (self.span(span)) } }
    }

    fn span(&self, span: &Span) -> Markup {
        match span {
            Span::Text { text } => link::text(text),
            Span::Strong { text } => html! { strong { (link::text(text)) } },
            Span::Number { text, evidence } if self.evidence.contains(evidence.as_str()) => html! {
                a.num.long[text.chars().count() > 16] href={ "#ev-" (evidence) } { (link::text(text)) }
            },
            Span::Number { text, .. } => html! { span.num { (link::text(text)) } },
            Span::Link { text, url } => link::out(text, url),
            Span::Cite { source } if *source < self.sources => html! {
                a.cite href={ "#source-" (source + 1) } aria-label={ "Source " (source + 1) } {
                    "[" (source + 1) "]"
                }
            },
            Span::Cite { .. } => html! {},
        }
    }

    /// A table. The first column heads the rows, unless it holds figures.
    fn table(&self, table: &DocTable) -> Markup {
        let numeric = |column: usize| table.numeric.get(column).copied().unwrap_or(false);
        let caption = format!("table-{}-caption", table.id);
        let marked = table
            .rows
            .iter()
            .all(|row| row.first().is_some_and(|cell| is_mark(cell)));
        html! {
            div.table id={ "table-" (table.id) } {
                div.scroll tabindex="0" role="group" aria-labelledby=(caption) {
                    table.marked[marked] {
                        caption id=(caption) { (link::text(&table.caption)) }
                        thead {
                            tr {
                                @for (i, head) in table.head.iter().enumerate() {
                                    th.n[numeric(i)] scope="col" { (link::text(head)) }
                                }
                            }
                        }
                        tbody {
                            @for row in &table.rows {
                                tr {
                                    @for (i, cell) in row.iter().enumerate() {
                                        @if i == 0 && !numeric(0) {
                                            th scope="row" { (self.spans(cell)) }
                                        } @else {
                                            td.n[numeric(i)] { (self.spans(cell)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !table.note.is_empty() { p.remark { (link::text(&table.note)) } }
            }
        }
    }
}

/// Whether a cell holds a mark, such as the number of a plan, and no words: it needs no width.
fn is_mark(cell: &[Span]) -> bool {
    let letters = |span: &Span| match span {
        Span::Text { text }
        | Span::Strong { text }
        | Span::Number { text, .. }
        | Span::Link { text, .. } => text.chars().count(),
        Span::Cite { .. } => 1,
    };
    cell.iter().map(letters).sum::<usize>() <= 4
}

/// A chart. With marks that open evidence it is a group of links, without them one image.
fn figure_block(figure: &Figure) -> Markup {
    let svg = &figure.svg;
    let id = format!("figure-{}", figure.id);
    let role = if svg.body.contains("<a ") {
        "group"
    } else {
        "img"
    };
    let description = if figure.alt.is_empty() {
        &svg.description
    } else {
        &figure.alt
    };
    // A small chart is not blown up; a wide one may shrink, but not until it can't be read.
    let size = format!("--w:{}px", svg.width);
    html! {
        figure id=(id) {
            div.scroll tabindex="0" role="group" aria-label={ "Chart: " (figure.caption) } {
                svg xmlns="http://www.w3.org/2000/svg" class="chart" style=(size)
                    viewBox={ "0 0 " (svg.width) " " (svg.height) } role=(role)
                    aria-labelledby={ (id) "-title" } aria-describedby={ (id) "-desc" } {
                    title id={ (id) "-title" } { (svg.title) }
                    desc id={ (id) "-desc" } { (description) }
                    (PreEscaped(&svg.body))
                }
            }
            figcaption {
                (link::text(&figure.caption))
                @if !figure.note.is_empty() { span.remark { (link::text(&figure.note)) } }
            }
        }
    }
}
