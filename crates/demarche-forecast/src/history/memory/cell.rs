//! What is kept of one kind of event: how often, how lately, in which rhythm.

/// After how many steps an old event counts half, shortest first.
pub const HALF_LIVES: [f32; 4] = [1.5, 5.0, 18.0, 60.0];

/// Counts of one kind of event, kept up step by step. Nothing of it depends on the order of the events
/// within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Events.
    pub events: u32,
    /// Steps with an event.
    pub steps: u32,
    /// The first step with an event.
    pub first: i32,
    /// The last step with an event.
    pub last: i32,
    /// The last step with an event before that; [`NEVER`] if there is none.
    pub before: i32,
    /// The sum of squares of the gaps between steps with an event.
    gaps: f32,
    /// Decayed counts as they were in the last step, one for each half-life.
    decayed: [f32; HALF_LIVES.len()],
}

/// The step of what never was: before all others, yet with room to count from it.
pub const NEVER: i32 = i32::MIN / 4;

impl Default for Cell {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// How much is left of an event after so many steps, for each half-life; made once.
#[derive(Clone, Debug)]
pub struct Fading(Vec<[f32; HALF_LIVES.len()]>);

impl Default for Fading {
    fn default() -> Self {
        let left = |steps: usize| HALF_LIVES.map(|half| (-(steps as f32) / half).exp2());
        Self((0..2048).map(left).collect())
    }
}

impl Fading {
    /// What is left after so many steps.
    pub fn after(&self, steps: i32) -> &[f32; HALF_LIVES.len()] {
        let place = usize::try_from(steps).unwrap_or(0).min(self.0.len() - 1);
        &self.0[place]
    }
}

impl Cell {
    /// No event.
    pub(super) const EMPTY: Self = Self {
        events: 0,
        steps: 0,
        first: NEVER,
        last: NEVER,
        before: NEVER,
        gaps: 0.0,
        decayed: [0.0; HALF_LIVES.len()],
    };

    /// One more event in a step, which is not before the last one.
    pub(in crate::history) fn add(&mut self, step: i32, fading: &Fading) {
        if step != self.last {
            if self.steps > 0 {
                let gap = step - self.last;
                self.gaps += (gap as f32) * (gap as f32);
                let left = fading.after(gap);
                for (value, left) in self.decayed.iter_mut().zip(left) {
                    *value *= left;
                }
                self.before = self.last;
            } else {
                self.first = step;
            }
            self.last = step;
            self.steps += 1;
        }
        self.events += 1;
        for value in &mut self.decayed {
            *value += 1.0;
        }
    }

    /// Decayed counts as they are in a step.
    pub fn decayed(&self, now: i32, fading: &Fading) -> [f32; HALF_LIVES.len()] {
        let left = fading.after(now - self.last);
        let mut values = self.decayed;
        for (value, left) in values.iter_mut().zip(left) {
            *value *= left;
        }
        values
    }

    /// One decayed count as it is in a step; `half` is a place of [`HALF_LIVES`].
    pub fn faded(&self, half: usize, now: i32, fading: &Fading) -> f32 {
        self.decayed[half] * fading.after(now - self.last)[half]
    }

    /// Steps since the last event, or `None` if there was none.
    pub fn age(&self, now: i32) -> Option<i32> {
        (self.steps > 0).then_some(now - self.last)
    }

    /// The mean gap between steps with an event; `None` under two of them.
    pub fn mean_gap(&self) -> Option<f32> {
        (self.steps > 1).then(|| (self.last - self.first) as f32 / (self.steps - 1) as f32)
    }

    /// Burstiness after Goh and Barabási (2008), (σ − μ) / (σ + μ) of the gaps: −1 for a clock, 0 for
    /// chance, towards 1 for bursts. `None` under three steps with an event.
    pub fn burstiness(&self) -> Option<f32> {
        let mean = self.mean_gap().filter(|_| self.steps > 2)?;
        let square = self.gaps / (self.steps - 1) as f32;
        let sd = (square - mean * mean).max(0.0).sqrt();
        Some((sd - mean) / (sd + mean))
    }
}
