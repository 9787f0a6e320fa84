//! The event study of a case: hostile acts in the days after each kind of step.

use std::collections::BTreeSet;

use demarche_case::{Case, StreamRole};
use demarche_events::Date;
use demarche_measure::EventIx;
use demarche_table::{Kind, Table};
use jiff::civil::date;

use crate::event_study::{
    Contrast, EventStudy, Finding, StepKind, Study, StudyError, StudyInput, StudyOptions, Variant,
    event_study,
};
use crate::streams::StreamEvents;

/// The event study of a case with the events behind it.
#[derive(Clone, Debug)]
pub struct CaseStudy {
    /// Positions, in the list of all streams, of the kinds of steps.
    pub kinds: Vec<usize>,
    /// Names of the streams of hostile acts.
    pub hostile: Vec<String>,
    /// By kind, the events of the steps, as in the input of the study.
    pub steps: Vec<Vec<EventIx>>,
    /// The hostile acts, as in the input of the study.
    pub acts: Vec<EventIx>,
    /// What was found.
    pub result: Result<EventStudy, StudyError>,
}

fn day_of(day: Date) -> i32 {
    let days = day
        .duration_since(date(1970, 1, 1))
        .as_hours()
        .div_euclid(24);
    i32::try_from(days).expect("the calendar has fewer days")
}

/// Compares the days after steps of each of the partnership's own streams with matched days.
/// Hostile acts are those of all hostile streams together; events known to the month have no place
/// in it. `None` where the case has no own or no hostile stream.
pub fn case_study(case: &Case, streams: &[StreamEvents]) -> Option<CaseStudy> {
    let of = |role: StreamRole| -> Vec<usize> {
        let all = 0..streams.len();
        all.filter(|&i| streams[i].stream.role == role).collect()
    };
    let (kinds, hostile) = (of(StreamRole::Own), of(StreamRole::Hostile));
    if kinds.is_empty() || hostile.is_empty() {
        return None;
    }
    let dated = |stream: &StreamEvents| -> Vec<EventIx> {
        let exact = stream.events.iter().filter(|e| e.days == 1);
        exact.map(|e| e.event).collect()
    };
    let day = |ix: &EventIx| day_of(case.chronicle[*ix as usize].date);
    let steps: Vec<Vec<EventIx>> = kinds.iter().map(|&i| dated(&streams[i])).collect();
    let mut acts: Vec<EventIx> = hostile.iter().flat_map(|&i| dated(&streams[i])).collect();
    acts.sort_unstable();
    acts.dedup();
    let input = StudyInput {
        first: day_of(case.settings.start),
        last: day_of(case.settings.as_of),
        kinds: kinds
            .iter()
            .zip(&steps)
            .map(|(&i, steps)| StepKind {
                name: streams[i].stream.name.clone(),
                days: steps.iter().map(day).collect(),
            })
            .collect(),
        acts: acts.iter().map(day).collect(),
        occasions: case
            .settings
            .respond
            .occasions
            .iter()
            .copied()
            .map(day_of)
            .collect(),
        covariates: Vec::new(),
    };
    let how = &case.settings.measure;
    let options = StudyOptions {
        seed: how.seed,
        needed_steps: how.min_events,
        needed_acts: how.min_events,
        ..StudyOptions::default()
    };
    Some(CaseStudy {
        hostile: hostile
            .iter()
            .map(|&i| streams[i].stream.name.clone())
            .collect(),
        result: event_study(&input, &options),
        kinds,
        steps,
        acts,
    })
}

impl CaseStudy {
    /// The steps of a study and the hostile acts after them.
    pub fn evidence(&self, study: &Study) -> Vec<EventIx> {
        let mut all = BTreeSet::new();
        for set in &study.sets {
            all.extend(set.steps.iter().map(|&at| self.steps[study.kind][at]));
            all.extend(set.after.iter().map(|&at| self.acts[at]));
        }
        all.into_iter().collect()
    }
}

/// What a variant is called in tables.
pub fn variant_name(variant: Variant) -> &'static str {
    match variant {
        Variant::Plain => "ignored",
        Variant::Matched => "matched",
        Variant::Away => "left out",
    }
}

/// What a finding is called in tables.
pub fn finding_name(finding: Finding) -> &'static str {
    match finding {
        Finding::More => "more",
        Finding::Fewer => "fewer",
        Finding::Before => "already before",
        Finding::None => "no sign",
        Finding::TooFew => "too few",
    }
}

/// All studies as a table named `event_study`.
pub fn study_table(case_study: Option<&CaseStudy>, streams: &[StreamEvents]) -> Table {
    let mut table = Table::new(
        "event_study",
        "Hostile acts in the days after steps of each kind, against matched days without one.",
    )
    .column("step", Kind::Text, "", "Stream of the steps.")
    .column("window", Kind::Integer, "days", "Length of the window.")
    .column(
        "variant",
        Kind::Text,
        "",
        "What is done about occasions such as summits.",
    )
    .column("step_days", Kind::Integer, "days", "Days with a step.")
    .column(
        "unmatched",
        Kind::Integer,
        "days",
        "Of these, those without a matched day.",
    )
    .column(
        "clusters",
        Kind::Integer,
        "",
        "Groups of steps that are moved together.",
    )
    .column(
        "after",
        Kind::Float,
        "acts",
        "Mean number of hostile acts after a step.",
    )
    .column(
        "matched",
        Kind::Float,
        "acts",
        "Mean number after a matched day.",
    )
    .column("difference", Kind::Float, "acts", "The one less the other.")
    .column(
        "low",
        Kind::Float,
        "acts",
        "Lower end of its 95 % interval.",
    )
    .column("high", Kind::Float, "acts", "Upper end.")
    .column(
        "p",
        Kind::Float,
        "",
        "Share of permutations with a difference no smaller.",
    )
    .column(
        "p_bh",
        Kind::Float,
        "",
        "The same, adjusted after Benjamini and Hochberg.",
    )
    .column(
        "difference_before",
        Kind::Float,
        "acts",
        "The difference in the window before.",
    )
    .column("p_before", Kind::Float, "", "Its share of permutations.")
    .column("found", Kind::Text, "", "What is found.");
    let Some(case_study) = case_study else {
        return table;
    };
    let Ok(found) = &case_study.result else {
        return table;
    };
    for s in &found.studies {
        let after = |f: &dyn Fn(&Contrast) -> f64| s.after.as_ref().map(f);
        table.push(vec![
            streams[case_study.kinds[s.kind]].stream.id.as_str().into(),
            i64::from(s.window).into(),
            variant_name(s.variant).into(),
            s.step_days.into(),
            s.unmatched.into(),
            s.clusters.into(),
            after(&|c| c.steps).into(),
            after(&|c| c.matched).into(),
            after(&|c| c.difference).into(),
            s.after.and_then(|c| c.interval).map(|i| i.low).into(),
            s.after.and_then(|c| c.interval).map(|i| i.high).into(),
            after(&|c| c.p).into(),
            after(&|c| c.adjusted.bh).into(),
            s.before.map(|c| c.difference).into(),
            s.before.map(|c| c.p).into(),
            finding_name(s.finding).into(),
        ]);
    }
    table
}
