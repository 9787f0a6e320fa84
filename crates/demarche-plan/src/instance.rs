//! Plain-text instances of choose-and-schedule problems, as benchmarks use them.
//!
//! Numbers apart by white space: activities `n`, periods `T`, resources `K`; `K` limits that hold in
//! each period; for each activity its duration, `K` demands in each period of its life, a theme, a
//! pillar, and `T` values by start, 0 where it may not start; then the number of prerequisites and
//! their pairs; then the number of pairs of which at most one may be done. Activities count from 0.

use crate::problem::{Activity, Fault, Limit, Precedence, Problem, Resource};

/// Reads an instance.
///
/// # Errors
/// What is not a number or not there, with the line; quantities that make no sense.
pub fn read(text: &str) -> Result<Problem, Vec<Fault>> {
    let mut words = text
        .lines()
        .enumerate()
        .flat_map(|(line, text)| text.split_whitespace().map(move |word| (line + 1, word)));
    let mut next = |what: &str| -> Result<i64, Vec<Fault>> {
        let Some((line, word)) = words.next() else {
            return Err(vec![Fault(format!("the file ends where {what} should be"))]);
        };
        word.parse().map_err(|_| {
            vec![Fault(format!(
                "line {line}: \"{word}\" stands where {what} should be, a whole number"
            ))]
        })
    };
    fn count(value: i64, what: &str, most: usize) -> Result<usize, Vec<Fault>> {
        usize::try_from(value)
            .ok()
            .filter(|&value| value <= most)
            .ok_or_else(|| vec![Fault(format!("{what} is {value}; it must be 0 to {most}"))])
    }
    let n = next("the number of activities")?;
    let n = count(
        n,
        "the number of activities",
        crate::problem::MOST_ACTIVITIES,
    )?;
    let periods = next("the number of periods")?;
    let periods = count(
        periods,
        "the number of periods",
        crate::problem::LONGEST_HORIZON,
    )?;
    let kinds = next("the number of resources")?;
    let kinds = count(
        kinds,
        "the number of resources",
        crate::problem::MOST_RESOURCES,
    )?;
    let mut resources = Vec::new();
    for k in 0..kinds {
        let limit = next("a limit")?;
        resources.push(Resource {
            name: format!("resource {k}"),
            limit: Limit::EachPeriod(vec![limit; periods]),
        });
    }
    let mut activities = Vec::new();
    for a in 0..n {
        let duration = next("a duration")?;
        let duration = count(duration, "a duration", crate::problem::LONGEST_HORIZON)?;
        let mut demand = Vec::new();
        for _ in 0..kinds {
            demand.push(vec![next("a demand")?; duration]);
        }
        next("a theme")?;
        next("a pillar")?;
        let mut value = Vec::new();
        for _ in 0..periods {
            let worth = next("a value")?;
            value.push((worth != 0).then_some(worth));
        }
        activities.push(Activity {
            name: format!("activity {a}"),
            duration,
            demand,
            value,
            ..Activity::default()
        });
    }
    let mut pairs = |what: &str| -> Result<Vec<(usize, usize)>, Vec<Fault>> {
        let number = next(what)?;
        let number = count(number, what, 10_000_000)?;
        let mut pairs = Vec::new();
        for _ in 0..number {
            let (a, b) = (next("an activity")?, next("an activity")?);
            let most = n.saturating_sub(1);
            pairs.push((
                count(a, "an activity", most)?,
                count(b, "an activity", most)?,
            ));
        }
        Ok(pairs)
    };
    let precedences = pairs("the number of prerequisites")?
        .into_iter()
        .map(|(before, after)| Precedence {
            before,
            after,
            lag: 0,
        })
        .collect();
    let exclusions = pairs("the number of exclusions")?
        .into_iter()
        .map(|(a, b)| vec![a, b])
        .collect();
    let problem = Problem {
        horizon: periods,
        resources,
        activities,
        precedences,
        exclusions,
        ..Problem::default()
    };
    problem.validate()?;
    Ok(problem)
}
