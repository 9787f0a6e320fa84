//! Learning from one step, in the training part and ever after.

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
pub(super) const HEAD: usize = 64;

/// A number from 0 to 1 that is drawn for a question, or for a candidate of it.
pub(super) fn draw(question: Question, candidate: u32) -> f64 {
    let mut x = u64::from(question.who) << 32 | u64::from(question.way);
    for part in [u64::from(question.step.unsigned_abs()), candidate.into()] {
        x = (x ^ part ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// What a question teaches: how it stood before its step.
pub(super) struct Lesson {
    question: Question,
    /// The gradient of the first look's weights.
    first: [f32; CHEAP],
    /// Those whom the one who asks met lately.
    met: Vec<(u32, f32)>,
    /// The best candidates; none if no answer is among them.
    head: Vec<Standing>,
}

/// How a candidate stood.
#[derive(Clone, Copy)]
struct Standing {
    entity: u32,
    pair: u32,
    /// The score without what factors say beside the single evidence.
    score: f32,
    right: bool,
}

impl Model {
    /// Learns from a step, before it is added to the history. The order of the events means nothing.
    pub(super) fn learn_step(
        &mut self,
        history: &History,
        questions: &[(Question, Vec<u32>)],
        space: &mut Space,
    ) {
        let mut lessons = Vec::new();
        for (question, truth) in questions {
            if self.wants_to_learn(*question) {
                space.look(history, self, *question, HEAD);
                lessons.push(Lesson::of(*question, space, truth));
            }
        }
        self.learn_lessons(history, questions, &lessons, space);
    }

    /// Is a question among those that single evidence is learned from?
    pub(super) fn wants_to_learn(&self, question: Question) -> bool {
        1.0 - draw(question, u32::MAX) < self.learn_share
    }

    /// Learns what the questions of a step teach.
    pub(super) fn learn_lessons(
        &mut self,
        history: &History,
        questions: &[(Question, Vec<u32>)],
        lessons: &[Lesson],
        space: &mut Space,
    ) {
        let Some(step) = questions.first().map(|(question, _)| question.step) else {
            return;
        };
        space.present.come(history, step);
        self.learn_first(lessons);
        for lesson in lessons {
            self.learn_head(history, lesson, space);
        }
        self.beside.sum_up(history);
        if self.cheap[FIT] {
            self.alone.learn_all(history, &space.present, questions);
        }
    }

    /// One step of learning of the weights of single evidence, and of the factors beside it, by the best
    /// candidates.
    fn learn_head(&mut self, history: &History, lesson: &Lesson, space: &mut Space) {
        if lesson.head.is_empty() {
            return;
        }
        let question = lesson.question;
        let asked = self.beside.ask(history, question, &lesson.met);
        let scores = lesson.head.iter().map(|c| match self.groups[OPEN] {
            true => c.score + self.beside.score(&asked, c.entity),
            false => c.score,
        });
        let scores: Vec<f32> = scores.collect();
        let gradients = gradients(&lesson.head, &scores);
        if self.groups[OPEN] {
            let all = lesson.head.iter().map(|c| c.entity);
            let all = all.zip(gradients.iter().copied());
            self.beside
                .learn(history, question, &asked, &lesson.met, all);
        }
        for (candidate, gradient) in lesson.head.iter().zip(gradients) {
            if gradient.abs() > SLIGHT {
                let Standing { entity, pair, .. } = *candidate;
                evidence(
                    history,
                    &space.present,
                    question,
                    entity,
                    pair,
                    &mut space.evidence,
                );
                self.excitation.learn(&space.evidence, gradient);
            }
        }
    }

    /// One step of learning of the first look's weights, by the questions together.
    fn learn_first(&mut self, lessons: &[Lesson]) {
        for at in (0..CHEAP).filter(|&at| self.cheap[at]) {
            let g: f32 = lessons.iter().map(|lesson| lesson.first[at]).sum();
            let square = &mut self.squares[at];
            *square += g * g;
            self.first[at] -= RATE * g / square.sqrt();
        }
    }
}

/// The gradient of the first look's weights, by all candidates, summed up over the true answers.
fn first(space: &Space, truth: &[u32]) -> [f32; CHEAP] {
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
    let mut sum = [0.0; CHEAP];
    for candidate in all.iter().filter(|c| truth.contains(&c.entity)) {
        // Where several are true, the others may be so far behind that nothing is left of them.
        let e = (candidate.score - most).exp().max(f32::MIN_POSITIVE);
        for ((sum, mean), x) in sum.iter_mut().zip(&mean).zip(&candidate.cheap) {
            *sum += (mean + e * x) / (wrong + e) - x;
        }
    }
    sum
}

/// The best candidates as they stand. An answer that is not among them teaches nothing: it would only
/// blur the order of those who are.
fn head(space: &Space, truth: &[u32]) -> Vec<Standing> {
    let found = space.candidates.close();
    let of = |&place: &u32| {
        let Candidate { entity, pair, .. } = found[place as usize];
        Standing {
            entity,
            pair,
            score: space.scores[place as usize] - space.all_sums[place as usize][OPEN],
            right: truth.contains(&entity),
        }
    };
    let head: Vec<Standing> = space.order.iter().take(HEAD).map(of).collect();
    if head.iter().any(|c| c.right) {
        head
    } else {
        Vec::new()
    }
}

/// The gradients of the loss by the scores of candidates.
fn gradients(head: &[Standing], scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let exp: Vec<f32> = scores.iter().map(|s| (s - most).exp()).collect();
    let of_wrong = exp.iter().zip(head).filter(|(_, c)| !c.right);
    let wrong: f32 = of_wrong.map(|(e, _)| e).sum();
    let mut gradients = vec![0.0_f32; head.len()];
    for at in (0..head.len()).filter(|&at| head[at].right) {
        let all = wrong + exp[at];
        gradients[at] -= 1.0 - exp[at] / all;
        for other in (0..head.len()).filter(|&other| !head[other].right) {
            gradients[other] += exp[other] / all;
        }
    }
    gradients
}

impl Lesson {
    /// What a question teaches that was looked at.
    pub(super) fn of(question: Question, space: &Space, truth: &[u32]) -> Self {
        Self {
            question,
            first: first(space, truth),
            met: space.met.clone(),
            head: head(space, truth),
        }
    }
}
