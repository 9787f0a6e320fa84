//! All that is known before a moment: the counts, those of blocs and sectors, and role vectors.

mod blocs;
pub mod memory;
mod vectors;

pub use blocs::{ANY, Blocs, Side};
pub use vectors::{DIM, Vectors, dot, scale_to_one};

use crate::ForecastError;
use crate::graph::{EventGraph, Fact, Names};
use memory::Memory;

/// After how many steps the role vectors are made anew.
const REFRESH: i32 = 21;

/// Everything before a moment. It grows step by step; the same steps give the same history, however
/// they were added.
#[derive(Clone, Debug)]
pub struct History {
    /// The counts.
    pub memory: Memory,
    /// The counts by bloc and sector.
    pub blocs: Blocs,
    /// Who plays a role like whose.
    pub vectors: Vectors,
    wanted: bool,
}

impl History {
    /// An empty history of entities with these names, and of so many acts. Role vectors are made only
    /// where they are wanted.
    pub fn new(entities: &Names, acts: usize, vectors: bool) -> Self {
        Self {
            memory: Memory::new(entities.len(), acts),
            blocs: Blocs::new(entities),
            vectors: Vectors::default(),
            wanted: vectors,
        }
    }

    /// Makes room for entities and acts that came later. Names already known must not have changed.
    pub fn make_room(&mut self, entities: &Names, acts: usize) {
        self.memory.make_room(entities.len(), acts);
        self.blocs.make_room(entities);
    }

    /// Adds the events of one step. Their order means nothing.
    ///
    /// # Errors
    /// As [`Memory::add`]; nothing is added then.
    pub fn add(&mut self, step: i32, facts: &[Fact]) -> Result<(), ForecastError> {
        let begun = self.memory.last().map(|last| last.div_euclid(REFRESH));
        self.memory.add(step, facts)?;
        self.blocs.add(step, facts, &self.memory);
        if self.wanted && begun != Some(step.div_euclid(REFRESH)) {
            self.vectors = Vectors::of(&self.memory, &self.blocs);
        }
        Ok(())
    }

    /// From now on, are role vectors wanted? If they were not, they are made at once.
    pub(crate) fn want_vectors(&mut self) {
        if !self.wanted {
            self.wanted = true;
            self.vectors = Vectors::of(&self.memory, &self.blocs);
        }
    }

    /// The history of a list of events in the order of time.
    ///
    /// # Errors
    /// As [`Memory::add`].
    pub fn of(graph: &EventGraph, facts: &[Fact], vectors: bool) -> Result<Self, ForecastError> {
        let mut history = Self::new(&graph.entities, graph.acts.len(), false);
        // Only the last role vectors are made: earlier ones leave nothing behind.
        let last = facts.last().map(|f| f.step.div_euclid(REFRESH));
        for step in EventGraph::steps(facts) {
            history.wanted = vectors && last == Some(step[0].step.div_euclid(REFRESH));
            history.add(step[0].step, step)?;
        }
        history.wanted = vectors;
        Ok(history)
    }
}
