//! From data to pixels.

use jiff::civil::Date;

/// A day as a fraction of years: 1 July 2024 is about 2024.5.
pub fn year_fraction(day: Date) -> f64 {
    f64::from(day.year()) + f64::from(day.day_of_year() - 1) / f64::from(day.days_in_year())
}

/// A straight scale; `from` may lie right of or below `to`.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    /// Lower end of the data.
    pub low: f64,
    /// Upper end of the data; above `low`.
    pub high: f64,
    /// Pixel of `low`.
    pub from: f64,
    /// Pixel of `high`.
    pub to: f64,
}

impl Linear {
    /// A scale over exactly this domain; an empty or broken domain is widened to one unit.
    pub fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() && high > low {
            high
        } else {
            low + 1.0
        };
        Self {
            low,
            high,
            from,
            to,
        }
    }

    /// The pixel of a value; what lies outside the domain stays at its end.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }
}

/// Round values of one step that cover a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    /// The values, ascending; at least two if they cover the domain.
    pub values: Vec<f64>,
    /// Their distance: 1, 2 or 5 times a power of ten.
    pub step: f64,
}

impl Ticks {
    /// About `count` ticks from at or below `low` to at or above `high`. `whole` keeps to
    /// integers, as counts of events need.
    pub fn covering(low: f64, high: f64, count: usize, whole: bool) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() && high > low {
            high
        } else {
            low + 1.0
        };
        let raw = (high - low) / count.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .find(|f| f * power >= raw * (1.0 - 1e-9))
            .unwrap_or(10.0);
        let step = if whole {
            (factor * power).max(1.0).round()
        } else {
            factor * power
        };
        let first = (low / step + 1e-9).floor() as i64;
        let last = ((high / step - 1e-9).ceil() as i64).max(first + 1);
        Self {
            values: (first..=last).map(|i| i as f64 * step).collect(),
            step,
        }
    }

    /// Those of the ticks that lie within a domain whose ends need not be ticks.
    pub fn within(low: f64, high: f64, count: usize, whole: bool) -> Self {
        let mut ticks = Self::covering(low, high, count, whole);
        let slack = ticks.step * 1e-6;
        ticks
            .values
            .retain(|v| *v >= low - slack && *v <= high + slack);
        ticks
    }

    /// Lowest tick.
    pub fn low(&self) -> f64 {
        self.values.first().copied().unwrap_or(0.0)
    }

    /// Highest tick.
    pub fn high(&self) -> f64 {
        self.values.last().copied().unwrap_or(1.0)
    }

    /// A tick as text, with as many decimals as the step needs.
    pub fn label(&self, value: f64) -> String {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let value = if value.abs() < self.step / 2.0 {
            0.0
        } else {
            value
        };
        format!("{value:.decimals$}").replace('-', "\u{2212}")
    }
}

/// Places of equal width, for names.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    from: f64,
    step: f64,
}

impl Band {
    /// So many places between two pixels.
    pub fn new(count: usize, from: f64, to: f64) -> Self {
        Self {
            from,
            step: (to - from) / count.max(1) as f64,
        }
    }

    /// Where a place begins.
    pub fn start(&self, i: usize) -> f64 {
        self.from + self.step * i as f64
    }

    /// The middle of a place.
    pub fn middle(&self, i: usize) -> f64 {
        self.start(i) + self.step / 2.0
    }

    /// Width of a place.
    pub fn width(&self) -> f64 {
        self.step
    }
}

/// Years to write under an axis of time: every first, second, fifth …, so that labels `room`
/// pixels wide do not touch.
pub fn year_ticks(scale: &Linear, room: f64) -> Vec<i16> {
    let first = scale.low.ceil() as i16;
    let last = scale.high.floor() as i16;
    let per_year = ((scale.to - scale.from) / (scale.high - scale.low)).abs();
    let step = [1, 2, 5, 10, 20, 50, 100]
        .into_iter()
        .find(|s| f64::from(*s) * per_year >= room)
        .unwrap_or(200);
    (first..=last).filter(|y| y.rem_euclid(step) == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_lie_within_their_year() {
        assert_eq!(year_fraction(Date::constant(2024, 1, 1)), 2024.0);
        assert_eq!(
            year_fraction(Date::constant(2023, 7, 2)),
            2023.0 + 182.0 / 365.0
        );
        assert!(year_fraction(Date::constant(2024, 12, 31)) < 2025.0);
    }

    #[test]
    fn ticks_are_round() {
        let ticks = Ticks::covering(0.0, 37.0, 4, true);
        assert_eq!(ticks.values, [0.0, 10.0, 20.0, 30.0, 40.0]);
        let ticks = Ticks::covering(-0.2, 0.3, 5, false);
        assert_eq!(ticks.label(ticks.values[0]), "\u{2212}0.2");
        assert_eq!(ticks.label(0.0), "0.0");
    }

    proptest! {
        #[test]
        fn ticks_cover(low in -1e6..1e6f64, span in 1e-3..1e6f64, count in 2usize..10, whole: bool) {
            let ticks = Ticks::covering(low, low + span, count, whole);
            let slack = ticks.step * 1e-6;
            prop_assert!(ticks.low() <= low + slack && ticks.high() >= low + span - slack);
            prop_assert!(ticks.values.len() <= count + 3);
        }
    }
}
