//! Choice under budget scenarios: small portfolios against trying everything, and 41 capital projects
//! whose optimum LOGOS (Idaho National Laboratory) published. That file is no part of the repository;
//! where it is absent the test is skipped with a reason.

use std::path::PathBuf;

use demarche_plan::nested::{Item, Portfolio, Scenario};
use demarche_plan::search::Effort;
use proptest::collection::vec;
use proptest::prelude::*;

const SHORT: Effort = Effort {
    chains: 2,
    trials: 2_000,
    rounds: 1,
    seed: 1,
};

prop_compose! {
    fn portfolio()(
        items in vec((1_i64..60, vec(0_i64..6, 2)), 1..=5),
        budgets in vec(vec(0_i64..5, 2), 3),
        weights in vec(1_i64..9, 3),
    ) -> Portfolio {
        let mut there = vec![2, 2];
        Portfolio {
            items: items
                .into_iter()
                .enumerate()
                .map(|(at, (value, costs))| Item { name: at.to_string(), value, costs, mandatory: false })
                .collect(),
            scenarios: budgets
                .into_iter()
                .zip(weights)
                .map(|(more, weight)| {
                    for (there, more) in there.iter_mut().zip(more) {
                        *there += more;
                    }
                    Scenario { weight, budgets: there.clone() }
                })
                .collect(),
        }
    }
}

/// Whether a choice can be paid.
fn payable(portfolio: &Portfolio, done: &[Vec<bool>]) -> bool {
    portfolio
        .scenarios
        .iter()
        .zip(done)
        .all(|(scenario, done)| {
            scenario.budgets.iter().enumerate().all(|(year, &budget)| {
                let items = portfolio.items.iter().zip(done).filter(|(_, done)| **done);
                items.map(|(item, _)| item.costs[year]).sum::<i64>() <= budget
            })
        })
}

/// The most that a choice is worth, trying all; nested or not.
fn by_trying(portfolio: &Portfolio, nested: bool) -> i128 {
    let sets = 1_usize << portfolio.items.len();
    let mut best = 0;
    for a in 0..sets {
        for b in 0..sets {
            for c in 0..sets {
                if nested && (a & !b != 0 || b & !c != 0) {
                    continue;
                }
                let done: Vec<Vec<bool>> = [a, b, c]
                    .iter()
                    .map(|set| {
                        (0..portfolio.items.len())
                            .map(|i| set >> i & 1 == 1)
                            .collect()
                    })
                    .collect();
                if payable(portfolio, &done) {
                    best = best.max(worth(portfolio, &done));
                }
            }
        }
    }
    best
}

fn worth(portfolio: &Portfolio, done: &[Vec<bool>]) -> i128 {
    let scenarios = portfolio.scenarios.iter().zip(done);
    scenarios
        .map(|(scenario, done)| {
            let items = portfolio.items.iter().zip(done).filter(|(_, done)| **done);
            i128::from(scenario.weight * items.map(|(item, _)| item.value).sum::<i64>())
        })
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_portfolios_are_chosen_as_by_trying_all(portfolio in portfolio()) {
        let nested = portfolio.nested(&SHORT, 10_000).unwrap();
        prop_assert_eq!(nested.worth, by_trying(&portfolio, true));
        prop_assert_eq!(nested.bound, nested.worth);
        prop_assert!(payable(&portfolio, &nested.done));
        let apart = portfolio.apart(&SHORT, 10_000).unwrap();
        prop_assert_eq!(apart.worth, by_trying(&portfolio, false));
        prop_assert_eq!(apart.bound, apart.worth);
        prop_assert!(payable(&portfolio, &apart.done));
    }
}

#[test]
fn a_portfolio_that_makes_no_sense_is_told() {
    let good = Portfolio {
        items: vec![Item {
            name: "road".to_owned(),
            value: 5,
            costs: vec![3],
            mandatory: true,
        }],
        scenarios: vec![
            Scenario {
                weight: 1,
                budgets: vec![4],
            },
            Scenario {
                weight: 2,
                budgets: vec![6],
            },
        ],
    };
    let told = |change: &dyn Fn(&mut Portfolio)| {
        let mut portfolio = good.clone();
        change(&mut portfolio);
        portfolio.nested(&SHORT, 10).unwrap_err()[0].to_string()
    };
    assert_eq!(good.nested(&SHORT, 10).unwrap().worth, 15);
    assert!(told(&|p| p.scenarios[1].budgets[0] = 3).contains("poorer"));
    assert!(told(&|p| p.scenarios[0].budgets.push(3)).contains("years"));
    assert!(told(&|p| p.items[0].costs = vec![]).contains("road: 0 costs"));
    assert!(told(&|p| p.items[0].costs = vec![9]).contains("payable"));
    assert!(told(&|p| p.scenarios.clear()).contains("no scenario"));
    assert!(
        told(&|p| p.scenarios.iter_mut().for_each(|s| s.weight = 0)).contains("sum to nothing")
    );
    assert!(told(&|p| p.scenarios[0].weight = -1).contains("-1"));
}

fn file() -> Option<PathBuf> {
    demarche_shared::shared("data/plans/ee41.xml")
}

/// A decimal number in units of one over ten to the power of `digits`; further digits are cut off.
fn decimal(word: &str, digits: usize) -> i64 {
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    format!("{whole}{:0<digits$.digits$}", part)
        .parse()
        .unwrap()
}

/// The projects of EE-41: money in ten-thousandths of a dollar, weights in thousandths.
fn ee41(text: &str) -> Portfolio {
    let part = |name: &str| {
        let from = text.find(&format!("<{name}")).unwrap();
        let from = from + text[from..].find('>').unwrap() + 1;
        &text[from..from + text[from..].find(&format!("</{name}>")).unwrap()]
    };
    let row = |line: &str| -> Vec<i64> { line.split_whitespace().map(|w| decimal(w, 4)).collect() };
    let mandatory: Vec<usize> = part("mandatory")
        .split(',')
        .map(|w| w.trim().parse().unwrap())
        .collect();
    let items = row(part("net_present_values"))
        .into_iter()
        .zip(part("costs").trim().lines());
    let weights = part("probabilities")
        .split(',')
        .map(|w| decimal(w.trim(), 3));
    Portfolio {
        items: items
            .enumerate()
            .map(|(at, (value, costs))| Item {
                name: (at + 1).to_string(),
                value,
                costs: row(costs),
                mandatory: mandatory.contains(&(at + 1)),
            })
            .collect(),
        scenarios: weights
            .zip(part("scenarios").trim().lines())
            .map(|(weight, line)| Scenario {
                weight,
                budgets: row(line),
            })
            .collect(),
    }
}

/// In cents, rounded: worth is in units of a ten-millionth of a dollar.
fn cents(worth: i128) -> i128 {
    (worth + 50_000) / 100_000
}

#[test]
fn forty_one_projects_under_ten_budgets_come_to_the_published_values() {
    let Some(file) = file() else { return };
    let portfolio = ee41(&std::fs::read_to_string(file).unwrap());
    assert_eq!(
        portfolio.items.iter().filter(|item| item.mandatory).count(),
        7
    );
    let effort = Effort {
        trials: 200_000,
        ..Effort::default()
    };
    let nested = portfolio.nested(&effort, 0).unwrap();
    println!(
        "nested: {} cents, at most {}",
        cents(nested.worth),
        cents(nested.bound)
    );
    assert_eq!(cents(nested.worth), 7_171_132_422);
    assert!(payable(&portfolio, &nested.done));
    for pair in nested.done.windows(2) {
        assert!(
            pair[0]
                .iter()
                .zip(&pair[1])
                .all(|(less, more)| more >= less)
        );
    }
    assert_eq!(nested.priorities().len(), 34);
    let effort = Effort {
        trials: 20_000,
        ..Effort::default()
    };
    let apart = portfolio.apart(&effort, 20_000).unwrap();
    assert_eq!(cents(apart.worth), 7_289_563_492);
    // Here the tree proves it.
    assert_eq!(cents(apart.bound), 7_289_563_492);
    assert!(nested.bound >= nested.worth && nested.worth < apart.worth);
}
