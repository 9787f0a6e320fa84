//! What a deadline leaves: for each job the first and the last start, narrowed until nothing follows
//! any more. A deadline that leaves a job no start can't be kept, so one period more is needed; that
//! is how a bound is proven (destructive bound; Klein & Scholl, *European Journal of Operational
//! Research* 112, 1999).

use super::decode::Layout;

/// Beyond so many jobs only what is quick is counted.
const MANY: usize = 150;

/// The windows of all jobs.
#[derive(Clone)]
struct Windows {
    first: Vec<i32>,
    last: Vec<i32>,
}

/// What a proof came to.
pub(super) struct Proof {
    /// No schedule is shorter.
    pub bound: usize,
    /// A shorter schedule, if the proof met one.
    pub starts: Option<(usize, Vec<u16>)>,
}

/// Rules that narrow windows, laid out once.
struct Rules<'a> {
    layout: &'a Layout,
    /// Pairs of jobs that can't run at the same time and of which neither waits for the other.
    apart: Vec<(u16, u16)>,
    /// What is taken by what must run, each period.
    load: Vec<i64>,
}

/// How a branch of a search tree ends.
enum Branch {
    /// No schedule keeps the deadline here.
    None,
    /// This one does.
    Found(Vec<u16>),
    /// The nodes ran out.
    Unknown,
}

/// A bound that takes next to no time: the longest chain, and the work to be done.
pub(super) fn quick_bound(layout: &Layout) -> usize {
    let mut rules = Rules::new(layout);
    let mut bound = rules.chain();
    for (k, &capacity) in layout.capacities.iter().enumerate() {
        let work: i64 = (0..layout.jobs)
            .map(|j| layout.demand[j][k] * i64::from(layout.durations[j]))
            .sum();
        if work > 0 {
            bound = bound.max(((work + capacity - 1) / capacity) as usize);
        }
    }
    while bound < layout.horizon && rules.windows(bound).is_none() {
        bound += 1;
    }
    bound
}

/// Raises a bound towards the makespan of a known schedule: by windows and by trying each job at the
/// ends of its window, then by search trees of so many nodes.
pub(super) fn prove(layout: &Layout, bound: usize, makespan: usize, nodes: u64) -> Proof {
    let mut rules = Rules::new(layout);
    let mut proof = Proof {
        bound,
        starts: None,
    };
    if layout.jobs > MANY {
        return proof;
    }
    while proof.bound < makespan {
        let Some(mut windows) = rules.windows(proof.bound) else {
            proof.bound += 1;
            continue;
        };
        if !rules.energy(&windows) || !rules.shave(&mut windows) {
            proof.bound += 1;
            continue;
        }
        let mut left = nodes;
        match rules.branch(windows, &mut vec![0; layout.jobs], &mut left) {
            Branch::None => proof.bound += 1,
            Branch::Found(starts) => {
                proof.starts = Some((proof.bound, starts));
                break;
            }
            Branch::Unknown => break,
        }
    }
    proof
}

impl<'a> Rules<'a> {
    fn new(layout: &'a Layout) -> Self {
        let n = layout.jobs;
        let mut apart = Vec::new();
        if n <= MANY {
            // Who comes before whom, directly or not.
            let mut comes = vec![false; n * n];
            for &j in layout.order.iter().rev() {
                for &next in &layout.directions[0].after[j as usize] {
                    comes[j as usize * n + next as usize] = true;
                    for k in 0..n {
                        if comes[next as usize * n + k] {
                            comes[j as usize * n + k] = true;
                        }
                    }
                }
            }
            for a in 0..n {
                for b in a + 1..n {
                    let demands = layout.demand[a].iter().zip(&layout.demand[b]);
                    let clash = demands
                        .zip(&layout.capacities)
                        .any(|((a, b), capacity)| a + b > *capacity);
                    if clash && !comes[a * n + b] && !comes[b * n + a] {
                        apart.push((a as u16, b as u16));
                    }
                }
            }
        }
        Self {
            layout,
            apart,
            load: Vec::new(),
        }
    }

    fn duration(&self, j: usize) -> i32 {
        i32::from(self.layout.durations[j])
    }

    /// The longest chain of jobs that wait for each other.
    fn chain(&self) -> usize {
        let windows = self.open(0);
        (0..self.layout.jobs)
            .map(|j| windows.first[j] + self.duration(j))
            .max()
            .unwrap_or(0) as usize
    }

    /// Windows that look at waiting alone; they may be empty.
    fn open(&self, deadline: usize) -> Windows {
        let n = self.layout.jobs;
        let mut windows = Windows {
            first: vec![0; n],
            last: (0..n).map(|j| deadline as i32 - self.duration(j)).collect(),
        };
        self.wait(&mut windows);
        windows
    }

    /// Narrows windows by waiting; whether something changed.
    fn wait(&self, windows: &mut Windows) -> bool {
        let forward = &self.layout.directions[0].before;
        let mut changed = false;
        for &j in &self.layout.order {
            for &(b, offset) in &forward[j as usize] {
                let least = windows.first[b as usize] + i32::from(offset);
                if windows.first[j as usize] < least {
                    windows.first[j as usize] = least;
                    changed = true;
                }
            }
        }
        for &j in self.layout.order.iter().rev() {
            for &(b, offset) in &forward[j as usize] {
                let most = windows.last[j as usize] - i32::from(offset);
                if windows.last[b as usize] > most {
                    windows.last[b as usize] = most;
                    changed = true;
                }
            }
        }
        changed
    }

    /// The windows that a deadline leaves, or `None` where it can't be kept.
    fn windows(&mut self, deadline: usize) -> Option<Windows> {
        let mut windows = self.open(deadline);
        self.narrow(&mut windows).then_some(windows)
    }

    /// Narrows windows until nothing follows; `false` where one is empty.
    fn narrow(&mut self, windows: &mut Windows) -> bool {
        loop {
            if (0..self.layout.jobs).any(|j| windows.first[j] > windows.last[j]) {
                return false;
            }
            let mut changed = self.wait(windows);
            let (Some(pairs), Some(loads)) = (self.keep_apart(windows), self.fit(windows)) else {
                return false;
            };
            changed |= pairs | loads;
            if !changed {
                return true;
            }
        }
    }

    /// Of two jobs that can't run at the same time one is first.
    fn keep_apart(&self, windows: &mut Windows) -> Option<bool> {
        let mut changed = false;
        for &(a, b) in &self.apart {
            let (a, b) = (a as usize, b as usize);
            let a_first = windows.first[a] + self.duration(a) <= windows.last[b];
            let b_first = windows.first[b] + self.duration(b) <= windows.last[a];
            let (one, two) = match (a_first, b_first) {
                (false, false) => return None,
                (true, true) => continue,
                (true, false) => (a, b),
                (false, true) => (b, a),
            };
            let length = self.duration(one);
            if windows.first[two] < windows.first[one] + length {
                windows.first[two] = windows.first[one] + length;
                changed = true;
            }
            if windows.last[one] > windows.last[two] - length {
                windows.last[one] = windows.last[two] - length;
                changed = true;
            }
        }
        Some(changed)
    }

    /// What must run between its last start and its first end leaves the others only the rest.
    fn fit(&mut self, windows: &mut Windows) -> Option<bool> {
        let layout = self.layout;
        if (0..layout.jobs).any(|j| windows.first[j] > windows.last[j]) {
            return None;
        }
        let periods = (0..layout.jobs)
            .map(|j| windows.last[j] + self.duration(j))
            .max()
            .unwrap_or(0)
            .max(0) as usize;
        let mut changed = false;
        for (k, &capacity) in layout.capacities.iter().enumerate() {
            self.load.clear();
            self.load.resize(periods, 0);
            let mut any = false;
            for j in 0..layout.jobs {
                let demand = layout.demand[j][k];
                if demand == 0 {
                    continue;
                }
                for t in windows.last[j]..windows.first[j] + self.duration(j) {
                    self.load[t as usize] += demand;
                    any = true;
                }
            }
            if !any {
                continue;
            }
            if self.load.iter().any(|&load| load > capacity) {
                return None;
            }
            for j in 0..layout.jobs {
                let demand = layout.demand[j][k];
                if demand == 0 || windows.first[j] == windows.last[j] {
                    continue;
                }
                let length = self.duration(j);
                // Its own part that must run, as it was counted.
                let (own_from, own_to) = (windows.last[j], windows.first[j] + length);
                let free = |t: i32| {
                    let own = if (own_from..own_to).contains(&t) {
                        demand
                    } else {
                        0
                    };
                    self.load[t as usize] - own + demand <= capacity
                };
                let mut first = windows.first[j];
                while first <= own_from
                    && let Some(t) = (first..first + length).rfind(|&t| !free(t))
                {
                    first = t + 1;
                }
                if first > own_from {
                    return None;
                }
                let mut last = own_from;
                while last >= first
                    && let Some(t) = (last..last + length).find(|&t| !free(t))
                {
                    last = t - length;
                }
                if last < first {
                    return None;
                }
                changed |= first > windows.first[j] || last < windows.last[j];
                windows.first[j] = first;
                windows.last[j] = last;
                if own_from != last || own_to != first + length {
                    // Keep the count true for those that follow.
                    for t in own_from..own_to {
                        self.load[t as usize] -= demand;
                    }
                    for t in last..first + length {
                        self.load[t as usize] += demand;
                    }
                }
            }
        }
        Some(changed)
    }

    /// Whether in every stretch of time what must be worked there is no more than there is (energetic
    /// reasoning; Baptiste, Le Pape & Nuijten, *Annals of Operations Research* 92, 1999).
    fn energy(&self, windows: &Windows) -> bool {
        let layout = self.layout;
        let n = layout.jobs;
        let mut froms: Vec<i32> = Vec::new();
        let mut tos: Vec<i32> = Vec::new();
        for j in 0..n {
            froms.extend([windows.first[j], windows.last[j]]);
            let length = self.duration(j);
            tos.extend([windows.first[j] + length, windows.last[j] + length]);
        }
        for list in [&mut froms, &mut tos] {
            list.sort_unstable();
            list.dedup();
        }
        let mut taken = vec![0_i64; layout.capacities.len()];
        for &from in &froms {
            for &to in tos.iter().filter(|&&to| to > from) {
                taken.fill(0);
                for j in 0..n {
                    let length = self.duration(j);
                    let early = windows.first[j] + length - from;
                    let late = to - windows.last[j];
                    let inside = early.min(late).min(length).min(to - from);
                    if inside > 0 {
                        for (taken, demand) in taken.iter_mut().zip(&layout.demand[j]) {
                            *taken += demand * i64::from(inside);
                        }
                    }
                }
                let room = i64::from(to - from);
                if taken
                    .iter()
                    .zip(&layout.capacities)
                    .any(|(taken, capacity)| *taken > capacity * room)
                {
                    return false;
                }
            }
        }
        true
    }

    /// Tries each job at the ends of its window; an end that can't be kept is cut off (shaving; Martin
    /// & Shmoys, *Lecture Notes in Computer Science* 1084, 1996). `false` where no start is left.
    fn shave(&mut self, windows: &mut Windows) -> bool {
        loop {
            let mut changed = false;
            for j in 0..self.layout.jobs {
                for end in [false, true] {
                    while windows.first[j] < windows.last[j] {
                        let mut tried = windows.clone();
                        if end {
                            tried.first[j] = tried.last[j];
                        } else {
                            tried.last[j] = tried.first[j];
                        }
                        if self.narrow(&mut tried) && self.energy(&tried) {
                            break;
                        }
                        if end {
                            windows.last[j] -= 1;
                        } else {
                            windows.first[j] += 1;
                        }
                        changed = true;
                        if !self.narrow(windows) {
                            return false;
                        }
                    }
                }
            }
            if !changed {
                return true;
            }
        }
    }

    /// Looks for a schedule in the windows: the job that can start first does so, or must wait until
    /// its first start has changed (`waits` holds the first start that it must pass).
    fn branch(&mut self, mut windows: Windows, waits: &mut Vec<i32>, left: &mut u64) -> Branch {
        let n = self.layout.jobs;
        loop {
            if *left == 0 {
                return Branch::Unknown;
            }
            *left -= 1;
            if !self.narrow(&mut windows) {
                return Branch::None;
            }
            let open = |j: &usize| windows.first[*j] < windows.last[*j];
            let Some(_) = (0..n).find(open) else {
                let starts = windows.first.iter().map(|&start| start as u16).collect();
                return Branch::Found(starts);
            };
            // Those that wait for a change can't be chosen before it comes.
            let next = (0..n)
                .filter(open)
                .filter(|&j| windows.first[j] >= waits[j])
                .min_by_key(|&j| (windows.first[j], windows.last[j]));
            let Some(j) = next else {
                return Branch::None;
            };
            let mut chosen = windows.clone();
            chosen.last[j] = chosen.first[j];
            let kept = waits.clone();
            match self.branch(chosen, waits, left) {
                Branch::None => {}
                other => return other,
            }
            *waits = kept;
            waits[j] = windows.first[j] + 1;
        }
    }
}
