//! Graphs for tests.

#![allow(dead_code, reason = "each test file uses a part")]

use demarche_forecast::{EventGraph, Fact, Learning};

/// A graph with habits: each entity has a few acts that it does to a few others in turn, some chance
/// besides. Three fifths of the steps are the training part, a fifth each the other two.
pub fn graph(steps: i32, entities: u32, acts: u32, per_step: u32) -> EventGraph {
    let mut graph = EventGraph::default();
    for n in 0..entities {
        let sector = ["Police", "Army", "Press"][n as usize % 3];
        graph.entities.add(&format!("{sector} (Country {})", n / 3));
    }
    for n in 0..acts {
        graph.acts.add(&format!("act {n}"));
    }
    graph.unit = 1;
    let mut state = 1_u64;
    let mut draw = |below: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    for step in 0..steps {
        for _ in 0..per_step {
            let source = draw(entities);
            let habit = draw(10) < 7;
            let act = if habit { source % acts } else { draw(acts) };
            let target = if habit {
                (source * 7 + 1 + draw(3)) % entities
            } else {
                draw(entities)
            };
            graph.facts.push(Fact {
                step,
                source,
                act,
                target,
            });
        }
    }
    graph.facts.sort_unstable();
    graph.facts.dedup();
    graph.cut(3 * steps / 5, 4 * steps / 5);
    graph
}

/// A setting that learns in a moment.
pub fn small() -> Learning {
    let mut learning = Learning::default();
    learning.trees.stumps = 10;
    learning.trees.trees = 20;
    learning.trees.leaves = 6;
    learning.trees.least = 1.0;
    learning
}
