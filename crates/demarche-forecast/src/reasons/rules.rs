//! Temporal rules: acts after which another is likelier, with the share of times in which it came.
//!
//! A *cyclic* rule closes a circle: after one act between the two, or after two acts that lead over a
//! third, the later one not before the earlier. An *acyclic* rule names whom it is about, and holds for
//! anyone who asks: who had this to do with that one does it to this one. (Galárraga, Teflioudi, Hose
//! and Suchanek, 2013, have the words; Liu, Ma, Hildebrandt, Joblin and Tresp, 2022, have cyclic rules in
//! time.) [`Walks`](super::walks::Walks) learns them.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::history::History;
use crate::question::Question;

use super::candidates::Candidate;
use super::present::{LATELY, Met, Present};

/// What rules say of a candidate: the greatest confidence of those that speak for it and the sum of
/// all, of rules of one act, of two, and of those that name it.
pub const SAID: usize = 6;

/// Partners over whom rules are followed, at most: those with whom most was lately.
const PARTNERS: usize = 8;

/// What has to have been lately (in the last 45 steps) for a rule to speak. X is the one who asks, Y
/// the one asked for; ways are seen from the one named first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// Between X and Y.
    One {
        /// The way of X with Y.
        way: u32,
    },
    /// Between X and a third, and not before that between the third and Y.
    Two {
        /// The way of X with the third.
        first: u32,
        /// The way of the third with Y.
        second: u32,
    },
    /// Between X, whoever it is, and one who is named; and Y is named too.
    Named {
        /// The way of X.
        way: u32,
        /// With whom.
        with: u32,
        /// Who Y is.
        answer: u32,
    },
}

impl Body {
    /// The acts of the body in the order of time: the way of each, from whom, and to whom. `third` is
    /// over whom it leads, or whom it names.
    pub fn acts<T>(self, x: T, third: T, y: T) -> Vec<(u32, T, T)>
    where
        T: Copy,
    {
        match self {
            Self::One { way } => vec![(way, x, y)],
            Self::Two { first, second } => vec![(first, x, third), (second, third, y)],
            Self::Named { way, .. } => vec![(way, x, third)],
        }
    }
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// The way of X with Y that is asked for.
    pub asked: u32,
    /// What has to have been.
    pub body: Body,
    /// How many walks went so.
    pub walks: u32,
    /// How many of them ended at an answer.
    pub hits: u32,
    /// The share of hits, 0 to 1, drawn towards that of a wider shape where walks are few.
    pub confidence: f32,
    /// The share without the rule: of hits in all walks of so many acts; of an answer that is named,
    /// its share in the act.
    pub usual: f32,
}

impl Rule {
    /// How many times as likely the answer is as it would be without the rule.
    pub fn lift(&self) -> f32 {
        self.confidence / self.usual.max(f32::MIN_POSITIVE)
    }
}

/// A rule that speaks for a candidate.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The third, or whom the rule names; of one act the candidate itself.
    pub third: u32,
}

/// The places of the rules of one way.
#[derive(Clone, Debug, Default)]
struct OfWay {
    one: FxHashMap<u32, u32>,
    two: FxHashMap<(u32, u32), u32>,
    named: FxHashMap<(u32, u32), (u32, u32)>,
}

/// Rules, found by what has to have been.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    all: Vec<Rule>,
    of_way: FxHashMap<u32, OfWay>,
}

/// Room for what rules say.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// Of each candidate.
    pub said: Vec<[f32; SAID]>,
    /// The place of each entity among the candidates.
    places: Vec<u32>,
    partners: Vec<Met>,
}

/// No candidate.
const NOWHERE: u32 = u32::MAX;

impl Rules {
    /// Of a list of rules, in any order.
    pub fn new(mut all: Vec<Rule>) -> Self {
        all.sort_unstable_by_key(|rule| (rule.asked, rule.body));
        all.dedup_by_key(|rule| (rule.asked, rule.body));
        let mut of_way: FxHashMap<u32, OfWay> = FxHashMap::default();
        for (place, rule) in (0..).zip(&all) {
            let of_way = of_way.entry(rule.asked).or_default();
            match rule.body {
                Body::One { way } => {
                    of_way.one.insert(way, place);
                }
                Body::Two { first, second } => {
                    of_way.two.insert((first, second), place);
                }
                Body::Named { way, with, .. } => {
                    let places = of_way.named.entry((way, with)).or_insert((place, place));
                    places.1 = place + 1;
                }
            }
        }
        Self { all, of_way }
    }

    /// All rules, by what is asked for.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// What rules say of each candidate.
    pub fn ask(
        &self,
        history: &History,
        present: &Present,
        question: Question,
        candidates: &[Candidate],
        room: &mut Room,
    ) {
        let mut said = std::mem::take(&mut room.said);
        said.clear();
        said.resize(candidates.len(), [0.0; SAID]);
        self.each(
            history,
            present,
            question,
            candidates,
            room,
            |at, spoken| {
                let from = match spoken.rule.body {
                    Body::One { .. } => 0,
                    Body::Two { .. } => 2,
                    Body::Named { .. } => 4,
                };
                let [most, sum] = &mut said[at][from..from + 2] else {
                    return;
                };
                *most = most.max(spoken.rule.confidence);
                *sum += spoken.rule.confidence;
            },
        );
        room.said = said;
    }

    /// The rule that speaks most for one candidate, by its confidence above what is usual.
    pub fn best(
        &self,
        history: &History,
        present: &Present,
        question: Question,
        candidate: &Candidate,
    ) -> Option<Spoken<'_>> {
        let above = |s: &Spoken| s.rule.confidence - s.rule.usual;
        let order = |a: &Spoken, b: &Spoken| -> Ordering {
            let by_rule = above(a).total_cmp(&above(b));
            by_rule.then((b.rule.body, b.third).cmp(&(a.rule.body, a.third)))
        };
        let mut best: Option<Spoken> = None;
        let (only, room) = (std::slice::from_ref(candidate), &mut Room::default());
        self.each(history, present, question, only, room, |_, spoken| {
            if best.is_none_or(|best| order(&best, &spoken).is_lt()) {
                best = Some(spoken);
            }
        });
        best
    }

    /// Each rule that speaks for a candidate, with the place of that one; once for every third.
    fn each<'a>(
        &'a self,
        history: &History,
        present: &Present,
        question: Question,
        candidates: &[Candidate],
        room: &mut Room,
        mut speak: impl FnMut(usize, Spoken<'a>),
    ) {
        let Some(rules) = self.of_way.get(&question.way) else {
            return;
        };
        let memory = &history.memory;
        let since = question.step - LATELY;
        let Room {
            places, partners, ..
        } = room;
        places.resize(memory.entities(), NOWHERE);
        for (at, candidate) in (0..).zip(candidates) {
            places[candidate.entity as usize] = at;
        }
        let place = |entity: u32| match places.get(entity as usize) {
            None | Some(&NOWHERE) => None,
            Some(&at) => Some(at as usize),
        };
        let order = |a: &Met, b: &Met| b.left[2].total_cmp(&a.left[2]).then(a.other.cmp(&b.other));
        partners.clear();
        partners.extend_from_slice(present.met(question.who));
        if !rules.one.is_empty() {
            for met in partners.iter() {
                let Some(at) = place(met.other) else { continue };
                let ways = memory.pair(met.pair).ways.iter();
                for (way, _) in ways.filter(|w| w.1 >= since) {
                    if let Some(&rule) = rules.one.get(way) {
                        let rule = &self.all[rule as usize];
                        let third = met.other;
                        speak(at, Spoken { rule, third });
                    }
                }
            }
        }
        if partners.len() > PARTNERS {
            partners.select_nth_unstable_by(PARTNERS, order);
            partners.truncate(PARTNERS);
        }
        partners.sort_unstable_by(order);
        for met in partners.iter() {
            let third = met.other;
            let firsts = memory.pair(met.pair).ways.iter();
            let firsts = firsts.copied().filter(|w| w.1 >= since);
            for (way, _) in firsts.clone() {
                let (from, to) = rules.named.get(&(way, third)).copied().unwrap_or((0, 0));
                for rule in &self.all[from as usize..to as usize] {
                    if let Body::Named { answer, .. } = rule.body
                        && let Some(at) = place(answer)
                    {
                        speak(at, Spoken { rule, third });
                    }
                }
            }
            if rules.two.is_empty() || third == question.who {
                continue;
            }
            for end in present.met(third) {
                let Some(at) = place(end.other) else { continue };
                if end.other == question.who || end.other == third {
                    continue;
                }
                for (first, then) in firsts.clone() {
                    let seconds = memory.pair(end.pair).ways.iter();
                    for &(second, _) in seconds.filter(|w| w.1 >= then) {
                        if let Some(&rule) = rules.two.get(&(first, second)) {
                            let rule = &self.all[rule as usize];
                            speak(at, Spoken { rule, third });
                        }
                    }
                }
            }
        }
        for candidate in candidates {
            places[candidate.entity as usize] = NOWHERE;
        }
    }
}
