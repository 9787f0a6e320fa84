//! One dyad over time.

use demarche_events::{Period, PeriodUnit, Periods, QuadScheme};

use super::calendar::{date_of, day_of};
use super::cell::{Cells, Counts};
use super::cursor::in_order;
use super::question::{Answer, Keep, Reach, quads, share};
use super::{CubeError, Measure, Question, Total};
use crate::Store;

/// What one actor did to the other in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Acts {
    /// Events, duplicates left out.
    pub n: i64,
    /// Events, duplicates counted in.
    pub rows: i64,
    /// Events by quad class; what is left of `n` has no class.
    pub quad: [i64; 4],
    /// Sum of scale values.
    pub scale_sum: f64,
    /// Events with a scale value.
    pub scale_n: i64,
    /// Events with a scale value other than zero.
    pub scale_nonzero: i64,
    /// Sum of mentions.
    pub mentions: i64,
    /// `n` over all events that were read of the period, 0 to 1; NaN where there is none.
    pub share_of_all: f64,
    /// `n` over all events of the period of which both ends are known and differ.
    pub share_of_dyadic: f64,
}

/// A dyad in both directions, over every period from the first to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// One end.
    pub a: String,
    /// The other.
    pub b: String,
    /// Length of the periods.
    pub by: PeriodUnit,
    /// The format of the events.
    pub format: String,
    /// How CAMEO roots were split into quad classes.
    pub scheme: QuadScheme,
    /// The filter that events went through when they were read; denominators went through it too.
    pub filter: String,
    /// First days of the periods, counted from 1970-01-01.
    pub periods: Vec<i32>,
    /// What `a` did to `b`.
    pub forth: Vec<Acts>,
    /// What `b` did to `a`.
    pub back: Vec<Acts>,
    /// What was read of the period, over all dyads.
    pub totals: Vec<Total>,
}

/// The series of a dyad: every period that the question spans; where it leaves an end open, up to
/// the first or last period with a row of the dyad. Empty periods are listed with zeros. What the
/// question says of actors and dyads is not looked at.
///
/// # Errors
/// As [`panel`](fn@super::panel); if the two ends are one.
pub fn series(store: &Store, a: &str, b: &str, question: &Question) -> Result<Series, CubeError> {
    if a == b {
        return Err(CubeError::Question(format!(
            "a dyad has two ends, and {} is named twice; ask the panel for domestic acts",
            a.escape_default()
        )));
    }
    let question = Question {
        actors: None,
        dyad: Some((a.to_owned(), b.to_owned())),
        ..question.clone()
    };
    let dyads = [(a, Some(b)), (b, Some(a))];
    let answer = Answer::to(&question, store, &Reach::Of(&dyads))?;
    let mut codes = answer.codes;
    let timetable = answer.timetable;
    let mut keep = Keep::of(&question);
    let mut rows = Cells::default();
    let mut slots = Vec::new();
    in_order(answer.cursors, &mut codes, |codes, cells, range| {
        let mut failed = None;
        rows.fold_range(cells, range, &mut slots, |i| {
            if !keep.keeps(codes, cells.source[i], cells.target[i]) {
                return None;
            }
            match timetable.place(cells.day[i]) {
                Ok(place) => place.map(|p| timetable.periods[p as usize]),
                Err(error) => {
                    failed = Some(error);
                    None
                }
            }
        });
        failed.map_or(Ok(()), Err)
    })?;
    // The first day of a period may lie before the first day that counts, so periods are compared.
    let period = |day: i32| day_of(Period::of(date_of(day), question.by).first());
    let first = question.from.map(|day| period(day_of(day)));
    let first = first.or_else(|| rows.day.iter().min().copied());
    let last = question.to.map(|day| period(day_of(day)));
    let last = last.or_else(|| rows.day.iter().max().copied());
    let periods: Vec<i32> = match (first, last) {
        (Some(first), Some(last)) => {
            let periods = Periods::covering(date_of(first), date_of(last), question.by);
            periods.iter().map(|p| day_of(p.first())).collect()
        }
        _ => Vec::new(),
    };
    let total = |period: &i32| match timetable.periods.binary_search(period) {
        Ok(place) => timetable.totals[place],
        Err(_) => Total::default(),
    };
    let totals: Vec<Total> = periods.iter().map(total).collect();
    let direction = |source: u32| -> Vec<Acts> {
        let mut acts: Vec<Acts> = totals
            .iter()
            .map(|total| acts(&[0; Measure::COUNT], question.quad, total))
            .collect();
        for i in 0..rows.len() {
            if rows.source[i] == source
                && let Ok(at) = periods.binary_search(&rows.day[i])
            {
                acts[at] = self::acts(&rows.counts(i), question.quad, &totals[at]);
            }
        }
        acts
    };
    Ok(Series {
        forth: direction(codes.find(a)),
        back: direction(codes.find(b)),
        a: a.to_owned(),
        b: b.to_owned(),
        by: question.by,
        format: answer.format,
        scheme: question.quad,
        filter: answer.filter,
        periods,
        totals,
    })
}

fn acts(counts: &Counts, scheme: QuadScheme, total: &Total) -> Acts {
    let of = |m: Measure| counts[m.index()];
    let n = of(Measure::N);
    Acts {
        n,
        rows: of(Measure::Rows),
        quad: quads(counts, scheme),
        scale_sum: of(Measure::ScaleSum) as f64 / 1000.0,
        scale_n: of(Measure::ScaleN),
        scale_nonzero: of(Measure::ScaleNonzero),
        mentions: of(Measure::Mentions),
        share_of_all: share(n, total.n),
        share_of_dyadic: share(n, total.dyadic),
    }
}
