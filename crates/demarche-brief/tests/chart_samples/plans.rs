//! Samples of the charts of plans.

use super::{HEBREW, HOSTILE, KOREAN};
use demarche_brief::chart::{
    Backing, Svg, boxes, coverage, front, load, pathways, schedule, tornado,
};

const LONG: &str = "Yearly presence of Korea and the other Indo-Pacific partners at NATO summits and at foreign and defence ministers meetings";

fn names(hostile: bool) -> [&'static str; 6] {
    match hostile {
        true => [KOREAN, HEBREW, HOSTILE, LONG, "", "A"],
        false => [
            "Liaison officer at Allied Command Transformation",
            LONG,
            "Airworthiness certification",
            "Cyber exercise",
            "Joint research on undersea cables",
            "Military space working group",
        ],
    }
}

fn quarters(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| format!("{}-Q{}", 2026 + (at + 1) / 4, (at + 1) % 4 + 1))
        .collect()
}

fn steps(count: usize, quarters: usize, hostile: bool) -> schedule::Spec {
    let names = names(hostile);
    let item = |i: usize| schedule::Item {
        title: names[i % 6].into(),
        start: (i * 3) % quarters.max(1),
        length: 1 + i % 5,
        state: match i % 3 {
            0 => schedule::State::Proposed,
            1 => schedule::State::Agreed,
            _ => schedule::State::Runs,
        },
        backing: Backing::new(format!("plan.step.{i}"), format!("{}: why", names[i % 6])),
    };
    schedule::Spec {
        title: "What starts when".into(),
        quarters: (0..quarters)
            .map(|at| schedule::Quarter {
                year: 2026 + ((at + 1) / 4) as i16,
                number: ((at + 1) % 4 + 1) as u8,
            })
            .collect(),
        groups: vec![
            schedule::Group {
                name: if hostile { HOSTILE } else { "Starts in 2026" }.into(),
                items: (0..count.div_ceil(2)).map(item).collect(),
            },
            schedule::Group {
                name: "Starts later".into(),
                items: (count.div_ceil(2)..count).map(item).collect(),
            },
        ],
        links: vec![
            schedule::Link {
                before: (0, 0),
                after: (1, 0),
                tight: true,
            },
            schedule::Link {
                before: (0, 0),
                after: (1, 1),
                tight: false,
            },
            // Names nothing; must not harm.
            schedule::Link {
                before: (7, 9),
                after: (1, 99),
                tight: false,
            },
        ],
    }
}

fn loads(panels: usize, count: usize, hostile: bool) -> load::Spec {
    load::Spec {
        title: "People at work against people there are".into(),
        quarters: quarters(count),
        panels: (0..panels)
            .map(|p| load::Panel {
                name: names(hostile)[p % 6].into(),
                unit: if hostile {
                    HOSTILE
                } else {
                    "full-time equivalents"
                }
                .into(),
                bars: (0..count)
                    .map(|at| load::Bar {
                        taken: match (hostile, at) {
                            (true, 0) => f64::NAN,
                            (true, 1) => 1e12,
                            _ => (4 + p) as f64 - if at % 3 == 0 { 0.0 } else { 1.5 },
                        },
                        limit: (4 + p) as f64 + (at / 4) as f64 * if p == 2 { 0.0 } else { 0.5 },
                        price: if at % 5 == 0 && p != 1 {
                            30.0 * at as f64
                        } else {
                            0.0
                        },
                        backing: Backing::new(format!("plan.load.{p}"), format!("quarter {at}")),
                    })
                    .collect(),
                backing: Backing::new(format!("plan.load.{p}"), "pool"),
            })
            .collect(),
    }
}

fn grid(rows: usize, columns: usize, hostile: bool) -> coverage::Spec {
    let name = |i: usize, word: &str| match hostile {
        true => names(true)[i % 6].to_owned(),
        false => format!("{word} {}", i + 1),
    };
    coverage::Spec {
        title: "Initiatives before and after".into(),
        rows_are: "NATO's themes".into(),
        columns_are: "Korea's lines of effort".into(),
        rows: (0..rows).map(|i| name(i, "Theme")).collect(),
        columns: (0..columns).map(|i| name(i, "Line")).collect(),
        enough: 3,
        cells: (0..rows)
            .map(|r| {
                (0..columns)
                    .map(|c| coverage::Cell {
                        linked: (r + c) % 4 != 0,
                        before: if hostile { 123_456 } else { (r * c) % 3 },
                        after: if hostile {
                            123_456
                        } else {
                            (r * c) % 3 + (r + c) % 3
                        },
                        backing: Backing::new(format!("cell.{r}.{c}"), "cell"),
                    })
                    .collect()
            })
            .collect(),
    }
}

fn plans(count: usize, hostile: bool) -> front::Spec {
    front::Spec {
        title: "Benefit against risk".into(),
        across: "exposure taken on, levels".into(),
        upwards: "benefit, points".into(),
        from_zero: !hostile,
        whisker: "no plan with this exposure can be above".into(),
        hollow: "not separated from its neighbour".into(),
        chosen: "the plan of this brief".into(),
        points: (0..count)
            .map(|i| front::Point {
                name: match (hostile, i % 4) {
                    (true, _) => names(true)[i % 6].into(),
                    (false, 0) => format!("plan {}", i + 1),
                    _ => String::new(),
                },
                x: if hostile && i == 0 {
                    f64::NAN
                } else {
                    (i * 7) as f64
                },
                y: 7000.0 * (1.0 - (-(i as f64) / 6.0).exp()),
                bound: (i % 3 > 0)
                    .then_some(7000.0 * (1.0 - (-(i as f64) / 6.0).exp()) + 60.0 * i as f64),
                separated: i % 5 != 2,
                chosen: i + 3 == count,
                backing: Backing::new(format!("plan.front.{i}"), format!("plan {i}")),
            })
            .collect(),
    }
}

fn factors(count: usize, hostile: bool) -> tornado::Spec {
    tornado::Spec {
        title: "What the value of the plan hangs on".into(),
        unit: "value of the plan, points".into(),
        base: 6400.0,
        base_is: "mean of all futures".into(),
        low_is: "lowest fifth of the factor".into(),
        high_is: "highest fifth".into(),
        remark_is: "share of the variance".into(),
        rows: (0..count)
            .map(|i| tornado::Row {
                name: names(hostile)[i % 6].into(),
                low: 6400.0 - 900.0 / (i + 1) as f64 * if i == 3 { -1.0 } else { 1.0 },
                high: if hostile && i == 1 {
                    f64::INFINITY
                } else {
                    6400.0 + 700.0 / (i + 1) as f64
                },
                remark: if hostile {
                    HOSTILE.into()
                } else {
                    format!("{} % [2; 31]", 40 / (i + 1))
                },
                backing: Backing::new(format!("plan.factor.{i}"), "factor"),
            })
            .collect(),
    }
}

fn failures(count: usize, hostile: bool) -> boxes::Spec {
    boxes::Spec {
        title: "Where the plan fails".into(),
        boxes: (0..count)
            .map(|b| boxes::Found {
                name: if hostile {
                    HOSTILE.into()
                } else {
                    format!("Box {}", b + 1)
                },
                remark: if hostile {
                    HOSTILE.into()
                } else {
                    "covers 75 % of the failures; 77 % of its futures fail".into()
                },
                factors: (0..3)
                    .map(|i| boxes::Factor {
                        name: names(hostile)[i % 6].into(),
                        range: if hostile && i == 0 {
                            (f64::NAN, f64::NEG_INFINITY)
                        } else {
                            (0.0, 20.0)
                        },
                        limits: [(12.5, 20.0), (0.0, 0.3), (19.9, 20.0)][i],
                        shown: if hostile && i == 2 {
                            HOSTILE.into()
                        } else {
                            String::new()
                        },
                        remark: "p = 0.0021".into(),
                        backing: Backing::new(format!("plan.box.{b}.{i}"), "factor"),
                    })
                    .collect(),
                backing: Backing::new(format!("plan.box.{b}"), "box"),
            })
            .collect(),
    }
}

fn metro(lines: usize, hostile: bool) -> pathways::Spec {
    pathways::Spec {
        title: "Pathways".into(),
        quarters: quarters(16),
        score_is: "holds in".into(),
        lines: (0..lines)
            .map(|i| pathways::Line {
                name: if i == 0 && !hostile {
                    "The plan as it is".into()
                } else {
                    names(hostile)[i % 6].into()
                },
                from: if i == 0 { 0.0 } else { 2.5 * i as f64 },
                to: match (hostile, i) {
                    (true, 1) => f64::INFINITY,
                    (false, 0) => 9.0,
                    _ => 16.0,
                },
                open: i > 0,
                score: if hostile {
                    HOSTILE.into()
                } else {
                    format!("{} % of futures", 60 + i)
                },
                backing: Backing::new(format!("plan.path.{i}"), "line"),
            })
            .collect(),
        changes: (1..lines)
            .map(|i| pathways::Change {
                at: 2.5 * i as f64,
                from: i / 3,
                to: i,
                name: if hostile {
                    HOSTILE.into()
                } else {
                    ["hostile acts > 8", "two quarters late", "people short"][i % 3].into()
                },
                backing: Backing::new(format!("plan.change.{i}"), "change"),
            })
            .collect(),
    }
}

/// Every sample with its name.
pub fn all() -> Vec<(&'static str, Svg)> {
    vec![
        ("schedule", schedule::draw(&steps(20, 16, false))),
        ("schedule-many", schedule::draw(&steps(52, 20, false))),
        ("schedule-hostile", schedule::draw(&steps(12, 40, true))),
        ("schedule-one", schedule::draw(&steps(1, 1, false))),
        ("schedule-none", schedule::draw(&steps(0, 16, false))),
        ("load", load::draw(&loads(4, 16, false))),
        ("load-hostile", load::draw(&loads(5, 40, true))),
        ("load-one", load::draw(&loads(1, 1, false))),
        ("load-none", load::draw(&loads(0, 16, false))),
        ("coverage", coverage::draw(&grid(5, 9, false))),
        ("coverage-hostile", coverage::draw(&grid(12, 30, true))),
        ("coverage-none", coverage::draw(&grid(0, 9, false))),
        ("front", front::draw(&plans(20, false))),
        ("front-hostile", front::draw(&plans(60, true))),
        ("front-one", front::draw(&plans(1, false))),
        ("front-none", front::draw(&plans(0, false))),
        ("tornado", tornado::draw(&factors(9, false))),
        ("tornado-hostile", tornado::draw(&factors(12, true))),
        ("tornado-one", tornado::draw(&factors(1, false))),
        ("tornado-none", tornado::draw(&factors(0, false))),
        ("boxes", boxes::draw(&failures(2, false))),
        ("boxes-hostile", boxes::draw(&failures(2, true))),
        ("boxes-none", boxes::draw(&failures(0, false))),
        ("pathways", pathways::draw(&metro(5, false))),
        ("pathways-hostile", pathways::draw(&metro(8, true))),
        ("pathways-one", pathways::draw(&metro(1, false))),
        ("pathways-none", pathways::draw(&metro(0, false))),
    ]
}
