//! Temporal rules of what an outlook knows, as sentences would have them.

use serde::Serialize;

use super::Outlook;
use crate::ForecastError;
use crate::memory::ends;
use crate::reasons::rules::{Body, Rule, Rules};
use crate::reasons::walks::RuleCase;

/// An act of a rule: who does what to whom. Those that a rule does not name are X, who is known where
/// it is asked; Y, who is asked for; and Z, a third.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleAct {
    /// Who acts.
    pub source: String,
    /// What is done.
    pub act: String,
    /// Towards whom.
    pub target: String,
}

/// A rule in words: the act that comes, and what was before, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToldRule {
    /// What comes.
    pub head: RuleAct,
    /// After what.
    pub body: Vec<RuleAct>,
}

impl Outlook {
    /// The temporal rules of all that is known. `said` is told how far it is, from 0 to 1.
    ///
    /// # Errors
    /// If the events are not in order.
    pub fn rules(&self, said: impl FnMut(f64)) -> Result<Rules, ForecastError> {
        Rules::learn(&self.graph, &self.graph.facts, said)
    }

    /// The walks of some rules, as [`Rules::cases`] gives them.
    ///
    /// # Errors
    /// If the events are not in order.
    pub fn rule_cases(
        &self,
        rules: &[&Rule],
        said: impl FnMut(f64),
    ) -> Result<Vec<Vec<RuleCase>>, ForecastError> {
        Rules::cases(&self.graph, &self.graph.facts, rules, said)
    }

    /// The events behind a case: what was before, in the order of the rule, and what came if the rule
    /// was right; as places in the history's facts.
    pub fn events_of_case(&self, rule: &Rule, case: &RuleCase) -> Vec<u32> {
        let (who, now) = (case.question.who, case.question.step);
        let body = rule.body.acts(who, case.third, case.answer).into_iter();
        let before = body.map(|act| (act, now - 1));
        let came = (case.right).then_some(((rule.asked, who, case.answer), now));
        let last = |((way, one, other), until): ((u32, u32, u32), i32)| {
            let (source, target) = ends(way, one, other);
            let pair = self.history.memory.find_pair(one, other)?;
            let mut facts = pair.facts.iter().rev().copied();
            facts.find(|&at| {
                let fact = self.fact(at);
                fact.step <= until
                    && (fact.source, fact.act, fact.target) == (source, way / 2, target)
            })
        };
        before.chain(came).filter_map(last).collect()
    }

    /// A rule in words.
    pub fn tell_rule(&self, rule: &Rule) -> ToldRule {
        let act = |way: u32, one: &str, other: &str| {
            let (source, target) = ends(way, one, other);
            RuleAct {
                source: source.to_owned(),
                act: self.act(way / 2).to_owned(),
                target: target.to_owned(),
            }
        };
        let (third, answer) = match rule.body {
            Body::Named { with, answer, .. } => (self.entity(with), self.entity(answer)),
            Body::One { .. } | Body::Two { .. } => ("Z", "Y"),
        };
        let body = rule.body.acts("X", third, answer).into_iter();
        ToldRule {
            head: act(rule.asked, "X", answer),
            body: body.map(|(way, one, other)| act(way, one, other)).collect(),
        }
    }
}
