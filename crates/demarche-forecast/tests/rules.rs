//! What temporal rules are held to: shares that a count of all cases gives, and rules that were planted.

mod common;

use std::collections::BTreeSet;

use common::{graph, small};
use demarche_forecast::memory::way;
use demarche_forecast::{
    Body, EventGraph, Fact, History, Kind, Learning, Model, Part, Question, Rule, Rules,
};

/// For how many steps an act counts.
const WINDOW: i32 = 45;

fn rules(graph: &EventGraph, facts: &[Fact]) -> Rules {
    Rules::learn(graph, facts, |_| {}).unwrap()
}

fn find(rules: &Rules, asked: u32, body: Body) -> Option<Rule> {
    let all = rules.all().iter();
    all.copied().find(|r| r.asked == asked && r.body == body)
}

/// A graph of 40 entities in tens of three kinds of act and a bystander. Now and then one greets a
/// third (act 0) and a step later that one thanks another (act 1); a step later the first calls on
/// that other (act 2) in nine of ten cases, else on anyone. Between, anyone calls on anyone.
fn planted(steps: i32) -> EventGraph {
    let mut graph = EventGraph::default();
    for n in 0..40 {
        graph.entities.add(&format!("Actor {n}"));
    }
    for act in ["greet", "thank", "call on", "write to"] {
        graph.acts.add(act);
    }
    let mut state = 7_u64;
    let mut draw = move |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    let mut facts = BTreeSet::new();
    let mut add = |step, source, act, target| {
        facts.insert(Fact {
            step,
            source,
            act,
            target,
        });
    };
    for step in (0..steps).step_by(3) {
        let [one, third, other] = [draw(13), 13 + draw(13), 26 + draw(14)];
        add(step, one, 0, third);
        add(step + 1, third, 1, other);
        let whom = if draw(10) == 0 { 26 + draw(14) } else { other };
        add(step + 2, one, 2, whom);
        add(step + 2, draw(13), 2, 26 + draw(14));
        add(step + 1, draw(13), 3, 26 + draw(14));
    }
    graph.facts = facts.into_iter().collect();
    let end = graph.facts.len();
    (graph.valid_from, graph.test_from) = (end, end);
    graph
}

#[test]
fn a_planted_rule_over_a_third_is_found() {
    let graph = planted(1500);
    let found = rules(&graph, &graph.facts);
    let two = |first, second| {
        let (first, second) = (way(first, false), way(second, false));
        find(&found, way(2, false), Body::Two { first, second })
    };
    let rule = two(0, 1).expect("the planted rule");
    assert!(rule.hits > 100 && rule.lift() > 1.4, "{rule:?}");
    // It is the likeliest of two acts to be right.
    let others = found.all().iter().filter(|r| r.asked == way(2, false));
    let most = others
        .filter(|r| matches!(r.body, Body::Two { .. }))
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
    assert_eq!(most, Some(&rule));
    // Nobody writes to anyone for a reason.
    let of_writing = found.all().iter().filter(|r| r.asked / 2 == 3);
    let of_acts = of_writing.filter(|r| !matches!(r.body, Body::Named { .. }));
    assert!(of_acts.clone().all(|r| r.confidence < 0.3), "{of_acts:?}");
}

/// All cases of rules of one act, counted from the list of events alone.
fn counted(graph: &EventGraph, asked: u32, body: u32) -> (u32, u32) {
    let (mut cases, mut right) = (0, 0);
    let side = |fact: &Fact, way: u32| match way % 2 {
        0 => (fact.source, fact.target),
        _ => (fact.target, fact.source),
    };
    let mut questions = BTreeSet::new();
    for fact in graph.facts.iter().filter(|f| f.act == asked / 2) {
        questions.insert((fact.step, side(fact, asked).0));
    }
    for (step, who) in questions {
        let of_step = graph.facts.iter().filter(|f| f.step == step);
        let truth: BTreeSet<u32> = of_step
            .filter(|f| f.act == asked / 2 && side(f, asked).0 == who)
            .map(|f| side(f, asked).1)
            .collect();
        let before = graph.facts.iter();
        let before = before.filter(|f| f.step < step && f.step >= step - WINDOW);
        let others: BTreeSet<u32> = before
            .filter(|f| f.act == body / 2 && side(f, body).0 == who)
            .map(|f| side(f, body).1)
            .collect();
        cases += others.len() as u32;
        right += others.iter().filter(|o| truth.contains(o)).count() as u32;
    }
    (cases, right)
}

#[test]
fn shares_are_those_of_all_cases() {
    // In each round of 60 steps each has to do with three others, and comes back to the first of them in
    // three of four rounds, else to the second: few partners, so that eight walks find nearly all.
    let mut graph = planted(0);
    let mut facts = BTreeSet::new();
    for round in 0..40 {
        for source in 0..13_u32 {
            let step = 60 * round + source as i32;
            let partner = |nth: u32| 26 + (source + 3 * round as u32 + nth) % 14;
            let back = u32::from((source + round as u32).is_multiple_of(4));
            for (step, act, target) in [
                (step, 0, partner(0)),
                (step, 1, partner(1)),
                (step, 2, partner(2)),
                (step + 20, 3, partner(back)),
            ] {
                facts.insert(Fact {
                    step,
                    source,
                    act,
                    target,
                });
            }
        }
    }
    graph.facts = facts.into_iter().collect();
    let found = rules(&graph, &graph.facts);
    let mut compared = 0;
    for rule in found.all() {
        let Body::One { way } = rule.body else {
            continue;
        };
        let (cases, right) = counted(&graph, rule.asked, way);
        assert!(rule.walks <= cases && rule.hits <= right, "{rule:?}");
        assert!(rule.walks * 10 > cases * 8, "{rule:?} of {cases}");
        let share = f64::from(rule.hits) / f64::from(rule.walks);
        let all = f64::from(right) / f64::from(cases);
        assert!((share - all).abs() < 0.05, "{rule:?}: {all}");
        // Drawn towards what is usual, and no further.
        let (low, high) = (share.min(rule.usual.into()), share.max(rule.usual.into()));
        let confidence = f64::from(rule.confidence);
        assert!(confidence >= low - 1e-6 && confidence <= high + 1e-6);
        compared += 1;
    }
    assert!(compared >= 2, "{compared}");
    assert!(found.all().iter().all(|r| r.hits >= 3 && r.lift() >= 1.5));
}

#[test]
fn the_order_of_a_step_means_nothing() {
    let graph = graph(60, 40, 12, 40);
    let facts = graph.part(Part::Train);
    let found = rules(&graph, facts);
    assert!(!found.all().is_empty());
    let mut turned = facts.to_vec();
    turned.reverse();
    turned.sort_by_key(|fact| fact.step);
    assert_eq!(rules(&graph, &turned).all(), found.all());
}

#[test]
fn a_rule_speaks_in_an_explanation_and_opens_its_events() {
    let graph = planted(1500);
    let model = Model::learn(&graph, &graph.facts, &small(), |_| {}).unwrap();
    // One greets a third, who thanks another.
    let mut history = History::of(&graph, &graph.facts, true).unwrap();
    let (one, third, other) = (3, 20, 30);
    let now = history.memory.last().unwrap() + 60;
    let fact = |step, source, act, target| Fact {
        step,
        source,
        act,
        target,
    };
    history.add(now, &[fact(now, one, 0, third)]).unwrap();
    history
        .add(now + 1, &[fact(now + 1, third, 1, other)])
        .unwrap();
    let question = Question::target(one, 2, now + 2);
    let mut space = demarche_forecast::Space::default();
    let told = model
        .explain(&graph, &history, question, other, &mut space)
        .expect("a candidate");
    let reason = told.reasons.iter().find(|r| r.kind == Kind::Rule).unwrap();
    for part in ["greet", "Actor 20", "then “thank”", "walks"] {
        assert!(reason.words.contains(part), "{reason:?}");
    }
    let facts: Vec<Fact> = (reason.events.iter())
        .map(|&at| history.memory.facts()[at as usize])
        .collect();
    assert_eq!(
        facts,
        [fact(now, one, 0, third), fact(now + 1, third, 1, other)]
    );
    // Without the kind nothing is said to hang on it.
    let without = Learning {
        without: Some(Kind::Rule),
        ..small()
    };
    let model = Model::learn(&graph, &graph.facts, &without, |_| {}).unwrap();
    let told = model.explain(&graph, &history, question, other, &mut space);
    let told = told.expect("a candidate");
    let reason = told.reasons.iter().find(|r| r.kind == Kind::Rule).unwrap();
    assert_eq!(reason.weight, 0.0);
}
