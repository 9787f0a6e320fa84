//! Which evidence stands in the endnotes, under which number, and which pages it rests on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::document::{Block, Document, EventRef, Evidence, RowRef, Span};

/// Beyond this many notes, figures that stand in tables only get none.
const MOST_NOTES: usize = 400;

/// Events and rows shown below a note; the rest is counted.
const SHOWN: usize = 3;

/// Hosts named in the list of pages used; the rest is counted.
const HOSTS_SHOWN: usize = 60;

/// The endnotes of a document.
#[derive(Debug, Serialize)]
pub(super) struct Endnotes<'a> {
    /// The notes, in order of first use.
    pub(super) notes: Vec<Endnote<'a>>,
    /// Number of the note of an evidence id, from 1.
    pub(super) numbers: BTreeMap<&'a str, usize>,
    /// Whether figures that stand in tables only have notes too.
    pub(super) tables: bool,
    /// The hosts whose pages stand behind the notes.
    pub(super) hosts: Vec<Host>,
    /// Hosts beyond those.
    pub(super) more_hosts: usize,
    /// Distinct pages behind the notes.
    pub(super) pages: usize,
}

/// One evidence as an endnote.
#[derive(Debug, Serialize)]
pub(super) struct Endnote<'a> {
    id: &'a str,
    /// The command that prints all of it.
    why: String,
    label: &'a str,
    value: &'a str,
    interval: &'a str,
    formula: &'a str,
    note: &'a str,
    /// Whether the text uses it; what stands in tables only is set shorter.
    prose: bool,
    /// How many events stand behind it.
    events: usize,
    /// The first of them.
    first: Vec<&'a EventRef>,
    /// How many other rows of the case stand behind it.
    rows: usize,
    /// The first of them.
    first_rows: Vec<&'a RowRef>,
}

/// A host and how many of its pages were used.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) pages: usize,
}

impl<'a> Endnotes<'a> {
    /// The endnotes of a document: each evidence once, in order of first use.
    pub(super) fn of(document: &'a Document) -> Self {
        let known: BTreeMap<&str, &Evidence> = document
            .evidence
            .iter()
            .map(|evidence| (evidence.id.as_str(), evidence))
            .collect();
        let mut used = Used::default();
        for block in document.chapters.iter().flat_map(|chapter| &chapter.blocks) {
            used.block(block, &known);
        }
        let tables = used.order.len() <= MOST_NOTES;
        if !tables {
            used.order.retain(|id| used.prose.contains(id));
        }
        let notes: Vec<Endnote> = used
            .order
            .iter()
            .map(|id| Endnote::new(known[id], document, used.prose.contains(id)))
            .collect();
        let numbers = used
            .order
            .iter()
            .enumerate()
            .map(|(at, id)| (*id, at + 1))
            .collect();
        let evidence: Vec<&Evidence> = used.order.iter().map(|id| known[id]).collect();
        let (mut hosts, pages) = hosts(&evidence, document);
        let more_hosts = hosts.len().saturating_sub(HOSTS_SHOWN);
        hosts.truncate(HOSTS_SHOWN);
        Self {
            notes,
            numbers,
            tables,
            hosts,
            more_hosts,
            pages,
        }
    }
}

impl<'a> Endnote<'a> {
    fn new(evidence: &'a Evidence, document: &'a Document, prose: bool) -> Self {
        let shown = if prose { SHOWN } else { 0 };
        Self {
            id: &evidence.id,
            why: document.why(&evidence.id),
            label: &evidence.label,
            value: &evidence.value,
            interval: &evidence.interval,
            formula: &evidence.formula,
            note: &evidence.note,
            prose,
            events: evidence.events.len() + evidence.more,
            first: evidence
                .events
                .iter()
                .filter_map(|&at| document.events.get(at))
                .take(shown)
                .collect(),
            rows: evidence.rows.len(),
            first_rows: evidence.rows.iter().take(shown).collect(),
        }
    }
}

/// Evidence ids in order of first use, and those the text uses.
#[derive(Default)]
struct Used<'a> {
    order: Vec<&'a str>,
    seen: BTreeSet<&'a str>,
    prose: BTreeSet<&'a str>,
}

impl<'a> Used<'a> {
    fn block(&mut self, block: &'a Block, known: &BTreeMap<&str, &Evidence>) {
        match block {
            Block::Paragraph { spans } | Block::Note { spans } => self.spans(spans, true, known),
            Block::Finding { spans, caveat } => {
                self.spans(spans, true, known);
                self.spans(caveat, true, known);
            }
            Block::List { items } => items.iter().for_each(|item| self.spans(item, true, known)),
            Block::Table(table) => {
                table
                    .rows
                    .iter()
                    .flatten()
                    .for_each(|cell| self.spans(cell, false, known));
            }
            Block::Heading { .. } | Block::Figure(_) => {}
        }
    }

    fn spans(&mut self, spans: &'a [Span], prose: bool, known: &BTreeMap<&str, &Evidence>) {
        for span in spans {
            let Span::Number { evidence, .. } = span else {
                continue;
            };
            let id = evidence.as_str();
            if !known.contains_key(id) {
                continue;
            }
            if self.seen.insert(id) {
                self.order.push(id);
            }
            if prose {
                self.prose.insert(id);
            }
        }
    }
}

/// The hosts of the pages behind some evidence, most pages first, and how many pages there are.
fn hosts(evidence: &[&Evidence], document: &Document) -> (Vec<Host>, usize) {
    let mut pages = BTreeSet::new();
    for evidence in evidence {
        pages.extend(
            evidence
                .events
                .iter()
                .filter_map(|&at| document.events.get(at))
                .map(|event| event.url.as_str())
                .chain(evidence.rows.iter().map(|row| row.url.as_str()))
                .filter(|url| host(url).is_some()),
        );
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in pages.iter().filter_map(|url| host(url)) {
        *counts.entry(name).or_default() += 1;
    }
    let mut hosts: Vec<Host> = counts
        .into_iter()
        .map(|(name, pages)| Host { name, pages })
        .collect();
    hosts.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.name.cmp(&b.name)));
    (hosts, pages.len())
}

/// The host of a web page, in lower case and without `www.`; nothing for other addresses.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let name = authority.rsplit('@').next()?.to_lowercase();
    let name = name.strip_prefix("www.").unwrap_or(&name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Chapter, DocTable};

    fn number(id: String) -> Span {
        Span::Number {
            text: "1".into(),
            evidence: id,
        }
    }

    /// Evidence `e0`, `e1` …, used by these blocks.
    fn document(count: usize, blocks: Vec<Block>) -> Document {
        Document {
            title: String::new(),
            subtitle: String::new(),
            as_of: String::new(),
            fingerprint: String::new(),
            options: String::new(),
            coded: None,
            chapters: vec![Chapter {
                id: "one".into(),
                title: "One".into(),
                blocks,
            }],
            evidence: (0..count)
                .map(|at| Evidence {
                    id: format!("e{at}"),
                    label: String::new(),
                    value: String::new(),
                    interval: String::new(),
                    formula: String::new(),
                    note: String::new(),
                    events: Vec::new(),
                    more: 0,
                    rows: Vec::new(),
                })
                .collect(),
            events: Vec::new(),
            sources: Vec::new(),
        }
    }

    fn table(ids: impl Iterator<Item = usize>) -> Block {
        Block::Table(DocTable {
            id: "t".into(),
            caption: String::new(),
            head: vec![String::new()],
            numeric: vec![true],
            rows: ids.map(|at| vec![vec![number(format!("e{at}"))]]).collect(),
            note: String::new(),
        })
    }

    fn paragraph(ids: &[usize]) -> Block {
        Block::Paragraph {
            spans: ids.iter().map(|at| number(format!("e{at}"))).collect(),
        }
    }

    #[test]
    fn evidence_is_numbered_once_in_order_of_first_use() {
        let document = document(
            5,
            vec![
                paragraph(&[3, 9, 1]),
                table([4, 3].into_iter()),
                paragraph(&[4, 0]),
            ],
        );
        let endnotes = Endnotes::of(&document);
        let ids: Vec<(&str, bool)> = endnotes
            .notes
            .iter()
            .map(|note| (note.id, note.prose))
            .collect();
        assert_eq!(
            ids,
            [("e3", true), ("e1", true), ("e4", true), ("e0", true)]
        );
        assert_eq!(endnotes.numbers["e4"], 3);
        // What is not known has no note.
        assert!(!endnotes.numbers.contains_key("e9"));
    }

    #[test]
    fn too_many_notes_leave_out_those_of_tables() {
        let document = document(900, vec![table(0..900), paragraph(&[7, 5])]);
        let endnotes = Endnotes::of(&document);
        assert!(!endnotes.tables);
        let ids: Vec<&str> = endnotes.notes.iter().map(|note| note.id).collect();
        assert_eq!(ids, ["e5", "e7"]);
        assert_eq!((endnotes.numbers["e5"], endnotes.numbers["e7"]), (1, 2));
    }

    #[test]
    fn hosts_are_those_of_web_pages_only() {
        assert_eq!(
            host("https://www.NATO.int/cps?x=1"),
            Some("nato.int".to_owned())
        );
        assert_eq!(
            host("HTTP://user@mofa.go.kr"),
            Some("mofa.go.kr".to_owned())
        );
        for no_page in [
            "",
            "javascript:alert(1)",
            "ftp://a.b/c",
            "https://",
            "nato.int",
        ] {
            assert_eq!(host(no_page), None, "{no_page}");
        }
    }
}
