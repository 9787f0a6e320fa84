//! Everything measured of a case, once.

use demarche_case::{Case, MeasureSettings, NamedPeriod};
use demarche_events::PeriodUnit;
use demarche_table::{Kind, Table};

use crate::{
    BlocOptions, Comparison, Coverage, Deliverables, EventIx, Hedging, HedgingOptions, Ledger,
    Panel, PhaseOptions, Phases, Relationship, Resampling, Robustness, Selection, Series,
    Similarity, SpanBlocs, ThreatOptions, blocs, blocs_table, breaks_by_family_table, breaks_table,
    calendar_years, comparison, coverage, deliverables, hedging_of_all, hedging_table,
    indices_table, ledger, merged_table, network_edges_table, network_nodes_table, phases,
    phases_of_share, phases_table, polarisation_table, relationships, robustness, shared_threat,
    similarity_table, whole_span,
};

/// Partners named in a ledger; all others are one line.
const LEDGER_PARTNERS: usize = 15;

/// Everything measured of a case. All of it is about the first two partners and those around
/// them, by the choices in [`demarche_case::Settings::measure`].
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The whole time of the case.
    pub whole: NamedPeriod,
    /// The phases of the relation as spans; the whole time where no break was found.
    pub spans: Vec<NamedPeriod>,
    /// The panel of all directed dyads.
    pub panel: Panel,
    /// The two partners' acts, and the rows merged into others.
    pub acts: Selection,
    /// The two partners' series by the period the user chose.
    pub series: Series,
    /// The two partners' series by month, on which the phases rest.
    pub monthly: Series,
    /// All acts of the first partner by month: the denominator of its shares.
    pub monthly_all: Series,
    /// Phases of the counts.
    pub phases: Phases,
    /// Phases of the share in all acts of the first partner.
    pub share_phases: Phases,
    /// Indices of the two partners, year by year.
    pub yearly: Vec<Relationship>,
    /// Indices of the two partners over each period that the case names.
    pub named: Vec<Relationship>,
    /// Indices of the first partner and the comparators with the second partner: over the whole
    /// time, then over each phase.
    pub comparison: Comparison,
    /// Indices of the two partners under other choices, over the whole time.
    pub robustness: Robustness,
    /// Similarity of conflict profiles: over the whole time and each phase, pair by pair.
    pub similarity: Vec<Similarity>,
    /// The same year by year.
    pub similarity_yearly: Vec<Similarity>,
    /// Blocs and polarisation in each phase.
    pub blocs: Vec<SpanBlocs>,
    /// Third parties between the sides: over the whole time, then over each phase.
    pub hedging: Vec<Vec<Hedging>>,
    /// The first partner's ledger over the whole time, then over each phase.
    pub ledgers: Vec<Ledger>,
    /// Framework coverage.
    pub coverage: Coverage,
    /// What was to be delivered.
    pub deliverables: Deliverables,
}

impl Analysis {
    /// Measures a case.
    pub fn of(case: &Case) -> Self {
        let how = &case.settings.measure;
        let [a, b] = case.settings.partners.clone();
        let monthly_how = MeasureSettings {
            by: PeriodUnit::Month,
            ..how.clone()
        };
        let whole = NamedPeriod {
            name: "all".to_owned(),
            ..whole_span(case)
        };
        let acts = Selection::dyad(case, &a, &b, how.body);
        let monthly = Series::of(case, &acts, &monthly_how);
        let monthly_all = Series::of(case, &Selection::of(case, &a, how.body), &monthly_how);
        let (phases, share_phases) = find_phases(case, &monthly, &monthly_all);
        let spans = spans_of(&phases, &whole);
        let all_and_phases: Vec<NamedPeriod> = std::iter::once(whole.clone())
            .chain(spans.iter().cloned())
            .collect();
        let years = calendar_years(case);
        let threat = ThreatOptions::of(case);
        let pairs = pairs(case);
        let similar = |spans: &[NamedPeriod]| -> Vec<Similarity> {
            pairs
                .iter()
                .flat_map(|(x, y)| {
                    let threat = &threat;
                    spans
                        .iter()
                        .map(move |s| shared_threat(case, x, y, s, threat))
                })
                .collect()
        };
        let hedge = HedgingOptions::of(case);
        Self {
            panel: Panel::all(case, how),
            series: Series::of(case, &acts, how),
            yearly: relationships(case, &a, &b, how, &years),
            named: relationships(case, &a, &b, how, &case.settings.periods),
            comparison: comparison(case, how, &all_and_phases),
            robustness: robustness(case, &a, &b, how, &whole),
            similarity: similar(&all_and_phases),
            similarity_yearly: similar(&years),
            blocs: blocs(case, &spans, &BlocOptions::of(case)),
            hedging: all_and_phases
                .iter()
                .map(|s| hedging_of_all(case, s, &hedge))
                .collect(),
            ledgers: all_and_phases
                .iter()
                .map(|s| ledger(case, &a, how, s, LEDGER_PARTNERS))
                .collect(),
            coverage: coverage(case, how, &whole),
            deliverables: deliverables(case),
            whole,
            spans,
            acts,
            monthly,
            monthly_all,
            phases,
            share_phases,
        }
    }

    /// The two partners over the whole time.
    pub fn relationship(&self) -> &Relationship {
        &self.comparison.relationships[0][0]
    }

    /// The two partners over each phase.
    pub fn by_phase(&self) -> impl ExactSizeIterator<Item = &Relationship> {
        self.comparison.relationships[1..].iter().map(|row| &row[0])
    }

    /// All of it as tidy tables.
    pub fn tables(&self, case: &Case) -> Vec<Table> {
        let [a, b] = &case.settings.partners;
        let own: Vec<Relationship> = std::iter::once(self.relationship())
            .chain(self.by_phase())
            .chain(&self.named)
            .chain(&self.yearly)
            .cloned()
            .collect();
        let dyad = format!("{a}-{b}");
        let found = [
            (dyad.as_str(), &self.phases),
            (dyad.as_str(), &self.share_phases),
        ];
        let mut dyad_panel = Panel::dyad(case, a, b, &case.settings.measure).table();
        dyad_panel.name = "panel_dyad".to_owned();
        dyad_panel.description = format!(
            "The panel of {a} and {b} alone, with every period, empty ones too. {}",
            dyad_panel.description
        );
        let networks: Vec<_> = self.blocs.iter().map(|s| s.network.clone()).collect();
        let hedging: Vec<Hedging> = self.hedging.iter().flatten().cloned().collect();
        let similarity: Vec<Similarity> = self
            .similarity
            .iter()
            .chain(&self.similarity_yearly)
            .cloned()
            .collect();
        vec![
            events_table(case),
            self.panel.table(),
            dyad_panel,
            self.panel.excluded_table(case),
            merged_table(case, a, b, &self.acts),
            self.series.table(case, a, b),
            indices_table(&own),
            self.robustness.table(),
            phases_table(&found),
            breaks_table(&found),
            breaks_by_family_table(&self.monthly.periods, &found),
            self.comparison.table(),
            similarity_table(&similarity),
            network_nodes_table(&networks),
            network_edges_table(&networks),
            blocs_table(&self.blocs),
            polarisation_table(&self.blocs),
            hedging_table(&hedging),
            self.ledgers[0].partner_table(),
            self.ledgers[0].area_table(),
            self.coverage.table(case),
            self.deliverables.table(case),
        ]
    }
}

/// Phases of the counts and of the shares of the two partners' monthly series.
fn find_phases(case: &Case, monthly: &Series, all: &Series) -> (Phases, Phases) {
    let counts = |s: &Series| -> Vec<u32> {
        let total = s.total().into_iter();
        total
            .map(|n| u32::try_from(n).expect("counts are small"))
            .collect()
    };
    let events: Vec<Vec<EventIx>> = monthly.counts.iter().map(|t| t.events.clone()).collect();
    let how = &case.settings.measure;
    let options = PhaseOptions {
        needed: how.min_events,
        resampling: Resampling {
            replicates: how.draws,
            seed: how.seed,
            ..Resampling::default()
        },
        ..PhaseOptions::default()
    };
    let own = counts(monthly);
    // Acts between members that both stand for the first actor are not among "all", so a month
    // could hold more of the dyad than of the whole; it never holds more than both together.
    let totals: Vec<u32> = counts(all)
        .iter()
        .zip(&own)
        .map(|(t, n)| *t.max(n))
        .collect();
    let periods = &monthly.periods;
    (
        phases(periods, &own, &events, &options),
        phases_of_share(periods, &own, &totals, &events, &options),
    )
}

/// The phases as spans with names.
fn spans_of(phases: &Phases, whole: &NamedPeriod) -> Vec<NamedPeriod> {
    let found = phases.phases.iter().enumerate();
    found
        .map(|(i, p)| NamedPeriod {
            name: format!("Phase {}", i + 1),
            from: p.from.max(whole.from),
            to: p.to.min(whole.to),
        })
        .collect()
}

/// The pairs whose conflict profiles are compared: the partners, each comparator with the second
/// partner, and the first partner with each comparator.
fn pairs(case: &Case) -> Vec<(String, String)> {
    let [a, b] = case.settings.partners.clone();
    let others = &case.settings.comparators;
    std::iter::once((a.clone(), b.clone()))
        .chain(others.iter().map(|c| (c.clone(), b.clone())))
        .chain(others.iter().map(|c| (a.clone(), c.clone())))
        .collect()
}

/// The chronicle as a table, so that every other one can be joined to it.
fn events_table(case: &Case) -> Table {
    let mut table = Table::new("events", "The chronicle: one row an event.")
        .column("id", Kind::Text, "", "Id of the event.")
        .column(
            "date",
            Kind::Date,
            "",
            "Its day; the first day where only month or year is known.",
        )
        .column(
            "precision",
            Kind::Text,
            "",
            "How exactly the date is known: day, month or year.",
        )
        .column("source", Kind::Text, "", "Who acts.")
        .column("target", Kind::Text, "", "Towards whom.")
        .column(
            "mutual",
            Kind::Bool,
            "",
            "Done together: counts once in each direction.",
        )
        .column(
            "cameo",
            Kind::Text,
            "",
            "CAMEO code; the leading zero matters, so read the column as text (Parquet keeps it).",
        )
        .column("act", Kind::Text, "", "Name of the code.")
        .column(
            "quad",
            Kind::Text,
            "",
            "Quad class under the scheme chosen.",
        )
        .column(
            "goldstein",
            Kind::Float,
            "Goldstein points",
            "Place of the code on the Goldstein scale.",
        )
        .column("area", Kind::Text, "", "Area of policy.")
        .column("title", Kind::Text, "", "What happened.")
        .column("url", Kind::Text, "", "The page it was read on.");
    for e in &case.chronicle {
        table.push(vec![
            e.id.as_str().into(),
            e.date.into(),
            e.precision.name().into(),
            e.source.as_str().into(),
            e.target.as_str().into(),
            e.mutual.into(),
            e.cameo.as_str().into(),
            e.cameo.label().into(),
            case.settings.measure.quad.class(e.cameo).label().into(),
            e.cameo.goldstein().value.into(),
            e.area.as_str().into(),
            e.title.as_str().into(),
            e.url.as_str().into(),
        ]);
    }
    table
}
