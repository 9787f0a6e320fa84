//! Parts of steering by hand and against published figures: trends, chances, tides of acts.

use demarche_plan::steer::trend::{Trend, chance_of, clopper_pearson};
use demarche_plan::steer::world::{Channel, Tide, poisson};

#[test]
fn intervals_of_a_share_as_published() {
    // R: binom.test(2, 10), binom.test(0, 10), binom.test(10, 10).
    for (k, n, low, high) in [
        (2, 10, 0.025_210_73, 0.556_095_5),
        (0, 10, 0.0, 0.308_497_1),
        (10, 10, 0.691_502_9, 1.0),
    ] {
        let found = clopper_pearson(k, n, 0.95);
        assert!((found.0 - low).abs() < 1e-6, "{found:?}");
        assert!((found.1 - high).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn change_is_said_only_where_the_interval_says_it() {
    assert_eq!(Trend::between(10, 30, 20).word(), "rose");
    assert_eq!(Trend::between(30, 10, 20).word(), "fell");
    assert_eq!(Trend::between(18, 22, 20).word(), "no change shown");
    assert_eq!(Trend::between(9, 10, 20).word(), "too few events");
    assert_eq!(Trend::between(0, 25, 20).word(), "rose");
    assert_eq!(Trend::between(0, 0, 0), Trend::TooFew { n: 0, needed: 0 });
}

#[test]
fn chances_are_those_of_the_negative_binomial_by_hand() {
    // One quarter with no act before: r = 1/2, p = 1/2, so P(0) = sqrt(1/2).
    let p0 = 0.5f64.sqrt();
    assert!((chance_of(1, 0, 1).unwrap() - (1.0 - p0)).abs() < 1e-12);
    // P(1) = r (1 - p) P(0) = P(0) / 4.
    assert!((chance_of(2, 0, 1).unwrap() - (1.0 - 1.25 * p0)).abs() < 1e-12);
    assert_eq!(chance_of(0, 5, 7), Some(1.0));
    assert_eq!(chance_of(3, 5, 0), None);
}

fn channel() -> Channel {
    Channel {
        name: String::new(),
        signposts: Vec::new(),
        usual: 4.0,
        actors: Vec::new(),
        answering: 0.0,
        tipping: Some(6.0),
        levels: Vec::new(),
        usually: 1.0,
    }
}

#[test]
fn quantiles_of_the_poisson_law_as_published() {
    // R: qpois(c(0.05, 0.5, 0.95, 0.999), 4); qpois(0.5, 100); qpois(0.975, 500).
    for (rate, u, wanted) in [
        (4.0, 0.05, 1.0),
        (4.0, 0.5, 4.0),
        (4.0, 0.95, 8.0),
        (4.0, 0.999, 11.0),
        (100.0, 0.5, 100.0),
        (500.0, 0.975, 544.0),
        (0.0, 0.99, 0.0),
    ] {
        assert_eq!(poisson(rate, u), wanted, "{rate} {u}");
    }
    assert!(poisson(500.0, 1.0 - f64::EPSILON).is_finite());
}

#[test]
fn a_crossing_brings_a_crisis_unless_it_is_answered() {
    let channel = channel();
    // Luck for 9 acts of a mean of 4, then for 4.
    let (high, mid) = (0.985, 0.5);
    let mut left = Tide::default();
    let mut answered = Tide::default();
    for quarter in 0..9 {
        let luck = if quarter == 1 { high } else { mid };
        left.flow(&channel, 4, 4, 1.0, luck);
        let own = if quarter == 2 { 2 } else { 4 };
        answered.flow(&channel, 4, own, 1.0, luck);
    }
    assert_eq!(
        left.counts,
        [4.0, 9.0, 4.0, 4.0, 12.0, 12.0, 12.0, 12.0, 4.0]
    );
    assert_eq!(
        answered.counts,
        [4.0, 9.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    );
    // Where nothing of the plan is at work, a crossing is no answer to it.
    let mut alone = Tide::default();
    (0..9).for_each(|q| alone.flow(&channel, 4, 0, 1.0, if q == 1 { high } else { mid }));
    assert_eq!(alone.counts[4], 4.0);
}

#[test]
fn what_is_at_work_is_answered_in_its_share() {
    let channel = Channel {
        answering: 0.5,
        usually: 10.0,
        tipping: None,
        usual: 100.0,
        ..channel()
    };
    let mut tide = Tide::default();
    // Twice of what is usual: 100 × (1/2 + 1/2 × 2) = 150; nothing: 50; at double strength 100.
    tide.flow(&channel, 20, 10, 1.0, 0.5);
    tide.flow(&channel, 0, 0, 1.0, 0.5);
    tide.flow(&channel, 0, 0, 2.0, 0.5);
    assert_eq!(tide.counts, [150.0, 50.0, 100.0]);
}
