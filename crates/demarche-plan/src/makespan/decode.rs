//! From priorities to a schedule, forward or backward in time.
//!
//! Serial schedule generation: of the jobs whose predecessors stand, the one with the smallest key
//! takes the first start at which it fits (Kelley, 1963; Kolisch, *European Journal of Operational
//! Research* 90, 1996). What is left in a period is packed into machine words as in
//! [`crate::decode`], so that one subtraction looks at several resources.

use super::Project;

/// Who waits for whom in one direction of time.
pub(super) struct Direction {
    /// For each job, whom it waits for and how long after the start of that one it may start.
    pub before: Vec<Vec<(u16, u16)>>,
    /// For each job, who waits for it.
    pub after: Vec<Vec<u16>>,
}

/// A project laid out for fast scheduling.
pub(super) struct Layout {
    pub jobs: usize,
    /// No schedule needs more periods.
    pub horizon: usize,
    pub durations: Vec<u16>,
    pub demand: Vec<Vec<i64>>,
    pub capacities: Vec<i64>,
    words: usize,
    packed: Vec<u64>,
    full: Vec<u64>,
    guard: Vec<u64>,
    /// Forward and backward.
    pub directions: [Direction; 2],
    /// The jobs, each after its predecessors.
    pub order: Vec<u16>,
    /// How much of the capacities each job takes, as a measure of how full a period is.
    pub weight: Vec<u32>,
}

impl Layout {
    /// Lays out a project that has been validated.
    pub(super) fn new(project: &Project) -> Self {
        let n = project.jobs.len();
        let mut lanes = Vec::new();
        let (mut word, mut used) = (0_usize, 0_u32);
        for &capacity in &project.capacities {
            let width = 64 - capacity.unsigned_abs().leading_zeros() + 1;
            if used + width > 64 {
                word += 1;
                used = 0;
            }
            lanes.push((word, used, width));
            used += width;
        }
        let words = match word + 1 {
            1 => 1,
            2 => 2,
            3..=4 => 4,
            5..=8 => 8,
            _ => 32,
        };
        let mut guard = vec![0_u64; words];
        let mut full = vec![0_u64; words];
        for (&(word, shift, width), &capacity) in lanes.iter().zip(&project.capacities) {
            guard[word] |= 1 << (shift + width - 1);
            full[word] |= (1 << (shift + width - 1)) | capacity.unsigned_abs() << shift;
        }
        let mut packed = vec![0_u64; n * words];
        for (j, job) in project.jobs.iter().enumerate() {
            for (&(word, shift, _), &demand) in lanes.iter().zip(&job.demand) {
                packed[j * words + word] |= demand.unsigned_abs() << shift;
            }
        }
        let mut directions = [0, 1].map(|_| Direction {
            before: vec![Vec::new(); n],
            after: vec![Vec::new(); n],
        });
        for wait in &project.precedences {
            let (first, second) = (wait.before, wait.after);
            let offset = |j: usize| (project.jobs[j].duration + wait.lag) as u16;
            directions[0].before[second].push((first as u16, offset(first)));
            directions[0].after[first].push(second as u16);
            directions[1].before[first].push((second as u16, offset(second)));
            directions[1].after[second].push(first as u16);
        }
        let durations = project.jobs.iter().map(|job| job.duration);
        let lags = project.precedences.iter().map(|wait| wait.lag);
        let weight = project.jobs.iter().map(|job| {
            let shares = job.demand.iter().zip(&project.capacities);
            shares.map(|(d, c)| (1000 * d / c.max(&1)) as u32).sum()
        });
        let mut order: Vec<u16> = Vec::with_capacity(n);
        let mut open: Vec<usize> = directions[0].before.iter().map(Vec::len).collect();
        order.extend((0..n as u16).filter(|&j| open[j as usize] == 0));
        let mut at = 0;
        while let Some(&j) = order.get(at) {
            for &next in &directions[0].after[j as usize] {
                open[next as usize] -= 1;
                if open[next as usize] == 0 {
                    order.push(next);
                }
            }
            at += 1;
        }
        Self {
            jobs: n,
            horizon: durations.clone().chain(lags).sum(),
            durations: durations.map(|d| d as u16).collect(),
            demand: project.jobs.iter().map(|job| job.demand.clone()).collect(),
            capacities: project.capacities.clone(),
            words,
            packed,
            full,
            guard,
            directions,
            order,
            weight: weight.collect(),
        }
    }

    pub(super) fn words(&self) -> usize {
        self.words
    }
}

/// Makes schedules; holds what it writes on.
pub(super) struct Decoder<'a, const W: usize> {
    layout: &'a Layout,
    left: Vec<[u64; W]>,
    open: Vec<u16>,
    ready: Vec<u16>,
    full: [u64; W],
    guard: [u64; W],
    demand: Vec<[u64; W]>,
}

impl<'a, const W: usize> Decoder<'a, W> {
    pub(super) fn new(layout: &'a Layout) -> Self {
        let word = |from: &[u64]| std::array::from_fn(|w| from[w]);
        Self {
            layout,
            left: vec![[0; W]; layout.horizon + 1],
            open: vec![0; layout.jobs],
            ready: Vec::with_capacity(layout.jobs),
            full: word(&layout.full),
            guard: word(&layout.guard),
            demand: layout.packed.chunks(W).map(word).collect(),
        }
    }

    /// Fills `starts` with the schedule that the keys stand for, smaller keys first, in a direction
    /// of time (0 forward, 1 backward, with starts counted from the end), and returns its makespan.
    pub(super) fn schedule(&mut self, way: usize, keys: &[i32], starts: &mut [u16]) -> usize {
        let layout = self.layout;
        let direction = &layout.directions[way];
        self.left.fill(self.full);
        self.ready.clear();
        for (j, before) in direction.before.iter().enumerate() {
            self.open[j] = before.len() as u16;
            if before.is_empty() {
                self.ready.push(j as u16);
            }
        }
        let mut makespan = 0;
        while !self.ready.is_empty() {
            let mut at = 0;
            let mut least = (keys[self.ready[0] as usize], self.ready[0]);
            for (place, &j) in self.ready.iter().enumerate().skip(1) {
                let key = (keys[j as usize], j);
                if key < least {
                    (at, least) = (place, key);
                }
            }
            let j = self.ready.swap_remove(at) as usize;
            let mut start = 0;
            for &(b, offset) in &direction.before[j] {
                start = start.max(starts[b as usize] as usize + offset as usize);
            }
            let life = layout.durations[j] as usize;
            let demand = self.demand[j];
            start = self.first_fit(start, life, &demand);
            for left in &mut self.left[start..start + life] {
                for (left, demand) in left.iter_mut().zip(&demand) {
                    *left -= demand;
                }
            }
            starts[j] = start as u16;
            makespan = makespan.max(start + life);
            for &next in &direction.after[j] {
                let open = &mut self.open[next as usize];
                *open -= 1;
                if *open == 0 {
                    self.ready.push(next);
                }
            }
        }
        makespan
    }

    /// The first start from `start` on at which a job fits throughout its life.
    #[inline]
    fn first_fit(&self, mut start: usize, life: usize, demand: &[u64; W]) -> usize {
        // Up to `free` it is known to fit.
        let mut free = start;
        loop {
            let mut at = start + life;
            loop {
                if at == free {
                    return start;
                }
                at -= 1;
                let left = &self.left[at];
                let mut fits = true;
                for w in 0..W {
                    fits &= (left[w].wrapping_sub(demand[w]) & self.guard[w]) == self.guard[w];
                }
                if !fits {
                    break;
                }
            }
            free = start + life;
            start = at + 1;
            // What lies between the hole and the old end was looked at already.
            free = free.max(start);
        }
    }
}
