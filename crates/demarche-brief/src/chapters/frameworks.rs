//! The frameworks of both sides: where their priorities meet, and what has come of it.

use demarche_case::Basis;
use demarche_measure::{CoverageCell, Planned, ProgrammeArea};

use super::common::{heading, initiative_row, note, paragraph, plural};
use crate::chart::{Backing, heatmap};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, RowRef, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let has_cells = !cx.analysis.coverage.cells.is_empty();
    if !has_cells && cx.analysis.coverage.programme.is_empty() {
        return None;
    }
    let mut blocks = vec![heading("What each side says it wants")];
    blocks.extend(said(cx));
    if !cx.areas_known {
        blocks.push(note(
            "The source gives no areas, so what has happened cannot be placed where the priorities of the two sides meet; nor can it be told where nothing has.",
        ));
    }
    if has_cells && cx.areas_known {
        blocks.push(heading("Where the two meet"));
        blocks.extend(crosswalk(cx));
    }
    if !cx.analysis.coverage.programme.is_empty() && cx.areas_known {
        blocks.push(heading("The areas of the partnership programme"));
        blocks.push(Block::Table(programme(cx)));
    }
    Some(Chapter {
        id: "frameworks".to_owned(),
        title: "The frameworks and their gaps".to_owned(),
        blocks,
    })
}

/// The parts of each framework, with how sure each statement is.
fn said(cx: &Context) -> Vec<Block> {
    let mut blocks = Vec::new();
    for framework in &cx.case.frameworks {
        let rows = framework.elements.iter().map(|e| {
            let basis = match e.basis {
                Basis::Read => "read",
                Basis::Brief => "policy brief",
                Basis::Judgement => "judgement",
                Basis::Recall => "general knowledge",
            };
            let under = e.parent.as_ref().and_then(|p| cx.case.element(p));
            let name = match &e.url {
                Some(url) => Span::Link {
                    text: e.name.clone(),
                    url: url.clone(),
                },
                None => text(e.name.clone()),
            };
            vec![
                vec![
                    name,
                    text(match under {
                        Some((_, p)) => format!(" ({} {}, under {})", e.kind, e.id, p.name),
                        None => format!(" ({} {})", e.kind, e.id),
                    }),
                ],
                vec![text(format!("{} [{basis}]", e.summary))],
            ]
        });
        blocks.push(Block::Table(DocTable {
            id: format!("framework-{}", framework.id),
            caption: format!(
                "{} ({}, {})",
                framework.name,
                cx.case.short(&framework.owner),
                show::day(framework.date)
            ),
            head: ["Element", "What it holds, and how sure that is"]
                .map(str::to_owned)
                .to_vec(),
            numeric: vec![false; 2],
            rows: rows.collect(),
            note: String::new(),
        }));
    }
    blocks
}

/// The name of a cell: `Politics × 4 Comprehensive security`.
pub fn cell_name(cx: &Context, cell: &CoverageCell) -> String {
    let name = |id: &str| {
        cx.case
            .element(id)
            .map_or(id.to_owned(), |(_, e)| e.short.clone())
    };
    format!("{} × {}", name(&cell.row), name(&cell.column))
}

/// All initiatives of a plan, as rows of evidence.
fn planned_rows(cx: &Context, planned: &Planned) -> Vec<RowRef> {
    [
        &planned.done,
        &planned.running,
        &planned.agreed,
        &planned.proposed,
        &planned.dropped,
    ]
    .into_iter()
    .flatten()
    .map(|&at| initiative_row(cx, at))
    .collect()
}

/// A cell of the crosswalk as an entry of the book.
pub fn cell_entry(cx: &Context, cell: &CoverageCell) -> Entry {
    let policies: Vec<String> = cell
        .policies
        .iter()
        .map(|p| format!("{} ({}; {})", p.name, p.area_source, basis(p.basis)))
        .collect();
    let mut rows = planned_rows(cx, &cell.planned);
    rows.extend(cell.policies.iter().map(|p| RowRef {
        file: "frameworks/crosswalk.toml".to_owned(),
        id: format!("{}–{}–{}", cell.row, cell.column, p.code),
        text: p.reason.clone(),
        url: String::new(),
    }));
    Entry::new(
        format!("cell.{}-{}", cell.row, cell.column),
        cell_name(cx, cell),
        plural(cell.events.len(), "event"),
        "acts of the two partners whose area belongs to a policy area of the cell, each once",
    )
    .events(&cell.events)
    .rows(rows)
    .note(if policies.is_empty() {
        "No link between the two is stated or judged.".to_owned()
    } else {
        format!(
            "Policy areas: {}. {} done, running or agreed, {} proposed. An event counts in every cell that holds its area, so cells must not be added up.",
            show::list(&policies),
            plural(cell.planned.settled(), "initiative"),
            cell.planned.proposed.len()
        )
    })
}

fn basis(b: Basis) -> &'static str {
    match b {
        Basis::Read => "the link is stated by a source",
        Basis::Brief => "the link is stated by the policy brief",
        Basis::Judgement => "the link is judgement",
        Basis::Recall => "the link is from general knowledge",
    }
}

fn crosswalk(cx: &mut Context) -> Vec<Block> {
    let coverage = cx.analysis.coverage.clone();
    let owner = |cx: &Context, id: Option<&String>| {
        let found = id.and_then(|id| cx.case.element(id));
        found.map_or_else(Default::default, |(f, _)| {
            (cx.case.short(&f.owner).to_owned(), f.name.clone())
        })
    };
    let (rows_of, rows_in) = owner(cx, coverage.rows.first());
    let (columns_of, columns_in) = owner(cx, coverage.columns.first());
    let priorities: Vec<&CoverageCell> = coverage.cells.iter().filter(|c| c.priority()).collect();
    let stated = priorities
        .iter()
        .flat_map(|c| &c.policies)
        .filter(|p| matches!(p.basis, Basis::Read | Basis::Brief))
        .count();
    let links: usize = priorities.iter().map(|c| c.policies.len()).sum();
    let mut blocks = vec![paragraph(vec![text(format!(
        "The grid crosses “{rows_in}” ({rows_of}, rows: {}) with “{columns_in}” ({columns_of}, columns: {}). The case sees a link in {} of its {}: both sides speak of the same policy area there. {}",
        show::words(coverage.rows.len()),
        show::words(coverage.columns.len()),
        show::words(priorities.len()),
        plural(coverage.cells.len(), "cell"),
        if stated == 0 {
            format!(
                "No source states as such what is linked ({}): the placing is the case’s judgement, led by who names the policy area for the partnership.",
                plural(links, "link")
            )
        } else {
            format!(
                "{stated} of the {links} links {} stated by a source; the placing of the others is the case’s judgement.",
                if stated == 1 { "is" } else { "are" }
            )
        },
    ))])];
    blocks.push(Block::Figure(grid(cx, &rows_of, &columns_of)));

    let gaps: Vec<&CoverageCell> = coverage.gaps().collect();
    blocks.push(heading("Where the frameworks meet and nothing happens"));
    blocks.push(if gaps.is_empty() {
        paragraph(vec![text(
            "No linked cell is without an act of the two partners or an initiative.",
        )])
    } else {
        let mut spans = vec![text(
            "In these linked cells nothing has happened and nothing is planned: ",
        )];
        spans.extend(cell_list(cx, &gaps));
        paragraph(spans)
    });
    let silent: Vec<&CoverageCell> = priorities
        .iter()
        .copied()
        .filter(|c| c.events.is_empty() && !c.gap())
        .collect();
    if !silent.is_empty() {
        let mut spans = vec![text(
            "In these cells initiatives are on record, but no act of the two partners yet: ",
        )];
        spans.extend(cell_list(cx, &silent));
        blocks.push(paragraph(spans));
    }
    let unsettled: Vec<&CoverageCell> = priorities
        .iter()
        .copied()
        .filter(|c| c.planned.settled() == 0 && !c.planned.proposed.is_empty())
        .collect();
    if !unsettled.is_empty() {
        let mut spans = vec![text(
            "In these cells all initiatives are proposals; nothing is agreed, running or done: ",
        )];
        spans.extend(cell_list(cx, &unsettled));
        blocks.push(paragraph(spans));
    }
    blocks.push(note(
        "Events are filed by area, not by pair of priorities: an event counts in every cell that holds its area. The placing of policy areas on the grid is judgement and can be changed in frameworks/crosswalk.toml.",
    ));
    blocks
}

/// Cells by name, each with its number of initiatives, linked to its evidence.
fn cell_list(cx: &mut Context, cells: &[&CoverageCell]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            spans.push(text("; "));
        }
        let entry = cell_entry(cx, cell);
        let shown = format!(
            "{} ({})",
            cell_name(cx, cell),
            plural(
                cell.planned.settled() + cell.planned.proposed.len(),
                "initiative"
            )
        );
        spans.push(cx.number_as(shown, entry));
    }
    spans.push(text("."));
    spans
}

fn grid(cx: &mut Context, rows_of: &str, columns_of: &str) -> Figure {
    let coverage = cx.analysis.coverage.clone();
    let short = |cx: &Context, id: &str| {
        cx.case
            .element(id)
            .map_or(id.to_owned(), |(_, e)| e.short.clone())
    };
    let mut cells = Vec::new();
    for r in 0..coverage.rows.len() {
        let mut row = Vec::new();
        for c in 0..coverage.columns.len() {
            let cell = coverage.cell(r, c);
            let planned = cell.planned.settled() + cell.planned.proposed.len();
            let evidence = cx.enter(cell_entry(cx, cell));
            row.push(heatmap::Cell {
                linked: cell.priority(),
                count: cell.events.len(),
                planned,
                codes: cell.policies.iter().map(|p| p.code.clone()).collect(),
                gap: cell.gap(),
                backing: Backing {
                    evidence: Some(evidence),
                    tooltip: format!(
                        "{}: {}, {}",
                        cell_name(cx, cell),
                        plural(cell.events.len(), "event"),
                        plural(planned, "initiative")
                    ),
                },
            });
        }
        cells.push(row);
    }
    let number = |cx: &Context, i: usize, id: &str| format!("{} {}", i + 1, short(cx, id));
    let columns: Vec<String> = coverage
        .columns
        .iter()
        .enumerate()
        .map(|(i, id)| number(cx, i, id))
        .collect();
    let rows: Vec<String> = coverage.rows.iter().map(|id| short(cx, id)).collect();
    let svg = heatmap::draw(&heatmap::Spec {
        title: format!("{rows_of}’s themes and {columns_of}’s lines of effort"),
        unit: "events".to_owned(),
        rows_are: format!("{rows_of}’s themes"),
        columns_are: format!("{columns_of}’s lines of effort"),
        rows,
        columns,
        cells,
    });
    let policies = cx.case.crosswalk.as_ref().map_or_else(String::new, |c| {
        c.policies
            .iter()
            .map(|p| format!("{} {}", p.code, p.name))
            .collect::<Vec<_>>()
            .join(", ")
    });
    Figure {
        id: "crosswalk".to_owned(),
        caption: format!(
            "Where {rows_of}’s themes meet {columns_of}’s lines of effort: policy areas, events of the two partners, and initiatives."
        ),
        alt: svg.description.clone(),
        svg,
        note: format!("Policy areas: {policies}."),
    }
}

/// Acts in an area of a programme since it was agreed.
pub fn programme_entry(cx: &Context, area: &ProgrammeArea) -> Option<Entry> {
    let (framework, element) = cx.case.element(&area.element)?;
    Some(
        Entry::new(
            format!("programme.{}.since", area.element),
            format!(
                "Acts of the two partners in the areas of “{}” since {}",
                element.name,
                show::day(framework.date)
            ),
            show::count(area.since.len()),
            "number of events listed, surely on or after that day",
        )
        .events(&area.since)
        .rows(planned_rows(cx, &area.planned)),
    )
}

fn programme(cx: &mut Context) -> DocTable {
    let areas = cx.analysis.coverage.programme.clone();
    let mut rows = Vec::new();
    let mut agreed = None;
    for (i, area) in areas.iter().enumerate() {
        let Some((framework, element)) = cx.case.element(&area.element) else {
            continue;
        };
        let name = element.name.clone();
        agreed = Some(framework.date);
        let entry = Entry::new(
            format!("programme.{}.all", area.element),
            format!("Acts of the two partners in the areas of “{name}”"),
            show::count(area.events.len()),
            "number of events listed",
        )
        .events(&area.events)
        .rows(planned_rows(cx, &area.planned))
        .note(format!("Element {} of {}.", area.element, framework.name));
        let Some(since) = programme_entry(cx, area) else {
            continue;
        };
        let all = cx.number(entry);
        let since = cx.number(since);
        let p = &area.planned;
        rows.push(vec![
            vec![text(format!("{} {name}", i + 1))],
            vec![all],
            vec![since],
            vec![text(show::count(p.done.len()))],
            vec![text(show::count(p.running.len()))],
            vec![text(show::count(p.agreed.len()))],
            vec![text(show::count(p.proposed.len()))],
        ]);
    }
    DocTable {
        id: "programme".to_owned(),
        caption: "The areas of the partnership programme: acts of the two partners, and initiatives by how far they have come."
            .to_owned(),
        head: vec![
            "Area".to_owned(),
            "Acts".to_owned(),
            agreed.map_or("Since agreed".to_owned(), |d| format!("Since {}", show::day(d))),
            "Done".to_owned(),
            "Running".to_owned(),
            "Agreed".to_owned(),
            "Proposed".to_owned(),
        ],
        numeric: vec![false, true, true, true, true, true, true],
        rows,
        note: "Acts and initiatives are filed by the areas of the case; where two areas of the programme share one, they share its acts."
            .to_owned(),
    }
}
