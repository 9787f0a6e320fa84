//! Counts by period: the panel of all directed dyads, and the series of one relationship.

use std::collections::BTreeMap;

use demarche_case::{ActorKind, BodyMode, Case, MeasureSettings};
use demarche_events::{Event, Period, PeriodUnit, Periods, QuadScheme};
use demarche_table::{Cell, Kind, Table};

use crate::span::{Placement, placement, whole_span};
use crate::{EventIx, Selection, areas_known};

/// Counts of acts and their places on the Goldstein scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Acts per quad class, in the order of [`demarche_events::QuadClass::ALL`].
    pub quad: [usize; 4],
    /// Sum of the Goldstein values. Goldstein points, −10 to +10 an act.
    pub goldstein_sum: f64,
    /// Acts whose Goldstein value is not zero.
    pub nonzero: usize,
    /// The events, ascending.
    pub events: Vec<EventIx>,
}

impl Tally {
    /// Adds an act.
    pub fn add(&mut self, ix: EventIx, event: &Event, scheme: QuadScheme) {
        let value = event.cameo.goldstein().value;
        self.quad[scheme.class(event.cameo).index()] += 1;
        // The scale has one decimal; rounding keeps the sum as exact as its terms.
        self.goldstein_sum = ((self.goldstein_sum + value) * 10.0).round() / 10.0;
        self.nonzero += usize::from(value != 0.0);
        self.events.push(ix);
    }

    /// All acts.
    pub fn total(&self) -> usize {
        self.quad.iter().sum()
    }

    /// Acts of cooperation, in words or deeds.
    pub fn cooperation(&self) -> usize {
        self.quad[0] + self.quad[1]
    }

    /// Acts of conflict, in words or deeds.
    pub fn conflict(&self) -> usize {
        self.quad[2] + self.quad[3]
    }

    /// Mean Goldstein value, −10 to +10; `None` without acts.
    pub fn goldstein_mean(&self) -> Option<f64> {
        ratio(self.goldstein_sum, self.total())
    }

    /// Mean Goldstein value over the acts whose value is not zero (many statements score zero and
    /// pull the mean towards it).
    pub fn goldstein_mean_nonzero(&self) -> Option<f64> {
        ratio(self.goldstein_sum, self.nonzero)
    }
}

fn ratio(sum: f64, n: usize) -> Option<f64> {
    (n > 0).then(|| sum / n as f64)
}

/// Why a row of the chronicle is in no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Its date is known less exactly than a period is long.
    TooCoarse,
    /// It lies before the first day of the series.
    BeforeStart,
    /// It lies after the day as of which the case is written.
    AfterAsOf,
}

impl Reason {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Reason::TooCoarse => "date too coarse for the period",
            Reason::BeforeStart => "before the start of the series",
            Reason::AfterAsOf => "after the day as of which the case is written",
        }
    }
}

/// Where an event falls in a run of periods, or why nowhere.
///
/// A row known to the month is in no week, one known to the year in no week, month or quarter
/// ([`demarche_events::Precision::fits`]). The day limits of the series hold to the day: a first
/// or last period that the series covers in part holds only the events in that part. A row of
/// month or year precision lies on its first day here, but is not before the start if its month
/// or year reaches into the series.
pub fn place(case: &Case, event: &Event, periods: &Periods) -> Result<usize, Reason> {
    let span = whole_span(case);
    if event.date > span.to {
        return Err(Reason::AfterAsOf);
    }
    if placement(event, &span, span.to) == Placement::Outside {
        return Err(Reason::BeforeStart);
    }
    if !event.precision.fits(periods.unit()) {
        return Err(Reason::TooCoarse);
    }
    periods.position(event.date).ok_or(Reason::BeforeStart)
}

/// The run of periods of a case, from the first day of the series to the day of writing.
pub fn case_periods(case: &Case, by: PeriodUnit) -> Periods {
    Periods::covering(case.settings.start, case.settings.as_of, by)
}

/// One relationship over time: what happened between two actors in each period, in either
/// direction, a mutual act once.
#[derive(Clone, Debug)]
pub struct Series {
    /// The periods, none left out: a period without an event counts zero.
    pub periods: Periods,
    /// The counts of each period.
    pub counts: Vec<Tally>,
    /// Acts of each period by area, in the order of the case's areas.
    pub by_area: Vec<Vec<usize>>,
    /// The areas, ids, in the order of the case.
    pub areas: Vec<String>,
    /// Events that are in no period, and why.
    pub excluded: Vec<(EventIx, Reason)>,
}

impl Series {
    /// The series of a dyad.
    pub fn dyad(case: &Case, a: &str, b: &str, how: &MeasureSettings) -> Self {
        Self::of(case, &Selection::dyad(case, a, b, how.body), how)
    }

    /// The series of a selection.
    pub fn of(case: &Case, selection: &Selection, how: &MeasureSettings) -> Self {
        let periods = case_periods(case, how.by);
        let areas: Vec<String> = case.settings.areas.iter().map(|a| a.id.clone()).collect();
        let mut counts = vec![Tally::default(); periods.len()];
        let mut by_area = vec![vec![0; areas.len()]; periods.len()];
        let mut excluded = Vec::new();
        for act in &selection.acts {
            let event = &case.chronicle[act.event as usize];
            match place(case, event, &periods) {
                Ok(at) => {
                    counts[at].add(act.event, event, how.quad);
                    if let Some(area) = areas.iter().position(|a| *a == event.area) {
                        by_area[at][area] += 1;
                    }
                }
                Err(reason) => excluded.push((act.event, reason)),
            }
        }
        Self {
            periods,
            counts,
            by_area,
            areas,
            excluded,
        }
    }

    /// All acts of each period.
    pub fn total(&self) -> Vec<usize> {
        self.counts.iter().map(Tally::total).collect()
    }

    /// Acts of cooperation of each period.
    pub fn cooperation(&self) -> Vec<usize> {
        self.counts.iter().map(Tally::cooperation).collect()
    }

    /// Acts of conflict of each period.
    pub fn conflict(&self) -> Vec<usize> {
        self.counts.iter().map(Tally::conflict).collect()
    }

    /// Acts of one area of each period.
    pub fn area(&self, id: &str) -> Vec<usize> {
        match self.areas.iter().position(|a| a == id) {
            Some(at) => self.by_area.iter().map(|p| p[at]).collect(),
            None => vec![0; self.periods.len()],
        }
    }

    /// As a table: a row for each period.
    pub fn table(&self, case: &Case, a: &str, b: &str) -> Table {
        let mut table = Table::new(
            "series",
            &format!(
                "What happened between {} and {} in each {}, in either direction; a mutual act \
                 counts once and an empty period counts zero.",
                case.short(a),
                case.short(b),
                self.periods.unit()
            ),
        )
        .column("period", Kind::Text, "", "The period.")
        .column("from", Kind::Date, "", "Its first day.")
        .column("to", Kind::Date, "", "Its last day.");
        table = tally_columns(table);
        for area in &case.settings.areas {
            let name = format!("area_{}", area.id.replace('-', "_"));
            table = table.column(
                &name,
                Kind::Integer,
                "acts",
                &format!("Acts in the area {}.", area.name),
            );
        }
        let known = areas_known(case);
        for ((period, tally), areas) in self.periods.iter().zip(&self.counts).zip(&self.by_area) {
            let mut row = period_cells(period);
            row.extend(tally_cells(tally));
            let count = |n: usize| known.then_some(n).into();
            row.extend(areas.iter().map(|&n| -> Cell { count(n) }));
            table.push(row);
        }
        table
    }
}

/// Whose acts a row of the panel counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// Source and target as the chronicle writes them.
    Written,
    /// Source or target is a body, standing for its members on the date.
    Members,
    /// Source or target is a body, standing for itself and its members on the date.
    Both,
}

impl Reading {
    /// The name in tables: `written`, `members`, `both`.
    pub fn name(self) -> &'static str {
        match self {
            Reading::Written => "written",
            Reading::Members => "members",
            Reading::Both => "both",
        }
    }
}

/// A row of the panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelRow {
    /// The period.
    pub period: Period,
    /// Who acts.
    pub source: String,
    /// Towards whom.
    pub target: String,
    /// Whose acts are counted.
    pub reading: Reading,
    /// The counts.
    pub tally: Tally,
}

/// The panel: period × source × target. A mutual event counts once in each direction.
///
/// In the panel of all dyads each actor stands as the chronicle writes it (reading `written`), and
/// only rows with an event are there. With [`BodyMode::Members`] or [`BodyMode::Both`], each body
/// among the partners, the comparators and the sides has rows of its own besides (reading
/// `members` or `both`), in which it stands for its members and the other end stands as written;
/// acts among its members are not in them, and rows that tell of one act are merged as
/// [`Selection`] says. The readings overlap: filter on `reading` before adding up.
///
/// The panel of one dyad has one reading, and all periods, empty ones too.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The periods covered.
    pub periods: Periods,
    /// The rows, ordered by reading, period, source and target.
    pub rows: Vec<PanelRow>,
    /// Events that are in no period, and why, ascending.
    pub excluded: Vec<(EventIx, Reason)>,
}

impl Panel {
    /// All directed dyads.
    pub fn all(case: &Case, how: &MeasureSettings) -> Self {
        let periods = case_periods(case, how.by);
        let mut cells = Cells::new();
        let mut excluded = Vec::new();
        for (ix, event) in (0..).zip(&case.chronicle) {
            match place(case, event, &periods) {
                Ok(at) => {
                    for (source, target) in event.directions() {
                        let key = (Reading::Written, at, source, target);
                        cells.entry(key).or_default().add(ix, event, how.quad);
                    }
                }
                Err(reason) => excluded.push((ix, reason)),
            }
        }
        if let Some(reading) = body_reading(how.body) {
            for body in watched_bodies(case) {
                for act in Selection::of(case, body, how.body).acts {
                    let event = &case.chronicle[act.event as usize];
                    let Ok(at) = place(case, event, &periods) else {
                        continue;
                    };
                    let other = if act.forward {
                        &event.target
                    } else {
                        &event.source
                    };
                    if act.there() {
                        let key = (reading, at, body, other.as_str());
                        cells
                            .entry(key)
                            .or_default()
                            .add(act.event, event, how.quad);
                    }
                    if act.back() {
                        let key = (reading, at, other.as_str(), body);
                        cells
                            .entry(key)
                            .or_default()
                            .add(act.event, event, how.quad);
                    }
                }
            }
        }
        Self::collect(periods, cells, excluded)
    }

    /// One dyad, in both directions, zero in empty periods.
    pub fn dyad(case: &Case, a: &str, b: &str, how: &MeasureSettings) -> Self {
        let is_body = |code| case.actor(code).is_some_and(|x| x.kind == ActorKind::Body);
        let reading = body_reading(how.body)
            .filter(|_| is_body(a) || is_body(b))
            .unwrap_or(Reading::Written);
        let periods = case_periods(case, how.by);
        let mut cells = Cells::new();
        for at in 0..periods.len() {
            cells.insert((reading, at, a, b), Tally::default());
            cells.insert((reading, at, b, a), Tally::default());
        }
        let mut excluded = Vec::new();
        for act in Selection::dyad(case, a, b, how.body).acts {
            let event = &case.chronicle[act.event as usize];
            match place(case, event, &periods) {
                Ok(at) => {
                    let ways = [(act.there(), a, b), (act.back(), b, a)];
                    for (_, source, target) in ways.into_iter().filter(|w| w.0) {
                        let key = (reading, at, source, target);
                        cells
                            .entry(key)
                            .or_default()
                            .add(act.event, event, how.quad);
                    }
                }
                Err(reason) => excluded.push((act.event, reason)),
            }
        }
        Self::collect(periods, cells, excluded)
    }

    fn collect(periods: Periods, cells: Cells<'_>, excluded: Vec<(EventIx, Reason)>) -> Self {
        let rows = cells
            .into_iter()
            .map(|((reading, at, source, target), tally)| PanelRow {
                period: periods.get(at),
                source: source.to_owned(),
                target: target.to_owned(),
                reading,
                tally,
            })
            .collect();
        Self {
            periods,
            rows,
            excluded,
        }
    }

    /// As a table.
    pub fn table(&self) -> Table {
        let table = Table::new(
            "panel",
            "Acts by period, source and target; a mutual event counts once in each direction. The \
             readings overlap: filter on reading before adding up.",
        )
        .column("period", Kind::Text, "", "The period.")
        .column("from", Kind::Date, "", "Its first day.")
        .column("to", Kind::Date, "", "Its last day.")
        .column("source", Kind::Text, "", "Who acts.")
        .column("target", Kind::Text, "", "Towards whom.")
        .column(
            "reading",
            Kind::Text,
            "",
            "written: both as the chronicle writes them; members: the body stands for its members \
             on the date; both: for itself and its members, a joint act once.",
        );
        let mut table = tally_columns(table);
        for row in &self.rows {
            let mut cells = period_cells(row.period);
            cells.push(row.source.as_str().into());
            cells.push(row.target.as_str().into());
            cells.push(row.reading.name().into());
            cells.extend(tally_cells(&row.tally));
            table.push(cells);
        }
        table
    }

    /// The events that are in no period, as a table.
    pub fn excluded_table(&self, case: &Case) -> Table {
        excluded_table(case, &self.excluded)
    }
}

/// Events that are in no period, as a table named `excluded`.
pub fn excluded_table(case: &Case, excluded: &[(EventIx, Reason)]) -> Table {
    let mut table = Table::new(
        "excluded",
        "Events that the panel and the series hold in no period, and why.",
    )
    .column("event", Kind::Text, "", "Id of the event.")
    .column(
        "date",
        Kind::Date,
        "",
        "Its date; the first day where only month or year is known.",
    )
    .column(
        "precision",
        Kind::Text,
        "",
        "How exactly the date is known.",
    )
    .column("source", Kind::Text, "", "Who acts.")
    .column("target", Kind::Text, "", "Towards whom.")
    .column("reason", Kind::Text, "", "Why it is in no period.");
    for &(ix, reason) in excluded {
        let e = &case.chronicle[ix as usize];
        table.push(vec![
            e.id.as_str().into(),
            e.date.into(),
            e.precision.name().into(),
            e.source.as_str().into(),
            e.target.as_str().into(),
            reason.label().into(),
        ]);
    }
    table
}

type Cells<'a> = BTreeMap<(Reading, usize, &'a str, &'a str), Tally>;

fn body_reading(mode: BodyMode) -> Option<Reading> {
    match mode {
        BodyMode::Itself => None,
        BodyMode::Members => Some(Reading::Members),
        BodyMode::Both => Some(Reading::Both),
    }
}

/// The bodies among the partners, the comparators and the sides, in that order, each once.
fn watched_bodies(case: &Case) -> Vec<&str> {
    let s = &case.settings;
    let codes = s.partners.iter().chain(&s.comparators);
    let codes = codes
        .chain(&s.sides.one.actors)
        .chain(&s.sides.other.actors);
    let mut bodies: Vec<&str> = Vec::new();
    for code in codes {
        let is_body = case.actor(code).is_some_and(|a| a.kind == ActorKind::Body);
        if is_body && !bodies.contains(&code.as_str()) {
            bodies.push(code);
        }
    }
    bodies
}

fn period_cells(period: Period) -> Vec<Cell> {
    vec![
        period.to_string().into(),
        period.first().into(),
        period.last().into(),
    ]
}

pub(crate) fn tally_columns(table: Table) -> Table {
    table
        .column("n", Kind::Integer, "acts", "All acts.")
        .column(
            "verbal_cooperation",
            Kind::Integer,
            "acts",
            "Words of cooperation.",
        )
        .column(
            "material_cooperation",
            Kind::Integer,
            "acts",
            "Deeds of cooperation.",
        )
        .column(
            "verbal_conflict",
            Kind::Integer,
            "acts",
            "Words of conflict.",
        )
        .column(
            "material_conflict",
            Kind::Integer,
            "acts",
            "Deeds of conflict.",
        )
        .column(
            "goldstein_sum",
            Kind::Float,
            "Goldstein points",
            "Sum of the Goldstein values.",
        )
        .column(
            "goldstein_mean",
            Kind::Float,
            "Goldstein points",
            "Their mean; missing without acts.",
        )
        .column(
            "goldstein_mean_nonzero",
            Kind::Float,
            "Goldstein points",
            "Their mean over acts whose value is not zero.",
        )
}

pub(crate) fn tally_cells(tally: &Tally) -> Vec<Cell> {
    let mut cells: Vec<Cell> = vec![tally.total().into()];
    cells.extend(tally.quad.iter().map(|&n| Cell::from(n)));
    cells.push(tally.goldstein_sum.into());
    cells.push(tally.goldstein_mean().into());
    cells.push(tally.goldstein_mean_nonzero().into());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event, sample_events};
    use demarche_events::cameo_codes;
    use proptest::prelude::*;

    fn how(case: &Case, by: PeriodUnit, body: BodyMode) -> MeasureSettings {
        MeasureSettings {
            by,
            body,
            ..case.settings.measure.clone()
        }
    }

    #[test]
    fn a_panel_by_hand() {
        let case = case(vec![
            event("2020-03-05", "E", "<>", "X", "040", "cyber"), // 1.0
            event("2020-03-20", "E", "->", "X", "010", "cyber"), // 0.0
            event("2020-03", "X", "->", "E", "062", "space"),    // 7.4
            event("2020", "X", "->", "E", "130", "space"),
            event("2019-12-31", "X", "->", "E", "130", "space"),
            event("2024-01-01", "X", "->", "E", "130", "space"),
        ]);
        let panel = Panel::dyad(
            &case,
            "E",
            "X",
            &how(&case, PeriodUnit::Month, BodyMode::Itself),
        );
        assert_eq!(panel.rows.len(), 2 * 48);
        let row = |source: &str| {
            let mut rows = panel.rows.iter();
            let found = rows.find(|r| r.source == source && r.period.to_string() == "2020-03");
            &found.unwrap().tally
        };
        let (there, back) = (row("E"), row("X"));
        assert_eq!((there.quad, back.quad), ([2, 0, 0, 0], [1, 1, 0, 0]));
        assert_eq!((there.goldstein_sum, back.goldstein_sum), (1.0, 8.4));
        assert_eq!(there.goldstein_mean(), Some(0.5));
        assert_eq!(there.goldstein_mean_nonzero(), Some(1.0));
        assert_eq!(back.events, [0, 2]);
        let reasons = [
            (3, Reason::TooCoarse),
            (4, Reason::BeforeStart),
            (5, Reason::AfterAsOf),
        ];
        assert_eq!(panel.excluded, reasons);
        let series = Series::dyad(
            &case,
            "E",
            "X",
            &how(&case, PeriodUnit::Year, BodyMode::Itself),
        );
        assert_eq!(series.total(), [4, 0, 0, 0]);
        assert_eq!(series.cooperation(), [3, 0, 0, 0]);
        assert_eq!(series.conflict(), [1, 0, 0, 0]);
        assert_eq!(series.area("space"), [2, 0, 0, 0]);
        assert_eq!(series.excluded.len(), 2);
        assert_eq!(series.table(&case, "E", "X").rows().len(), 4);
        let weeks = Panel::all(&case, &how(&case, PeriodUnit::Week, BodyMode::Itself));
        assert_eq!(weeks.excluded.len(), 4);
        assert_eq!(weeks.table().rows().len(), weeks.rows.len());
        assert_eq!(weeks.excluded_table(&case).rows().len(), 4);
    }

    #[test]
    fn a_body_has_rows_of_its_own_for_its_members() {
        let case = case(vec![
            event("2020-03-05", "E", "<>", "X", "040", "cyber"),
            event("2020-03-05", "E", "<>", "A", "040", "cyber"),
            event("2020-03-06", "E", "->", "A", "010", "cyber"),
        ]);
        let count = |body, reading, source: &str, target: &str| -> usize {
            let panel = Panel::all(&case, &how(&case, PeriodUnit::Month, body));
            let rows = panel
                .rows
                .iter()
                .filter(|r| r.reading == reading && r.source == source && r.target == target);
            rows.map(|r| r.tally.total()).sum()
        };
        assert_eq!(count(BodyMode::Both, Reading::Written, "E", "A"), 2);
        assert_eq!(count(BodyMode::Both, Reading::Written, "E", "X"), 1);
        assert_eq!(count(BodyMode::Both, Reading::Both, "E", "X"), 2);
        assert_eq!(count(BodyMode::Both, Reading::Both, "X", "E"), 1);
        assert_eq!(count(BodyMode::Members, Reading::Members, "E", "X"), 2);
        assert_eq!(count(BodyMode::Itself, Reading::Both, "E", "X"), 0);
    }

    #[test]
    fn goldstein_values_have_one_decimal_at_most() {
        for (code, _, _) in cameo_codes() {
            let tenths = code.goldstein().value * 10.0;
            assert!((tenths - tenths.round()).abs() < 1e-9, "{code}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(events in sample_events(60)) {
            let case = case(events);
            for by in [PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter, PeriodUnit::Year] {
                let panel = Panel::all(&case, &how(&case, by, BodyMode::Both));
                let written = panel.rows.iter().filter(|r| r.reading == Reading::Written);
                let directed: usize = written.map(|r| r.tally.total()).sum();
                let out: Vec<EventIx> = panel.excluded.iter().map(|(e, _)| *e).collect();
                let inside = (0..).zip(&case.chronicle).filter(|(ix, _)| !out.contains(ix));
                let want: usize = inside.map(|(_, e)| e.directions().count()).sum();
                prop_assert_eq!(directed, want);
                for row in &panel.rows {
                    prop_assert_eq!(row.tally.total(), row.tally.quad.iter().sum::<usize>());
                    prop_assert_eq!(row.tally.total(), row.tally.events.len());
                }
            }
        }

        #[test]
        fn a_year_is_its_months_and_the_rows_too_coarse_for_them(events in sample_events(60)) {
            let case = case(events);
            for body in [BodyMode::Itself, BodyMode::Members, BodyMode::Both] {
                let year = Series::dyad(&case, "E", "X", &how(&case, PeriodUnit::Year, body));
                let month = Series::dyad(&case, "E", "X", &how(&case, PeriodUnit::Month, body));
                for (i, n) in year.total().into_iter().enumerate() {
                    let months: usize = month.total()[12 * i..12 * (i + 1)].iter().sum();
                    let coarse = month.excluded.iter().filter(|(ix, reason)| {
                        *reason == Reason::TooCoarse
                            && case.chronicle[*ix as usize].date.year() == 2020 + i as i16
                    });
                    prop_assert_eq!(n, months + coarse.count());
                    prop_assert_eq!(n, year.by_area[i].iter().sum::<usize>());
                }
            }
        }

        #[test]
        fn an_act_done_together_counts_alike_in_both_directions(events in sample_events(60)) {
            let mut events = events;
            events.iter_mut().for_each(|e| e.mutual = true);
            let case = case(events);
            let panel = Panel::all(&case, &how(&case, PeriodUnit::Year, BodyMode::Both));
            for row in &panel.rows {
                let back = panel.rows.iter().find(|r| {
                    r.period == row.period
                        && r.reading == row.reading
                        && r.source == row.target
                        && r.target == row.source
                });
                prop_assert_eq!(back.map(|r| &r.tally), Some(&row.tally));
            }
        }
    }
}
