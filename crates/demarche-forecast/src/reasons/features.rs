//! The reasons as numbers.

use std::sync::LazyLock;

use crate::history::memory::{Cell, Fading, HALF_LIVES};
use crate::history::{ANY, DIM, History, Side, dot};
use crate::question::Question;

use super::candidates::{Candidate, FIT, NONE};
use super::excite::GROUPS;
use super::present::{Present, centre};
use super::rules::SAID;
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
    "t.oshare",
    "t.oshare_d",
    "t.oplace",
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
    "p.oplace",
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
    // rules
    "u.one",
    "u.ones",
    "u.two",
    "u.twos",
    "u.named",
    "u.nameds",
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

/// What is the same for all candidates of a question.
struct Ask {
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
    fn of(history: &History, present: &mut Present, question: Question) -> Self {
        let memory = &history.memory;
        let fading = memory.fading();
        let now = question.step;
        let role = memory.find_role(question.who, question.way);
        let others = role.map_or(&[][..], |r| &r.others);
        let left = |link: &Link| (present.long_left(link.place), link.other);
        let usual = centre(history, others.iter().map(left));
        let mut objects: Vec<(f32, u32)> = others.iter().map(left).collect();
        let way = memory.way(question.way ^ 1);
        let way_centre = present.of_way(history, question.way ^ 1, now);
        let actor = memory.actor(question.who);
        let partners = present.of_partners(history, question.who, now);
        let done = actor.done.decayed(now, fading);
        let under = actor.undergone.decayed(now, fading);
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

/// How many came later than a step.
fn later(links: &[Link], step: i32) -> f32 {
    links.iter().filter(|link| link.last > step).count() as f32
}

fn faded(cell: Option<&Cell>, half: usize, now: i32, fading: &Fading) -> f32 {
    cell.map_or(0.0, |c| c.faded(half, now, fading))
}

/// Fills one row a candidate.
pub fn rows(
    history: &History,
    present: &mut Present,
    question: Question,
    candidates: &[Candidate],
    sums: &[[f32; GROUPS]],
    said: &[[f32; SAID]],
    out: &mut Vec<f32>,
) {
    out.clear();
    out.resize(candidates.len() * REASONS, 0.0);
    let ask = &Ask::of(history, present, question);
    let none = Cell::default();
    let memory = &history.memory;
    let fading = memory.fading();
    let now = question.step;
    for (((candidate, sums), said), values) in candidates
        .iter()
        .zip(sums)
        .zip(said)
        .zip(out.chunks_exact_mut(REASONS))
    {
        let mut row = Row { values, at: 0 };
        let triple = match candidate.triple {
            NONE => &none,
            place => memory.triple(place),
        };
        let d = triple.decayed(now, fading);
        let found = match candidate.role {
            NONE => memory.find_role(candidate.entity, question.way ^ 1),
            place => Some(memory.role(place)),
        };
        let (role, others) = found.map_or((&none, &[][..]), |r| (&r.cell, &r.others[..]));
        let r = role.decayed(now, fading);
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
        // And seen from the candidate: is the one who asks its usual one, and its last?
        row.put(triple.events as f32 / role.events.max(1) as f32);
        row.put(d[3] / r[3].max(0.01));
        row.put(later(others, triple.last));

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
        row.put(later(&actor.pairs, pair.done.last.max(pair.undergone.last)));

        let inverse = memory
            .find_triple(question.who, question.way ^ 1, candidate.entity)
            .unwrap_or(&none);
        row.put(age(inverse, now));
        row.put(inverse.faded(2, now, fading));
        row.put(inverse.events as f32);

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
        row.all(said);

        let own = history.vectors.of_entity(candidate.entity);
        row.put(present.likeness(history, question.who, candidate.entity));
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
            let weight = present.long_left(place);
            let near = present.likeness(history, question.who, doer).max(0.0);
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
    // Where a candidate stands among all: behind how many others.
    let n = candidates.len();
    let mut all: Vec<f32> = Vec::with_capacity(n);
    let mut at = REASONS - STANDINGS;
    for &(column, sign) in by_place() {
        all.clear();
        all.extend(out.iter().skip(column).step_by(REASONS).map(|v| sign * v));
        for i in 0..n {
            let own = all[i];
            let before: u32 = all.iter().map(|other| u32::from(*other > own)).sum();
            out[i * REASONS + at] = before as f32;
        }
        at += 1;
    }
    // How far it is behind the first.
    for &column in by_distance() {
        let values = out.iter().skip(column).step_by(REASONS);
        let most = values.copied().fold(f32::MIN, f32::max);
        for i in 0..n {
            out[i * REASONS + at] = out[i * REASONS + column] - most;
        }
        at += 1;
    }
}

/// The columns of which places are made, with the sign by which more is better.
fn by_place() -> &'static [(usize, f32)] {
    static ALL: LazyLock<Vec<(usize, f32)>> = LazyLock::new(|| {
        let places = NAMES.iter().filter_map(|name| name.strip_prefix("k."));
        let sign = |name: &str| if name == "t.age" { -1.0 } else { 1.0 };
        places.map(|name| (column(name), sign(name))).collect()
    });
    &ALL
}

/// The columns of which distances are made.
fn by_distance() -> &'static [usize] {
    static ALL: LazyLock<Vec<usize>> = LazyLock::new(|| {
        let distances = NAMES.iter().filter_map(|name| name.strip_prefix("m."));
        distances.map(column).collect()
    });
    &ALL
}

fn column(name: &str) -> usize {
    NAMES.iter().position(|n| *n == name).unwrap_or(0)
}
