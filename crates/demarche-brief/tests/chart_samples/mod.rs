//! One or more samples of every kind of chart: likely data, hostile data, hardly any, none.

mod plans;

use demarche_brief::chart::{
    Backing, Svg, Value, balance, curves, diverging, dumbbell, gantt, heatmap, lines, matrix,
    network, slope, small_multiples, timeline,
};
use jiff::civil::{Date, date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Titles that try to get out of their place.
pub const HOSTILE: &str =
    "<script>alert('x')</script> & \"quotes\" =HYPERLINK(\"a\") $#[boom] *bold* \u{202e}txet";
const KOREAN: &str =
    "대한민국과 북대서양조약기구의 개별 맞춤형 동반자 협력 프로그램 체결 및 이행 점검 회의";
const HEBREW: &str = "שיתוף פעולה בין קוריאה לבין ברית נאט״ו בתחום הסייבר";

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(20_260_131)
}

fn value(v: f64, half: f64, n: usize, id: &str) -> Value {
    Value {
        value: Some(v),
        interval: (half > 0.0).then_some((v - half, v + half)),
        n,
        backing: Backing::new(id, format!("{id}: {v:.2} (n = {n})")),
    }
}

fn few(n: usize) -> Value {
    Value {
        n,
        backing: Backing::note("too few events (n = 7, at least 30 needed)"),
        ..Value::default()
    }
}

fn bars(from: i16, to: i16, level: impl Fn(f64) -> f64) -> Vec<timeline::Bar> {
    let mut rng = rng();
    let mut out = Vec::new();
    for year in from..to {
        for quarter in 0..4i8 {
            let first = date(year, quarter * 3 + 1, 1);
            let next = if quarter == 3 {
                date(year + 1, 1, 1)
            } else {
                date(year, quarter * 3 + 4, 1)
            };
            let mean = level(f64::from(year) + f64::from(quarter) / 4.0);
            let mut part = |share: f64, what: &str| timeline::Part {
                count: (mean * share * (0.4 + 1.2 * rng.random::<f64>())).floor(),
                backing: Backing::new(
                    format!("{what}.{year}q{}", quarter + 1),
                    format!("{year} Q{}: {what}", quarter + 1),
                ),
            };
            out.push(timeline::Bar {
                from: first,
                to: next,
                verbal_cooperation: part(0.7, "verbal cooperation"),
                material_cooperation: part(0.3, "material cooperation"),
                verbal_conflict: part(0.2, "verbal conflict"),
                material_conflict: part(0.08, "material conflict"),
            });
        }
    }
    out
}

fn milestone(day: Date, label: &str) -> timeline::Milestone {
    timeline::Milestone {
        date: day,
        label: label.into(),
        backing: Backing::new(format!("event.{day}"), format!("{day}: {label}")),
    }
}

fn timeline_likely() -> timeline::Spec {
    let day = |y, m, d| date(y, m, d);
    timeline::Spec {
        title: "Korea and NATO: events per quarter, with phases and change points".into(),
        unit: "events per quarter".into(),
        from: day(2005, 1, 1),
        to: day(2027, 1, 1),
        bars: bars(2005, 2027, |t| {
            if t < 2012.5 {
                3.0
            } else if t < 2022.25 {
                6.0
            } else {
                26.0
            }
        }),
        phases: [
            (day(2005, 1, 1), day(2012, 9, 1), "First contacts", 2.8),
            (
                day(2012, 9, 1),
                day(2020, 12, 1),
                "Partner across the globe",
                5.9,
            ),
            (day(2020, 12, 1), day(2022, 5, 1), "AP4", 9.0),
            (day(2022, 5, 1), day(2027, 1, 1), "Institutions", 24.6),
        ]
        .into_iter()
        .map(|(from, to, name, mean)| timeline::Phase {
            from,
            to,
            name: name.into(),
            mean: Some(mean),
            backing: Backing::new(format!("phase.{from}"), format!("{name}: mean {mean}")),
        })
        .collect(),
        breaks: [
            (day(2012, 9, 1), day(2011, 1, 1), day(2013, 9, 1)),
            (day(2020, 12, 1), day(2020, 3, 1), day(2021, 9, 1)),
            (day(2022, 5, 1), day(2022, 2, 1), day(2022, 8, 1)),
        ]
        .into_iter()
        .map(|(at, low, high)| timeline::Break {
            date: at,
            interval: Some((low, high)),
            backing: Backing::new(
                format!("break.{at}"),
                format!("Change point {at}, between {low} and {high}"),
            ),
        })
        .collect(),
        milestones: vec![
            milestone(
                day(2012, 9, 20),
                "First Individual Partnership and Cooperation Programme",
            ),
            milestone(day(2022, 6, 29), "President at the Madrid summit"),
            milestone(day(2022, 11, 22), "Mission to NATO opens"),
            milestone(
                day(2023, 7, 11),
                "Individually Tailored Partnership Programme agreed in Vilnius",
            ),
            milestone(day(2022, 5, 5), "Joins CCDCOE"),
            milestone(day(2005, 11, 1), "Foreign minister speaks to the Council"),
            milestone(day(2024, 7, 10), "IP4 flagship projects"),
            milestone(day(2010, 4, 1), "Troops to ISAF"),
            milestone(day(2017, 12, 1), KOREAN),
            milestone(
                day(2024, 10, 18),
                "Briefing on North Korean troops in Russia",
            ),
            milestone(day(2026, 9, 14), "Defence industry dialogue"),
        ],
    }
}

fn timeline_hostile() -> timeline::Spec {
    let mut spec = timeline_likely();
    spec.title = format!("{HOSTILE} {KOREAN}");
    spec.phases[1].name = HOSTILE.into();
    spec.milestones = (0..60)
        .map(|i| {
            milestone(
                date(2022, 6, 29),
                &format!(
                    "Label {i} in the same place {}",
                    if i % 2 == 0 { HEBREW } else { HOSTILE }
                ),
            )
        })
        .collect();
    spec.bars[80].verbal_cooperation.count = f64::NAN;
    spec
}

fn small(panels: usize, look: small_multiples::Look) -> small_multiples::Spec {
    const AREAS: [&str; 20] = [
        "Political dialogue",
        "Military cooperation",
        "Cyber defence",
        "Arms transfers and industry",
        "Non-proliferation",
        "Maritime security",
        "Emerging technologies",
        "Interoperability",
        "Science for peace",
        "Women, peace and security",
        "Climate and security",
        "Counter-terrorism",
        "Hybrid threats",
        "Space",
        "Ukraine",
        "Public diplomacy",
        KOREAN,
        HEBREW,
        HOSTILE,
        "Energy",
    ];
    let mut rng = rng();
    small_multiples::Spec {
        title: "Events by area".into(),
        unit: "events per year".into(),
        years: (2012, 2026),
        look,
        panels: (0..panels)
            .map(|i| {
                let level = 24.0 / (1.0 + i as f64);
                let years: Vec<small_multiples::Year> = (2012..=2026i16)
                    .map(|year| small_multiples::Year {
                        year,
                        value: (level * f64::from(year - 2011) / 10.0 * rng.random::<f64>())
                            .round(),
                        conflict: if i % 4 == 3 {
                            (4.0 * rng.random::<f64>()).floor()
                        } else {
                            0.0
                        },
                        backing: Backing::new(format!("area.{i}.{year}"), format!("{year}")),
                    })
                    .collect();
                small_multiples::Panel {
                    name: AREAS[i % 20].into(),
                    n: years.iter().map(|y| (y.value + y.conflict) as usize).sum(),
                    backing: Backing::new(format!("area.{i}"), AREAS[i % 20]),
                    years,
                }
            })
            .collect(),
    }
}

fn heat(likely: bool) -> heatmap::Spec {
    let mut rng = rng();
    let rows = [
        "Politics",
        "Economics/Resources",
        "Technology",
        "Environment",
        "Human",
    ];
    let columns = [
        "Regional order built on norms and rules",
        "Rule of law and human rights",
        "Non-proliferation and counter-terrorism",
        "Comprehensive security cooperation",
        "Economic security networks",
        "Critical science and technology, digital gap",
        "Climate change and energy security",
        "Contributive diplomacy through development cooperation",
        "Mutual understanding and exchanges",
    ];
    let codes = ["MAR", "CYB", "SUP", "NET0", "HEA", "EDT", "WPS"];
    heatmap::Spec {
        title: "Where the two frameworks meet: events and initiatives".into(),
        unit: "events since 2022".into(),
        rows_are: "NATO's themes".into(),
        columns_are: "Korea's lines of effort".into(),
        rows: rows
            .iter()
            .enumerate()
            .map(|(i, r)| {
                if !likely && i == 2 {
                    HOSTILE.into()
                } else {
                    (*r).into()
                }
            })
            .collect(),
        columns: columns
            .iter()
            .enumerate()
            .map(|(i, c)| {
                if !likely && i % 3 == 1 {
                    KOREAN.into()
                } else {
                    (*c).into()
                }
            })
            .collect(),
        cells: (0..5)
            .map(|r| {
                (0..9)
                    .map(|c| {
                        let linked = rng.random::<f64>() < 0.6;
                        let mut count = if linked && rng.random::<f64>() < 0.7 {
                            (1.0 / (0.01 + rng.random::<f64>()) * 1.4) as usize
                        } else {
                            0
                        };
                        if !likely && r == 0 && c == 0 {
                            count = 1_234_567;
                        }
                        let planned = if linked && rng.random::<f64>() < 0.5 {
                            2 + c
                        } else {
                            0
                        };
                        let many = if likely { (r + c) % 3 } else { 9 };
                        heatmap::Cell {
                            linked,
                            count,
                            planned,
                            codes: (0..many).map(|k| codes[(k + c) % 7].to_owned()).collect(),
                            gap: linked && count == 0 && planned == 0,
                            backing: Backing::new(
                                format!("cell.{r}.{c}"),
                                format!(
                                    "{} × {}: {count} events, {planned} planned",
                                    rows[r], columns[c]
                                ),
                            ),
                        }
                    })
                    .collect()
            })
            .collect(),
    }
}

fn net(panels: usize, count: usize, heap: bool) -> network::Spec {
    const NAMES: [&str; 12] = [
        "Korea",
        "NATO",
        "United States",
        "Japan",
        "China",
        "Russia",
        "North Korea",
        "Australia",
        "India",
        "Ukraine",
        "European Union",
        "Viet Nam",
    ];
    let mut rng = rng();
    network::Spec {
        title: "Blocs in each phase".into(),
        reading: "Size of a mark: events of the actor. Width of a line: events of the pair. Ringed: the two partners.".into(),
        blocs: vec!["Bloc around the United States".into(), "Bloc around China".into(), "ASEAN".into(), HOSTILE.into()],
        panels: (0..panels)
            .map(|p| {
                let nodes: Vec<network::Node> = (0..count)
                    .map(|i| network::Node {
                        name: if i < 12 { NAMES[i].into() } else if i == 13 { KOREAN.into() } else { format!("Actor {i}") },
                        x: if heap { 0.5 } else { rng.random() },
                        y: if heap { 0.5 } else { rng.random() },
                        weight: 100.0 / (1.0 + i as f64),
                        bloc: match i { 4..=6 => Some(1), 11 | 8 => Some(2), 13 => Some(3), 9 => None, _ => Some(0) },
                        highlight: i < 2,
                        backing: Backing::new(format!("node.{p}.{i}"), format!("{i}: 12 events")),
                    })
                    .collect();
                let edges = (0..count * 2)
                    .map(|k| {
                        let (a, b) = (rng.random_range(0..count), rng.random_range(0..count));
                        let side = |i: usize| (4..=6).contains(&i);
                        network::Edge {
                            a,
                            b,
                            weight: 20.0 / (1.0 + k as f64),
                            conflict: side(a) != side(b),
                            backing: Backing::new(format!("edge.{p}.{k}"), format!("{a} and {b}")),
                        }
                    })
                    .collect();
                network::Panel { name: format!("Phase {}: 20{}2–20{}1", p + 1, p, p + 1), note: "modularity 0.31".into(), nodes, edges }
            })
            .collect(),
    }
}

fn dumb(before: bool, hostile: bool) -> dumbbell::Spec {
    let panel = |name: &str, unit: &str, domain, top: f64| {
        let names = if hostile {
            [KOREAN, HEBREW, HOSTILE, "NZ"]
        } else {
            ["Korea", "Japan", "Australia", "New Zealand"]
        };
        dumbbell::Panel {
            name: name.into(),
            unit: unit.into(),
            domain,
            rows: names
                .iter()
                .enumerate()
                .map(|(i, actor)| dumbbell::Row {
                    name: (*actor).into(),
                    highlight: i == 0,
                    now: if i == 3 && before {
                        few(7)
                    } else {
                        value(
                            top * (0.8 - 0.19 * i as f64),
                            top * 0.12,
                            312 - 90 * i,
                            &format!("{name}.{i}"),
                        )
                    },
                    before: before.then(|| {
                        if i == 2 {
                            few(3)
                        } else {
                            value(
                                top * (0.3 + 0.1 * i as f64),
                                0.0,
                                40,
                                &format!("{name}.{i}.before"),
                            )
                        }
                    }),
                })
                .collect(),
        }
    };
    dumbbell::Spec {
        title: "Korea and the other partners on the same measures".into(),
        now: "2022–2026".into(),
        before: "2012–2021".into(),
        whisker: "95 % interval".into(),
        panels: vec![
            panel(
                "Share of all the actor's events",
                "share, 0 to 1",
                Some((0.0, 0.5)),
                0.5,
            ),
            panel("Depth", "material share of cooperation", None, 0.4),
            panel("Breadth", "effective number of areas", None, 11.0),
            panel(
                "Net cooperation",
                "Goldstein points an event",
                Some((-10.0, 10.0)),
                8.0,
            ),
            panel(
                if hostile { HOSTILE } else { "Reciprocity" },
                "0 to 1",
                Some((0.0, 1.0)),
                1.0,
            ),
        ],
    }
}

fn sloped(actors: usize, periods: usize, same: bool) -> slope::Spec {
    let names = [
        "Korea",
        "Japan",
        "Australia",
        "New Zealand",
        KOREAN,
        HEBREW,
        HOSTILE,
    ];
    slope::Spec {
        title: "Breadth before and after 2022".into(),
        unit: "effective number of areas".into(),
        periods: (0..periods)
            .map(|p| format!("20{:02}–20{:02}", 2 + 10 * p, 11 + 10 * p))
            .collect(),
        actors: (0..actors)
            .map(|i| slope::Actor {
                name: if i < names.len() {
                    names[i].into()
                } else {
                    format!("Actor {i}")
                },
                highlight: i == 0,
                values: (0..periods)
                    .map(|p| {
                        if i == 3 && p == 0 {
                            few(4)
                        } else {
                            let v = if same {
                                3.0
                            } else {
                                2.0 + 1.3 * p as f64 + (i * 7 % 5) as f64 * 0.4
                            };
                            value(v, 0.0, 50, &format!("slope.{i}.{p}"))
                        }
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn answers(count: usize, hostile: bool) -> matrix::Spec {
    let mut rng = rng();
    let names = [
        "Korea–NATO: political",
        "Korea–NATO: military and security",
        "Korea–NATO: industry and technology",
        "United States with Korea and the partners",
        "China against Korea, NATO, Japan",
        KOREAN,
        HEBREW,
        HOSTILE,
    ];
    let name = |i: usize| {
        let at = if hostile {
            names.len() - 1 - i % names.len()
        } else {
            i
        };
        names.get(at).map_or(format!("Stream {i}"), |n| (*n).into())
    };
    let cells = (0..count)
        .map(|r| {
            (0..count)
                .map(|c| match rng.random::<f64>() {
                    v if v < 0.15 => matrix::Cell {
                        shown: if hostile {
                            HOSTILE.into()
                        } else {
                            "too few".into()
                        },
                        ..matrix::Cell::default()
                    },
                    v => matrix::Cell {
                        value: Some(if hostile && r == c {
                            f64::NAN
                        } else {
                            v - 0.15
                        }),
                        shown: format!("{:.2}", v - 0.15),
                        interval: format!("{:.2}–{:.2}", (v - 0.3).max(0.0), v + 0.2),
                        sure: v > 0.8,
                        backing: Backing::new(format!("m.{r}.{c}"), "events set off"),
                    },
                })
                .collect()
        })
        .collect();
    matrix::Spec {
        title: "What sets off what".into(),
        unit: "events set off by one event".into(),
        rows_are: "events that answer".into(),
        columns_are: "events that set off".into(),
        rows: (0..count).map(name).collect(),
        columns: (0..count).map(name).collect(),
        cells,
    }
}

fn curved(count: usize, dots: bool) -> curves::Spec {
    let curve = |i: usize| curves::Curve {
        name: match i {
            1 => KOREAN.into(),
            2 => HOSTILE.into(),
            i => format!("Curve {i}"),
        },
        highlight: i == 0,
        dots,
        points: (0..40)
            .map(|k| {
                let x = f64::from(k) / 8.0;
                let y = match dots {
                    true => x * 1.1,
                    false => (-x / (1.0 + i as f64)).exp() - 0.1 * i as f64,
                };
                let y = if k == 20 { f64::NAN } else { y };
                curves::Point {
                    x,
                    y,
                    band: (i == 0 && !dots).then_some((y - 0.1, y + 0.2)),
                }
            })
            .collect(),
        backing: Backing::new(format!("curve.{i}"), "a curve"),
    };
    curves::Spec {
        title: "For how long".into(),
        unit: "events a day set off by one event".into(),
        across: "days since".into(),
        diagonal: dots,
        curves: (0..count).map(curve).collect(),
    }
}

fn lined(count: usize, same: bool) -> lines::Spec {
    let names = [
        "Korea – NATO",
        "Japan – NATO",
        "Australia – NATO",
        "New Zealand – NATO",
        KOREAN,
        HEBREW,
        HOSTILE,
    ];
    let mut rng = rng();
    lines::Spec {
        title: "Similarity of conflict profiles".into(),
        unit: "cosine similarity, 0 to 1".into(),
        domain: Some((0.0, 1.0)),
        reference: Some((0.5, "as alike as two actors drawn at random".into())),
        series: (0..count)
            .map(|i| lines::Series {
                name: if i < names.len() {
                    names[i].into()
                } else {
                    format!("Series {i}")
                },
                highlight: i == 0,
                points: (2008..=2026i16)
                    .map(|year| {
                        let v = if same {
                            0.7
                        } else {
                            (0.2 + 0.03 * f64::from(year - 2008)
                                + 0.1 * i as f64
                                + 0.1 * rng.random::<f64>())
                            .min(1.0)
                        };
                        let gap = match i {
                            1 => (2012..=2015).contains(&year),
                            2 => year % 7 == 0,
                            _ => false,
                        };
                        (
                            year,
                            if !gap {
                                value(
                                    v,
                                    if i < 2 { 0.08 } else { 0.0 },
                                    44,
                                    &format!("line.{i}.{year}"),
                                )
                            } else {
                                few(2)
                            },
                        )
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn ledger(rows: usize, conflict: bool) -> diverging::Spec {
    let names = [
        "NATO",
        "United States",
        "Poland",
        "Political dialogue and consultations",
        "North Korea",
        "Russia",
        KOREAN,
        HEBREW,
        HOSTILE,
    ];
    diverging::Spec {
        title: "Korea's ledger by partner".into(),
        unit: "events since 2022".into(),
        rows: (0..rows)
            .map(|i| {
                let hot = conflict && (i == 4 || i == 5);
                diverging::Row {
                    name: names[i % names.len()].into(),
                    highlight: i == 0,
                    verbal_cooperation: if hot { 2.0 } else { (140 / (i + 1)) as f64 },
                    material_cooperation: if hot { 0.0 } else { (70 / (i + 1)) as f64 },
                    cooperation: Backing::new(format!("ledger.{i}.up"), "cooperation"),
                    verbal_conflict: if hot {
                        61.0
                    } else if conflict {
                        (i % 3) as f64
                    } else {
                        0.0
                    },
                    material_conflict: if hot { 24.0 } else { 0.0 },
                    conflict: Backing::new(format!("ledger.{i}.down"), "conflict"),
                }
            })
            .collect(),
    }
}

fn hedging() -> balance::Spec {
    let names = [
        "India",
        "Viet Nam",
        "Indonesia",
        "Philippines",
        "Mongolia",
        KOREAN,
        HOSTILE,
        "Fiji",
    ];
    balance::Spec {
        title: "Third states between the two sides".into(),
        unit: "balance of cooperation, 2022–2026".into(),
        left: "China and Russia".into(),
        right: "United States and its partners".into(),
        rows: names
            .iter()
            .enumerate()
            .map(|(i, name)| balance::Row {
                name: (*name).into(),
                highlight: i == 0,
                value: if i == 4 {
                    few(7)
                } else {
                    value(
                        0.9 - 0.27 * i as f64,
                        0.2,
                        90 - 9 * i,
                        &format!("hedge.{i}"),
                    )
                },
            })
            .collect(),
    }
}

fn plan(hostile: bool) -> gantt::Spec {
    use gantt::Outcome;
    let item = |title: &str, start, soft, due, outcome| gantt::Item {
        title: title.into(),
        start,
        soft_until: soft,
        due,
        outcome,
        backing: Backing::new(format!("initiative.{}", title.len()), title.to_owned()),
    };
    let mut groups = vec![
        gantt::Group {
            name: "Done".into(),
            items: vec![
                item(
                    "Open a Korean diplomatic mission to NATO",
                    Some(date(2022, 6, 29)),
                    None,
                    Some(date(2022, 12, 31)),
                    Outcome::Delivered(Some(date(2022, 11, 22))),
                ),
                item(
                    "Join the Cooperative Cyber Defence Centre of Excellence",
                    Some(date(2019, 1, 1)),
                    Some(date(2020, 1, 1)),
                    None,
                    Outcome::Delivered(Some(date(2022, 5, 5))),
                ),
            ],
        },
        gantt::Group {
            name: "Running".into(),
            items: vec![
                item(
                    "Yearly presence of Korea and the other Indo-Pacific partners at NATO summits and at foreign and defence ministers meetings",
                    Some(date(2022, 6, 29)),
                    None,
                    Some(date(2027, 6, 30)),
                    Outcome::Recurring,
                ),
                item(
                    "Airworthiness certification",
                    Some(date(2024, 7, 11)),
                    None,
                    Some(date(2025, 12, 31)),
                    Outcome::Overdue,
                ),
                item(
                    "Policy consultation",
                    Some(date(2008, 1, 1)),
                    Some(date(2009, 1, 1)),
                    None,
                    Outcome::Recurring,
                ),
                item(
                    "Science for Peace projects",
                    Some(date(2023, 3, 1)),
                    None,
                    None,
                    Outcome::Open,
                ),
                item(
                    "Dropped idea",
                    Some(date(2020, 3, 1)),
                    None,
                    Some(date(2021, 3, 1)),
                    Outcome::Dropped,
                ),
            ],
        },
        gantt::Group {
            name: "Proposed".into(),
            items: vec![
                item(
                    "Liaison officer at Allied Command Transformation",
                    None,
                    None,
                    None,
                    Outcome::Open,
                ),
                item(
                    "Joint exercise",
                    Some(date(2027, 1, 1)),
                    Some(date(2027, 7, 1)),
                    Some(date(2028, 6, 30)),
                    Outcome::Open,
                ),
            ],
        },
    ];
    if hostile {
        groups[1].name = HOSTILE.into();
        for title in [
            KOREAN,
            HEBREW,
            HOSTILE,
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsfeierlichkeit",
        ] {
            groups[1].items.push(item(
                title,
                Some(date(2024, 2, 1)),
                Some(date(2024, 3, 1)),
                Some(date(2026, 11, 23)),
                Outcome::Delivered(None),
            ));
        }
    }
    gantt::Spec {
        title: "Initiatives and what they have delivered".into(),
        as_of: date(2026, 11, 23),
        span: None,
        groups,
    }
}

/// Every sample with its name.
pub fn all() -> Vec<(&'static str, Svg)> {
    let mut one_bar = timeline_likely();
    one_bar.bars = bars(2022, 2023, |_| 3.0);
    one_bar.bars.truncate(1);
    one_bar.bars[0].verbal_cooperation.count = 1.0;
    one_bar.milestones.truncate(1);
    one_bar.phases.clear();
    one_bar.breaks.clear();
    let mut no_bars = one_bar.clone();
    no_bars.bars.clear();
    no_bars.milestones.clear();
    let mut lonely = lined(1, true);
    lonely.series[0].points.truncate(1);
    let mut unknown = lined(2, false);
    unknown
        .series
        .iter_mut()
        .flat_map(|s| &mut s.points)
        .for_each(|p| p.1.value = Some(f64::NAN));
    let empty_gantt = gantt::Spec {
        groups: Vec::new(),
        ..plan(false)
    };
    let mut one_balance = hedging();
    one_balance.rows.truncate(1);
    let empty_balance = balance::Spec {
        rows: Vec::new(),
        ..hedging()
    };
    let mut one_net = net(1, 1, false);
    one_net.panels[0].edges.clear();
    let mut all = vec![
        ("timeline", timeline::draw(&timeline_likely())),
        ("timeline-hostile", timeline::draw(&timeline_hostile())),
        ("timeline-one", timeline::draw(&one_bar)),
        ("timeline-none", timeline::draw(&no_bars)),
        (
            "small-multiples",
            small_multiples::draw(&small(20, small_multiples::Look::Bars)),
        ),
        (
            "small-multiples-area",
            small_multiples::draw(&small(8, small_multiples::Look::Area)),
        ),
        (
            "small-multiples-one",
            small_multiples::draw(&small(1, small_multiples::Look::Bars)),
        ),
        (
            "small-multiples-none",
            small_multiples::draw(&small(0, small_multiples::Look::Bars)),
        ),
        ("heatmap", heatmap::draw(&heat(true))),
        ("heatmap-hostile", heatmap::draw(&heat(false))),
        (
            "heatmap-none",
            heatmap::draw(&heatmap::Spec {
                rows: Vec::new(),
                ..heat(true)
            }),
        ),
        ("network", network::draw(&net(3, 12, false))),
        ("network-40", network::draw(&net(2, 40, false))),
        ("network-heap", network::draw(&net(1, 40, true))),
        ("network-one", network::draw(&one_net)),
        ("network-none", network::draw(&net(0, 0, false))),
        ("dumbbell", dumbbell::draw(&dumb(true, false))),
        ("intervals", dumbbell::draw(&dumb(false, false))),
        ("dumbbell-hostile", dumbbell::draw(&dumb(true, true))),
        (
            "dumbbell-none",
            dumbbell::draw(&dumbbell::Spec {
                panels: Vec::new(),
                ..dumb(true, false)
            }),
        ),
        ("slope", slope::draw(&sloped(4, 2, false))),
        ("slope-hostile", slope::draw(&sloped(20, 3, true))),
        ("slope-one", slope::draw(&sloped(1, 1, false))),
        ("slope-none", slope::draw(&sloped(0, 2, false))),
        ("lines", lines::draw(&lined(4, false))),
        ("lines-hostile", lines::draw(&lined(12, true))),
        ("lines-one", lines::draw(&lonely)),
        ("lines-none", lines::draw(&lined(0, false))),
        ("lines-unknown", lines::draw(&unknown)),
        ("matrix", matrix::draw(&answers(8, false))),
        ("matrix-hostile", matrix::draw(&answers(14, true))),
        ("matrix-one", matrix::draw(&answers(1, false))),
        ("matrix-none", matrix::draw(&answers(0, false))),
        ("curves", curves::draw(&curved(3, false))),
        ("curves-dots", curves::draw(&curved(1, true))),
        ("curves-many", curves::draw(&curved(9, false))),
        ("curves-none", curves::draw(&curved(0, false))),
        ("diverging", diverging::draw(&ledger(6, true))),
        ("diverging-hostile", diverging::draw(&ledger(30, true))),
        ("diverging-one", diverging::draw(&ledger(1, false))),
        ("diverging-none", diverging::draw(&ledger(0, false))),
        ("balance", balance::draw(&hedging())),
        ("balance-one", balance::draw(&one_balance)),
        ("balance-none", balance::draw(&empty_balance)),
        ("gantt", gantt::draw(&plan(false))),
        ("gantt-hostile", gantt::draw(&plan(true))),
        ("gantt-none", gantt::draw(&empty_gantt)),
    ];
    all.extend(plans::all());
    all
}
