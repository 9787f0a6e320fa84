//! The baseline: what would happen if nothing set off anything.

use serde::Serialize;

use super::error::HawkesError;
use super::events::{Resolution, Window, whole};

/// A curve that is constant between steps: each value holds from its start to the next. The first
/// holds before its start too, and the last for ever.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    starts: Vec<f64>,
    values: Vec<f64>,
    /// The integral from the first start to each start.
    #[serde(skip)]
    summed: Vec<f64>,
}

impl Curve {
    /// A curve with these values, from these days on.
    ///
    /// # Errors
    /// If there are not as many values as starts, starts do not rise, or a value is negative.
    pub fn new(starts: &[f64], values: &[f64]) -> Result<Curve, HawkesError> {
        if starts.len() != values.len() || starts.is_empty() {
            return Err(HawkesError::Shape {
                what: "a curve needs one value for each start, and at least one",
            });
        }
        rising("starts of a curve", starts)?;
        if !values.iter().all(|v| v.is_finite() && *v >= 0.0) {
            return Err(HawkesError::Exposure);
        }
        let mut summed = vec![0.0];
        for at in 1..starts.len() {
            summed.push(summed[at - 1] + values[at - 1] * (starts[at] - starts[at - 1]));
        }
        Ok(Curve {
            starts: starts.to_vec(),
            values: values.to_vec(),
            summed,
        })
    }

    /// The same curve with a mean of 1 over a window, so that levels are events per day.
    ///
    /// # Errors
    /// If it is zero throughout the window.
    pub fn scaled(&self, window: Window) -> Result<Curve, HawkesError> {
        let mean = self.integral(window.start, window.end) / window.length();
        if mean <= 0.0 {
            return Err(HawkesError::Exposure);
        }
        let values: Vec<f64> = self.values.iter().map(|v| v / mean).collect();
        Curve::new(&self.starts, &values)
    }

    /// Its value on a day.
    pub fn value(&self, time: f64) -> f64 {
        self.values[self.step(time)]
    }

    /// Its integral.
    pub fn integral(&self, from: f64, to: f64) -> f64 {
        let upto = |time: f64| {
            let at = self.step(time);
            self.summed[at] + self.values[at] * (time - self.starts[at])
        };
        upto(to) - upto(from)
    }

    fn step(&self, time: f64) -> usize {
        self.starts
            .partition_point(|start| *start <= time)
            .saturating_sub(1)
    }
}

/// The shape of a baseline: `μ(t) = level of the piece t lies in × exposure at t`. The levels are
/// estimated, one for each piece; cuts and exposure are given.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Baseline {
    cuts: Vec<f64>,
    exposure: Option<Curve>,
}

impl Baseline {
    /// The same level throughout, in events per day.
    pub fn constant() -> Baseline {
        Baseline::default()
    }

    /// A level of its own between any two cuts, such as for each year. The last level is taken to
    /// hold on after the window.
    ///
    /// # Errors
    /// If the cuts do not rise.
    pub fn pieces(cuts: &[f64]) -> Result<Baseline, HawkesError> {
        rising("cuts of a baseline", cuts)?;
        Ok(Baseline {
            cuts: cuts.to_vec(),
            exposure: None,
        })
    }

    /// Proportional to a curve. If that has a mean of 1 ([`Curve::scaled`]), the level is a mean
    /// rate per day.
    pub fn proportional(exposure: Curve) -> Baseline {
        Baseline {
            cuts: Vec::new(),
            exposure: Some(exposure),
        }
    }

    /// This baseline times a curve.
    #[must_use]
    pub fn times(mut self, exposure: Curve) -> Baseline {
        self.exposure = Some(exposure);
        self
    }

    /// How many levels it has.
    pub fn levels(&self) -> usize {
        self.cuts.len() + 1
    }

    /// Its cuts.
    pub fn cuts(&self) -> &[f64] {
        &self.cuts
    }

    /// Its exposure, if it is proportional to one.
    pub fn exposure(&self) -> Option<&Curve> {
        self.exposure.as_ref()
    }

    /// This baseline with only the cuts within a window.
    pub(crate) fn within(&self, window: Window) -> Baseline {
        Baseline {
            cuts: self
                .cuts
                .iter()
                .copied()
                .filter(|cut| window.start < *cut && *cut < window.end)
                .collect(),
            exposure: self.exposure.clone(),
        }
    }

    /// An error unless it changes only between days, where days are the resolution.
    pub(crate) fn check(&self, resolution: Resolution) -> Result<(), HawkesError> {
        if resolution == Resolution::Day {
            for cut in &self.cuts {
                whole("a cut of a baseline", *cut)?;
            }
        }
        Ok(())
    }

    /// The piece a time lies in.
    pub(crate) fn piece(&self, time: f64) -> usize {
        self.cuts.partition_point(|cut| *cut <= time)
    }

    /// What the level is multiplied by at a time; with days as resolution, its mean over the day.
    pub(crate) fn shape(&self, resolution: Resolution, time: f64) -> f64 {
        match (&self.exposure, resolution) {
            (None, _) => 1.0,
            (Some(curve), Resolution::Exact) => curve.value(time),
            (Some(curve), Resolution::Day) => curve.integral(time, time + 1.0),
        }
    }

    /// The integral of `Σ levels × exposure`, as `(piece, integral)` for each piece between two times.
    pub(crate) fn integrals(
        &self,
        from: f64,
        to: f64,
    ) -> impl Iterator<Item = (usize, f64)> + use<'_> {
        (self.piece(from)..self.levels()).map_while(move |piece| {
            let start = if piece == 0 {
                from
            } else {
                self.cuts[piece - 1].max(from)
            };
            let end = self.cuts.get(piece).map_or(to, |cut| cut.min(to));
            (start < end).then(|| {
                let whole = self
                    .exposure
                    .as_ref()
                    .map_or(end - start, |curve| curve.integral(start, end));
                (piece, whole)
            })
        })
    }

    /// Times within a stretch at which the baseline changes, sorted.
    pub(crate) fn changes(&self, from: f64, to: f64) -> Vec<f64> {
        let starts = self.exposure.iter().flat_map(|curve| curve.starts.iter());
        let mut changes: Vec<f64> = self
            .cuts
            .iter()
            .chain(starts)
            .copied()
            .filter(|time| from < *time && *time < to)
            .collect();
        changes.sort_by(f64::total_cmp);
        changes.dedup();
        changes
    }
}

/// An error unless the numbers rise.
pub(crate) fn rising(what: &'static str, numbers: &[f64]) -> Result<(), HawkesError> {
    let finite = numbers.iter().all(|n| n.is_finite());
    if finite && numbers.windows(2).all(|pair| pair[0] < pair[1]) {
        Ok(())
    } else {
        Err(HawkesError::Edges { what })
    }
}
