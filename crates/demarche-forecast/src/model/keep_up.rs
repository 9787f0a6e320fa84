//! Learning from one step, in the training part and ever after.

use crate::graph::Fact;
use crate::history::History;
use crate::question::Question;
use crate::reasons::candidates::{CHEAP, Candidate, FIT};
use crate::reasons::excite::{OPEN, evidence};

use super::{Model, Space};

/// The length of a step of learning of the first look.
const RATE: f32 = 0.5;
/// Candidates whose chance is off by less than this are not learned from.
const SLIGHT: f32 = 0.002;
/// A candidate that is behind the first by so much at first look (a chance of e^-12) counts for nothing.
const FAR: f32 = 12.0;
/// Single evidence is learned from so many of the best candidates.
const HEAD: usize = 64;

/// The questions of a step with their true answers.
pub(super) fn questions(step: &[Fact]) -> Vec<(Question, Vec<u32>)> {
    let mut all: Vec<(Question, u32)> = step.iter().flat_map(Question::both).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|group| (group[0].0, group.iter().map(|g| g.1).collect()))
        .collect()
}

/// A number from 0 to 1 that is drawn for a question, or for a candidate of it.
pub(super) fn draw(question: Question, candidate: u32) -> f64 {
    let mut x = u64::from(question.who) << 32 | u64::from(question.way);
    for part in [u64::from(question.step.unsigned_abs()), candidate.into()] {
        x = (x ^ part ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

impl Model {
    /// Learns from a step, before it is added to the history. The order of the events means nothing.
    pub(super) fn learn_step(
        &mut self,
        history: &History,
        questions: &[(Question, Vec<u32>)],
        space: &mut Space,
    ) {
        for (question, truth) in questions {
            if 1.0 - draw(*question, u32::MAX) < self.learn_share {
                space.look(history, self, *question, HEAD);
                self.learn_first(space, truth);
                self.learn_evidence(history, *question, space, truth);
            }
        }
        self.beside.sum_up(history);
        if self.cheap[FIT] {
            if let Some((question, _)) = questions.first() {
                space.present.come(history, question.step);
            }
            self.alone.learn_all(history, &space.present, questions);
        }
    }

    /// One step of learning of the first look's weights, by all candidates.
    fn learn_first(&mut self, space: &Space, truth: &[u32]) {
        let all = &space.candidates.found;
        let most = all.iter().map(|c| c.score).fold(f32::MIN, f32::max);
        let mut wrong = 0.0;
        let mut mean = [0.0_f32; CHEAP];
        let counts = |c: &&Candidate| c.score > most - FAR && !truth.contains(&c.entity);
        for candidate in all.iter().filter(counts) {
            let e = (candidate.score - most).exp();
            wrong += e;
            for (mean, x) in mean.iter_mut().zip(&candidate.cheap) {
                *mean += e * x;
            }
        }
        for candidate in all.iter().filter(|c| truth.contains(&c.entity)) {
            let e = (candidate.score - most).exp();
            let learned = self.first.iter_mut().zip(&mut self.squares);
            let seen = candidate.cheap.iter().zip(mean).zip(self.cheap);
            for ((weight, square), ((x, mean), counts)) in learned.zip(seen) {
                if !counts {
                    continue;
                }
                let g = (mean + e * x) / (wrong + e) - x;
                *square += g * g;
                *weight -= RATE * g / square.sqrt();
            }
        }
    }

    /// One step of learning of the weights of single evidence, and of the factors beside it, by the best
    /// candidates. An answer that is not among them teaches nothing: it would only blur the order of
    /// those who are.
    fn learn_evidence(
        &mut self,
        history: &History,
        question: Question,
        space: &mut Space,
        truth: &[u32],
    ) {
        let found = space.candidates.close();
        let head = &space.order;
        let of = |&place: &u32| (found[place as usize].entity, space.scores[place as usize]);
        let right: Vec<bool> = head.iter().map(|p| truth.contains(&of(p).0)).collect();
        if !right.contains(&true) {
            return;
        }
        let most = head.iter().map(|p| of(p).1).fold(f32::MIN, f32::max);
        let exp: Vec<f32> = head.iter().map(|p| (of(p).1 - most).exp()).collect();
        let of_wrong = exp.iter().zip(&right).filter(|(_, right)| !**right);
        let wrong: f32 = of_wrong.map(|(e, _)| e).sum();
        let mut gradients = vec![0.0_f32; head.len()];
        for at in (0..head.len()).filter(|&at| right[at]) {
            let all = wrong + exp[at];
            gradients[at] -= 1.0 - exp[at] / all;
            for other in (0..head.len()).filter(|&other| !right[other]) {
                gradients[other] += exp[other] / all;
            }
        }
        if self.groups[OPEN] {
            let all = head.iter().map(|p| of(p).0).zip(gradients.iter().copied());
            self.beside
                .learn(history, question, &space.asked, &space.met, all);
        }
        for (place, gradient) in head.iter().zip(gradients) {
            if gradient.abs() > SLIGHT {
                let candidate = &space.candidates.close()[*place as usize];
                evidence(
                    history,
                    &space.present,
                    question,
                    candidate,
                    &mut space.evidence,
                );
                self.excitation.learn(&space.evidence, gradient);
            }
        }
    }
}
