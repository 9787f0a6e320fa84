//! From a question to rows of reasons, in two looks: a cheap one at all candidates, a closer one at
//! the best of them.

use crate::history::History;
use crate::question::Question;
use crate::reasons::candidates::{Candidate, Candidates, FIT};
use crate::reasons::excite::{self, GROUPS};
use crate::reasons::factors::{Asked, met};
use crate::reasons::features::rows;
use crate::reasons::present::Present;
use crate::reasons::rules::Room;

use super::Model;

/// Room for one question of one history, which may grow. What was in it before never matters.
#[derive(Default)]
pub struct Space {
    /// The history as it stands at the step asked for.
    pub(super) present: Present,
    pub(super) candidates: Candidates,
    /// Those whom the one who asks met lately.
    pub(super) met: Vec<(u32, f32)>,
    /// What the question asks for, as factors see it.
    pub(super) asked: Asked,
    /// The weights of single evidence that the question may call up.
    pub(super) weights: excite::Asked,
    /// The single evidence of one candidate.
    pub(super) evidence: Vec<u32>,
    /// The sums of single evidence by group, of each candidate of the first look.
    pub(super) all_sums: Vec<[f32; GROUPS]>,
    /// The scores of the first look with single evidence.
    pub(super) scores: Vec<f32>,
    /// The places of the candidates of the first look, best first.
    pub(super) order: Vec<u32>,
    /// Those that get a closer look, best first.
    pub(super) close: Vec<Candidate>,
    pub(super) sums: Vec<[f32; GROUPS]>,
    /// What rules say of them.
    pub(super) said: Room,
    /// Their reasons, row by row.
    pub(super) rows: Vec<f32>,
}

impl Space {
    /// The first look: candidates, and single evidence for so many of the best; the best by both.
    pub(super) fn look(
        &mut self,
        history: &History,
        model: &Model,
        question: Question,
        width: usize,
    ) {
        self.present.come(history, question.step);
        self.candidates.find(history, &mut self.present, question);
        met(&self.present, question.who, &mut self.met);
        self.asked = model.beside.ask(history, question, &self.met);
        let alone = model.alone.ask(history, question, &self.met);
        for found in &mut self.candidates.found {
            found.cheap[FIT] = model.alone.score(&alone, found.entity);
        }
        self.candidates.best(&model.first, width);
        let found = self.candidates.close();
        let excitation = &model.excitation;
        excitation.ask(history, question, &mut self.weights);
        self.all_sums.clear();
        self.scores.clear();
        for candidate in found {
            let sums = excitation.sums(history, &self.present, question, &self.weights, candidate);
            let open = model.beside.score(&self.asked, candidate.entity);
            let sums = model.counted(sums, open);
            self.scores.push(candidate.score + sums.iter().sum::<f32>());
            self.all_sums.push(sums);
        }
        self.order.clear();
        self.order.extend(0..found.len() as u32);
        let scores = &self.scores;
        self.order.sort_unstable_by(|&a, &b| {
            scores[b as usize]
                .total_cmp(&scores[a as usize])
                .then(a.cmp(&b))
        });
    }

    /// The closer look at the best.
    pub(super) fn look_closer(&mut self, history: &History, model: &Model, question: Question) {
        self.close.clear();
        self.sums.clear();
        for &place in self.order.iter().take(model.close) {
            self.close.push(self.candidates.close()[place as usize]);
            self.sums.push(self.all_sums[place as usize]);
        }
        model.rules.ask(
            history,
            &self.present,
            question,
            &self.close,
            &mut self.said,
        );
        rows(
            history,
            &mut self.present,
            question,
            &self.close,
            &self.sums,
            &self.said.said,
            &mut self.rows,
        );
    }
}
