//! Who will be the other one: the ranker, asked at the day of the outlook.

use serde::Serialize;

use super::Outlook;
use crate::ForecastError;
use crate::graph::EventGraph;
use crate::history::History;
use crate::model::{Explanation, Learning, Model};
use crate::question::{Forecaster, Question};
use crate::recurrency::Recurrency;

/// A ranker of who will be the other one, learned from what the outlook knows.
pub struct Who {
    /// The ranker, or why none could be learned; then what was comes again.
    model: Result<Model, ForecastError>,
    history: History,
    /// The graph under the names of sentences.
    graph: EventGraph,
}

/// Someone who may be the other one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// A number of the graph's entities.
    pub entity: u32,
    /// The score; larger is likelier.
    pub score: f32,
}

impl Outlook {
    /// Learns a ranker. `said` is told how far it is, from 0 to 1.
    ///
    /// # Errors
    /// If the events are not in order.
    pub fn who(&self, threads: usize, said: impl FnMut(f64)) -> Result<Who, ForecastError> {
        let mut learning = Learning::default();
        learning.trees.threads = threads;
        let model = Model::learn(&self.graph, &self.graph.facts, &learning, said);
        let history = History::of(&self.graph, &self.graph.facts, model.is_ok())?;
        let mut graph = self.graph.clone();
        [graph.entities, graph.acts] = self.called.clone();
        Ok(Who {
            model,
            history,
            graph,
        })
    }
}

impl Who {
    /// Why no ranker could be learned, if that is so.
    pub fn missing(&self) -> Option<&ForecastError> {
        self.model.as_ref().err()
    }

    /// The candidates of a question, likeliest first.
    pub fn rank(&self, question: Question) -> Vec<Candidate> {
        let mut answers = Vec::new();
        match &self.model {
            Ok(model) => {
                let mut space = model.space(&self.history);
                model.answer(&self.history, question, &mut space, &mut answers);
            }
            Err(_) => Recurrency::default().answer(&self.history, question, &mut (), &mut answers),
        }
        answers.retain(|a| a.0 != question.who);
        answers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let one = |(entity, score)| Candidate { entity, score };
        answers.into_iter().map(one).collect()
    }

    /// Why a candidate stands where it does; `None` where no ranker was learned, or where the candidate
    /// got no closer look.
    pub fn explain(&self, question: Question, entity: u32) -> Option<Explanation> {
        let model = self.model.as_ref().ok()?;
        let mut space = model.space(&self.history);
        model.explain(&self.graph, &self.history, question, entity, &mut space)
    }
}
