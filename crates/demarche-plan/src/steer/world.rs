//! The world in which a plan is steered: hostile acts that answer what is at work.
//!
//! A *channel* is a stream of acts that a signpost counts. Its acts of a quarter are Poisson with rate
//!
//! ```text
//! rate = usual × strength × (1 − answering + answering × at work / usually at work) × crisis
//! ```
//!
//! `usual` is the mean of the last whole quarters of the record; `strength` is the future's factor for
//! the actors behind the stream; `answering` is the share of their acts that answers what the partners
//! do, from `[[reaction]]`; `at work` are the levels of exposure to them of everything that is worked
//! on in the quarter, and `usually at work` the same of what runs on the day of writing. `crisis` is 1,
//! or [`SPIRAL`] in a crisis.
//!
//! Where a reaction has a tipping point, a quarter with more acts than that brings a crisis
//! [`WARNING`] quarters later, for [`CRISIS`] quarters, unless by then there was a quarter in which
//! what the plan itself has begun and is at work exposes at most half as much as its most in the
//! [`CRISIS`] quarters up to the crossing.
//!
//! The luck of a quarter is one uniform number for each future, channel and quarter, and the count is
//! the Poisson quantile there: the same future gives the same luck with and without triggers, and a
//! lower rate never gives more acts.

use demarche_case::{Case, Measure, Stream, StreamActs};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::standing::{Standing, level, standings, stream_of};
use crate::execute::Execution;
use crate::scheme::Scheme;

/// By how many times acts grow in a crisis.
pub const SPIRAL: f64 = 3.0;
/// Quarters between a crossing of the tipping point and the crisis.
pub const WARNING: usize = 2;
/// Quarters that a crisis lasts.
pub const CRISIS: usize = 4;
/// No rate is higher. Acts of a quarter.
const HIGHEST_RATE: f64 = 500.0;

/// A stream of acts that answers a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// What it is called.
    pub name: String,
    /// The signposts that count it, positions in the settings.
    pub signposts: Vec<usize>,
    /// Acts of a usual quarter.
    pub usual: f64,
    /// The actors behind it, positions in the execution.
    pub actors: Vec<usize>,
    /// The share of its acts that answers what the partners do, 0 to 1.
    pub answering: f64,
    /// The acts of a quarter beyond which it comes to a crisis.
    pub tipping: Option<f64>,
    /// For each activity, the levels of exposure that it brings while it is worked on.
    pub levels: Vec<i64>,
    /// What is usually at work: the levels of what runs already, at least 1.
    pub usually: f64,
}

/// All channels of a case.
#[derive(Clone, Debug)]
pub struct World {
    /// The channels, in the order of the first signpost that counts each.
    pub channels: Vec<Channel>,
    /// For each signpost, its channel, if it counts acts.
    pub channel_of: Vec<Option<usize>>,
    /// For each activity, whether it ran already.
    pub ran: Vec<bool>,
    /// Where the signposts stand on the day of writing.
    pub standings: Vec<Standing>,
}

impl World {
    /// The world of a case and a scheme.
    #[must_use]
    pub fn of(case: &Case, scheme: &Scheme, execution: &Execution) -> Self {
        let steering = &case.settings.plan.steering;
        let standings = standings(case);
        let mut channels: Vec<Channel> = Vec::new();
        let mut streams: Vec<Stream> = Vec::new();
        let mut channel_of = vec![None; steering.signposts.len()];
        for (at, signpost) in steering.signposts.iter().enumerate() {
            let Measure::Events(watched) = &signpost.measure else {
                continue;
            };
            let Some(stream) = stream_of(case, watched) else {
                continue;
            };
            let known = streams.iter().position(|other| same_acts(other, &stream));
            let channel = known.unwrap_or_else(|| {
                channels.push(channel(case, scheme, execution, &stream, &standings[at]));
                streams.push(stream.into_owned());
                channels.len() - 1
            });
            channels[channel].signposts.push(at);
            channel_of[at] = Some(channel);
        }
        Self {
            channels,
            channel_of,
            ran: scheme.runs.clone(),
            standings,
        }
    }

    /// The luck of a future: a uniform number for each channel and quarter
    /// (`channel * quarters + quarter`). Equal seeds and numbers give equal luck.
    #[must_use]
    pub fn luck(&self, seed: u64, number: usize, quarters: usize) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number as u64);
        (0..self.channels.len() * quarters)
            .map(|_| random.random())
            .collect()
    }
}

/// Whether two streams count the same acts, whatever they are called.
fn same_acts(one: &Stream, other: &Stream) -> bool {
    let acts = |s: &Stream| {
        (
            s.source.clone(),
            s.target.clone(),
            s.either,
            s.acts,
            s.areas.clone(),
        )
    };
    acts(one) == acts(other)
}

fn channel(
    case: &Case,
    scheme: &Scheme,
    execution: &Execution,
    stream: &Stream,
    standing: &Standing,
) -> Channel {
    let whole: Vec<f64> = (standing.quarters.iter())
        .filter(|q| q.is_whole)
        .filter_map(|q| q.value)
        .collect();
    let usual = whole.iter().sum::<f64>() / whole.len().max(1) as f64;
    let known = |code: &String| execution.actors().iter().position(|a| a == code);
    let actors: Vec<usize> = stream.source.iter().filter_map(known).collect();
    // Only hostile acts are taken for answers.
    let hostile = stream.acts == StreamActs::Conflict;
    let reactions: Vec<_> = (case.settings.plan.steering.reactions.iter())
        .filter(|r| hostile && stream.source.contains(&r.actor))
        .collect();
    let answering = reactions
        .iter()
        .map(|r| r.answering as f64 / 100.0)
        .sum::<f64>()
        / stream.source.len().max(1) as f64;
    let levels: Vec<i64> = (scheme.of.iter())
        .map(|&i| {
            let of = |code: &String| i64::from(level(&case.initiatives[i], code));
            stream.source.iter().map(of).sum()
        })
        .collect();
    let usually: i64 = (levels.iter().zip(&scheme.runs))
        .filter(|(_, runs)| **runs)
        .map(|(level, _)| level)
        .sum();
    Channel {
        name: stream.name.clone(),
        signposts: Vec::new(),
        usual,
        actors,
        answering,
        tipping: reactions
            .iter()
            .filter_map(|r| r.tipping)
            .min()
            .map(|t| t as f64),
        levels,
        usually: usually.max(1) as f64,
    }
}

/// How a channel goes in one future.
#[derive(Clone, Debug, Default)]
pub struct Tide {
    /// What of the plan's own was at work in each quarter: levels.
    own: Vec<i64>,
    /// The quarter of a crossing that has not been answered yet, and the levels that count as calm.
    armed: Option<(usize, f64)>,
    /// The quarters of the last crisis.
    crisis: Option<(usize, usize)>,
    /// The acts of each quarter.
    pub counts: Vec<f64>,
}

impl Tide {
    /// The acts of the next quarter: with these levels at work, of which so many are the plan's own,
    /// at this strength, and this luck.
    pub fn flow(&mut self, channel: &Channel, at_work: i64, own: i64, strength: f64, luck: f64) {
        let quarter = self.counts.len();
        self.own.push(own);
        if let (Some(tipping), Some((crossed, calm))) = (channel.tipping, self.armed) {
            debug_assert!(tipping >= 0.0);
            if own as f64 <= calm {
                self.armed = None;
            } else if quarter >= crossed + WARNING {
                self.armed = None;
                self.crisis = Some((quarter + 1, quarter + CRISIS));
            }
        }
        let in_crisis = self
            .crisis
            .is_some_and(|(first, last)| (first..=last).contains(&quarter));
        let answer = channel.answering * at_work as f64 / channel.usually;
        let rate = channel.usual
            * strength
            * (1.0 - channel.answering + answer)
            * if in_crisis { SPIRAL } else { 1.0 };
        let count = poisson(rate.min(HIGHEST_RATE), luck);
        self.counts.push(count);
        let most = (self.own.iter().rev().take(CRISIS))
            .max()
            .copied()
            .unwrap_or(0);
        let upcoming = self.crisis.is_some_and(|(_, last)| last >= quarter);
        if channel.tipping.is_some_and(|tipping| count > tipping)
            && self.armed.is_none()
            && !upcoming
            && most > 0
        {
            self.armed = Some((quarter, most as f64 / 2.0));
        }
    }
}

/// The number below or at which a share `u` of all draws of a Poisson variable lie.
#[must_use]
pub fn poisson(rate: f64, u: f64) -> f64 {
    let mut term = (-rate.max(0.0)).exp();
    let mut sum = term;
    let mut k = 0.0;
    // Where the sum of the terms no longer grows, rounding keeps it from reaching u.
    while sum < u && (k < rate || term > 1e-18) {
        k += 1.0;
        term *= rate / k;
        sum += term;
    }
    k
}
