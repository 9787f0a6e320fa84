//! How good a schedule can be at most: a bound with prices that prove it.
//!
//! Every rule that couples activities gets a price, and is dropped: who breaks it pays, who leaves
//! room is paid. Each activity then picks its best start alone, and what they are worth together is
//! at least the worth of the best schedule (Lagrangian relaxation; Fisher, *Management Science* 27,
//! 1981). Any prices prove a bound; good ones are sought by deflected subgradients (Camerini,
//! Fratta & Maffioli, *Mathematical Programming Study* 3, 1975) and prove nearly that of the linear
//! relaxation. They are rounded to integers, so that the bound can be counted without rounding. The
//! price of a resource in a period is what one unit more of it is worth at the margin.

use crate::problem::{Limit, Problem, net_upkeep};

/// Prices are kept in units of one 65,536th of a value.
pub const UNIT: i64 = 1 << 16;

/// Prices of the rules, in units of 1/[`UNIT`]; together they prove a bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// `resources[k]`: for each period, or one for a limit over several periods. Not below zero.
    pub resources: Vec<Vec<i64>>,
    /// `precedences[p][t]`: for having started by `t` what follows before what precedes has ended.
    /// Not below zero.
    pub precedences: Vec<Vec<i64>>,
    /// `gates[w][t]`, for each gate and each that waits at it, in their order: for having started by
    /// `t` before anything has opened the gate. Not below zero.
    pub gates: Vec<Vec<i64>>,
    /// For each group of which at most one may be done. Not below zero.
    pub exclusions: Vec<i64>,
    /// `bundles[b][i]`: for doing member `i` of a bundle without member `i + 1`. Of either sign.
    pub bundles: Vec<Vec<i64>>,
    /// What a member's service is worth to each cell. Not below zero.
    pub cells: Vec<i64>,
}

/// A number that may be exact or not: the same sum is taken in integers to prove and in floating
/// point to search.
trait Number: Copy + PartialOrd + std::ops::Add<Output = Self> + std::ops::Sub<Output = Self> {
    const NONE: Self;
    fn of(value: i64) -> Self;
    fn times(self, factor: i64) -> Self;
}

impl Number for i128 {
    const NONE: Self = 0;
    fn of(value: i64) -> Self {
        Self::from(value)
    }
    fn times(self, factor: i64) -> Self {
        self * Self::from(factor)
    }
}

impl Number for f64 {
    const NONE: Self = 0.0;
    fn of(value: i64) -> Self {
        value as Self
    }
    fn times(self, factor: i64) -> Self {
        self * factor as Self
    }
}

/// Where each price stands in one long list, and which starts are possible at all.
struct Frame<'a> {
    problem: &'a Problem,
    resources: Vec<usize>,
    precedences: usize,
    gates: usize,
    /// For each price of the gates' (one for each gate and who waits at it), the gate.
    waiters: Vec<usize>,
    /// For each activity, the places in `waiters` where it waits, and those that it opens.
    waits: Vec<Vec<usize>>,
    opens: Vec<Vec<usize>>,
    exclusions: usize,
    bundles: Vec<usize>,
    cells: usize,
    length: usize,
    /// For each activity, its possible starts and their values.
    starts: Vec<Vec<(usize, i64)>>,
    /// For each activity and each of its possible starts, what it takes of each resource that is
    /// limited over several periods.
    whole: Vec<Vec<i64>>,
    /// Those resources.
    spans: Vec<usize>,
    follows: Vec<Vec<usize>>,
    leads: Vec<Vec<usize>>,
    groups: Vec<Vec<usize>>,
    serves: Vec<Vec<usize>>,
    /// For each activity, prices of bundles that it pays (+1) or is paid (−1).
    bound_by: Vec<Vec<(usize, i64)>>,
}

impl<'a> Frame<'a> {
    /// `None` where some activity that must be done has no possible start.
    fn new(problem: &'a Problem) -> Option<Self> {
        let n = problem.activities.len();
        let mut earliest = vec![0_usize; n];
        let mut starts = vec![Vec::new(); n];
        let mut never = vec![false; n];
        let room = problem.room();
        for &a in &problem.order().ok()? {
            for wait in problem.precedences.iter().filter(|wait| wait.after == a) {
                never[a] |= never[wait.before];
                let ends =
                    earliest[wait.before] + problem.activities[wait.before].duration + wait.lag;
                earliest[a] = earliest[a].max(ends);
            }
            let values = problem.activities[a].value.iter().enumerate();
            starts[a] = values
                .filter(|&(t, _)| !never[a] && t >= earliest[a] && problem.fits_alone(&room, a, t))
                .filter_map(|(t, value)| value.map(|value| (t, value)))
                .collect::<Vec<_>>();
            match starts[a].first() {
                Some(&(first, _)) => earliest[a] = first,
                None if problem.activities[a].mandatory => return None,
                None => never[a] = true,
            }
        }
        let spans: Vec<usize> = (0..problem.resources.len())
            .filter(|&k| !matches!(problem.resources[k].limit, Limit::EachPeriod(_)))
            .collect();
        let whole = (0..n)
            .map(|a| {
                let each = starts[a].iter().flat_map(|&(t, _)| {
                    (spans.iter()).map(move |&k| problem.takes_in_all(a, t, k))
                });
                each.collect()
            })
            .collect();
        let mut length = 0;
        let mut take = |count: usize| {
            length += count;
            length - count
        };
        let resources = problem
            .resources
            .iter()
            .map(|resource| match &resource.limit {
                Limit::EachPeriod(_) => take(problem.horizon),
                Limit::Total(_) | Limit::Span { .. } => take(1),
            })
            .collect();
        let precedences = take(problem.precedences.len() * problem.horizon);
        let waiters: usize = problem.gates.iter().map(|gate| gate.waits.len()).sum();
        let gates = take(waiters * problem.horizon);
        let exclusions = take(problem.exclusions.len());
        let bundles: Vec<usize> = problem
            .bundles
            .iter()
            .map(|bundle| take(bundle.len().saturating_sub(1)))
            .collect();
        let cells = take(problem.cells.len());
        let mut frame = Self {
            problem,
            resources,
            precedences,
            gates,
            waiters: Vec::with_capacity(waiters),
            waits: vec![Vec::new(); n],
            opens: vec![Vec::new(); n],
            exclusions,
            cells,
            length,
            starts,
            whole,
            spans,
            follows: vec![Vec::new(); n],
            leads: vec![Vec::new(); n],
            groups: vec![Vec::new(); n],
            serves: vec![Vec::new(); n],
            bound_by: vec![Vec::new(); n],
            bundles: Vec::new(),
        };
        for (p, wait) in problem.precedences.iter().enumerate() {
            frame.follows[wait.after].push(p);
            frame.leads[wait.before].push(p);
        }
        for (g, gate) in problem.gates.iter().enumerate() {
            for &a in &gate.waits {
                let place = frame.waiters.len();
                frame.waits[a].push(place);
                for &key in &gate.keys {
                    frame.opens[key].push(place);
                }
                frame.waiters.push(g);
            }
        }
        for (g, group) in problem.exclusions.iter().enumerate() {
            for &a in group {
                frame.groups[a].push(exclusions + g);
            }
        }
        for (c, cell) in problem.cells.iter().enumerate() {
            for &a in &cell.members {
                frame.serves[a].push(cells + c);
            }
        }
        for (bundle, &first) in problem.bundles.iter().zip(&bundles) {
            for (i, pair) in bundle.windows(2).enumerate() {
                frame.bound_by[pair[0]].push((first + i, 1));
                frame.bound_by[pair[1]].push((first + i, -1));
            }
        }
        frame.bundles = bundles;
        Some(frame)
    }

    /// Whether the price at this place may be below zero.
    fn signed(&self, place: usize) -> bool {
        let end = self.cells;
        self.bundles.first().is_some_and(|&first| place >= first) && place < end
    }

    /// What all are worth together at these prices, each picking alone. Calls `picked` for every
    /// activity that is done, `cell` with the number of gains that each cell takes, and `offered` with
    /// what each possible start is worth.
    fn worth<N: Number>(
        &self,
        price: &[N],
        unit: i64,
        mut picked: impl FnMut(usize, usize),
        mut cell: impl FnMut(usize, usize),
        mut offered: impl FnMut(usize, usize, N),
    ) -> N {
        let problem = self.problem;
        let periods = problem.horizon;
        let mut sum = N::NONE;
        for (resource, &at) in problem.resources.iter().zip(&self.resources) {
            match &resource.limit {
                Limit::EachPeriod(each) => {
                    for (t, &limit) in each.iter().enumerate() {
                        sum = sum + price[at + t].times(limit);
                    }
                }
                Limit::Total(limit) | Limit::Span { amount: limit, .. } => {
                    sum = sum + price[at].times(*limit);
                }
            }
        }
        for g in 0..problem.exclusions.len() {
            sum = sum + price[self.exclusions + g];
        }
        for (c, goal) in problem.cells.iter().enumerate() {
            let mut taken = 0;
            // Beyond as many gains as there are members nothing can be gained.
            for &gain in goal.gain.iter().take(goal.members.len()) {
                let left = N::of(gain).times(unit) - price[self.cells + c];
                if left > N::NONE {
                    sum = sum + left;
                    taken += 1;
                }
            }
            cell(c, taken);
        }
        // What starting a follower by each period costs, summed from the end; and what holding one unit
        // of a resource from each period on costs.
        let summed = |first: usize, count: usize| {
            let mut later = vec![N::NONE; count * (periods + 1)];
            for p in 0..count {
                for t in (0..periods).rev() {
                    later[p * (periods + 1) + t] =
                        later[p * (periods + 1) + t + 1] + price[first + p * periods + t];
                }
            }
            later
        };
        let later = summed(self.precedences, problem.precedences.len());
        let opening = summed(self.gates, self.waiters.len());
        let held: Vec<Vec<N>> = (problem.resources.iter().zip(&self.resources))
            .map(|(resource, &at)| match resource.limit {
                Limit::EachPeriod(_) => summed(at, 1),
                _ => Vec::new(),
            })
            .collect();
        for (a, activity) in problem.activities.iter().enumerate() {
            let mut fixed = N::NONE;
            for &g in &self.groups[a] {
                fixed = fixed - price[g];
            }
            for &(b, sign) in &self.bound_by[a] {
                fixed = fixed - price[b].times(sign);
            }
            for &c in &self.serves[a] {
                fixed = fixed + price[c];
            }
            let mut best: Option<(N, usize)> = None;
            for (at, &(t, value)) in self.starts[a].iter().enumerate() {
                let mut worth = N::of(value).times(unit) + fixed;
                let life = activity.duration.min(periods - t);
                for (k, resource) in problem.resources.iter().enumerate() {
                    let net = net_upkeep(activity, k);
                    if let Limit::EachPeriod(_) = resource.limit {
                        if net != 0 {
                            worth = worth - held[k][t + life].times(net);
                        }
                        let prices = &price[self.resources[k] + t..][..life];
                        for (&price, &demand) in prices.iter().zip(&activity.demand[k]) {
                            if demand != 0 {
                                worth = worth - price.times(demand);
                            }
                        }
                    }
                }
                let whole = &self.whole[a][at * self.spans.len()..];
                for (&k, &taken) in self.spans.iter().zip(whole) {
                    worth = worth - price[self.resources[k]].times(taken);
                }
                for &w in &self.waits[a] {
                    worth = worth - opening[w * (periods + 1) + t];
                }
                for &w in &self.opens[a] {
                    worth = worth + opening[w * (periods + 1) + t + life];
                }
                for &p in &self.follows[a] {
                    worth = worth - later[p * (periods + 1) + t];
                }
                for &p in &self.leads[a] {
                    let ends = t + activity.duration + problem.precedences[p].lag;
                    worth = worth + later[p * (periods + 1) + ends.min(periods)];
                }
                offered(a, t, worth);
                if best.is_none_or(|(most, _)| most < worth) {
                    best = Some((worth, t));
                }
            }
            if let Some((worth, t)) = best
                && (activity.mandatory || worth > N::NONE)
            {
                sum = sum + worth;
                picked(a, t);
            }
        }
        sum
    }

    /// How much the rule behind each price is broken (above zero) or leaves room (below) by what is
    /// picked at these prices; and what all are worth together.
    fn slope(&self, price: &[f64], slope: &mut [f64]) -> f64 {
        let problem = self.problem;
        let periods = problem.horizon;
        slope.fill(0.0);
        for (resource, &at) in problem.resources.iter().zip(&self.resources) {
            match &resource.limit {
                Limit::EachPeriod(each) => {
                    for (t, &limit) in each.iter().enumerate() {
                        slope[at + t] = -(limit as f64);
                    }
                }
                Limit::Total(limit) | Limit::Span { amount: limit, .. } => {
                    slope[at] = -(*limit as f64);
                }
            }
        }
        slope[self.exclusions..][..problem.exclusions.len()].fill(-1.0);
        let mut picks = Vec::new();
        let mut taken = Vec::new();
        let worth = self.worth::<f64>(
            price,
            1,
            |a, t| picks.push((a, t)),
            |c, count| taken.push((c, count)),
            |_, _, _| (),
        );
        for (c, count) in taken {
            slope[self.cells + c] += count as f64;
        }
        for (a, start) in picks {
            let activity = &problem.activities[a];
            for (k, resource) in problem.resources.iter().enumerate() {
                match resource.limit {
                    Limit::EachPeriod(_) => {
                        for (age, &demand) in activity.demand[k].iter().enumerate() {
                            if start + age < periods {
                                slope[self.resources[k] + start + age] += demand as f64;
                            }
                        }
                        let net = net_upkeep(activity, k);
                        if net != 0 {
                            for t in start + activity.duration..periods {
                                slope[self.resources[k] + t] += net as f64;
                            }
                        }
                    }
                    Limit::Total(_) | Limit::Span { .. } => {
                        slope[self.resources[k]] += problem.takes_in_all(a, start, k) as f64;
                    }
                }
            }
            for &w in &self.waits[a] {
                for t in start..periods {
                    slope[self.gates + w * periods + t] += 1.0;
                }
            }
            for &w in &self.opens[a] {
                for t in start + activity.duration..periods {
                    slope[self.gates + w * periods + t] -= 1.0;
                }
            }
            for &p in &self.follows[a] {
                for t in start..periods {
                    slope[self.precedences + p * periods + t] += 1.0;
                }
            }
            for &p in &self.leads[a] {
                for t in start + activity.duration + problem.precedences[p].lag..periods {
                    slope[self.precedences + p * periods + t] -= 1.0;
                }
            }
            for &g in &self.groups[a] {
                slope[g] += 1.0;
            }
            for &(b, sign) in &self.bound_by[a] {
                slope[b] += sign as f64;
            }
            for &c in &self.serves[a] {
                slope[c] -= 1.0;
            }
        }
        worth
    }

    fn certificate(&self, price: &[i64]) -> Certificate {
        let problem = self.problem;
        let periods = problem.horizon;
        let part = |from: usize, count: usize| price[from..from + count].to_vec();
        Certificate {
            resources: problem
                .resources
                .iter()
                .zip(&self.resources)
                .map(|(resource, &at)| match resource.limit {
                    Limit::EachPeriod(_) => part(at, periods),
                    Limit::Total(_) | Limit::Span { .. } => part(at, 1),
                })
                .collect(),
            precedences: (0..problem.precedences.len())
                .map(|p| part(self.precedences + p * periods, periods))
                .collect(),
            gates: (0..self.waiters.len())
                .map(|w| part(self.gates + w * periods, periods))
                .collect(),
            exclusions: part(self.exclusions, problem.exclusions.len()),
            bundles: problem
                .bundles
                .iter()
                .zip(&self.bundles)
                .map(|(bundle, &at)| part(at, bundle.len().saturating_sub(1)))
                .collect(),
            cells: part(self.cells, problem.cells.len()),
        }
    }
}

/// The possible starts of an activity, with what each is worth, in units of 1/[`UNIT`].
pub(crate) type Offers = Vec<(usize, i128)>;

impl Certificate {
    /// The bound that these prices prove: no schedule that keeps every rule is worth more. `None`
    /// where something that must be done has no possible start, so that there is no schedule.
    ///
    /// # Errors
    /// Prices of another shape than the problem, or below zero where they may not be.
    pub fn bound(&self, problem: &Problem) -> Result<Option<i128>, &'static str> {
        let Some(frame) = Frame::new(problem) else {
            return Ok(None);
        };
        let price: Vec<i128> = self.prices().map(i128::from).collect();
        let shape: Vec<i64> = price.iter().map(|&price| price as i64).collect();
        if price.len() != frame.length || frame.certificate(&shape) != *self {
            return Err("the prices are those of another problem");
        }
        let negative = |place: usize| price[place] < 0 && !frame.signed(place);
        if (0..price.len()).any(negative) {
            return Err("a price is below zero");
        }
        let worth = frame.worth::<i128>(&price, UNIT, |_, _| (), |_, _| (), |_, _, _| ());
        Ok(Some(worth.div_euclid(i128::from(UNIT))))
    }

    /// All prices in the order in which a frame keeps them.
    fn prices(&self) -> impl Iterator<Item = i64> {
        let lists = (self.resources.iter())
            .chain(&self.precedences)
            .chain(&self.gates)
            .chain([&self.exclusions])
            .chain(&self.bundles)
            .chain([&self.cells]);
        lists.flatten().copied()
    }

    /// What all are worth together at these prices, and for each activity its possible starts with
    /// what each is worth there; in units of 1/[`UNIT`]. `None` where there is no schedule. The prices
    /// must be those of a problem of the same shape.
    pub(crate) fn offers(&self, problem: &Problem) -> Option<(i128, Vec<Offers>)> {
        let frame = Frame::new(problem)?;
        let price: Vec<i128> = self.prices().map(i128::from).collect();
        let mut offers = vec![Vec::new(); problem.activities.len()];
        let offered = |a: usize, t: usize, worth: i128| offers[a].push((t, worth));
        let worth = frame.worth::<i128>(&price, UNIT, |_, _| (), |_, _| (), offered);
        Some((worth, offers))
    }

    /// What one unit more of resource `k` would be worth at the margin in each period (one figure for
    /// a limit over several periods).
    #[must_use]
    pub fn shadow_prices(&self, k: usize) -> Vec<f64> {
        let unit = UNIT as f64;
        self.resources[k].iter().map(|&p| p as f64 / unit).collect()
    }
}

/// Seeks prices that prove a low bound. `target` is the worth of a known schedule, towards which
/// steps are measured; `steps` says how many are made. Stops early where the bound meets the target.
/// `None` where there is no schedule because something that must be done has no possible start.
#[must_use]
pub fn bound(problem: &Problem, target: Option<i128>, steps: usize) -> Option<(i128, Certificate)> {
    bound_from(problem, target, steps, None)
}

/// [`bound`], beginning at the prices of a problem of the same shape.
#[must_use]
pub(crate) fn bound_from(
    problem: &Problem,
    target: Option<i128>,
    steps: usize,
    begin: Option<&Certificate>,
) -> Option<(i128, Certificate)> {
    let frame = Frame::new(problem)?;
    let length = frame.length;
    // Each price is measured in its own unit, so that money in thousands and people in ones get
    // steps of like effect.
    let mut size = vec![1.0; length];
    for (resource, &at) in problem.resources.iter().zip(&frame.resources) {
        match &resource.limit {
            Limit::EachPeriod(each) => {
                let most = each.iter().copied().max().unwrap_or(1).max(1) as f64;
                size[at..at + each.len()].fill(most);
            }
            Limit::Total(limit) | Limit::Span { amount: limit, .. } => {
                size[at] = (*limit).max(1) as f64;
            }
        }
    }
    let mut price = vec![0.0; length];
    if let Some(begin) = begin {
        for (price, known) in price.iter_mut().zip(begin.prices()) {
            *price = known as f64 / UNIT as f64;
        }
    }
    let mut slope = vec![0.0; length];
    let mut direction = vec![0.0; length];
    let mut best = (f64::INFINITY, price.clone());
    let mut step = 1.0;
    let mut idle = 0;
    for _ in 0..steps {
        let worth = frame.slope(&price, &mut slope);
        if worth < best.0 - 1e-6 * worth.abs() {
            idle = 0;
        } else {
            idle += 1;
        }
        if worth < best.0 {
            best.0 = worth;
            best.1.copy_from_slice(&price);
        }
        if idle >= 20 {
            step *= 0.7;
            idle = 0;
            price.copy_from_slice(&best.1);
            direction.fill(0.0);
            if step < 1e-5 {
                break;
            }
            continue;
        }
        let goal = target.map_or(best.0 - 0.05 * best.0.abs(), |target| target as f64);
        let above = (worth - goal).max(1e-3 * worth.abs().max(1.0));
        for ((slope, size), &price) in slope.iter_mut().zip(&size).zip(&price) {
            *slope /= size;
            // A price at zero that would fall stays, and must not shorten the step.
            if price <= 0.0 && *slope < 0.0 {
                *slope *= 0.0;
            }
        }
        let along: f64 = slope.iter().zip(&direction).map(|(a, b)| a * b).sum();
        let old: f64 = direction.iter().map(|d| d * d).sum();
        let bend = if along < 0.0 && old > 0.0 {
            -1.5 * along / old
        } else {
            0.0
        };
        let mut norm = 0.0;
        for (direction, slope) in direction.iter_mut().zip(&slope) {
            *direction = slope + bend * *direction;
            norm += *direction * *direction;
        }
        if norm <= 1e-12 {
            break;
        }
        let reach = step * above / norm;
        for place in 0..length {
            price[place] += reach * direction[place] / size[place];
            if price[place] < 0.0 && !frame.signed(place) {
                price[place] = 0.0;
            }
        }
    }
    let rounded: Vec<i64> = best
        .1
        .iter()
        .map(|&price| (price * UNIT as f64).round() as i64)
        .collect();
    let certificate = frame.certificate(&rounded);
    let proven = certificate.bound(problem).ok()??;
    Some((proven, certificate))
}
