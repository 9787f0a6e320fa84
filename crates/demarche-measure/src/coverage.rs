//! What has happened, and what is planned, where the priorities of two sides meet.

use std::collections::BTreeSet;

use demarche_case::{Basis, Case, MeasureSettings, NamedPeriod, Status};
use demarche_events::Event;
use demarche_table::{Cell as TableCell, Kind, Table};

use crate::span::{Placement, placement};
use crate::{EventIx, Selection, areas_known};

/// Initiatives, as positions in [`Case::initiatives`], by how far they have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Carried out.
    pub done: Vec<usize>,
    /// Under way.
    pub running: Vec<usize>,
    /// Agreed by both sides.
    pub agreed: Vec<usize>,
    /// Proposed by somebody.
    pub proposed: Vec<usize>,
    /// Given up.
    pub dropped: Vec<usize>,
}

impl Planned {
    fn of(case: &Case, wanted: impl Fn(&demarche_case::Initiative) -> bool) -> Self {
        let mut planned = Self::default();
        for (i, initiative) in case.initiatives.iter().enumerate() {
            if wanted(initiative) {
                match initiative.status {
                    Status::Done => planned.done.push(i),
                    Status::Running => planned.running.push(i),
                    Status::Agreed => planned.agreed.push(i),
                    Status::Proposed => planned.proposed.push(i),
                    Status::Dropped => planned.dropped.push(i),
                }
            }
        }
        planned
    }

    /// Agreed, running or done.
    pub fn settled(&self) -> usize {
        self.done.len() + self.running.len() + self.agreed.len()
    }

    /// Is nothing done, running, agreed or proposed? What was given up is no plan.
    pub fn nothing(&self) -> bool {
        self.settled() == 0 && self.proposed.is_empty()
    }
}

/// A policy area in a cell.
#[derive(Clone, Debug)]
pub struct CellPolicy {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Why the row and the column meet in it.
    pub reason: String,
    /// Who names it for the partnership.
    pub area_source: String,
    /// Whether a source states the pair or it is the case's judgement.
    pub basis: Basis,
    /// Events of the two partners in its areas, ascending.
    pub events: Vec<EventIx>,
}

/// A cell of the crosswalk: where a row and a column meet.
///
/// An event counts in every cell that holds its policy area: it is filed by area, not by pair of
/// priorities, so the cells must not be added up.
#[derive(Clone, Debug)]
pub struct CoverageCell {
    /// Id of the element of the rows.
    pub row: String,
    /// Id of the element of the columns.
    pub column: String,
    /// The policy areas in which the two meet; none where nothing links them.
    pub policies: Vec<CellPolicy>,
    /// Events of any of them, ascending, each once.
    pub events: Vec<EventIx>,
    /// Initiatives that serve both the row and the column.
    pub planned: Planned,
}

impl CoverageCell {
    /// Do both sides state a priority here: is there a link?
    pub fn priority(&self) -> bool {
        !self.policies.is_empty()
    }

    /// A priority where nothing has happened, whatever is planned.
    pub fn quiet(&self) -> bool {
        self.priority() && self.events.is_empty()
    }

    /// A priority where nothing has happened and nothing is done, running, agreed or proposed.
    pub fn gap(&self) -> bool {
        self.quiet() && self.planned.nothing()
    }

    /// A priority where nothing has happened and all there is are proposals.
    pub fn only_proposed(&self) -> bool {
        self.quiet() && self.planned.settled() == 0 && !self.planned.proposed.is_empty()
    }
}

/// An area of a partnership programme.
#[derive(Clone, Debug)]
pub struct ProgrammeArea {
    /// Id of the framework that is the programme.
    pub framework: String,
    /// Id of its element.
    pub element: String,
    /// Events of the two partners in the element's areas over the whole span, ascending.
    pub events: Vec<EventIx>,
    /// Those of them surely on or after the day the programme was agreed.
    pub since: Vec<EventIx>,
    /// Initiatives in the element's areas.
    pub planned: Planned,
}

/// How far the frameworks of the two sides are covered by events and initiatives.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The span whose events are counted.
    pub span: NamedPeriod,
    /// Ids of the elements in the rows, in order.
    pub rows: Vec<String>,
    /// Ids of the elements in the columns, in order.
    pub columns: Vec<String>,
    /// All cells, row by row.
    pub cells: Vec<CoverageCell>,
    /// The areas of partnership programmes, in order.
    pub programme: Vec<ProgrammeArea>,
}

impl Coverage {
    /// The cell of a row and a column, by their positions.
    pub fn cell(&self, row: usize, column: usize) -> &CoverageCell {
        &self.cells[row * self.columns.len() + column]
    }

    /// The cells where both sides state a priority and nothing has happened or is planned.
    pub fn gaps(&self) -> impl Iterator<Item = &CoverageCell> {
        self.cells.iter().filter(|c| c.gap())
    }

    /// As a table named `coverage`: a row for each cell, and each policy area of a cell that has
    /// several; then one for each area of a programme.
    pub fn table(&self, case: &Case) -> Table {
        let mut table = Table::new(
            "coverage",
            "What has happened and is planned where the priorities of two sides meet. An event \
             counts in every cell that holds its policy area: do not add cells up.",
        )
        .column("level", Kind::Text, "", "cell: a row and a column; policy: one policy area of a cell; programme: an area of a partnership programme.")
        .column("row", Kind::Text, "", "Element of the rows, or of the programme.")
        .column("row_name", Kind::Text, "", "Its name.")
        .column("column", Kind::Text, "", "Element of the columns.")
        .column("column_name", Kind::Text, "", "Its name.")
        .column("policies", Kind::Text, "", "Codes of the policy areas, separated by semicolons.")
        .column("basis", Kind::Text, "", "How sure each link is, in the order of the policies.")
        .column("priority", Kind::Bool, "", "Do both sides state a priority here?")
        .column("events", Kind::Integer, "events", "Events of the two partners in these policy areas.")
        .column("events_since", Kind::Integer, "events", "Those since the programme was agreed.")
        .column("done", Kind::Integer, "initiatives", "Initiatives carried out.")
        .column("running", Kind::Integer, "initiatives", "Initiatives under way.")
        .column("agreed", Kind::Integer, "initiatives", "Initiatives agreed.")
        .column("proposed", Kind::Integer, "initiatives", "Initiatives proposed.")
        .column("dropped", Kind::Integer, "initiatives", "Initiatives given up.")
        .column("gap", Kind::Bool, "", "A priority, and nothing has happened or is planned.")
        .column("only_proposed", Kind::Bool, "", "A priority, nothing has happened, and there are only proposals.");
        let name = |id: &str| case.element(id).map(|(_, e)| e.name.clone());
        // Without areas nothing can be said of what happened in a cell; none is not zero.
        let known = areas_known(case);
        let events = |list: &[EventIx]| known.then_some(list.len()).into();
        for cell in &self.cells {
            let basis = |p: &CellPolicy| basis_name(p.basis);
            let mut row = vec![
                "cell".into(),
                cell.row.as_str().into(),
                name(&cell.row).into(),
                cell.column.as_str().into(),
                name(&cell.column).into(),
                list(cell.policies.iter().map(|p| p.code.as_str())),
                list(cell.policies.iter().map(basis)),
                cell.priority().into(),
                events(&cell.events),
                TableCell::Missing,
            ];
            row.extend(planned_cells(&cell.planned));
            row.extend([
                known.then(|| cell.gap()).into(),
                known.then(|| cell.only_proposed()).into(),
            ]);
            table.push(row);
            for p in &cell.policies {
                let mut row = vec![
                    "policy".into(),
                    cell.row.as_str().into(),
                    name(&cell.row).into(),
                    cell.column.as_str().into(),
                    name(&cell.column).into(),
                    p.code.as_str().into(),
                    basis(p).into(),
                    true.into(),
                    events(&p.events),
                ];
                row.resize(table.columns().len(), TableCell::Missing);
                table.push(row);
            }
        }
        for area in &self.programme {
            let mut row = vec![
                "programme".into(),
                area.element.as_str().into(),
                name(&area.element).into(),
                TableCell::Missing,
                TableCell::Missing,
                TableCell::Missing,
                case.element(&area.element)
                    .map(|(_, e)| basis_name(e.basis))
                    .into(),
                true.into(),
                events(&area.events),
                events(&area.since),
            ];
            row.extend(planned_cells(&area.planned));
            row.extend([TableCell::Missing, TableCell::Missing]);
            table.push(row);
        }
        table
    }
}

fn planned_cells(p: &Planned) -> [TableCell; 5] {
    [&p.done, &p.running, &p.agreed, &p.proposed, &p.dropped].map(|list| list.len().into())
}

fn list<'a>(parts: impl Iterator<Item = &'a str>) -> TableCell {
    let parts: Vec<&str> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(";")).into()
}

fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Read => "read",
        Basis::Brief => "brief",
        Basis::Judgement => "judgement",
        Basis::Recall => "recall",
    }
}

/// Framework coverage over a span: the events of the two partners of the case and its initiatives,
/// in each cell of the crosswalk and each area of a partnership programme. Without a crosswalk
/// there are no cells.
pub fn coverage(case: &Case, how: &MeasureSettings, span: &NamedPeriod) -> Coverage {
    let [a, b] = &case.settings.partners;
    let dyad = Selection::dyad(case, a, b, how.body)
        .within(case, span)
        .events();
    let in_areas = |areas: &[String]| -> Vec<EventIx> {
        let of_area = |ix: &EventIx| areas.contains(&case.chronicle[*ix as usize].area);
        dyad.iter().copied().filter(of_area).collect()
    };
    let ids =
        |kind: &str| -> Vec<String> { case.elements_of(kind).map(|e| e.id.clone()).collect() };
    let (mut rows, mut columns, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(crosswalk) = &case.crosswalk {
        (rows, columns) = (ids(&crosswalk.rows), ids(&crosswalk.columns));
        for row in &rows {
            for column in &columns {
                let links = crosswalk.links.iter();
                let links = links.filter(|l| l.row == *row && l.column == *column);
                let policies: Vec<CellPolicy> = links
                    .filter_map(|l| {
                        let p = crosswalk.policies.iter().find(|p| p.code == l.policy)?;
                        Some(CellPolicy {
                            code: p.code.clone(),
                            name: p.name.clone(),
                            reason: l.reason.clone(),
                            area_source: l.area_source.clone(),
                            basis: l.basis,
                            events: in_areas(&p.areas),
                        })
                    })
                    .collect();
                let events: BTreeSet<EventIx> = policies
                    .iter()
                    .flat_map(|p| p.events.iter().copied())
                    .collect();
                cells.push(CoverageCell {
                    row: row.clone(),
                    column: column.clone(),
                    policies,
                    events: events.into_iter().collect(),
                    planned: Planned::of(case, |i| {
                        i.themes.contains(row) && i.lines.contains(column)
                    }),
                });
            }
        }
    }
    let mut programme = Vec::new();
    for framework in &case.frameworks {
        let after = NamedPeriod {
            name: String::new(),
            from: framework.date.max(span.from),
            to: span.to,
        };
        let surely_after =
            |e: &Event| placement(e, &after, case.settings.as_of) == Placement::Inside;
        for element in framework.elements.iter().filter(|e| e.kind == "area") {
            let events = in_areas(&element.areas);
            let since = events.iter().copied();
            programme.push(ProgrammeArea {
                framework: framework.id.clone(),
                element: element.id.clone(),
                since: since
                    .filter(|ix| surely_after(&case.chronicle[*ix as usize]))
                    .collect(),
                events,
                planned: Planned::of(case, |i| element.areas.contains(&i.area)),
            });
        }
    }
    Coverage {
        span: span.clone(),
        rows,
        columns,
        cells,
        programme,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, day, element, event, framework, initiative};
    use crate::whole_span;
    use demarche_case::{Crosswalk, Link, Policy};

    fn policy(code: &str, area: &str) -> Policy {
        Policy {
            code: code.to_owned(),
            name: code.to_owned(),
            areas: vec![area.to_owned()],
        }
    }

    fn link(row: &str, column: &str, policy: &str) -> Link {
        Link {
            row: row.to_owned(),
            column: column.to_owned(),
            policy: policy.to_owned(),
            reason: String::new(),
            area_source: String::new(),
            basis: Basis::Judgement,
        }
    }

    fn sample() -> Case {
        let mut case = case(vec![
            event("2021-01-10", "E", "->", "X", "030", "cyber"),
            event("2023", "X", "<>", "E", "040", "cyber"),
            event("2022-01-12", "E", "->", "A", "030", "space"),
            event("2022-01-12", "E", "->", "F", "030", "maritime"),
            event("2023-06-12", "E", "->", "X", "030", "cyber"),
        ]);
        case.frameworks = vec![
            framework(
                "themes",
                "X",
                &[element("T1", "theme", &[]), element("T2", "theme", &[])],
            ),
            framework(
                "lines",
                "E",
                &[element("L1", "line", &[]), element("L2", "line", &[])],
            ),
            framework("programme", "X", &[element("P1", "area", &["cyber"])]),
        ];
        case.frameworks[2].date = day("2022-07-01");
        case.crosswalk = Some(Crosswalk {
            rows: "theme".to_owned(),
            columns: "line".to_owned(),
            policies: vec![
                policy("CYB", "cyber"),
                policy("SPA", "space"),
                policy("MAR", "maritime"),
            ],
            links: vec![
                link("T1", "L1", "CYB"),
                link("T1", "L1", "SPA"),
                link("T1", "L2", "MAR"),
                link("T2", "L1", "CYB"),
                link("T2", "L2", "SPA"),
            ],
        });
        case.initiatives = vec![
            initiative("a", Status::Proposed, "space", &["T2"], &["L2"]),
            initiative("b", Status::Dropped, "cyber", &["T1"], &["L2"]),
            initiative("c", Status::Running, "cyber", &["T1", "T2"], &["L1"]),
        ];
        case
    }

    #[test]
    fn coverage_by_hand() {
        let case = sample();
        let c = coverage(&case, &case.settings.measure, &whole_span(&case));
        assert_eq!((c.rows.len(), c.columns.len(), c.cells.len()), (2, 2, 4));
        let cell = c.cell(0, 0);
        assert_eq!(cell.events, [0, 1, 4]);
        let by_policy: Vec<_> = cell.policies.iter().map(|p| p.events.len()).collect();
        assert_eq!(by_policy, [3, 0]);
        assert_eq!(cell.planned.running, [2]);
        assert!(cell.priority() && !cell.gap() && !cell.only_proposed());
        // The same events count in the other cell of the same policy area.
        assert_eq!(c.cell(1, 0).events, [0, 1, 4]);
        // A priority with nothing but what was given up is a gap; with a proposal it is not.
        let gaps: Vec<_> = c
            .gaps()
            .map(|c| (c.row.as_str(), c.column.as_str()))
            .collect();
        assert_eq!(gaps, [("T1", "L2")]);
        assert!(c.cell(0, 1).quiet() && c.cell(1, 1).quiet() && !c.cell(1, 0).quiet());
        assert!(c.cell(1, 1).only_proposed() && !c.cell(1, 1).gap());
        let programme = &c.programme[0];
        assert_eq!(
            (programme.events.len(), programme.since.as_slice()),
            (3, [1, 4].as_slice())
        );
        assert_eq!(
            (
                programme.planned.running.len(),
                programme.planned.dropped.len()
            ),
            (1, 1)
        );
        assert_eq!(c.table(&case).rows().len(), 4 + 5 + 1);
    }

    #[test]
    fn members_fill_cells_where_they_count() {
        let case = sample();
        let mut how = case.settings.measure.clone();
        how.body = demarche_case::BodyMode::Both;
        let c = coverage(&case, &how, &whole_span(&case));
        assert_eq!(c.cell(0, 0).events, [0, 1, 2, 4]);
        assert_eq!(c.cell(1, 1).events, [2]);
        assert!(!c.cell(1, 1).only_proposed());
    }

    #[test]
    fn no_crosswalk_no_cells() {
        let mut case = sample();
        case.crosswalk = None;
        let c = coverage(&case, &case.settings.measure, &whole_span(&case));
        assert_eq!((c.cells.len(), c.programme.len()), (0, 1));
    }
}
