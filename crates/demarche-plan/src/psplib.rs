//! Projects in the form of the project scheduling library PSPLIB (`.sm`, one mode): jobs with
//! durations, successors and demands on renewable resources (Kolisch & Sprecher, *European Journal of
//! Operational Research* 96, 1996).

use std::fmt;

use crate::makespan::{Job, Project};
use crate::problem::Precedence;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1; the last line where something is missing at the end.
    pub line: usize,
    /// What is wrong, with what would be right.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for Fault {}

fn fault<T>(line: usize, text: impl Into<String>) -> Result<T, Fault> {
    let text = text.into();
    Err(Fault { line, text })
}

/// The most jobs of a file.
const MOST_JOBS: usize = 5_000;

/// A job as it stands in the file.
#[derive(Clone, Debug, Default)]
struct Row {
    successors: Option<Vec<usize>>,
    needs: Option<(usize, Vec<i64>)>,
    line: usize,
}

/// The lines of a file, one after the other.
struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    /// Goes on to the line after the one that begins with `heading`.
    fn seek(&mut self, heading: &str) -> Result<(), Fault> {
        let rest = &self.lines[self.at..];
        match rest
            .iter()
            .position(|line| line.trim().starts_with(heading))
        {
            Some(found) => {
                self.at += found + 1;
                Ok(())
            }
            None => fault(
                self.lines.len(),
                format!("there is no part \"{heading}\" after line {}", self.at),
            ),
        }
    }

    /// The next line that is neither empty nor a rule, unless a part ends there.
    fn next(&mut self) -> Option<(usize, &'a str)> {
        while let Some(&line) = self.lines.get(self.at) {
            let text = line.trim();
            if text.starts_with("***") {
                return None;
            }
            self.at += 1;
            if !text.is_empty() && !text.starts_with("---") {
                return Some((self.at, text));
            }
        }
        None
    }

    /// What stands after the colon in the line that begins with `name`.
    fn number(&self, name: &str) -> Result<usize, Fault> {
        let lines = self.lines.iter().enumerate();
        for (at, line) in lines {
            let text = line.trim().trim_start_matches("- ");
            if !text.starts_with(name) {
                continue;
            }
            let value = text.split_once(':').map_or("", |(_, value)| value);
            let word = value.split_whitespace().next().unwrap_or("");
            return match word.parse() {
                Ok(number) if number <= MOST_JOBS => Ok(number),
                _ => fault(
                    at + 1,
                    format!("\"{word}\" stands where a whole number up to {MOST_JOBS} should be"),
                ),
            };
        }
        fault(self.lines.len(), format!("there is no line \"{name}\""))
    }
}

fn numbers(line: usize, text: &str) -> Result<Vec<i64>, Fault> {
    text.split_whitespace()
        .map(|word| match word.parse::<u32>() {
            Ok(number) => Ok(i64::from(number)),
            Err(_) => fault(
                line,
                format!("\"{word}\" stands where a whole number, 0 or more, should be"),
            ),
        })
        .collect()
}

/// Reads a project. Jobs that take no time, as the first and the last, are left out; who waited for
/// them waits for what they waited for. A job's name is its number in the file.
///
/// # Errors
/// The first thing that is not as the form has it, with its line: parts that are missing, jobs given
/// twice or not at all, several modes, resources that don't renew, demands above the capacity,
/// circles.
pub fn read(text: &str) -> Result<Project, Fault> {
    let mut lines = Lines {
        lines: text.lines().collect(),
        at: 0,
    };
    let count = lines.number("jobs")?;
    let kinds = lines.number("renewable")?;
    for other in ["nonrenewable", "doubly constrained"] {
        if lines.number(other)? > 0 {
            return fault(1, format!("{other} resources can't be planned with"));
        }
    }
    let mut rows = vec![Row::default(); count];
    let job = |line: usize, number: i64| match usize::try_from(number) {
        Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
        _ => fault(line, format!("there is no job {number} among 1 to {count}")),
    };
    lines.seek("PRECEDENCE RELATIONS")?;
    while let Some((line, text)) = lines.next() {
        if text.starts_with("jobnr") {
            continue;
        }
        let words = numbers(line, text)?;
        let [number, modes, successors, rest @ ..] = words.as_slice() else {
            return fault(
                line,
                "a job needs its number, modes and number of successors",
            );
        };
        let at = job(line, *number)?;
        if *modes != 1 {
            return fault(
                line,
                format!("job {number} has {modes} modes; it must have 1"),
            );
        }
        if rest.len() as i64 != *successors {
            return fault(
                line,
                format!(
                    "{} successors are given where {successors} are said",
                    rest.len()
                ),
            );
        }
        if rows[at].successors.is_some() {
            return fault(line, format!("job {number} stands there twice"));
        }
        let rest: Result<Vec<usize>, Fault> = rest.iter().map(|&next| job(line, next)).collect();
        rows[at].successors = Some(rest?);
        rows[at].line = line;
    }
    lines.seek("REQUESTS/DURATIONS")?;
    let mut demand_line = vec![0; count];
    while let Some((line, text)) = lines.next() {
        if text.starts_with("jobnr") {
            continue;
        }
        let words = numbers(line, text)?;
        let [number, _, duration, demand @ ..] = words.as_slice() else {
            return fault(line, "a job needs its number, mode and duration");
        };
        let at = job(line, *number)?;
        if demand.len() != kinds {
            return fault(
                line,
                format!("{} demands are given for {kinds} resources", demand.len()),
            );
        }
        if rows[at].needs.is_some() {
            return fault(line, format!("job {number} stands there twice"));
        }
        rows[at].needs = Some((*duration as usize, demand.to_vec()));
        demand_line[at] = line;
    }
    lines.seek("RESOURCEAVAILABILITIES")?;
    let mut capacities = None;
    while let Some((line, text)) = lines.next() {
        if text.starts_with('R') || text.starts_with('N') {
            continue;
        }
        let words = numbers(line, text)?;
        if words.len() != kinds {
            return fault(
                line,
                format!("{} capacities are given for {kinds} resources", words.len()),
            );
        }
        capacities = Some(words);
        break;
    }
    let Some(capacities) = capacities else {
        return fault(lines.lines.len(), "there are no capacities");
    };
    let mut jobs = Vec::with_capacity(count);
    let mut after: Vec<Vec<usize>> = Vec::with_capacity(count);
    for (at, row) in rows.iter().enumerate() {
        let (Some(successors), Some((duration, demand))) = (&row.successors, &row.needs) else {
            return fault(
                lines.lines.len(),
                format!("job {} lacks its successors or its duration", at + 1),
            );
        };
        let over = demand.iter().zip(&capacities).find(|(d, c)| d > c);
        if let (Some((demand, capacity)), 1..) = (over, *duration) {
            return fault(
                demand_line[at],
                format!("job {} needs {demand} where there are {capacity}", at + 1),
            );
        }
        after.push(successors.clone());
        jobs.push(Job {
            name: (at + 1).to_string(),
            duration: *duration,
            demand: demand.clone(),
        });
    }
    if let Some(at) = circle(&after) {
        return fault(
            rows[at].line,
            format!("job {} comes, by its successors, after itself", at + 1),
        );
    }
    Ok(without_instants(jobs, after, capacities))
}

/// A job that comes after itself.
fn circle(after: &[Vec<usize>]) -> Option<usize> {
    let mut open = vec![0; after.len()];
    for &next in after.iter().flatten() {
        open[next] += 1;
    }
    let mut ready: Vec<usize> = (0..after.len()).filter(|&at| open[at] == 0).collect();
    let mut done = 0;
    while let Some(at) = ready.pop() {
        done += 1;
        for &next in &after[at] {
            open[next] -= 1;
            if open[next] == 0 {
                ready.push(next);
            }
        }
    }
    if done == after.len() {
        return None;
    }
    // Among those that are never free are some that only follow a circle: walk until one comes again.
    let mut seen = vec![false; after.len()];
    let mut at = (0..after.len()).find(|&at| open[at] > 0)?;
    while !seen[at] {
        seen[at] = true;
        at = (0..after.len()).find(|&b| open[b] > 0 && after[b].contains(&at))?;
    }
    Some(at)
}

/// Leaves out jobs that take no time.
fn without_instants(jobs: Vec<Job>, mut after: Vec<Vec<usize>>, capacities: Vec<i64>) -> Project {
    for at in 0..jobs.len() {
        if jobs[at].duration > 0 {
            continue;
        }
        let beyond = std::mem::take(&mut after[at]);
        for list in &mut after {
            if let Some(place) = list.iter().position(|&next| next == at) {
                list.swap_remove(place);
                for &next in &beyond {
                    if !list.contains(&next) {
                        list.push(next);
                    }
                }
            }
        }
    }
    let kept: Vec<usize> = (0..jobs.len())
        .filter(|&at| jobs[at].duration > 0)
        .collect();
    let mut number = vec![0; jobs.len()];
    for (new, &old) in kept.iter().enumerate() {
        number[old] = new;
    }
    let mut precedences = Vec::new();
    for &at in &kept {
        let mut list = after[at].clone();
        list.sort_unstable();
        list.dedup();
        precedences.extend(list.iter().map(|&next| Precedence {
            before: number[at],
            after: number[next],
            lag: 0,
        }));
    }
    Project {
        jobs: jobs.into_iter().filter(|job| job.duration > 0).collect(),
        precedences,
        capacities,
    }
}
