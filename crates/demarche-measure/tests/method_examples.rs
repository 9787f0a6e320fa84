//! The examples by hand of `docs/method.md`, reckoned again with the library. Each result is also
//! looked for in its section of the document, so that the two cannot drift apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use demarche_case::{BodyMode, Case, MeasureSettings, NamedPeriod, read_files};
use demarche_events::{CameoCode, Date, PeriodUnit, Periods, QuadScheme};
use demarche_measure::{
    BlocOptions, Change, CommunityOptions, Delivery, Estimate, Family, HedgingOptions, Holds,
    IndexKind, Interval, Model, NetworkOptions, Panel, Penalty, PhaseOptions, Phases, Placement,
    Relationship, Resampling, SegmentCosts, Selection, Series, SignedGraph, ThreatOptions,
    adjusted_rand, blocs, camp_of, caution, cohen_kappa, cosine, coverage, deliverables,
    difference, difference_variance, eigenvector_centrality, hedging, judge_breaks, ledger,
    negative_binomial, network, overdispersed_binomial, pearson_dispersion, phases,
    phases_of_share, placement, polarisation_of_sides, relationship, robustness, s_absolute,
    s_squared, scott_pi, shared_threat, spearman, too_few, whole_span,
};

/// A section of the document and what it was found not to say.
struct Section {
    heading: String,
    text: String,
    missing: Vec<String>,
}

impl Section {
    /// The section of that heading, up to the next heading.
    fn of(heading: &str) -> Self {
        let mut text = String::new();
        let mut inside = false;
        let mut fenced = false;
        for line in document().lines() {
            fenced ^= line.starts_with("```");
            if line.starts_with('#') && !fenced {
                inside = line.trim_start_matches('#').trim() == heading;
            } else if inside {
                text.push_str(line);
                text.push('\n');
            }
        }
        assert!(!text.is_empty(), "docs/method.md has a section {heading:?}");
        Self {
            heading: heading.to_owned(),
            text,
            missing: Vec::new(),
        }
    }

    /// The first block of that language in the section.
    fn block(&self, language: &str) -> String {
        let start = format!("```{language}\n");
        let after = self.text.split_once(&start).expect("there is a block").1;
        after
            .split_once("```")
            .expect("the block ends")
            .0
            .to_owned()
    }

    /// Notes a result that the section must hold, word for word.
    fn says(&mut self, result: impl AsRef<str>) {
        let result = result.as_ref();
        if !self.text.contains(result) {
            self.missing.push(result.to_owned());
        }
    }

    /// Fails if a result was missing.
    fn done(self) {
        assert!(
            self.missing.is_empty(),
            "docs/method.md, {}, does not say: {:#?}",
            self.heading,
            self.missing
        );
    }
}

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/method.md");
    std::fs::read_to_string(path).expect("docs/method.md is there")
}

/// A number with so many decimals and a true minus sign.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let digits = text.trim_start_matches('-');
    let zero = digits.chars().all(|c| c == '0' || c == '.');
    if text.starts_with('-') && !zero {
        format!("−{digits}")
    } else {
        digits.to_owned()
    }
}

fn range(i: Interval, decimals: usize) -> String {
    format!("{} to {}", fixed(i.low, decimals), fixed(i.high, decimals))
}

/// Is it this number, to the last digit that the document shows?
fn same(value: Option<f64>, wanted: f64, tolerance: f64) {
    let value = value.expect("there is a value");
    assert!(
        (value - wanted).abs() < tolerance,
        "{value} is not {wanted}"
    );
}

const CASE: &str = r#"[case]
title = "Arland and the League"
summary = "A made-up case."
partners = ["ARL", "LEA"]
comparators = []
as_of = 2024-12-31
start = 2021-01-01
limits = []

[measure]
by = "quarter"
body = "self"
quad = "gdelt"
min_events = 5
draws = 1000
seed = 1

[sides]
third = ["ELM"]

[sides.one]
name = "Arland and the League"
actors = ["ARL", "LEA"]

[sides.other]
name = "Dun and Fen"
actors = ["DUN", "FEN"]

[[area]]
id = "cyber"
name = "Cyber"

[[area]]
id = "maritime"
name = "Maritime"

[[area]]
id = "industry"
name = "Industry"

[[area]]
id = "space"
name = "Space"

[[area]]
id = "health"
name = "Health"
"#;

const ACTORS: &str = "\
code,name,short,kind,cameo,gdelt_group,icews,cow,note
ARL,Arland,Arland,state,,,,,
LEA,The League,League,body,,,,,
BOR,Borland,Borland,state,,,,,
CAL,Calland,Calland,state,,,,,
ELM,Elmland,Elmland,state,,,,,
DUN,Dunland,Dunland,state,,,,,
FEN,Fenland,Fenland,state,,,,,
";

const MEMBERSHIPS: &str = "\
actor,body,from,to,precision,url,note
BOR,LEA,1990-01-01,,day,https://example.org/m,
CAL,LEA,2022-01-01,,day,https://example.org/m,
";

const INITIATIVES: &str = "id,title,recommendation,area,themes,lines_of_effort,lead,counterpart,status,start,start_precision,prerequisites,duration_quarters,duration_basis,recurring,staff_fte,staff_basis,cost_keur,cost_basis,exposure_basis,deliverable,indicator,delivered,delivered_precision,evidence,url,note\n";

/// The case with this chronicle (short rows: no title, no page) and these other files.
fn case_of(rows: &str, more: &[(&str, &str)]) -> Case {
    let mut lines = rows.lines();
    let header = lines.next().expect("a header");
    let mut chronicle = format!("{header},title,url\n");
    for line in lines {
        chronicle.push_str(&format!("{line},An event,https://example.org/e\n"));
    }
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, text) in [
        ("case.toml", CASE),
        ("actors.csv", ACTORS),
        ("memberships.csv", MEMBERSHIPS),
        ("chronicle.csv", &chronicle),
        ("initiatives.csv", INITIATIVES),
        (
            "resources.csv",
            "entity,measure,date,value,text,unit,url,note\n",
        ),
    ] {
        files.insert(name.to_owned(), text.as_bytes().to_vec());
    }
    for (name, text) in more {
        files.insert((*name).to_owned(), text.as_bytes().to_vec());
    }
    let reading = read_files(&files);
    let report = format!("{:#?}", reading.report.problems);
    reading.case.unwrap_or_else(|| panic!("{report}"))
}

/// The case that the examples share.
fn example() -> Case {
    case_of(&Section::of("The example case").block("csv"), &[])
}

fn pair(case: &Case) -> Relationship {
    let how = &case.settings.measure;
    relationship(case, "ARL", "LEA", how, &whole_span(case))
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn span(from: &str, to: &str) -> NamedPeriod {
    NamedPeriod {
        name: String::new(),
        from: day(from),
        to: day(to),
    }
}

fn code(text: &str) -> CameoCode {
    text.parse().expect("a code")
}

#[test]
fn every_index_has_a_section_with_its_formula_unit_and_reference() {
    for kind in IndexKind::ALL {
        let mut section = Section::of(kind.label());
        section.says(format!("`{}`", kind.name()));
        section.says(kind.formula());
        section.says(kind.unit());
        if let Some(author) = kind.reference().split(',').next() {
            section.says(author);
        }
        section.done();
    }
}

#[test]
fn the_contents_name_every_heading() {
    let document = document();
    let mut fenced = false;
    for line in document.lines() {
        fenced ^= line.starts_with("```");
        if fenced || !(line.starts_with("## ") || line.starts_with("### ")) {
            continue;
        }
        let heading = line.trim_start_matches('#').trim();
        if heading == "Contents" {
            continue;
        }
        let anchor: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let link = format!("[{heading}](#{anchor})");
        assert!(document.contains(&link), "the contents lack {link}");
    }
}

#[test]
fn events_and_spans() {
    let mut section = Section::of("Dates and spans");
    let case = case_of(&section.block("csv"), &[]);
    let event = |id: &str| case.chronicle.iter().find(|e| e.id == id).expect("there");
    let as_of = case.settings.as_of;
    let first = span("2021-01-01", "2022-06-28");
    let second = span("2022-06-29", "2024-12-31");
    for (id, a, b) in [
        ("s1", Placement::Inside, Placement::Outside),
        ("s2", Placement::Unsure, Placement::Unsure),
        ("s3", Placement::Unsure, Placement::Unsure),
        ("s4", Placement::Outside, Placement::Inside),
    ] {
        assert_eq!(placement(event(id), &first, as_of), a, "{id}");
        assert_eq!(placement(event(id), &second, as_of), b, "{id}");
        let word = |p| match p {
            Placement::Inside => "inside",
            Placement::Outside => "outside",
            Placement::Unsure => "unsure",
        };
        section.says(format!("| {id} | {} | {} |", word(a), word(b)));
    }
    let excluded = |by| {
        let how = MeasureSettings {
            by,
            ..case.settings.measure.clone()
        };
        Panel::all(&case, &how).excluded.len()
    };
    let units = [
        PeriodUnit::Week,
        PeriodUnit::Month,
        PeriodUnit::Quarter,
        PeriodUnit::Year,
    ];
    assert_eq!(units.map(excluded), [3, 1, 1, 0]);
    section.says("weeks leave out 3, months and quarters 1, years 0");
    section.done();
}

#[test]
fn quad_classes_and_goldstein() {
    let mut section = Section::of("Quad classes");
    let class = |scheme: QuadScheme, c| scheme.class(code(c)).label();
    for c in ["036", "060", "090", "111", "145", "172"] {
        section.says(format!(
            "| `{c}` | {} | {} |",
            class(QuadScheme::Gdelt, c),
            class(QuadScheme::Alt, c)
        ));
    }
    section.done();
    let mut section = Section::of("The Goldstein scale");
    let value = |c| code(c).goldstein().value;
    for c in ["190", "111", "010", "040", "060", "057"] {
        section.says(format!("`{c}` {}", fixed(value(c), 1)));
    }
    let cyber = code("176").goldstein();
    section.says(format!(
        "`176` has none, so that of its root `{}` stands in: {}",
        cyber.from,
        fixed(cyber.value, 1)
    ));
    section.done();
}

#[test]
fn bodies_and_twins() {
    let mut section = Section::of("Bodies and the twin rule");
    let case = case_of(&section.block("csv"), &[]);
    for (mode, acts, merged) in [
        (BodyMode::Itself, 1, 0),
        (BodyMode::Members, 4, 1),
        (BodyMode::Both, 4, 2),
    ] {
        let found = Selection::dyad(&case, "ARL", "LEA", mode);
        assert_eq!(
            (found.acts.len(), found.merged_rows()),
            (acts, merged),
            "{mode:?}"
        );
        let kept: Vec<&str> = found
            .acts
            .iter()
            .map(|a| case.chronicle[a.event as usize].id.as_str())
            .collect();
        section.says(format!(
            "| `{}` | {} | {acts} | {merged} |",
            mode.name(),
            kept.join(", ")
        ));
    }
    section.done();
}

#[test]
fn the_panel() {
    let mut section = Section::of("Panel and series");
    let case = example();
    let how = &case.settings.measure;
    let panel = Panel::dyad(&case, "ARL", "LEA", how);
    for (source, target) in [("ARL", "LEA"), ("LEA", "ARL")] {
        let row = panel
            .rows
            .iter()
            .find(|r| r.period.to_string() == "2022-Q4" && r.source == source);
        let t = &row.expect("the row").tally;
        section.says(format!(
            "| 2022-Q4 | {source} | {target} | {} | {} | {} | {} |",
            t.total(),
            t.cooperation(),
            t.conflict(),
            fixed(t.goldstein_sum, 1)
        ));
    }
    let series = Series::dyad(&case, "ARL", "LEA", how);
    let counts: Vec<String> = series.total().iter().map(ToString::to_string).collect();
    section.says(counts.join(" "));
    let all = series.counts.iter();
    let nonzero: usize = all.clone().map(|t| t.nonzero).sum();
    let sum: f64 = all.map(|t| t.goldstein_sum).sum();
    section.says(format!(
        "{} / {nonzero} = {}",
        fixed(sum, 0),
        fixed(sum / nonzero as f64, 3)
    ));
    section.done();
}

#[test]
fn indices() {
    let case = example();
    let found = pair(&case);
    let get = |kind: IndexKind| found.get(kind);
    let value = |kind| get(kind).value.expect("a value");
    let interval = |kind| get(kind).interval.expect("an interval");
    let said = |kind: IndexKind, results: &[String]| {
        let mut section = Section::of(kind.label());
        results.iter().for_each(|r| section.says(r));
        section.done();
    };

    let kind = IndexKind::Volume;
    same(get(kind).value, 10.0, 1e-12);
    said(
        kind,
        &[
            "N = 10".to_owned(),
            format!("{} acts", range(interval(kind), 0)),
        ],
    );

    let kind = IndexKind::Rate;
    same(get(kind).value, 10.0 / (1461.0 / 365.25), 1e-12);
    said(
        kind,
        &[
            format!("10 / (1461 / 365.25) = 10 / 4 = {}", fixed(value(kind), 1)),
            format!("{} acts a year", range(interval(kind), 2)),
        ],
    );

    let kind = IndexKind::Share;
    same(get(kind).value, 0.5, 1e-12);
    assert_eq!(get(kind).n, 20);
    said(
        kind,
        &[
            format!("10 / 20 = {}", fixed(value(kind), 1)),
            format!("over the periods {}", range(interval(kind), 2)),
        ],
    );

    let kind = IndexKind::NetCooperation;
    same(get(kind).value, 0.6, 1e-12);
    said(
        kind,
        &[
            format!("(8 − 2) / (8 + 2) = {}", fixed(value(kind), 1)),
            range(interval(kind), 1),
        ],
    );

    let kind = IndexKind::GoldsteinMean;
    same(get(kind).value, 2.4, 1e-12);
    said(
        kind,
        &[
            format!("24 / 10 = {}", fixed(value(kind), 1)),
            range(interval(kind), 2),
        ],
    );

    let kind = IndexKind::Depth;
    same(get(kind).value, 0.5, 1e-12);
    said(
        kind,
        &[
            format!("4 / 8 = {}", fixed(value(kind), 1)),
            range(interval(kind), 3),
        ],
    );

    let kind = IndexKind::Breadth;
    let entropy = -(2.0 * 0.4 * 0.4_f64.ln() + 0.2 * 0.2_f64.ln());
    same(get(kind).value, entropy.exp(), 1e-12);
    said(
        kind,
        &[
            format!("exp({}) = {}", fixed(entropy, 4), fixed(value(kind), 2)),
            range(interval(kind), 2),
        ],
    );

    let kind = IndexKind::Reciprocity;
    same(get(kind).value, 12.0 / 14.0, 1e-12);
    said(
        kind,
        &[
            format!("2 · 6 / (8 + 6) = {}", fixed(value(kind), 3)),
            range(interval(kind), 3),
        ],
    );

    let kind = IndexKind::ReciprocityOneSided;
    same(get(kind).value, 4.0 / 6.0, 1e-12);
    said(
        kind,
        &[
            format!("2 · 2 / (4 + 2) = {}", fixed(value(kind), 3)),
            range(interval(kind), 0),
        ],
    );

    let kind = IndexKind::Regularity;
    same(get(kind).value, 0.5, 1e-12);
    said(
        kind,
        &[
            format!("8 / 16 = {}", fixed(value(kind), 1)),
            range(interval(kind), 2),
        ],
    );

    let kind = IndexKind::Burstiness;
    same(get(kind).value, -0.25, 1e-12);
    assert_eq!(get(kind).n, 8);
    said(
        kind,
        &[
            format!("(0.6 − 1) / (0.6 + 1) = {}", fixed(value(kind), 2)),
            range(interval(kind), 3),
        ],
    );

    let kind = IndexKind::BurstinessFinite;
    same(
        get(kind).value,
        (1.8 - 7.0_f64.sqrt()) / (0.6 + 7.0_f64.sqrt()),
        1e-12,
    );
    said(
        kind,
        &[
            format!("−0.8458 / 3.2458 = {}", fixed(value(kind), 3)),
            range(interval(kind), 3),
        ],
    );
}

#[test]
fn too_few_events() {
    let mut section = Section::of("Too few events");
    let mut case = example();
    case.settings.measure.min_events = 20;
    let found = pair(&case);
    let depth = found.get(IndexKind::Depth);
    assert_eq!(depth.value, None);
    section.says(too_few(depth, IndexKind::Depth.observations()));
    let gaps = found.get(IndexKind::Burstiness);
    section.says(too_few(gaps, IndexKind::Burstiness.observations()));
    assert_eq!(found.get(IndexKind::Volume).value, Some(10.0));
    assert_eq!(found.get(IndexKind::Share).value, Some(0.5));
    section.done();
}

/// The quantile that lies between two sorted values, as the document defines it.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}

#[test]
fn bootstrap_intervals() {
    let mut section = Section::of("How intervals are made");
    let drawn = [2.0, 3.0, 5.0, 6.0, 9.0];
    let (low, high) = (quantile(&drawn, 0.025), quantile(&drawn, 0.975));
    section.says(format!("{} to {}", fixed(low, 1), fixed(high, 1)));
    section.says(format!(
        "{} to {}",
        fixed(10.0 - high, 1),
        fixed(10.0 - low, 1)
    ));
    // The depth of the example is 4 of 8, so its interval is the binomial one of the text.
    let case = example();
    let depth = pair(&case).get(IndexKind::Depth).interval;
    section.says(range(depth.expect("an interval"), 3));
    // Five of five: every draw agrees, so the open end is the exact bound.
    let exact = 1.0 - 0.025_f64.powf(1.0 / 5.0);
    let p = polarisation_of_sides(
        &only_hostile(),
        &span("2021-01-01", "2024-12-31"),
        &options(),
    );
    let hostility = p.hostility;
    assert_eq!((hostility.n, hostility.value), (5, Some(1.0)));
    let found = hostility.interval.expect("an interval");
    assert!((found.low - (1.0 - exact)).abs() < 1e-12);
    section.says(range(found, 3));
    section.done();
}

/// Five hostile acts between the sides and nothing else.
fn only_hostile() -> Case {
    let mut rows = "id,date,precision,source,target,mutual,cameo,area\n".to_owned();
    for i in 1..=5 {
        rows.push_str(&format!("h{i},2022-01-0{i},day,ARL,DUN,false,111,cyber\n"));
    }
    case_of(&rows, &[])
}

fn options() -> NetworkOptions {
    NetworkOptions::of(&example())
}

fn known(value: f64, low: f64, high: f64) -> Estimate {
    Estimate {
        value: Some(value),
        interval: Some(Interval {
            low,
            high,
            level: 0.95,
        }),
        n: 30,
        needed: 20,
        events: Vec::new(),
    }
}

#[test]
fn differences() {
    let mut section = Section::of("Differences");
    let d = difference(&known(0.40, 0.30, 0.52), &known(0.60, 0.45, 0.72));
    same(d.value, 0.2, 1e-12);
    section.says(range(d.interval.expect("an interval"), 4));
    assert_eq!(d.change(), Change::Higher);
    let wide = difference(&known(0.40, 0.25, 0.55), &known(0.60, 0.45, 0.72));
    assert_eq!(wide.change(), Change::Unclear);
    section.says(range(wide.interval.expect("an interval"), 4));
    section.done();
}

#[test]
fn the_ledger() {
    let mut section = Section::of("Ledger");
    let case = example();
    let book = ledger(&case, "ARL", &case.settings.measure, &whole_span(&case), 2);
    assert_eq!(book.total, 20);
    for row in book.partners.iter().chain(&book.others) {
        section.says(format!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.label,
            row.tally.total(),
            row.given,
            row.received,
            row.mutual,
            fixed(row.share, 2),
            range(row.interval.expect("an interval"), 2)
        ));
    }
    section.done();
}

const SERIES: [f64; 8] = [1.0, 3.0, 2.0, 2.0, 7.0, 5.0, 6.0, 6.0];

#[test]
fn costs() {
    let mut section = Section::of("What a segment costs");
    let variance = difference_variance(&SERIES);
    same(Some(variance), 1.4826_f64.powi(2) / 2.0, 1e-12);
    section.says(fixed(variance, 4));
    let models = [
        ("Poisson", Model::Poisson),
        (
            "negative binomial, r = 4",
            Model::NegativeBinomial { size: 4.0 },
        ),
        ("Gaussian, σ² = 1.0991", Model::Mean { variance }),
        (
            "Gaussian, own variance",
            Model::MeanVariance { floor: 1.0 / 12.0 },
        ),
    ];
    for (name, model) in models {
        let costs = SegmentCosts::new(&SERIES, model);
        let (all, a, b) = (costs.cost(0, 8), costs.cost(0, 4), costs.cost(4, 8));
        let found = costs.pelt(Penalty::Bic, 2);
        assert_eq!(found.breaks, [4], "{name}");
        section.says(format!(
            "| {name} | {} | {} | {} | {} | {} |",
            fixed(all, 3),
            fixed(a, 3),
            fixed(b, 3),
            fixed(all - a - b, 3),
            fixed(found.penalty, 3)
        ));
    }
    let (k, n) = ([2.0, 2.0, 2.0, 2.0, 6.0, 6.0, 6.0, 6.0], [10.0; 8]);
    for dispersion in [1.0, 2.0, 4.0] {
        let costs = SegmentCosts::with_totals(&k, &n, dispersion);
        let (all, a, b) = (costs.cost(0, 8), costs.cost(0, 4), costs.cost(4, 8));
        let found = costs.pelt(Penalty::Bic, 2);
        let breaks: &[usize] = if dispersion < 4.0 { &[4] } else { &[] };
        assert_eq!(found.breaks, breaks);
        section.says(format!(
            "| binomial, φ = {dispersion} | {} | {} | {} | {} | {} |",
            fixed(all, 3),
            fixed(a, 3),
            fixed(b, 3),
            fixed(all - a - b, 3),
            fixed(found.penalty, 3)
        ));
    }
    section.done();
}

/// All segmentations of the series into segments of at least `min_len`, one by one.
fn least_by_trying(costs: &SegmentCosts, min_len: usize, penalty: f64) -> f64 {
    let n = costs.len();
    let mut best = costs.cost(0, n);
    for breaks in 1_u32..1 << (n - 1) {
        let mut edges = vec![0];
        edges.extend((1..n).filter(|i| breaks & (1 << (i - 1)) != 0));
        edges.push(n);
        if edges.windows(2).all(|w| w[1] - w[0] >= min_len) {
            let sum: f64 = edges.windows(2).map(|w| costs.cost(w[0], w[1])).sum();
            best = best.min(sum + penalty * (edges.len() - 2) as f64);
        }
    }
    best
}

#[test]
fn pelt() {
    let mut section = Section::of("PELT and the penalty");
    let costs = SegmentCosts::new(&SERIES, Model::Poisson);
    let found = costs.pelt(Penalty::Bic, 2);
    same(Some(found.penalty), 2.0 * 8.0_f64.ln(), 1e-12);
    same(
        Some(found.penalised()),
        least_by_trying(&costs, 2, found.penalty),
        1e-9,
    );
    section.says(format!("2 ln 8 = {}", fixed(found.penalty, 3)));
    section.says(format!("no break: {}", fixed(costs.cost(0, 8), 3)));
    section.says(format!(
        "{} + {} = {}",
        fixed(found.cost, 3),
        fixed(found.penalty, 3),
        fixed(found.penalised(), 3)
    ));
    for at in 2..=6 {
        let gain = costs.cost(0, 8) - costs.cost(0, at) - costs.cost(at, 8);
        section.says(format!("| {at} | {} |", fixed(gain, 3)));
    }
    section.done();
}

fn series_periods() -> Periods {
    Periods::covering(day("2022-01-01"), day("2022-08-31"), PeriodUnit::Month)
}

fn phase_options() -> PhaseOptions {
    PhaseOptions {
        min_len: 2,
        ..PhaseOptions::default()
    }
}

fn count_phases() -> Phases {
    let counts = SERIES.map(|v| v as u32);
    let mut next = 0_u32;
    let events: Vec<Vec<u32>> = counts
        .iter()
        .map(|&c| {
            next += c;
            (next - c..next).collect()
        })
        .collect();
    phases(&series_periods(), &counts, &events, &phase_options())
}

#[test]
fn phases_of_counts() {
    let mut section = Section::of("Which family, and the level of a phase");
    let found = count_phases();
    assert!(found.enough);
    assert_eq!(found.family, Family::Poisson);
    assert_eq!(found.size, None);
    assert!(negative_binomial(&SERIES, Penalty::Bic, 2).is_none());
    for phase in &found.phases {
        section.says(format!(
            "{} ({})",
            fixed(phase.level.expect("a level"), 0),
            range(phase.interval.expect("an interval"), 2)
        ));
    }
    let segmentation = SegmentCosts::new(&SERIES, Model::Poisson).pelt(Penalty::Bic, 2);
    let dispersion = pearson_dispersion(&SERIES, None, &segmentation);
    assert_eq!(dispersion, found.dispersion);
    same(dispersion, (1.0 + 1.0 / 3.0) / 6.0, 1e-12);
    section.says(format!(
        "/ (8 − 2) = {}",
        fixed(dispersion.expect("a value"), 3)
    ));
    section.done();
}

#[test]
fn the_break() {
    let mut section = Section::of("How sure a break is");
    let costs = SegmentCosts::new(&SERIES, Model::Poisson);
    let found = costs.pelt(Penalty::Bic, 2);
    let judged = judge_breaks(&costs, &found, &Resampling::default());
    assert_eq!(judged.len(), 1);
    let b = &judged[0];
    section.says(fixed(b.strength, 3));
    section.says(format!("6 / 2 = {}", fixed(b.ratio.expect("a ratio"), 0)));
    section.says(format!("p = {}", fixed(b.p_value, 3)));
    section.says(format!(
        "from {}",
        range(b.ratio_interval.expect("an interval"), 2)
    ));
    section.says(format!("periods {} to {} by draws", b.place.0, b.place.1));
    section.says(format!(
        "periods {} to {} by the profile",
        b.profile.0, b.profile.1
    ));
    let c = -2.0 * (1.0 - 0.95_f64.sqrt()).ln();
    section.says(fixed(c, 2));
    section.says(fixed(b.strength - c, 2));
    section.done();
}

#[test]
fn share_phases() {
    let mut section = Section::of("Phases of the share");
    let counts = [2, 2, 2, 2, 6, 6, 6, 6];
    let events = vec![Vec::new(); 8];
    let shares = |totals: [u32; 8]| {
        phases_of_share(
            &series_periods(),
            &counts,
            &totals,
            &events,
            &phase_options(),
        )
    };
    let found = shares([10; 8]);
    assert_eq!(found.family, Family::OverdispersedBinomial);
    for phase in &found.phases {
        section.says(format!(
            "{} ({})",
            fixed(phase.level.expect("a level"), 1),
            range(phase.interval.expect("an interval"), 3)
        ));
    }
    assert_eq!(count_phases().followed_by(&found), [Some(0)]);
    let flat = shares([10, 10, 10, 10, 30, 30, 30, 30]);
    assert!(flat.breaks.is_empty());
    assert_eq!(count_phases().followed_by(&flat), [None]);
    section.says(format!(
        "one phase at {}",
        fixed(flat.phases[0].level.expect("a level"), 1)
    ));
    // Dispersion: counts that swing more than a binomial's.
    let swinging = [0.0, 8.0, 1.0, 7.0];
    let fit = overdispersed_binomial(&swinging, &[10.0; 4], Penalty::Bic, 2);
    assert!(fit.segmentation.breaks.is_empty());
    let phi = pearson_dispersion(&swinging, Some(&[10.0; 4]), &fit.segmentation);
    section.says(format!(
        "50 / 2.4 / (4 − 1) = {}",
        fixed(phi.expect("a value"), 2)
    ));
    section.done();
}

#[test]
fn threats() {
    let mut section = Section::of("Shared threat");
    let case = example();
    let found = shared_threat(
        &case,
        "ARL",
        "LEA",
        &whole_span(&case),
        &ThreatOptions::of(&case),
    );
    assert_eq!((found.n_a, found.n_b), (7, 5));
    same(found.cosine.value, 0.8, 1e-12);
    same(cosine(&[4.0, 3.0], &[5.0, 0.0]), 0.8, 1e-12);
    for third in &found.profile {
        section.says(format!("| {} | {} | {} |", third.actor, third.a, third.b));
    }
    section.says("20 / (5 · 5) = 0.8");
    section.says(range(found.cosine.interval.expect("an interval"), 2));
    section.done();
}

#[test]
fn portfolios() {
    let mut section = Section::of("Similarity of portfolios");
    let (x, y) = ([3.0, 0.0, 0.0, 1.0], [2.0, 1.0, 0.0, 0.0]);
    section.says(format!(
        "1 − 6 / 36 = {}",
        fixed(s_squared(&x, &y, 3.0).expect("S"), 3)
    ));
    section.says(format!(
        "1 − 6 / 12 = {}",
        fixed(s_absolute(&x, &y, 3.0).expect("S"), 3)
    ));
    section.says(format!(
        "1 − 3 / 9 = {}",
        fixed(cohen_kappa(&x, &y).expect("κ"), 3)
    ));
    section.says(format!(
        "1 − 3 / 8.875 = {}",
        fixed(scott_pi(&x, &y).expect("π"), 3)
    ));
    section.done();
}

#[test]
fn two_sources() {
    let mut section = Section::of("Two sources together");
    let how = MeasureSettings {
        min_events: 3,
        ..example().settings.measure
    };
    let rho = spearman(
        &[1.0, 2.0, 2.0, 4.0],
        &[3.0, 1.0, 4.0, 5.0],
        &how,
        "by hand",
    );
    section.says(format!(
        "ρ = 3 / √22.5 = {}",
        fixed(rho.value.expect("ρ"), 3)
    ));
    section.done();
}

#[test]
fn the_network() {
    let mut section = Section::of("Network");
    let case = example();
    let found = network(&case, &whole_span(&case), &options());
    let name = |i: usize| found.nodes[i].actor.as_str();
    for e in &found.edges {
        section.says(format!(
            "| {}–{} | {} | {} | {} |",
            name(e.a),
            name(e.b),
            e.cooperation,
            e.conflict,
            fixed(e.net(), 0)
        ));
    }
    assert_eq!(found.edges.len(), 8);
    section.done();
    let mut section = Section::of("Centrality");
    for n in &found.nodes {
        section.says(format!(
            "| {} | {} | {} | {} |",
            n.actor,
            n.cooperation,
            fixed(n.share, 3),
            fixed(n.centrality, 3)
        ));
    }
    let star = eigenvector_centrality(5, &[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0), (0, 4, 1.0)]);
    assert!((star[0] - 1.0).abs() < 1e-9 && (star[1] - 0.5).abs() < 1e-9);
    section.says("1 / √4 = 0.5");
    section.done();
}

#[test]
fn modularity() {
    let mut section = Section::of("Blocs and signed modularity");
    let case = example();
    let found = network(&case, &whole_span(&case), &options());
    let n = found.nodes.len();
    let graph = SignedGraph::signed(n, found.edges.iter().map(|e| (e.a, e.b, e.net())));
    let order: Vec<&str> = found.nodes.iter().map(|n| n.actor.as_str()).collect();
    assert_eq!(order, ["ARL", "LEA", "ELM", "DUN", "FEN"]);
    let q = graph.modularity(&[0, 0, 0, 1, 1], 1.0);
    same(
        Some(q),
        (30.0 - (676.0 / 34.0 - 4.5 + 64.0 / 34.0 - 4.5)) / 52.0,
        1e-12,
    );
    section.says(format!("= {}", fixed(q, 4)));
    same(Some(graph.modularity(&[0; 5], 1.0)), 0.0, 1e-12);
    let best = demarche_measure::communities(&graph, &CommunityOptions::default());
    assert_eq!(best.labels, [0, 0, 0, 1, 1]);
    let held = graph.held_together(&[0, 0, 0, 0, 0]);
    assert_eq!(held, [0; 5]);
    // Two with one foe and no tie: one community by common foes, two blocs.
    let foes = SignedGraph::signed(3, [(0, 2, -1.0), (1, 2, -1.0)]);
    assert_eq!(foes.held_together(&[0, 0, 1]), [0, 1, 2]);
    let all = blocs(&case, &[whole_span(&case)], &BlocOptions::of(&case));
    let members: BTreeSet<Vec<&str>> = all[0]
        .blocs
        .iter()
        .map(|b| b.members.iter().map(|&i| order[i]).collect())
        .collect();
    assert_eq!(members.len(), 2);
    same(all[0].modularity, q, 1e-12);
    section.done();

    let mut section = Section::of("How stable the blocs are");
    let r = adjusted_rand(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1]);
    section.says(format!("(2 − 1.6) / (4 − 1.6) = {}", fixed(r, 3)));
    section.says(format!(
        "(190 / 200 + 150 / 200) / 2 = {}",
        fixed((190.0 / 200.0 + 150.0 / 200.0) / 2.0, 2)
    ));
    for (node, member) in all[0].network.nodes.iter().zip(&all[0].members) {
        let s = member.stability.expect("a value");
        section.says(format!("| {} | {} |", node.actor, fixed(s, 2)));
    }
    let agreement = all[0].agreement.value.expect("a value");
    section.says(format!("median {}", fixed(agreement, 2)));
    section.done();
}

#[test]
fn blocs_over_time() {
    let mut section = Section::of("Blocs through time");
    let case = example();
    let spans = [
        span("2021-01-01", "2022-12-31"),
        span("2023-01-01", "2024-12-31"),
    ];
    let found = blocs(&case, &spans, &BlocOptions::of(&case));
    let shares = |s: usize, label: usize| -> BTreeMap<String, f64> {
        let (spans, all) = (&found[s], found[s].network.nodes.iter());
        let all: usize = all.map(|n| n.events).sum();
        let bloc = spans.blocs.iter().find(|b| b.label == label);
        let members = bloc.map_or(&[][..], |b| &b.members);
        let nodes = members.iter().map(|&i| &spans.network.nodes[i]);
        nodes
            .map(|n| (n.actor.clone(), n.events as f64 / all as f64))
            .collect()
    };
    for (s, when) in ["2021–2022", "2023–2024"].iter().enumerate() {
        let network = &found[s].network;
        let all: usize = network.nodes.iter().map(|n| n.events).sum();
        for node in &network.nodes {
            let at = network.nodes.iter().position(|n| n.actor == node.actor);
            let label = found[s].members[at.expect("it is there")].label;
            section.says(format!(
                "| {when} | {} | {} / {all} | {label} |",
                node.actor, node.events
            ));
        }
    }
    let overlap = |label: usize| {
        let (x, y) = (shares(0, label), shares(1, label));
        let keys: BTreeSet<&String> = x.keys().chain(y.keys()).collect();
        let get = |m: &BTreeMap<String, f64>, k: &String| m.get(k).copied().unwrap_or(0.0);
        let low: f64 = keys.iter().map(|k| get(&x, k).min(get(&y, k))).sum();
        let high: f64 = keys.iter().map(|k| get(&x, k).max(get(&y, k))).sum();
        low / high
    };
    section.says(format!("overlap {}", fixed(overlap(0), 2)));
    section.says(format!("overlap {}", fixed(overlap(1), 2)));
    section.done();
}

#[test]
fn polarisation() {
    let mut section = Section::of("Polarisation and hostility");
    let case = example();
    let p = polarisation_of_sides(&case, &whole_span(&case), &options());
    let sums = [
        p.cooperation_within,
        p.cooperation_between,
        p.conflict_within,
        p.conflict_between,
    ];
    assert_eq!(sums, [11.0, 3.0, 2.0, 12.0]);
    same(p.index.value, 18.0 / 28.0, 1e-12);
    same(p.hostility.value, 0.8, 1e-12);
    section.says(format!(
        "(11 + 12 − 3 − 2) / 28 = {}",
        fixed(18.0 / 28.0, 3)
    ));
    section.says(range(p.index.interval.expect("an interval"), 3));
    section.says("12 / (12 + 3) = 0.8");
    section.says(range(p.hostility.interval.expect("an interval"), 3));
    section.done();
    let mut section = Section::of("The two sides");
    let camp = |actor, when| camp_of(&case, actor, day(when));
    assert_eq!(camp("CAL", "2021-06-01"), None);
    assert!(camp("CAL", "2022-06-01").is_some());
    assert_eq!(camp("ELM", "2022-06-01"), None);
    section.says("Calland stands on no side on 1 June 2021 and on side one on 1 June 2022");
    section.done();
}

#[test]
fn hedging_of_a_third_party() {
    let mut section = Section::of("Hedging");
    let case = example();
    let h = hedging(&case, "ELM", &whole_span(&case), &HedgingOptions::of(&case));
    assert_eq!(h.cooperation, [6, 2]);
    same(h.balance.value, 0.5, 1e-12);
    same(h.hedging.value, 0.5, 1e-12);
    section.says("(6 − 2) / (6 + 2) = 0.5");
    section.says("1 − |0.5| = 0.5");
    section.says(range(h.balance.interval.expect("an interval"), 2));
    section.says(range(h.hedging.interval.expect("an interval"), 0));
    section.done();
}

const THEMES: &str = r#"[framework]
id = "themes"
owner = "LEA"
name = "Themes"
date = 2021-01-01
url = "https://example.org/f"

[[element]]
id = "T1"
kind = "theme"
name = "Technology"
short = "Technology"
summary = ""
basis = "read"
"#;

const LINES: [&str; 4] = ["L1", "L2", "L3", "L4"];

fn coverage_case() -> Case {
    let mut lines = THEMES
        .replace("\"themes\"", "\"lines\"")
        .split("[[element]]")
        .next()
        .expect("a head")
        .to_owned();
    for id in LINES {
        lines.push_str(&format!(
            "[[element]]\nid = \"{id}\"\nkind = \"line\"\nname = \"{id}\"\nshort = \"{id}\"\nsummary = \"\"\nbasis = \"read\"\n"
        ));
    }
    let programme = THEMES
        .replace("\"themes\"", "\"programme\"")
        .replace("2021-01-01", "2023-01-01")
        .replace("\"T1\"", "\"P1\"")
        .replace("\"theme\"", "\"area\"")
        + "areas = [\"maritime\"]\n";
    let mut crosswalk = "[crosswalk]\nrows = \"theme\"\ncolumns = \"line\"\n".to_owned();
    for (code, area) in [("CYB", "cyber"), ("SPA", "space"), ("HEA", "health")] {
        crosswalk.push_str(&format!(
            "[[policy]]\ncode = \"{code}\"\nname = \"{area}\"\nareas = [\"{area}\"]\n"
        ));
    }
    for (line, policy) in [("L1", "CYB"), ("L2", "SPA"), ("L3", "HEA")] {
        crosswalk.push_str(&format!(
            "[[link]]\nrow = \"T1\"\ncolumn = \"{line}\"\npolicy = \"{policy}\"\nreason = \"Both.\"\narea_source = \"test\"\nbasis = \"judgement\"\n"
        ));
    }
    let initiatives = INITIATIVES.to_owned()
        + &initiative(
            "i1",
            "cyber",
            "T1",
            "L1",
            "running,2022-01-01,day,,4,source,true",
            ",",
        )
        + &initiative("i2", "space", "T1", "L2", "proposed,,,,4,source,false", ",");
    case_of(
        &Section::of("The example case").block("csv"),
        &[
            ("frameworks/themes.toml", THEMES),
            ("frameworks/lines.toml", &lines),
            ("frameworks/programme.toml", &programme),
            ("frameworks/crosswalk.toml", &crosswalk),
            ("initiatives.csv", &initiatives),
        ],
    )
}

/// A row of `initiatives.csv`; `middle` runs from status to recurring.
fn initiative(id: &str, area: &str, theme: &str, line: &str, middle: &str, end: &str) -> String {
    format!(
        "{id},{id},,{area},{theme},{line},Ministry,Staff,{middle},,,,,,Paper,Published,{end},,https://example.org/i,\n"
    )
}

#[test]
fn framework_coverage() {
    let mut section = Section::of("Framework coverage");
    let case = coverage_case();
    let found = coverage(&case, &case.settings.measure, &whole_span(&case));
    assert_eq!(found.columns, LINES);
    for (k, line) in LINES.iter().enumerate() {
        let cell = found.cell(0, k);
        let state = match (cell.priority(), cell.gap(), cell.only_proposed()) {
            (false, ..) => "no link",
            (_, true, _) => "gap",
            (_, _, true) => "only proposed",
            _ => "covered",
        };
        let policy = cell.policies.first().map_or("–", |p| p.code.as_str());
        section.says(format!(
            "| T1 × {line} | {policy} | {} | {state} |",
            cell.events.len()
        ));
    }
    assert_eq!(found.gaps().count(), 1);
    let area = &found.programme[0];
    section.says(format!(
        "{} events, {} of them since",
        area.events.len(),
        area.since.len()
    ));
    section.done();
}

#[test]
fn what_was_delivered() {
    let mut section = Section::of("Deliverables");
    let block = section.block("csv");
    let mut files = INITIATIVES.to_owned();
    for line in block.lines().skip(1) {
        let f: Vec<&str> = line.split(',').collect();
        let basis = if f[4].is_empty() { "" } else { "source" };
        let middle = format!("{},{},{},,{},{basis},{}", f[1], f[2], f[3], f[4], f[5]);
        files.push_str(&initiative(
            f[0],
            "cyber",
            "",
            "",
            &middle,
            &format!("{},{}", f[6], f[7]),
        ));
    }
    let case = case_of(
        &Section::of("The example case").block("csv"),
        &[("initiatives.csv", &files)],
    );
    let found = deliverables(&case);
    assert_eq!(found.items.len(), 7);
    for item in &found.items {
        let due = item.due.map_or("–".to_owned(), |d| {
            if d.from == d.to {
                d.from.to_string()
            } else {
                format!("{} to {}", d.from, d.to)
            }
        });
        let late = match item.late {
            Some(true) => "yes",
            Some(false) => "no",
            None => "–",
        };
        section.says(format!(
            "| {} | {due} | {} | {late} |",
            case.initiatives[item.initiative].id,
            item.state.label()
        ));
    }
    assert_eq!(found.count(Delivery::Open), 1);
    let open = found.items.iter().find(|i| i.state == Delivery::Open);
    section.says(caution(open.expect("one is open"), case.settings.as_of));
    section.done();
}

#[test]
fn other_choices() {
    let mut section = Section::of("Robustness");
    let case = example();
    let r = robustness(
        &case,
        "ARL",
        "LEA",
        &case.settings.measure,
        &whole_span(&case),
    );
    for kind in [IndexKind::NetCooperation, IndexKind::Depth] {
        let other = &r.variants[0].1;
        let (a, b) = (r.base.get(kind), other.get(kind));
        section.says(format!(
            "| {} | {} ({}) | {} ({}) |",
            kind.label(),
            fixed(a.value.expect("a value"), 3),
            range(a.interval.expect("an interval"), 3),
            fixed(b.value.expect("a value"), 3),
            range(b.interval.expect("an interval"), 3)
        ));
        assert_eq!(r.holds(kind), Holds::Yes);
    }
    let other = &r.variants[0].1;
    assert_eq!(
        r.sign_holds(IndexKind::NetCooperation, other),
        Some(Holds::Yes)
    );
    assert_eq!(r.sign_holds(IndexKind::Depth, other), None);
    assert_eq!(r.level_holds(IndexKind::Depth, other), Holds::Yes);
    let members = &r.variants[1].1;
    assert_eq!(r.level_holds(IndexKind::Depth, members), Holds::TooFew);
    section.done();
}
