//! The reasons as numbers.

use crate::history::memory::{Cell, Fading, HALF_LIVES};
use crate::history::{ANY, DIM, History, Side, dot, scale_to_one};
use crate::question::Question;

use super::candidates::{Candidate, FIT, NONE};
use super::excite::GROUPS;
use crate::history::memory::Link;

/// The age of what never was.
const LONG: f32 = 5000.0;

/// The names of the reasons, in their order.
pub const NAMES: &[&str] = &[
    // the triple
    "t.age",
    "t.gap",
    "t.events",
    "t.steps",
    "t.d0",
    "t.d1",
    "t.d2",
    "t.d3",
    "t.mean_gap",
    "t.due",
    "t.burst",
    "t.share",
    "t.share_d",
    // the pair
    "pd.age",
    "pd.d0",
    "pd.d1",
    "pd.d2",
    "pd.d3",
    "pd.events",
    "pu.age",
    "pu.d0",
    "pu.d1",
    "pu.d2",
    "pu.d3",
    "pu.events",
    "p.ways",
    "p.share",
    "p.oshare",
    // answer
    "i.age",
    "i.d2",
    "i.events",
    // role
    "r.age",
    "r.d0",
    "r.d1",
    "r.d2",
    "r.d3",
    "r.events",
    "r.others",
    "r.share",
    "r.oshare",
    // activity
    "a.done_age",
    "a.under_age",
    "a.d0",
    "a.d1",
    "a.d3",
    "a.trend",
    "a.under_share",
    "a.events",
    // excitation
    "e.pair",
    "e.pair_old",
    "e.role",
    "e.sector",
    "e.identity",
    "e.fit",
    "e.sum",
    "pre",
    // paths
    "w.same",
    "w.any",
    "w.fresh",
    "n.same",
    "n.any",
    // likeness
    "l.one",
    "l.usual",
    "l.way",
    "l.partners",
    "l.doers",
    "l.nearest",
    "l.fit",
    // blocs
    "b.same",
    "b.to_one",
    "b.to_one_any",
    "b.one_to",
    "b.one_to_any",
    "b.blocs",
    "b.blocs_any",
    "b.sectors",
    "b.sector_to",
    "b.to_one_f",
    "b.to_one_any_f",
    "b.one_to_f",
    "b.one_to_any_f",
    "b.blocs_any_f",
    "b.to_one_n",
    "b.one_to_n",
    "b.kin",
    "b.kin_same",
    // ask
    "q.role_events",
    "q.role_age",
    "q.role_others",
    "q.actor_d1",
    "q.actor_d3",
    "q.way_events",
    "q.undergone",
    "q.weekday",
    "q.repeat",
    "q.self",
    "first",
    // ranks
    "k.t.d2",
    "k.t.age",
    "k.pd.d2",
    "k.pu.d2",
    "k.r.d2",
    "k.e.sum",
    "k.pre",
    "k.w.same",
    "k.l.usual",
    "k.n.any",
    "k.r.d0",
    "k.w.fresh",
    "k.e.fit",
    "k.l.fit",
    "m.pre",
    "m.e.sum",
    "m.e.pair",
    "m.t.d2",
    "m.t.d1",
    "m.pd.d2",
    "m.e.fit",
    "m.l.fit",
];

/// How many reasons there are.
pub const REASONS: usize = NAMES.len();

/// How many of them, the last ones, are standings among the candidates.
const STANDINGS: usize = 22;

/// Room for role vectors of a question.
pub struct Ask {
    usual: [f32; DIM],
    way: [f32; DIM],
    partners: [f32; DIM],
    role_events: f32,
    role_d: f32,
    role_age: f32,
    role_others: f32,
    actor: [f32; HALF_LIVES.len()],
    way_events: f32,
    repeat: f32,
    objects: Vec<u32>,
}

impl Ask {
    /// What is the same for all candidates of a question.
    pub fn of(history: &History, question: Question) -> Self {
        let memory = &history.memory;
        let fading = memory.fading();
        let now = question.step;
        let centre = |items: &mut dyn Iterator<Item = (f32, u32)>| {
            let mut sum = [0.0; DIM];
            for (weight, entity) in items {
                for (a, b) in sum.iter_mut().zip(history.vectors.of_entity(entity)) {
                    *a += weight * b;
                }
            }
            scale_to_one(&mut sum);
            sum
        };
        let role = memory.find_role(question.who, question.way);
        let others = role.map_or(&[][..], |r| &r.others);
        let usual =
            centre(&mut others.iter().map(|&Link { other, place, .. }| {
                (memory.triple(place).faded(3, now, fading), other)
            }));
        let way = memory.way(question.way ^ 1);
        let way_centre = centre(&mut way.roles.iter().map(|link| {
            let role = memory.role(link.place);
            (role.cell.faded(2, now, fading), role.who)
        }));
        let actor = memory.actor(question.who);
        let partners = centre(&mut actor.pairs.iter().map(|link| {
            let pair = memory.pair(link.place);
            (
                pair.done.faded(3, now, fading) + pair.undergone.faded(3, now, fading),
                pair.other,
            )
        }));
        let done = actor.done.decayed(now, fading);
        let under = actor.undergone.decayed(now, fading);
        let mut objects: Vec<(f32, u32)> = others
            .iter()
            .map(|&Link { other, place, .. }| (memory.triple(place).faded(3, now, fading), other))
            .collect();
        objects.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        objects.truncate(12);
        let cell = role.map(|r| &r.cell);
        Self {
            usual,
            way: way_centre,
            partners,
            role_events: cell.map_or(0.0, |c| c.events as f32),
            role_d: cell.map_or(0.0, |c| c.faded(3, now, fading)),
            role_age: cell.and_then(|c| c.age(now)).map_or(LONG, |a| a as f32),
            role_others: others.len() as f32,
            actor: std::array::from_fn(|i| done[i] + under[i]),
            way_events: way.cell.events as f32,
            repeat: cell.map_or(0.0, |c| others.len() as f32 / c.events.max(1) as f32),
            objects: objects.into_iter().map(|o| o.1).collect(),
        }
    }
}

struct Row<'a> {
    values: &'a mut [f32],
    at: usize,
}

impl Row<'_> {
    fn put(&mut self, value: f32) {
        self.values[self.at] = value;
        self.at += 1;
    }

    fn all(&mut self, values: &[f32]) {
        for &v in values {
            self.put(v);
        }
    }
}

fn age(cell: &Cell, now: i32) -> f32 {
    cell.age(now).map_or(LONG, |a| a as f32)
}

fn faded(cell: Option<&Cell>, half: usize, now: i32, fading: &Fading) -> f32 {
    cell.map_or(0.0, |c| c.faded(half, now, fading))
}

/// Fills one row a candidate.
pub fn rows(
    history: &History,
    question: Question,
    ask: &Ask,
    candidates: &[Candidate],
    sums: &[[f32; GROUPS]],
    out: &mut Vec<f32>,
) {
    out.clear();
    out.resize(candidates.len() * REASONS, 0.0);
    let none = Cell::default();
    let memory = &history.memory;
    let fading = memory.fading();
    let now = question.step;
    for ((candidate, sums), values) in candidates
        .iter()
        .zip(sums)
        .zip(out.chunks_exact_mut(REASONS))
    {
        let mut row = Row { values, at: 0 };
        let triple = match candidate.triple {
            NONE => &none,
            place => memory.triple(place),
        };
        let d = triple.decayed(now, fading);
        let t_age = age(triple, now);
        row.put(t_age);
        row.put(if triple.steps > 1 {
            (triple.last - triple.before) as f32
        } else {
            LONG
        });
        row.put(triple.events as f32);
        row.put(triple.steps as f32);
        row.all(&d);
        let gap = triple.mean_gap().unwrap_or(LONG);
        row.put(gap);
        row.put(if triple.steps > 1 { t_age / gap } else { -1.0 });
        row.put(triple.burstiness().unwrap_or(-2.0));
        row.put(triple.events as f32 / ask.role_events.max(1.0));
        row.put(d[3] / ask.role_d.max(0.01));

        let empty;
        let pair = match candidate.pair {
            NONE => {
                empty = crate::history::memory::Pair::default();
                &empty
            }
            place => memory.pair(place),
        };
        let pd = pair.done.decayed(now, fading);
        let pu = pair.undergone.decayed(now, fading);
        row.put(age(&pair.done, now));
        row.all(&pd);
        row.put(pair.done.events as f32);
        row.put(age(&pair.undergone, now));
        row.all(&pu);
        row.put(pair.undergone.events as f32);
        row.put(pair.ways.len() as f32);
        let actor = memory.actor(candidate.entity);
        let done = actor.done.decayed(now, fading);
        let under = actor.undergone.decayed(now, fading);
        row.put((pd[2] + pu[2]) / ask.actor[2].max(0.1));
        row.put((pd[2] + pu[2]) / (done[2] + under[2]).max(0.1));

        let inverse = memory
            .find_triple(question.who, question.way ^ 1, candidate.entity)
            .unwrap_or(&none);
        row.put(age(inverse, now));
        row.put(inverse.faded(2, now, fading));
        row.put(inverse.events as f32);

        let found = match candidate.role {
            NONE => memory.find_role(candidate.entity, question.way ^ 1),
            place => Some(memory.role(place)),
        };
        let (role, others) = found.map_or((&none, &[][..]), |r| (&r.cell, &r.others[..]));
        let r = role.decayed(now, fading);
        row.put(age(role, now));
        row.all(&r);
        row.put(role.events as f32);
        row.put(others.len() as f32);
        row.put(role.events as f32 / ask.way_events.max(1.0));
        let both = done[3] + under[3];
        row.put(r[3] / both.max(0.1));

        row.put(age(&actor.done, now));
        row.put(age(&actor.undergone, now));
        row.put(done[0] + under[0]);
        row.put(done[1] + under[1]);
        row.put(both);
        row.put((done[1] + under[1]) / both.max(0.1));
        row.put(under[3] / both.max(0.1));
        row.put((actor.done.events + actor.undergone.events) as f32);

        row.all(sums);
        let sum: f32 = sums.iter().sum();
        row.put(sum);
        row.put(candidate.score + sum);
        for at in [9, 10, 17, 18, 19] {
            row.put(candidate.cheap[at]);
        }

        let own = history.vectors.of_entity(candidate.entity);
        row.put(dot(history.vectors.of_entity(question.who), own));
        row.put(dot(&ask.usual, own));
        row.put(dot(&ask.way, own));
        row.put(dot(&ask.partners, own));
        // Those who do it to the candidate: how like them is the one who asks?
        let mut like = 0.0;
        let mut seen = 0;
        for &Link {
            other: doer, place, ..
        } in others.iter().rev()
        {
            if doer == question.who {
                continue;
            }
            let weight = memory.triple(place).faded(3, now, fading);
            let near = history.vectors.likeness(question.who, doer).max(0.0);
            like += weight * near * near;
            seen += 1;
            if seen == 40 {
                break;
            }
        }
        row.put(like);
        let nearest = ask
            .objects
            .iter()
            .filter(|&&o| o != candidate.entity)
            .map(|&o| history.vectors.likeness(o, candidate.entity));
        row.put(nearest.fold(-1.0, f32::max));
        row.put(candidate.cheap[FIT]);

        let blocs = &history.blocs;
        let (bw, bo) = (blocs.bloc(question.who), blocs.bloc(candidate.entity));
        let (sw, so) = (blocs.sector(question.who), blocs.sector(candidate.entity));
        row.put(candidate.cheap[11]);
        let way = question.way;
        let cells = [
            (Side::BlocToOne, bw, way, candidate.entity),
            (Side::BlocToOne, bw, ANY, candidate.entity),
            (Side::OneToBloc, question.who, way, bo),
            (Side::OneToBloc, question.who, ANY, bo),
            (Side::Blocs, bw, way, bo),
            (Side::Blocs, bw, ANY, bo),
            (Side::Sectors, sw, way, so),
            (Side::SectorToOne, sw, way, candidate.entity),
        ]
        .map(|(side, a, way, b)| blocs.find(side, a, way, b));
        for cell in cells {
            row.put(faded(cell, 2, now, fading));
        }
        for at in [0, 1, 2, 3, 5] {
            row.put(faded(cells[at], 0, now, fading));
        }
        for at in [0, 2] {
            row.put(cells[at].map_or(0.0, |c| c.events as f32));
        }
        row.put(candidate.cheap[13]);
        row.put(candidate.cheap[12]);

        row.put(ask.role_events);
        row.put(ask.role_age);
        row.put(ask.role_others);
        row.put(ask.actor[1]);
        row.put(ask.actor[3]);
        row.put(ask.way_events);
        row.put((question.way & 1) as f32);
        row.put(now.rem_euclid(7) as f32);
        row.put(ask.repeat);
        row.put(candidate.cheap[16]);
        row.put(candidate.score);
        assert_eq!(row.at, REASONS - STANDINGS);
    }
    // Where a candidate stands among all.
    let column = |name: &str| NAMES.iter().position(|n| *n == name).unwrap_or(0);
    let n = candidates.len();
    let mut order: Vec<u32> = Vec::with_capacity(n);
    let mut at = REASONS - STANDINGS;
    for (name, down) in [
        ("t.d2", true),
        ("t.age", false),
        ("pd.d2", true),
        ("pu.d2", true),
        ("r.d2", true),
        ("e.sum", true),
        ("pre", true),
        ("w.same", true),
        ("l.usual", true),
        ("n.any", true),
        ("r.d0", true),
        ("w.fresh", true),
        ("e.fit", true),
        ("l.fit", true),
    ] {
        let c = column(name);
        order.clear();
        order.extend(0..n as u32);
        let value = |i: u32| out[i as usize * REASONS + c] * if down { -1.0 } else { 1.0 };
        order.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)).then(a.cmp(&b)));
        let mut rank = 0;
        let mut last = f32::NAN;
        let mut ranks = vec![0.0; n];
        for (place, &i) in order.iter().enumerate() {
            if value(i) != last {
                rank = place;
                last = value(i);
            }
            ranks[i as usize] = rank as f32;
        }
        for (i, rank) in ranks.into_iter().enumerate() {
            out[i * REASONS + at] = rank;
        }
        at += 1;
    }
    for name in [
        "pre", "e.sum", "e.pair", "t.d2", "t.d1", "pd.d2", "e.fit", "l.fit",
    ] {
        let c = column(name);
        let most = (0..n)
            .map(|i| out[i * REASONS + c])
            .fold(f32::MIN, f32::max);
        for i in 0..n {
            let value = out[i * REASONS + c];
            out[i * REASONS + at] = value - most;
        }
        at += 1;
    }
}
