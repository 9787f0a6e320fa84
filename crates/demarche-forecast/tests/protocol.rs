//! The protocol: nothing of the step asked for is seen, nor of its other questions; ranks are honest.

mod common;

use std::sync::{Arc, Mutex};

use common::{graph, small};
use demarche_forecast::evaluate::{Filter, Outcome, Protocol, advantage, ask, figures, rank};
use demarche_forecast::memory::Memory;
use demarche_forecast::{
    EventGraph, Fact, Forecaster, History, Learning, Model, Part, Question, Recurrency,
};
use proptest::prelude::*;

/// A graph whose test part is one step with these events.
fn with_step(graph: &EventGraph, facts: &[Fact]) -> EventGraph {
    let mut one = graph.clone();
    one.facts.truncate(graph.test_from);
    one.facts.extend(facts);
    one
}

fn of_fact(outcomes: &[Outcome], graph: &EventGraph, fact: Fact) -> Vec<(bool, Option<u32>)> {
    outcomes
        .iter()
        .filter(|o| graph.facts[o.fact as usize] == fact)
        .map(|o| (o.source_asked, o.score.map(f32::to_bits)))
        .collect()
}

fn nothing_leaks<F: Forecaster + Clone>(forecaster: &F, graph: &EventGraph) {
    let step = graph.facts[graph.test_from].step;
    let all: Vec<Fact> = graph
        .part(Part::Test)
        .iter()
        .filter(|f| f.step == step)
        .copied()
        .collect();
    assert!(all.len() > 3);
    let whole = with_step(graph, &all);
    let asked =
        |g: &EventGraph| ask(g, Part::Test, Protocol::SingleStep, forecaster, 1, |_| {}).unwrap();
    let together = asked(&whole);
    // Shuffled.
    let mut turned = all.clone();
    turned.reverse();
    turned.rotate_left(all.len() / 3);
    let shuffled = with_step(graph, &turned);
    let shuffled_outcomes = asked(&shuffled);
    for (place, fact) in all.iter().enumerate() {
        let own = of_fact(&together, &whole, *fact);
        assert_eq!(own.len(), 2);
        assert_eq!(own, of_fact(&shuffled_outcomes, &shuffled, *fact));
        // All others removed.
        if place % 5 == 0 {
            let alone = with_step(graph, &[*fact]);
            assert_eq!(own, of_fact(&asked(&alone), &alone, *fact), "{fact:?}");
        }
    }
}

#[test]
fn other_questions_of_a_step_change_no_score() {
    let graph = graph(60, 40, 12, 40);
    nothing_leaks(&Recurrency::default(), &graph);
    let model = Model::learn(&graph, graph.part(Part::Train), &small(), |_| {}).unwrap();
    nothing_leaks(&model, &graph);
}

#[test]
fn the_future_changes_no_score() {
    let graph = graph(60, 40, 12, 40);
    let model = Model::learn(&graph, graph.part(Part::Train), &small(), |_| {}).unwrap();
    let step = graph.facts[graph.test_from].step;
    let end = graph.facts.partition_point(|f| f.step <= step);
    let mut cut = graph.clone();
    cut.facts.truncate(end);
    let asked =
        |g: &EventGraph| ask(g, Part::Test, Protocol::SingleStep, &model, 1, |_| {}).unwrap();
    let (all, first) = (asked(&graph), asked(&cut));
    assert!(first.len() < all.len());
    for (a, b) in first.iter().zip(&all) {
        assert_eq!(a.score.map(f32::to_bits), b.score.map(f32::to_bits));
        // The time-aware rank sees only the step; the static one knows the whole graph's truth.
        assert_eq!(a.ranks[0].to_bits(), b.ranks[0].to_bits());
    }
}

#[test]
fn threads_change_nothing() {
    let graph = graph(60, 40, 12, 40);
    let learn = |threads: usize| {
        let mut learning = small();
        learning.trees.threads = threads;
        Model::learn(&graph, graph.part(Part::Train), &learning, |_| {}).unwrap()
    };
    let (one, many) = (learn(1), learn(3));
    assert_eq!(one.save(&graph), many.save(&graph));
    let a = ask(&graph, Part::Test, Protocol::SingleStep, &one, 1, |_| {}).unwrap();
    let b = ask(&graph, Part::Test, Protocol::SingleStep, &many, 4, |_| {}).unwrap();
    assert_eq!(a, b);
}

#[test]
fn multi_step_sees_nothing_of_the_part() {
    let graph = graph(60, 40, 12, 40);
    let mut less = graph.clone();
    // Without the first step of the test part, the others' scores are the same in multi-step.
    let step = graph.facts[graph.test_from].step;
    less.facts.retain(|f| f.step != step);
    for protocol in [Protocol::MultiStep, Protocol::FromTraining] {
        let asked = |g: &EventGraph| {
            ask(g, Part::Test, protocol, &Recurrency::default(), 1, |_| {}).unwrap()
        };
        let later: Vec<_> = asked(&graph)
            .iter()
            .filter(|o| graph.facts[o.fact as usize].step != step)
            .map(|o| (o.score.map(f32::to_bits), o.ranks[0].to_bits()))
            .collect();
        let alone: Vec<_> = asked(&less)
            .iter()
            .map(|o| (o.score.map(f32::to_bits), o.ranks[0].to_bits()))
            .collect();
        assert_eq!(later, alone);
    }
}

fn memory(events: &[u32]) -> Memory {
    // Entity n has so many events with entity 0.
    let mut memory = Memory::new(events.len(), 1);
    let most = events.iter().max().copied().unwrap_or(0);
    for step in 0..most as i32 {
        let facts: Vec<Fact> = (1..events.len() as u32)
            .filter(|e| (step as u32) < events[*e as usize])
            .map(|target| Fact {
                step,
                source: 0,
                act: 0,
                target,
            })
            .collect();
        memory.add(step, &facts).unwrap();
    }
    memory
}

#[test]
fn ranks_by_hand() {
    let memory = memory(&[0, 2, 1, 1, 0]);
    let answers = [(1, 0.5), (2, 0.5), (3, 0.9)];
    // 3 is best; 1 and 2 are equal, so each is second or third.
    assert_eq!(rank(&memory, &answers, 3, &[3]), 1.0);
    assert_eq!(rank(&memory, &answers, 1, &[1]), 2.5);
    // 3 is another true answer: it is set aside.
    assert_eq!(rank(&memory, &answers, 1, &[1, 3]), 1.5);
    // 0 and 4 are no candidates. 0 has four events and comes first of them.
    assert_eq!(rank(&memory, &answers, 0, &[0]), 4.0);
    assert_eq!(rank(&memory, &answers, 4, &[4]), 5.0);
    // Nothing is said of anyone: all are ranked by events, 2 and 3 are equal.
    assert_eq!(rank(&memory, &[], 2, &[]), 3.5);
    // Where a score is no number, that is never to the answer's good.
    let answers = [(1, 0.5), (2, f32::NAN), (3, 0.1)];
    assert_eq!(rank(&memory, &answers, 2, &[2]), 3.0);
    assert_eq!(rank(&memory, &answers, 1, &[1]), 2.0);
}

/// The rank as one would say it: put everyone in order, and take the mean of the first and the last
/// place among equals.
fn naive(memory: &Memory, answers: &[(u32, f32)], answer: u32, others: &[u32]) -> f64 {
    let key = |entity: u32| -> (f64, f64) {
        let actor = memory.actor(entity);
        let events = f64::from(actor.done.events + actor.undergone.events);
        match answers.iter().find(|a| a.0 == entity) {
            Some(a) => (f64::from(a.1), 0.0),
            None => (f64::NEG_INFINITY, events),
        }
    };
    let kept: Vec<u32> = (0..memory.entities() as u32)
        .filter(|e| *e == answer || !others.contains(e))
        .collect();
    let own = key(answer);
    let first = 1 + kept.iter().filter(|e| key(**e) > own).count();
    let last = kept.iter().filter(|e| key(**e) >= own).count();
    (first + last) as f64 / 2.0
}

proptest! {
    #[test]
    fn ranks_are_those_of_a_naive_count(
        events in prop::collection::vec(0_u32..4, 2..12),
        scores in prop::collection::vec(0_i32..4, 12),
        given in prop::collection::vec(any::<bool>(), 12),
        aside in prop::collection::vec(any::<bool>(), 12),
        answer in 0_usize..12,
    ) {
        let memory = memory(&events);
        let n = events.len();
        let answer = (answer % n) as u32;
        let answers: Vec<(u32, f32)> =
            (0..n).filter(|&e| given[e]).map(|e| (e as u32, scores[e] as f32)).collect();
        let others: Vec<u32> = (0..n).filter(|&e| aside[e]).map(|e| e as u32).collect();
        let found = rank(&memory, &answers, answer, &others);
        prop_assert_eq!(found, naive(&memory, &answers, answer, &others));
        prop_assert!(found >= 1.0 && found <= n as f64);
    }
}

#[test]
fn figures_by_hand() {
    let graph = graph(10, 4, 2, 5);
    let outcome = |fact, rank| Outcome {
        fact,
        source_asked: false,
        score: None,
        ranks: [rank; 3],
        stratum: demarche_forecast::evaluate::Stratum::New,
    };
    let outcomes = [
        outcome(0, 1.0),
        outcome(1, 2.5),
        outcome(2, 4.0),
        outcome(3, 20.0),
    ];
    let found = figures(&graph, &outcomes, Filter::TimeAware, None).unwrap();
    assert_eq!(found.questions, 4);
    assert!((found.mrr.value - (1.0 + 0.4 + 0.25 + 0.05) / 4.0).abs() < 1e-12);
    assert_eq!(found.hits1.value, 0.25);
    assert_eq!(found.hits3.value, 0.5);
    assert_eq!(found.hits10.value, 0.75);
    assert_eq!(figures(&graph, &[], Filter::Raw, None), None);
    // Question by question against one who is always second.
    let second: Vec<Outcome> = (0..4).map(|fact| outcome(fact, 2.0)).collect();
    let above = advantage(&graph, &outcomes, &second, Filter::TimeAware).unwrap();
    assert!((above.value - (0.5 - 0.1 - 0.25 - 0.45) / 4.0).abs() < 1e-12);
    let back = advantage(&graph, &second, &outcomes, Filter::TimeAware).unwrap();
    assert_eq!(back.value, -above.value);
    assert_eq!(
        advantage(&graph, &outcomes, &second[1..], Filter::TimeAware),
        None
    );
}

#[test]
fn learning_takes_some_events() {
    let graph = EventGraph::default();
    assert!(Model::learn(&graph, &[], &Learning::default(), |_| {}).is_err());
}

/// Notes the steps that it is told to keep up with.
#[derive(Clone)]
struct Noting {
    learned_until: i32,
    noted: Arc<Mutex<Vec<i32>>>,
}

impl Forecaster for Noting {
    type Space = ();

    fn learned_until(&self) -> i32 {
        self.learned_until
    }

    fn keep_up(&mut self, history: &History, step: &[Fact]) {
        assert!(history.memory.last().is_none_or(|last| last < step[0].step));
        self.noted.lock().unwrap().push(step[0].step);
    }

    fn space(&self, _: &History) {}

    fn answer(&self, _: &History, _: Question, (): &mut (), answers: &mut Vec<(u32, f32)>) {
        answers.clear();
    }
}

#[test]
fn a_forecaster_keeps_up_with_all_that_it_has_not_learned_and_may_know() {
    let graph = graph(60, 40, 12, 40);
    let steps = |facts: &[Fact]| {
        EventGraph::steps(facts)
            .map(|s| s[0].step)
            .collect::<Vec<_>>()
    };
    let noted = |protocol, learned_until| {
        let noting = Noting {
            learned_until,
            noted: Arc::default(),
        };
        ask(&graph, Part::Test, protocol, &noting, 1, |_| {}).unwrap();
        let noted = noting.noted.lock().unwrap();
        noted.clone()
    };
    let trained = graph.facts[graph.valid_from].step - 1;
    let valid = steps(graph.part(Part::Valid));
    let test = steps(graph.part(Part::Test));
    assert_eq!(
        noted(Protocol::SingleStep, trained),
        [valid.clone(), test.clone()].concat()
    );
    assert_eq!(noted(Protocol::MultiStep, trained), valid);
    assert!(noted(Protocol::FromTraining, trained).is_empty());
    let asked_from = graph.facts[graph.test_from].step - 1;
    assert_eq!(noted(Protocol::SingleStep, asked_from), test);
    assert!(noted(Protocol::MultiStep, i32::MAX).is_empty());
}
