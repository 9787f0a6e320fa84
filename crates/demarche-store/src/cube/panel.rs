//! All dyads over time, in memory.

use demarche_events::{PeriodUnit, QuadScheme};

use super::question::{PeriodTotal, share};
use super::rows::Walk;
use super::{CubeError, MISSING, Measure, Question};
use crate::Store;

/// What dyads did in each period: one row a source, target and period with at least one event or
/// duplicate, sorted so, missing ends last.
///
/// Volume is normalised by denominators that count all that was read, also what the question left
/// out: acts within a state and acts of which an end could not be resolved. If events were
/// filtered when they were read ([`Panel::filter`]), so were the denominators.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Length of the periods.
    pub by: PeriodUnit,
    /// The format of the events.
    pub format: String,
    /// How CAMEO roots were split into quad classes.
    pub scheme: QuadScheme,
    /// The filter that events went through when they were read; empty: none.
    pub filter: String,
    /// Codes of the actors that occur, sorted.
    pub actors: Vec<String>,
    /// Who acts: a position in `actors`, or [`MISSING`](super::MISSING).
    pub source: Vec<u32>,
    /// Towards whom.
    pub target: Vec<u32>,
    /// First day of the period, counted from 1970-01-01.
    pub period: Vec<i32>,
    /// Events, duplicates left out.
    pub n: Vec<i64>,
    /// Events, duplicates counted in.
    pub rows: Vec<i64>,
    /// Events by quad class under `scheme`; what is left of `n` has no class.
    pub quad: [Vec<i64>; 4],
    /// Sum of scale values.
    pub scale_sum: Vec<f64>,
    /// Events with a scale value.
    pub scale_n: Vec<i64>,
    /// Events with a scale value other than zero.
    pub scale_nonzero: Vec<i64>,
    /// Sum of mentions.
    pub mentions: Vec<i64>,
    /// `n` over all events of the period, 0 to 1; NaN where there is none.
    pub share_of_all: Vec<f64>,
    /// `n` over all acts of the source in the period, towards anyone, itself, or a target that
    /// could not be resolved; 0 to 1; NaN where there is none.
    pub share_of_source: Vec<f64>,
    /// The denominators by period: periods without any row are not listed.
    pub totals: Vec<PeriodTotal>,
}

impl Panel {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.period.len()
    }

    /// No row at all?
    pub fn is_empty(&self) -> bool {
        self.period.is_empty()
    }
}

/// The panel that a question asks for.
///
/// # Errors
/// If the store holds several formats and none is named, or can't say what was known when; if a
/// file can't be read.
pub fn panel(store: &Store, question: &Question) -> Result<Panel, CubeError> {
    let walk = Walk::of(store, question)?;
    let mut panel = Panel {
        by: question.by,
        format: walk.format.clone(),
        scheme: question.quad,
        filter: walk.filter.clone(),
        actors: Vec::new(),
        source: Vec::new(),
        target: Vec::new(),
        period: Vec::new(),
        n: Vec::new(),
        rows: Vec::new(),
        quad: [const { Vec::new() }; 4],
        scale_sum: Vec::new(),
        scale_n: Vec::new(),
        scale_nonzero: Vec::new(),
        mentions: Vec::new(),
        share_of_all: Vec::new(),
        share_of_source: Vec::new(),
        totals: Vec::new(),
    };
    let walked = walk.run(|rows| {
        panel.source.extend_from_slice(rows.source);
        panel.target.extend_from_slice(rows.target);
        panel.period.extend(rows.periods());
        for (measure, column) in [
            (Measure::N, &mut panel.n),
            (Measure::Rows, &mut panel.rows),
            (Measure::ScaleN, &mut panel.scale_n),
            (Measure::ScaleNonzero, &mut panel.scale_nonzero),
            (Measure::Mentions, &mut panel.mentions),
        ] {
            column.extend_from_slice(rows.of(measure));
        }
        for (column, quad) in panel.quad.iter_mut().zip(rows.quad) {
            column.extend_from_slice(quad);
        }
        let scale = rows.of(Measure::ScaleSum).iter();
        panel.scale_sum.extend(scale.map(|&v| v as f64 / 1000.0));
        let shares = |whole: &[i64]| -> Vec<f64> {
            let n = rows.of(Measure::N).iter().zip(whole);
            n.map(|(n, whole)| share(*n, *whole)).collect()
        };
        panel.share_of_all.extend(shares(rows.all));
        panel.share_of_source.extend(shares(rows.acts));
        Ok(())
    })?;
    let mut places = vec![MISSING; walked.codes.all().len()];
    for (place, &number) in walked.actors.iter().enumerate() {
        places[number as usize] = place as u32;
    }
    for end in panel.source.iter_mut().chain(&mut panel.target) {
        *end = places.get(*end as usize).copied().unwrap_or(MISSING);
    }
    panel.actors = walked.actors();
    panel.totals = walked.totals();
    Ok(panel)
}
