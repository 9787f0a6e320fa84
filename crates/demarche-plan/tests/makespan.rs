//! The shortest time of a project: small ones against trying everything, published ones against
//! their optima. The library is no part of the repository; where it is absent the tests are skipped
//! with a reason.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use demarche_plan::makespan::{Effort, Job, Project, shortest};
use demarche_plan::problem::Precedence;
use demarche_plan::psplib::read;
use proptest::prelude::*;

/// Some jobs with demands on two resources, and arrows from lower to higher numbers.
fn project() -> impl Strategy<Value = Project> {
    let job = (1_usize..=4, 0_i64..=4, 0_i64..=4);
    let arrows = proptest::collection::vec((0_usize..6, 0_usize..6, 0_usize..2), 0..6);
    (proptest::collection::vec(job, 1..=6), 4_i64..=6, arrows).prop_map(
        |(jobs, capacity, arrows)| {
            let n = jobs.len();
            let jobs = jobs
                .into_iter()
                .enumerate()
                .map(|(at, (duration, one, two))| Job {
                    name: at.to_string(),
                    duration,
                    demand: vec![one, two],
                });
            let arrows = arrows.into_iter().filter(|&(a, b, _)| a < b && b < n);
            Project {
                jobs: jobs.collect(),
                capacities: vec![capacity, 5],
                precedences: arrows
                    .map(|(before, after, lag)| Precedence { before, after, lag })
                    .collect(),
            }
        },
    )
}

/// The shortest time, by trying every start of every job that could help.
fn by_trying(project: &Project) -> usize {
    fn go(project: &Project, at: usize, starts: &mut Vec<usize>, best: &mut usize) {
        let n = project.jobs.len();
        let end = |starts: &[usize]| {
            let ends = starts
                .iter()
                .zip(&project.jobs)
                .map(|(s, j)| s + j.duration);
            ends.max().unwrap_or(0)
        };
        if end(starts) >= *best {
            return;
        }
        if at == n {
            *best = end(starts);
            return;
        }
        'starts: for start in 0..*best {
            for wait in project.precedences.iter().filter(|w| w.after == at) {
                if start < starts[wait.before] + project.jobs[wait.before].duration + wait.lag {
                    continue 'starts;
                }
            }
            for t in start..start + project.jobs[at].duration {
                for (k, &capacity) in project.capacities.iter().enumerate() {
                    let taken: i64 = (0..at)
                        .filter(|&j| (starts[j]..starts[j] + project.jobs[j].duration).contains(&t))
                        .map(|j| project.jobs[j].demand[k])
                        .sum();
                    if taken + project.jobs[at].demand[k] > capacity {
                        continue 'starts;
                    }
                }
            }
            starts.push(start);
            go(project, at + 1, starts, best);
            starts.pop();
        }
    }
    let lags: usize = project.precedences.iter().map(|w| w.lag).sum();
    let mut best = 1 + lags + project.jobs.iter().map(|j| j.duration).sum::<usize>();
    go(project, 0, &mut Vec::new(), &mut best);
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn small_projects_are_solved_and_proven(project in project()) {
        let effort = Effort { schedules: 500, ..Effort::default() };
        let found = shortest(&project, &effort).unwrap();
        prop_assert_eq!(found.makespan, by_trying(&project));
        prop_assert!(found.is_optimal(), "bound {}", found.bound);
        prop_assert_eq!(project.makespan(&found.starts), Some(found.makespan));
    }

    #[test]
    fn trees_alone_prove_what_a_poor_search_leaves(project in project()) {
        // Hardly any search: the bound must still never pass the optimum, nor the makespan fall below.
        let effort = Effort { schedules: 1, populations: 1, rounds: 1, nodes: 30, seed: 3 };
        let found = shortest(&project, &effort).unwrap();
        let best = by_trying(&project);
        prop_assert!(found.bound <= best && best <= found.makespan, "{} {} {}", found.bound, best, found.makespan);
    }

    #[test]
    fn any_text_is_read_or_told(text in "[ 0-9a-zA-Z:/*\n]{0,300}") {
        let _ = read(&text);
    }
}

const SMALL: &str = "\
projects                      :  1
jobs (incl. supersource/sink ):  4
horizon                       :  9
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
------------------------------------------------------------------------
  1      1     0       0
  2      1     4       2
  3      1     5       2
  4      1     0       0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1
    3
************************************************************************
";

#[test]
fn a_file_is_read_and_what_is_wrong_is_told_by_line() {
    let project = read(SMALL).unwrap();
    assert_eq!(project.jobs.len(), 2);
    assert_eq!(project.capacities, [3]);
    let found = shortest(&project, &Effort::default()).unwrap();
    assert_eq!((found.makespan, found.bound), (9, 9));
    for (old, new, line, told) in [
        (
            "   3        1          1           4",
            "   3        1          1           9",
            13,
            "no job 9",
        ),
        (
            "   3        1          1           4",
            "   3        1          2           4",
            13,
            "1 successors",
        ),
        (
            "   3        1          1           4",
            "   2        1          1           4",
            13,
            "twice",
        ),
        (
            "   3        1          1           4",
            "   3        2          1           4",
            13,
            "2 modes",
        ),
        (
            "   4        1          0",
            "   4        1          1           3",
            13,
            "after itself",
        ),
        (
            "  3      1     5       2",
            "  3      1     5       7",
            21,
            "needs 7",
        ),
        (
            "  3      1     5       2",
            "  3      1    -5       2",
            21,
            "\"-5\"",
        ),
        (
            "  3      1     5       2",
            "  3      1     5",
            21,
            "0 demands",
        ),
        ("RESOURCEAVAILABILITIES", "NOTHING", 27, "no part"),
        (
            "jobs (incl. supersource/sink ):  4",
            "jobs (incl. supersource/sink ):  x",
            2,
            "\"x\"",
        ),
    ] {
        assert!(SMALL.contains(old));
        let fault = read(&SMALL.replace(old, new)).unwrap_err();
        assert!(fault.text.contains(told), "{fault}");
        assert_eq!(fault.line, line, "{fault}");
    }
}

#[test]
fn a_project_that_cannot_be_done_is_refused() {
    let job = |demand: i64, duration: usize| Job {
        name: "dig".to_owned(),
        duration,
        demand: vec![demand],
    };
    let with = |job: Job| Project {
        jobs: vec![job],
        capacities: vec![2],
        precedences: Vec::new(),
    };
    let told =
        |project: &Project| shortest(project, &Effort::default()).unwrap_err()[0].to_string();
    assert!(told(&with(job(3, 1))).contains("dig: needs 3"));
    assert!(told(&with(job(1, 0))).contains("takes 0 periods"));
    assert!(told(&with(job(-1, 1))).contains("-1"));
    assert!(told(&with(job(1, 20_000))).contains("20000 periods"));
    let mut circle = with(job(1, 1));
    circle.precedences.push(Precedence {
        before: 0,
        after: 0,
        lag: 0,
    });
    assert!(told(&circle).contains("circle"));
    let nothing = shortest(&Project::default(), &Effort::default()).unwrap();
    assert_eq!((nothing.makespan, nothing.bound), (0, 0));
}

fn library() -> Option<PathBuf> {
    demarche_shared::shared("data/psplib")
}

/// The files of a set, taken out of their archive into a folder that goes away with the test.
fn unpacked(folder: &Path, set: &str) -> Option<tempfile::TempDir> {
    let to = tempfile::tempdir().unwrap();
    let archive = folder.join(format!("{set}.tar.gz"));
    let tar = Command::new("tar")
        .arg("xzf")
        .arg(&archive)
        .arg("-C")
        .arg(to.path())
        .status();
    if tar.is_ok_and(|status| status.success()) {
        return Some(to);
    }
    println!("skipped: tar can't open {}", archive.display());
    None
}

/// The best known makespan of each file: the second column of a table, of which the upper end counts
/// where a range stands there.
fn known(folder: &Path, set: &str) -> HashMap<String, (usize, usize)> {
    let text = std::fs::read_to_string(folder.join(format!("{set}-optimum.csv"))).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let (name, value) = line.split_once(',').unwrap();
        let (low, high) = value.split_once("..").unwrap_or((value, value));
        // Of some only the upper end is known.
        let low = low.trim().parse().unwrap_or(0);
        (name.to_owned(), (low, high.trim().parse().unwrap()))
    });
    rows.collect()
}

/// Over every `step`-th file of a set: the mean gap to the best known in percent and how many are
/// proven; fails where a schedule is shorter than the published bound or a bound larger than the
/// published makespan.
fn run(set: &str, step: usize, effort: &Effort) -> Option<(f64, usize, usize)> {
    let folder = library()?;
    let files = unpacked(&folder, set)?;
    let known = known(&folder, set);
    let mut names: Vec<&String> = known.keys().collect();
    names.sort();
    let (mut gap, mut count, mut proven) = (0.0, 0, 0);
    for name in names.into_iter().step_by(step) {
        let (low, high) = known[name];
        let text = std::fs::read_to_string(files.path().join(set).join(name)).unwrap();
        let project = read(&text).unwrap();
        let found = shortest(&project, effort).unwrap();
        assert_eq!(
            project.makespan(&found.starts),
            Some(found.makespan),
            "{name}"
        );
        assert!(
            found.makespan >= low,
            "{name}: {} is below {low}",
            found.makespan
        );
        assert!(
            found.bound <= high,
            "{name}: bound {} above {high}",
            found.bound
        );
        gap += (found.makespan as f64 - high as f64) / high as f64;
        count += 1;
        proven += usize::from(found.is_optimal());
    }
    println!(
        "{set}: {count} projects, mean gap {:.4} %, {proven} proven",
        100.0 * gap / count as f64
    );
    Some((100.0 * gap / count as f64, count, proven))
}

#[test]
fn all_of_j30_come_within_a_thousandth_of_their_optima() {
    let effort = Effort {
        schedules: 10_000,
        ..Effort::default()
    };
    let Some((gap, count, proven)) = run("j30", 1, &effort) else {
        return;
    };
    assert_eq!(count, 480);
    assert!(gap <= 0.1, "{gap}");
    assert!(proven >= 400, "{proven}");
}

#[test]
fn a_sample_of_j60_comes_within_a_hundredth_of_the_best_known() {
    let effort = Effort {
        schedules: 6_000,
        ..Effort::default()
    };
    let Some((gap, ..)) = run("j60", 9, &effort) else {
        return;
    };
    assert!(gap <= 1.0, "{gap}");
}

#[test]
fn the_same_project_gives_the_same_schedule_whichever_thread_is_first() {
    // Tight enough that no bound ends the search early.
    let jobs = (0..24_usize).map(|at| Job {
        name: at.to_string(),
        duration: 1 + at * 7 % 5,
        demand: vec![1 + (at * 5 % 4) as i64, (at * 3 % 5) as i64],
    });
    let arrows = (0..18_usize).map(|at| Precedence {
        before: at,
        after: at + 3 + at % 3,
        lag: 0,
    });
    let project = Project {
        jobs: jobs.collect(),
        precedences: arrows.collect(),
        capacities: vec![5, 6],
    };
    let effort = Effort {
        schedules: 4_000,
        nodes: 50,
        ..Effort::default()
    };
    let one = shortest(&project, &effort).unwrap();
    for _ in 0..5 {
        assert_eq!(one, shortest(&project, &effort).unwrap());
    }
}
