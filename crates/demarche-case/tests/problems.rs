//! One way to spoil a case for each kind of problem: the report must name the kind and the place.

mod common;

use std::collections::BTreeSet;

use common::{Files, files};
use demarche_case::{
    Action, LineSide, Needs, PROBLEM_CODES, ProgressState, Reading, Severity, Status, read,
    read_files,
};

/// Replaces the first occurrence in a file of the small case.
fn with(file: &str, from: &str, to: &str) -> Files {
    let mut files = files();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} does not hold {from:?}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

/// Replaces a whole file.
fn with_file(file: &str, bytes: impl Into<Vec<u8>>) -> Files {
    let mut files = files();
    files.insert(file.to_owned(), bytes.into());
    files
}

fn listed(reading: &Reading) -> String {
    let lines = reading.report.problems.iter().map(|p| p.to_string());
    lines.collect::<Vec<_>>().join("\n")
}

struct Spoilt {
    files: Files,
    severity: Severity,
    code: &'static str,
    at: (&'static str, Option<usize>, Option<&'static str>),
    /// Are there no other problems?
    alone: bool,
}

fn error(
    code: &'static str,
    file: &'static str,
    line: usize,
    column: &'static str,
    files: Files,
) -> Spoilt {
    Spoilt {
        files,
        severity: Severity::Error,
        code,
        at: (
            file,
            (line > 0).then_some(line),
            (!column.is_empty()).then_some(column),
        ),
        alone: true,
    }
}

fn warning(
    code: &'static str,
    file: &'static str,
    line: usize,
    column: &'static str,
    files: Files,
) -> Spoilt {
    Spoilt {
        severity: Severity::Warning,
        ..error(code, file, line, column, files)
    }
}

/// Signposts and triggers, which the small case has none of.
const STEERING: &str = r#"
[[signpost]]
id = "heat"
name = "Heat"
measures = "events"
source = ["PRK"]
target = ["KOR", "NATO"]
above = 6
basis = "judgement"

[[signpost]]
id = "spiral"
name = "Spiral"
measures = "events"
stream = "own"
above = 12
quarters = 2
costs = 300
basis = "assumption"

[[signpost]]
id = "slow"
name = "Slow"
measures = "late"
initiatives = ["ships"]
above = 1
basis = "judgement"

[[signpost]]
id = "short"
name = "Short"
measures = "staff"
pool = "mission"
above = 0
basis = "judgement"

[[signpost]]
id = "dear"
name = "Dear"
measures = "money"
above = 120
basis = "judgement"

[[signpost]]
id = "little"
name = "Little"
measures = "delivered"
below = 50
basis = "judgement"

[[signpost]]
id = "bare"
name = "Bare"
measures = "exposure"
actor = "PRK"
above = 5
basis = "judgement"

[[trigger]]
id = "cool"
name = "Cool down"
when = ["heat"]
averts = ["spiral"]
basis = "judgement"

[[trigger.action]]
do = "freeze"
exposed_to = "PRK"
level = 2
quarters = 2

[[trigger]]
id = "hurry"
name = "Hurry"
when = ["slow", "little"]
needs = "any"
rest = 2
basis = "judgement"

[[trigger.action]]
do = "advance"
initiatives = ["ships"]
quarters = 2

[[trigger.action]]
do = "start"
initiatives = ["ships"]

[[reaction]]
actor = "PRK"
answering = 40
tipping = 8
basis = "judgement"
"#;

/// The small case, steered.
fn with_steering(steering: &str) -> Files {
    // Exposure that makes a step of a trigger matter, and a leader that belongs to a pool.
    with_file(T, format!("{}{steering}", common::CASE))
}

/// An error in what steers the small case: of a key, on the line where the change was made.
fn steered(code: &'static str, key: &'static str, from: &str, to: &str) -> Spoilt {
    assert!(STEERING.contains(from), "{from:?}");
    let steering = STEERING.replacen(from, to, 1);
    let files = with_steering(&steering);
    Spoilt {
        at: (T, None, Some(key)),
        ..error(code, T, 0, key, files)
    }
}

/// Money is watched where there is no budget.
fn nothing_spent() -> Spoilt {
    let mut spoilt = steered("nothing-measured", "signpost.measures", "", "");
    let text = String::from_utf8(spoilt.files[T].clone()).unwrap();
    let text = text.replace("budget_keur = 5000\n", "");
    let money_of_a_year = "[[year_budget]]\nyear = 2026\nkeur = 900\n";
    assert!(text.contains(money_of_a_year));
    let text = text.replace(money_of_a_year, "");
    spoilt.files.insert(T.to_owned(), text.into_bytes());
    spoilt
}

impl Spoilt {
    fn among_others(self) -> Self {
        Self {
            alone: false,
            ..self
        }
    }
}

const C: &str = "chronicle.csv";
const I: &str = "initiatives.csv";
const M: &str = "memberships.csv";
const P: &str = "progress.csv";
const O: &str = "offices.csv";
const A: &str = "actors.csv";
const T: &str = "case.toml";
const X: &str = "frameworks/crosswalk.toml";
const S: &str = "frameworks/ips.toml";

/// All that can be spoilt in memory.
fn spoilt() -> Vec<Spoilt> {
    let chronicle = |from: &str, to: &str| with(C, from, to);
    let latin1 = || {
        let mut files = files();
        let bytes = files.get_mut(C).unwrap();
        let at = bytes.windows(6).position(|w| w == b"Summit").unwrap();
        bytes[at] = 0xe9;
        files
    };
    let prefixed = |prefix: &[u8]| with_file(C, [prefix, common::CHRONICLE.as_bytes()].concat());
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(common::CHRONICLE.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let without = |name: &str| {
        let mut files = files();
        files.remove(name);
        files
    };
    let added = |name: &str| with_file(name, "x");
    let many = "e,x\n".repeat(1500);
    vec![
        // The files.
        error("missing-file", C, 0, "", without(C)),
        warning(
            "unknown-file",
            "initiative.csv",
            0,
            "",
            added("initiative.csv"),
        ),
        warning(
            "unknown-file",
            "frameworks/notes.csv",
            0,
            "",
            added("frameworks/notes.csv"),
        ),
        error("empty-file", C, 0, "", with_file(C, "")),
        error("empty-file", C, 0, "", with_file(C, "# only a comment\n")),
        error("empty-file", I, 0, "", with_file(I, " \n")).among_others(),
        warning("bom", C, 1, "", prefixed(b"\xef\xbb\xbf")),
        warning(
            "crlf",
            C,
            0,
            "",
            with_file(C, common::CHRONICLE.replace('\n', "\r\n")),
        ),
        error("bare-cr", C, 5, "", chronicle("e2\n", "e2\r")),
        error("utf-16", C, 0, "", with_file(C, utf16)),
        error("not-utf-8", C, 7, "", latin1()),
        error("nul", C, 7, "", chronicle("Summit", "Sum\0mit")).among_others(),
        error(
            "too-many-problems",
            C,
            0,
            "",
            with_file(C, format!("{}{many}", common::CHRONICLE)),
        )
        .among_others(),
        // The form of CSV.
        error(
            "wrong-separator",
            C,
            3,
            "",
            with_file(C, common::CHRONICLE.replace(',', ";")),
        ),
        error(
            "wrong-separator",
            C,
            3,
            "",
            with_file(C, common::CHRONICLE.replace(',', "\t")),
        ),
        error(
            "no-header",
            C,
            3,
            "",
            chronicle(
                "id,date,precision,source,target,mutual,cameo,area,title,url\n",
                "",
            ),
        ),
        error(
            "missing-column",
            C,
            3,
            "cameo",
            chronicle("cameo,", "camoe,"),
        )
        .among_others(),
        error(
            "duplicate-column",
            M,
            1,
            "note",
            with(M, "url,note", "note,note"),
        )
        .among_others(),
        warning(
            "unknown-column",
            C,
            3,
            "remark",
            chronicle("url\ne1", "url,remark\ne1"),
        )
        .among_others(),
        error(
            "too-few-fields",
            C,
            7,
            "",
            chronicle("Summit,brief:CSDS-02-2023", "Summit"),
        ),
        error(
            "too-many-fields",
            C,
            7,
            "",
            chronicle("Summit", "Summit, Madrid"),
        ),
        error(
            "stray-quote",
            C,
            7,
            "",
            chronicle("Summit", "The \"Summit\""),
        ),
        error(
            "text-after-quote",
            C,
            7,
            "",
            chronicle("Summit", "\"The\" Summit"),
        ),
        error("unclosed-quote", C, 4, "", chronicle("first\"", "first")),
        error(
            "unclosed-quote",
            C,
            9,
            "",
            chronicle("Statement", "\"Statement"),
        ),
        error(
            "swallowed-row",
            M,
            3,
            "",
            with(
                M,
                "\"term, first\"\n",
                "\"term, first\nKOR,ITPP,2027-01-01,,day,https://example.org,x\"\n",
            ),
        )
        .among_others(),
        warning(
            "multi-line-field",
            M,
            3,
            "note",
            with(M, "term, first", "term,\nfirst"),
        ),
        error(
            "huge-field",
            C,
            7,
            "title",
            chronicle("Summit", &"x".repeat(70_000)),
        ),
        warning("empty-row", C, 4, "", chronicle("e1,", ",,,,,,,,,\ne1,")),
        // The form of TOML.
        error(
            "toml-syntax",
            T,
            2,
            "",
            with(T, "\"Small case\"", "Small case"),
        )
        .among_others(),
        error(
            "missing-key",
            T,
            1,
            "case.summary",
            with(T, "summary = \"For tests.\"\n", ""),
        ),
        error(
            "missing-key",
            T,
            0,
            "measure",
            with(T, "[measure]", "[measures]"),
        )
        .among_others(),
        warning(
            "unknown-key",
            T,
            5,
            "case.comparator",
            with(T, "comparators", "comparator"),
        ),
        error(
            "wrong-type",
            T,
            14,
            "measure.min_events",
            with(T, "min_events = 20", "min_events = \"20\""),
        ),
        // One value.
        error("missing-value", C, 7, "title", chronicle("Summit", "")),
        error(
            "missing-value",
            T,
            2,
            "case.title",
            with(T, "Small case", " "),
        ),
        error(
            "control-character",
            C,
            7,
            "title",
            chronicle("Summit", "Sum\u{7}mit"),
        ),
        error(
            "control-character",
            C,
            7,
            "title",
            chronicle("Summit", "\"Sum\nmit\""),
        ),
        error(
            "control-character",
            T,
            2,
            "case.title",
            with(T, "Small case", "Small\\u0000case"),
        ),
        error(
            "bidi-control",
            C,
            7,
            "title",
            chronicle("Summit", "Sum\u{202e}mit"),
        ),
        warning("outer-blank", C, 7, "title", chronicle("Summit", "Summit ")),
        error("bad-id", C, 8, "id", chronicle("e5,", "e 5,")).among_others(),
        error(
            "bad-date",
            C,
            7,
            "date",
            chronicle("2022-06-29", "2023-02-30"),
        ),
        error(
            "bad-date",
            C,
            7,
            "date",
            chronicle("2022-06-29", "29.06.2022"),
        ),
        error("bad-date", T, 6, "", with(T, "2025-12-31", "2025-02-30")).among_others(),
        error(
            "bad-date",
            S,
            5,
            "framework.date",
            with(S, "2022-12-28", "2022-13-28"),
        ),
        error(
            "inexact-date",
            C,
            5,
            "date",
            chronicle("2007-01-01", "2007-01-02"),
        ),
        error(
            "inexact-date",
            C,
            6,
            "date",
            chronicle("2010-01-01", "2010-02-01"),
        ),
        error(
            "bad-choice",
            C,
            7,
            "mutual",
            chronicle("29,day,KOR,NATO,true", "29,day,KOR,NATO,True"),
        ),
        error(
            "bad-choice",
            C,
            7,
            "precision",
            chronicle("2022-06-29,day", "2022-06-29,days"),
        ),
        error("bad-choice", I, 2, "status", with(I, "done", "finished")),
        error(
            "bad-choice",
            I,
            3,
            "cost_basis",
            with(I, "40,source", "40,sourced"),
        ),
        error("bad-choice", A, 3, "kind", with(A, "state", "country")),
        error(
            "bad-choice",
            S,
            14,
            "element.basis",
            with(S, "\"brief\"", "\"briefly\""),
        ),
        error("bad-number", I, 3, "staff_fte", with(I, "2.5", "2.5.1")),
        error("bad-number", I, 3, "cost_keur", with(I, ",40,", ",1e3,")),
        error(
            "bad-number",
            I,
            2,
            "recommendation",
            with(I, "1;2,", "1;two,"),
        ),
        error(
            "out-of-range",
            T,
            72,
            "plan.starts_per_quarter",
            with(T, "starts_per_quarter = 3", "starts_per_quarter = 0"),
        ),
        error(
            "out-of-range",
            T,
            90,
            "pool.staff",
            with(T, "staff = 9", "staff = 0"),
        ),
        error(
            "bad-choice",
            T,
            70,
            "plan.agreed",
            with(T, "agreed = \"must\"", "agreed = \"may\""),
        ),
        error(
            "weights-nothing",
            T,
            74,
            "plan.weights",
            with(T, "coverage = 50", "agreed = 0\ncoverage = 0"),
        ),
        error(
            "duplicate-entry",
            T,
            89,
            "pool.leads",
            with(T, "leads = [\"MND\"]", "leads = [\"NIS\"]"),
        ),
        error(
            "duplicate-entry",
            T,
            97,
            "ceiling.actor",
            with(T, "actor = \"IND\"", "actor = \"PRK\""),
        ),
        error(
            "missing-value",
            T,
            86,
            "pool.leads",
            with(T, "leads = [\"MND\"]\n", ""),
        ),
        error(
            "out-of-range",
            T,
            101,
            "futures.count",
            with(T, "count = 500", "count = 5"),
        ),
        error(
            "bad-choice",
            T,
            103,
            "futures.sample",
            with(T, "sample = \"sobol\"", "sample = \"saltelli\""),
        ),
        error(
            "range-reversed",
            T,
            110,
            "uncertain.low",
            with(T, "low = 0.6", "low = 1.6"),
        ),
        error(
            "range-reversed",
            T,
            111,
            "uncertain.likely",
            with(T, "likely = 0.9", "likely = 1.9"),
        ),
        error(
            "out-of-range",
            T,
            110,
            "uncertain.low",
            with(T, "low = 0.6", "low = -1"),
        ),
        error(
            "out-of-range",
            T,
            112,
            "uncertain.high",
            with(T, "high = 1.2", "high = nan"),
        ),
        error(
            "wrong-type",
            T,
            110,
            "uncertain.low",
            with(T, "low = 0.6", "low = \"0.6\""),
        ),
        error(
            "unknown-pool",
            T,
            109,
            "uncertain.pools",
            with(T, "pools = [\"mission\"]", "pools = [\"missions\"]"),
        ),
        error(
            "unknown-area",
            T,
            119,
            "uncertain.areas",
            with(
                T,
                "areas = [\"cyber\"]\nvalues",
                "areas = [\"cyder\"]\nvalues",
            ),
        ),
        error(
            "range-unclear",
            T,
            120,
            "uncertain.low",
            with(T, "values = [0.5, 0.9]", "low = 0.5\nvalues = [0.5, 0.9]"),
        ),
        error(
            "out-of-range",
            T,
            120,
            "uncertain.values",
            with(T, "[0.5, 0.9]", "[0.5, 1.9]"),
        ),
        error(
            "missing-value",
            T,
            120,
            "uncertain.values",
            with(T, "[0.5, 0.9]", "[]"),
        ),
        warning(
            "missing-basis",
            T,
            105,
            "uncertain.basis",
            with(T, "high = 1.2\nbasis = \"judgement\"\n", "high = 1.2\n"),
        ),
        error(
            "duplicate-id",
            T,
            116,
            "uncertain.id",
            with(T, "id = \"delivery\"", "id = \"people\""),
        ),
        error(
            "out-of-range",
            T,
            126,
            "scenario.chance",
            with(T, "chance = 0.4", "chance = 1.4"),
        ),
        error(
            "reversed-dates",
            T,
            128,
            "scenario.latest",
            with(T, "latest = \"2027-Q1\"", "latest = \"2026-Q1\""),
        ),
        error(
            "quarter-outside",
            T,
            128,
            "scenario.latest",
            with(T, "latest = \"2027-Q1\"", "latest = \"2031-Q1\""),
        ),
        error(
            "bad-date",
            T,
            127,
            "scenario.earliest",
            with(T, "earliest = \"2026-Q2\"", "earliest = \"2026-Q5\""),
        ),
        error(
            "missing-value",
            T,
            123,
            "scenario.effect",
            with(
                T,
                "\n[[scenario.effect]]\nwhat = \"freeze\"\nquarters = 2\n",
                "",
            ),
        ),
        error(
            "bad-choice",
            T,
            132,
            "scenario.effect.what",
            with(T, "what = \"freeze\"", "what = \"frieze\""),
        ),
        error(
            "out-of-range",
            T,
            139,
            "threshold.least",
            with(T, "least = 0.8", "least = 8"),
        ),
        error(
            "unknown-initiative",
            T,
            139,
            "threshold.initiatives",
            with(
                T,
                "measure = \"benefit\"\nleast = 0.8",
                "measure = \"delivered-by\"\ninitiatives = [\"nothing\"]\nby = \"2027-Q1\"",
            ),
        ),
        error("out-of-range", I, 2, "staff_fte", with(I, ",6,", ",-6,")),
        error(
            "out-of-range",
            I,
            4,
            "exposure_PRK",
            with(I, "assumption,3,judgement", "assumption,4,judgement"),
        ),
        error(
            "out-of-range",
            T,
            15,
            "measure.draws",
            with(T, "draws = 100", "draws = 0"),
        ),
        error(
            "bad-cameo",
            C,
            7,
            "cameo",
            chronicle("true,036,cyber,Summit", "true,36,cyber,Summit"),
        ),
        error(
            "bad-cameo",
            C,
            7,
            "cameo",
            chronicle("true,036,cyber,Summit", "true,0999,cyber,Summit"),
        ),
        warning(
            "bad-url",
            C,
            8,
            "url",
            chronicle("https://example.org/e5", "www.example.org/e5"),
        ),
        warning(
            "bad-url",
            C,
            8,
            "url",
            chronicle("https://example.org/e5", "https:///e5"),
        ),
        error(
            "unsafe-url",
            C,
            8,
            "url",
            chronicle("https://example.org/e5", "JavaScript:alert(1)"),
        ),
        error(
            "unsafe-url",
            S,
            6,
            "framework.url",
            with(S, "brief:CSDS-02-2023", "data:text/html"),
        ),
        warning(
            "no-source",
            C,
            7,
            "url",
            chronicle("Summit,brief:CSDS-02-2023", "Summit,"),
        ),
        // References.
        error(
            "unknown-actor",
            C,
            7,
            "source",
            chronicle("29,day,KOR", "29,day,KRO"),
        ),
        error(
            "unknown-actor",
            T,
            19,
            "sides.third",
            with(T, "third = [\"IND\"]", "third = [\"INX\"]"),
        ),
        error(
            "unknown-actor",
            I,
            1,
            "exposure_XXX",
            with(I, "exposure_PRK", "exposure_XXX"),
        ),
        error(
            "unknown-actor",
            S,
            3,
            "framework.owner",
            with(S, "\"KOR\"", "\"ROK\""),
        ),
        error(
            "unknown-area",
            C,
            7,
            "area",
            chronicle("036,cyber,Summit", "036,ciber,Summit"),
        ),
        error("unknown-event", I, 2, "evidence", with(I, ",e4,", ",e44,")),
        error(
            "unknown-event",
            T,
            36,
            "milestone.event",
            with(T, "\"e1\"", "\"e9\""),
        ),
        error(
            "unknown-element",
            I,
            3,
            "lines_of_effort",
            with(I, "L1;L2", "L1;L3"),
        ),
        error(
            "unknown-element",
            S,
            22,
            "element.parent",
            with(S, "parent = \"L1\"", "parent = \"L9\""),
        ),
        error(
            "unknown-policy",
            X,
            13,
            "link.policy",
            with(X, "policy = \"CYB\"", "policy = \"CYR\""),
        ),
        error(
            "unknown-initiative",
            I,
            4,
            "prerequisites",
            with(I, "desk;mission", "disk;mission"),
        ),
        warning(
            "unknown-source",
            C,
            7,
            "url",
            chronicle("brief:CSDS-02-2023", "brief:CSDS-02-2024"),
        ),
        error("duplicate-id", C, 7, "id", chronicle("e4,", "e3,")).among_others(),
        error(
            "duplicate-id",
            A,
            5,
            "code",
            with(A, "JPN,Japan", "KOR,Japan"),
        )
        .among_others(),
        error(
            "duplicate-id",
            S,
            17,
            "element.id",
            with(S, "\"L2\"", "\"T1\""),
        )
        .among_others(),
        error(
            "wrong-kind",
            X,
            12,
            "link.column",
            with(X, "column = \"L1\"", "column = \"T1\""),
        ),
        error(
            "wrong-kind",
            X,
            2,
            "crosswalk.rows",
            with(X, "\"theme\"", "\"themes\""),
        )
        .among_others(),
        error("wrong-kind", M, 2, "body", with(M, "BEL,NATO", "BEL,JPN")),
        warning("wrong-kind", I, 2, "themes", with(I, ",T1,", ",L1,")),
        // Streams.
        error(
            "out-of-range",
            T,
            52,
            "respond.fitted_to",
            with(T, "fitted_to = 2020-12-31", "fitted_to = 2030-01-01"),
        ),
        error(
            "missing-value",
            T,
            63,
            "stream.target",
            with(T, "target = [\"NATO\"]\neither", "target = []\neither"),
        ),
        error(
            "unknown-area",
            T,
            66,
            "stream.areas",
            with(T, "areas = [\"cyber\"]", "areas = [\"space\"]"),
        ),
        error(
            "wrong-type",
            T,
            64,
            "stream.either",
            with(T, "either = true", "either = \"yes\""),
        ),
        error(
            "bad-date",
            T,
            56,
            "respond.occasions",
            with(
                T,
                "occasions = [2022-06-29]",
                "occasions = [\"2022-06-31\"]",
            ),
        ),
        // What does not fit together.
        error(
            "equal-partners",
            T,
            4,
            "case.partners",
            with(T, "\"KOR\", \"NATO\"]\ncomp", "\"KOR\", \"KOR\"]\ncomp"),
        ),
        error(
            "equal-partners",
            T,
            4,
            "case.partners",
            with(T, "\"KOR\", \"NATO\"]\ncomp", "\"KOR\"]\ncomp"),
        ),
        error(
            "comparator-is-partner",
            T,
            5,
            "case.comparators",
            with(T, "[\"JPN\"]", "[\"KOR\"]"),
        ),
        error(
            "overlapping-sides",
            T,
            27,
            "sides.other.actors",
            with(T, "[\"PRK\"]", "[\"PRK\", \"JPN\"]"),
        )
        .among_others(),
        error(
            "reversed-dates",
            M,
            3,
            "to",
            with(M, "2026-12-31", "2022-12-31"),
        ),
        error(
            "reversed-dates",
            T,
            32,
            "period.to",
            with(T, "2010-12-31", "2004-12-31"),
        ),
        error(
            "reversed-dates",
            T,
            7,
            "case.start",
            with(T, "start = 2005-01-01", "start = 2026-01-01"),
        )
        .among_others(),
        error(
            "reversed-dates",
            I,
            2,
            "delivered",
            with(I, "2022-11-01", "2022-05-01"),
        ),
        error(
            "self-membership",
            M,
            2,
            "body",
            with(M, "BEL,NATO", "NATO,NATO"),
        )
        .among_others(),
        error(
            "membership-overlap",
            M,
            4,
            "from",
            with(M, "JPN,ITPP", "KOR,ITPP"),
        ),
        error(
            "reversed-dates",
            O,
            2,
            "to",
            with(O, "2019-09-30", "2013-09-30"),
        ),
        error(
            "office-overlap",
            O,
            3,
            "from",
            with(
                O,
                "Mia Other,NATO,2019-10-01",
                "Jan Example,NATO,2019-09-30",
            ),
        ),
        error(
            "unknown-actor",
            O,
            2,
            "actor",
            with(O, "Jan Example,NATO", "Jan Example,NAT"),
        ),
        error("unknown-actor", O, 2, "state", with(O, ",BEL,", ",BLE,")),
        error("wrong-kind", O, 2, "state", with(O, ",BEL,", ",NATO,")),
        error("missing-value", O, 3, "person", with(O, "Mia Other", "")),
        error(
            "bad-date",
            O,
            3,
            "from",
            with(O, "2019-10-01", "2019-10-32"),
        ),
        warning(
            "no-source",
            O,
            3,
            "url",
            with(O, "https://example.org/o2", ""),
        ),
        warning(
            "future-date",
            O,
            3,
            "from",
            with(O, "2019-10-01", "2026-10-01"),
        ),
        error(
            "prerequisite-cycle",
            I,
            2,
            "prerequisites",
            with(I, "day,,2,source", "day,ships,2,source"),
        )
        .among_others(),
        error(
            "prerequisite-cycle",
            I,
            3,
            "prerequisites",
            with(I, "year,mission", "year,desk"),
        ),
        error(
            "parent-cycle",
            S,
            9,
            "element.id",
            with(
                S,
                "short = \"Norms\"",
                "short = \"Norms\"\nparent = \"L2\"\nparent_basis = \"read\"",
            ),
        ),
        warning(
            "duplicate-link",
            X,
            19,
            "link.row",
            with_file(X, {
                let link = common::CROSSWALK.split("[[link]]").nth(1).unwrap();
                format!("{}\n[[link]]{link}", common::CROSSWALK)
            }),
        ),
        warning(
            "missing-basis",
            I,
            3,
            "cost_basis",
            with(I, "40,source", "40,"),
        ),
        warning(
            "missing-basis",
            I,
            4,
            "exposure_basis",
            with(I, "assumption,3,judgement", "assumption,3,"),
        ),
        warning(
            "missing-basis",
            S,
            22,
            "element.parent",
            with(S, "parent_basis = \"judgement\"\n", ""),
        ),
        // Signposts and triggers.
        steered(
            "unknown-signpost",
            "trigger.when",
            "when = [\"heat\"]",
            "when = [\"heet\"]",
        ),
        steered(
            "unknown-stream",
            "signpost.stream",
            "stream = \"own\"",
            "stream = \"won\"",
        ),
        steered(
            "unknown-pool",
            "signpost.pool",
            "pool = \"mission\"",
            "pool = \"misson\"",
        ),
        steered(
            "unknown-initiative",
            "trigger.action.initiatives",
            "initiatives = [\"ships\"]\nquarters = 2",
            "initiatives = [\"sheep\"]\nquarters = 2",
        ),
        steered(
            "unknown-actor",
            "reaction.actor",
            "[[reaction]]\nactor = \"PRK\"",
            "[[reaction]]\nactor = \"PKR\"",
        ),
        steered(
            "missing-value",
            "signpost.target",
            "target = [\"KOR\", \"NATO\"]\n",
            "",
        ),
        steered(
            "missing-value",
            "signpost.initiatives",
            "initiatives = [\"ships\"]\nabove",
            "above",
        ),
        steered("missing-value", "trigger.when", "when = [\"heat\"]\n", ""),
        steered(
            "missing-value",
            "trigger.action.initiatives",
            "do = \"freeze\"\nexposed_to = \"PRK\"\nlevel = 2\n",
            "do = \"pause\"\n",
        ),
        steered(
            "missing-key",
            "trigger.action.quarters",
            "level = 2\nquarters = 2\n",
            "level = 2\n",
        ),
        steered("missing-key", "signpost.above", "above = 6\n", ""),
        steered(
            "missing-key",
            "signpost.basis",
            "below = 50\nbasis = \"judgement\"",
            "below = 50",
        ),
        steered(
            "bad-choice",
            "signpost.measures",
            "\"delivered\"",
            "\"deliverd\"",
        ),
        steered(
            "bad-choice",
            "trigger.action.do",
            "\"freeze\"",
            "\"freese\"",
        ),
        steered("out-of-range", "signpost.below", "below = 50", "below = 0"),
        steered(
            "out-of-range",
            "reaction.answering",
            "answering = 40",
            "answering = 140",
        ),
        steered(
            "wrong-type",
            "signpost.above",
            "above = 6\n",
            "above = 6.5\n",
        ),
        steered(
            "contradiction",
            "signpost.below",
            "above = 6\n",
            "above = 6\nbelow = 2\n",
        ),
        steered(
            "contradiction",
            "trigger.action.exposed_to",
            "do = \"freeze\"\nexposed_to = \"PRK\"\nlevel = 2\n",
            "do = \"pause\"\nexposed_to = \"PRK\"\ninitiatives = [\"ships\"]\n",
        ),
        steered(
            "contradiction",
            "trigger.averts",
            "averts = [\"spiral\"]",
            "averts = [\"spiral\", \"heat\"]",
        )
        .among_others(),
        steered(
            "no-harm",
            "trigger.averts",
            "averts = [\"spiral\"]",
            "averts = [\"slow\"]",
        ),
        steered(
            "nothing-measured",
            "signpost.initiatives",
            "initiatives = [\"ships\"]\nabove",
            "initiatives = [\"mission\"]\nabove",
        ),
        steered(
            "nothing-measured",
            "signpost.actor",
            "actor = \"PRK\"\nabove",
            "actor = \"IND\"\nabove",
        ),
        nothing_spent(),
        steered(
            "useless-action",
            "trigger.action.initiatives",
            "initiatives = [\"ships\"]\nquarters = 2",
            "initiatives = [\"mission\"]\nquarters = 2",
        ),
        steered(
            "useless-action",
            "trigger.action.initiatives",
            "do = \"start\"\ninitiatives = [\"ships\"]",
            "do = \"start\"\ninitiatives = [\"desk\"]",
        ),
        steered(
            "useless-action",
            "trigger.action.exposed_to",
            "exposed_to = \"PRK\"",
            "exposed_to = \"IND\"",
        ),
        steered(
            "useless-action",
            "trigger.action.initiatives",
            "do = \"start\"\ninitiatives = [\"ships\"]",
            "do = \"resume\"\ninitiatives = [\"ships\"]",
        ),
        steered(
            "duplicate-id",
            "trigger.id",
            "id = \"hurry\"",
            "id = \"cool\"",
        )
        .among_others(),
        steered(
            "duplicate-entry",
            "reaction.actor",
            "answering = 40\n",
            "answering = 40\nbasis = \"judgement\"\n[[reaction]]\nactor = \"PRK\"\nanswering = 50\n",
        ),
        // The plan.
        error(
            "out-of-range",
            I,
            6,
            "duration_quarters",
            with(I, "Navy,,agreed,,,,2,", "Navy,,agreed,,,,-2,"),
        ),
        error(
            "impossible-prerequisite",
            I,
            5,
            "prerequisites",
            with_file(
                I,
                common::INITIATIVES
                    .replace("desk+2,2,", "pier+2,2,")
                    .replace(",agreed,", ",dropped,"),
            ),
        ),
        warning(
            "impossible-prerequisite",
            I,
            5,
            "prerequisites",
            with_file(
                I,
                common::INITIATIVES
                    .replace("desk+2,2,", "pier+2,2,")
                    .replace(",agreed,,,,2,", ",agreed,,,,22,"),
            ),
        ),
        warning(
            "impossible-prerequisite",
            I,
            5,
            "prerequisites",
            with_file(
                I,
                common::INITIATIVES
                    .replace("desk+2,2,", "pier+2,2,")
                    .replace(",agreed,,,,2,assumption", ",agreed,,,,,"),
            ),
        ),
        error(
            "out-of-range",
            I,
            5,
            "prerequisites",
            with(I, "desk+2,2,", "desk+99,2,"),
        ),
        error(
            "bad-number",
            I,
            5,
            "prerequisites",
            with(I, "desk+2,2,", "desk+two,2,"),
        ),
        error("bad-list", I, 3, "gives", with(I, "other:2,", "other 2,")),
        error(
            "unknown-pool",
            I,
            3,
            "gives",
            with(I, "other:2,", "others:2,"),
        ),
        error(
            "out-of-range",
            I,
            3,
            "gives",
            with(I, "other:2,", "other:-2,"),
        ),
        error(
            "bad-profile",
            I,
            3,
            "staff_profile",
            with(I, "50;100;100;100", "50;100;100"),
        ),
        error(
            "bad-profile",
            I,
            4,
            "cost_profile",
            with(I, "50;10;10;10;10;10", "50;10;10;10;10;11"),
        ),
        error(
            "out-of-range",
            I,
            4,
            "absorption",
            with(
                I,
                "Sail together,judgement,1,",
                "Sail together,judgement,4,",
            ),
        ),
        error(
            "bad-choice",
            I,
            5,
            "transfer",
            with(I, "to-partner", "to-partners"),
        ),
        error(
            "bad-date",
            I,
            4,
            "latest",
            with(I, "2026-12-31,true", "2026-12-32,true"),
        ),
        warning(
            "lonely-group",
            I,
            4,
            "alternatives",
            with(I, "true,false,sea,", "true,false,land,"),
        )
        .among_others(),
        warning(
            "lonely-group",
            I,
            6,
            "bundle",
            with(I, ",joint,,\n", ",point,,\n"),
        )
        .among_others(),
        warning(
            "missing-field",
            I,
            4,
            "absorption",
            with(
                I,
                "Sail together,judgement,1,,judgement",
                "Sail together,judgement,,,",
            ),
        ),
        warning("missing-field", I, 1, "", with(I, ",baseline,", ",base,")).among_others(),
        warning(
            "missing-basis",
            I,
            6,
            "baseline_basis",
            with(I, "No pier,judgement", "No pier,"),
        ),
        error(
            "no-review",
            I,
            4,
            "at_review",
            with(T, "[[review]]\nquarter = \"2026-Q1\"\n", ""),
        ),
        error(
            "bad-date",
            T,
            142,
            "review.quarter",
            with(T, "\"2026-Q1\"", "\"2026-Q5\""),
        ),
        error(
            "no-such-rows",
            T,
            0,
            "pool.from_resources",
            with(T, "measure = \"budget\"", "measure = \"staff\""),
        ),
        error(
            "reversed-dates",
            T,
            149,
            "pool.ramp.from",
            with(T, "from = 2027-01-01", "from = 2026-07-01"),
        ),
        error(
            "out-of-range",
            T,
            83,
            "pool.staff",
            with(T, "staff = 4\n", "staff = 0\n"),
        ),
        error(
            "out-of-range",
            T,
            94,
            "ceiling.most",
            with(T, "most = 6", "most = 0"),
        ),
        error(
            "out-of-range",
            T,
            72,
            "plan.starts_per_quarter",
            with(T, "starts_per_quarter = 3", "starts_per_quarter = 0"),
        ),
        error(
            "out-of-range",
            T,
            71,
            "plan.budget_keur",
            with(T, "budget_keur = 5000", "budget_keur = 0"),
        ),
        // Legal but doubtful.
        warning(
            "future-date",
            C,
            9,
            "date",
            chronicle("2024-07-11", "2026-01-01"),
        ),
        warning(
            "future-date",
            I,
            3,
            "start",
            with(I, "2023-01-01", "2026-01-01"),
        )
        .among_others(),
        warning(
            "before-start",
            C,
            5,
            "date",
            chronicle("2007-01-01", "2004-12-01"),
        ),
        warning(
            "same-event-twice",
            C,
            8,
            "id",
            chronicle(
                "e4,2022-06-29,day,KOR,NATO,true,036",
                "e4,2023-07-11,day,NATO,JPN,true,057",
            ),
        )
        .among_others(),
        warning(
            "same-title-twice",
            C,
            5,
            "title",
            chronicle(
                "e2,",
                "e0,2006-05-04,day,NATO,KOR,true,057,cyber,\"Talks, the first\",https://example.org\ne2,",
            ),
        ),
        warning(
            "before-joining",
            C,
            4,
            "target",
            with(M, "1949-04-04", "2007-01-15"),
        ),
        warning(
            "arrangement-acts",
            C,
            8,
            "target",
            chronicle("JPN,NATO", "JPN,ITPP"),
        ),
        warning(
            "acts-on-itself",
            C,
            9,
            "target",
            chronicle("IND,PRK", "IND,IND"),
        ),
        warning(
            "unused-actor",
            A,
            10,
            "code",
            with_file(
                A,
                format!("{}FRA,France,France,state,,,,,\n", common::ACTORS),
            ),
        ),
        warning(
            "done-without-delivery",
            I,
            2,
            "delivered",
            with(I, "2022-11-01,month", ","),
        ),
        // Progress.
        error(
            "unknown-initiative",
            P,
            3,
            "initiative",
            with(P, "desk", "desc"),
        ),
        error("bad-choice", P, 3, "state", with(P, "paused", "pause")),
        error("missing-value", P, 4, "state", with(P, "on-track", "")),
        error("bad-date", P, 5, "date", with(P, "2025-03-01", "1 March")),
        error(
            "inexact-date",
            P,
            5,
            "date",
            with(P, "2025-03-01", "2025-03-02"),
        ),
        error(
            "progress-order",
            P,
            4,
            "state",
            with(P, "on-track", "started"),
        ),
        error(
            "progress-order",
            P,
            6,
            "state",
            with(P, ",started", ",dropped"),
        ),
        error(
            "progress-order",
            P,
            6,
            "state",
            with(P, ",started", ",delivered"),
        ),
        // In order of time and not of the file.
        error(
            "progress-order",
            P,
            5,
            "state",
            with(P, "2025-09-01", "2025-02-01"),
        ),
        warning(
            "same-progress-twice",
            P,
            4,
            "state",
            with(P, "2024-08-01,,on-track", "2024-05-01,,paused"),
        ),
        warning(
            "future-date",
            P,
            6,
            "date",
            with(P, "2025-09-01,month", "2026-09-01,day"),
        ),
        warning(
            "progress-conflict",
            P,
            6,
            "state",
            with(
                P,
                "ships,2025-09-01,month,late",
                "mission,2025-09-01,month,late",
            ),
        ),
        warning(
            "progress-conflict",
            P,
            6,
            "date",
            with(
                P,
                "ships,2025-09-01,month,late",
                "mission,2023-02-01,month,delivered",
            ),
        ),
        warning("no-start", I, 3, "start", with(I, "2023-01-01,year", ",")),
        warning(
            "evidence-before-start",
            I,
            3,
            "evidence",
            with(I, "e5;e6", "e5;e4"),
        ),
    ]
}

#[test]
fn the_small_case_is_sound() {
    let reading = read_files(&files());
    assert_eq!(listed(&reading), "");
    let case = reading.case.unwrap();
    assert_eq!(case.chronicle.len(), 6);
    assert_eq!(case.chronicle[1].title, "The \"second\" praise");
    assert_eq!(case.initiatives[1].exposure, [("PRK".to_owned(), 0)]);
    assert_eq!(case.initiatives[0].recommendations, [1, 2]);
    assert_eq!(case.resources[0].value, None);
    // What is entered goes ahead of initiatives.csv.
    let ships = &case.initiatives[2];
    assert_eq!(ships.status, Status::Running);
    assert_eq!(ships.start.unwrap().to_string(), "2025-03-01");
    let desk = case.standing("desk").unwrap();
    assert_eq!(desk.state, ProgressState::OnTrack);
    assert_eq!((desk.paused_days, desk.started), (92, None));
    assert_eq!(case.standing("mission"), None);
    let office = &case.offices[0];
    assert_eq!(office.names, ["Example", "J. Example"]);
    assert_eq!(office.state.as_deref(), Some("BEL"));
    assert!(case.offices[1].to.is_none() && case.offices[1].state.is_none());
    assert_eq!(case.elements_of("line").count(), 2);
    let counts: Vec<(usize, usize)> = reading
        .report
        .rows
        .iter()
        .map(|r| (r.read, r.kept))
        .collect();
    assert_eq!(
        counts,
        [(7, 7), (6, 6), (5, 5), (3, 3), (2, 2), (4, 4), (2, 2)]
    );
}

#[test]
fn the_small_case_can_be_steered() {
    let reading = read_files(&with_steering(STEERING));
    assert_eq!(listed(&reading), "");
    let steering = reading.case.unwrap().settings.plan.steering;
    let words: Vec<&str> = steering
        .signposts
        .iter()
        .map(|s| s.measure.word())
        .collect();
    let all = [
        "events",
        "events",
        "late",
        "staff",
        "money",
        "delivered",
        "exposure",
    ];
    assert_eq!(words, all);
    assert_eq!(steering.signposts[1].costs, Some(300));
    assert_eq!(steering.signposts[1].quarters, 2);
    assert_eq!(steering.signposts[5].side, LineSide::Below);
    assert_eq!(
        (steering.triggers[0].rest, steering.triggers[1].rest),
        (4, 2)
    );
    assert_eq!(steering.triggers[1].needs, Needs::Any);
    assert_eq!(
        steering.triggers[0].actions,
        [Action::Freeze {
            actor: "PRK".to_owned(),
            level: 2,
            quarters: 2
        }]
    );
    assert_eq!(steering.reactions[0].tipping, Some(8));
}

/// A wrong line is told to the line.
#[test]
fn what_steers_is_located() {
    let spoilt = STEERING.replacen("\"freeze\"", "\"freese\"", 1);
    let line = common::CASE.lines().count()
        + spoilt.lines().position(|l| l.contains("freese")).unwrap()
        + 1;
    let message = format!(
        "case.toml:{line}: error[bad-choice]: key trigger.action.do: \"freese\" is not pause, resume, drop, start, advance or freeze — did you mean \"freeze\"?"
    );
    let shown = listed(&read_files(&with_steering(&spoilt)));
    assert!(shown.lines().any(|l| l == message), "{shown}");
}

#[test]
fn each_problem_is_reported_at_its_place() {
    let mut failures = Vec::new();
    for Spoilt {
        files,
        severity,
        code,
        at: (file, line, column),
        alone,
    } in spoilt()
    {
        let reading = read_files(&files);
        let found = reading.report.problems.iter().any(|p| {
            p.code == code
                && p.severity == severity
                && p.file == file
                && (line.is_none() && p.line.is_some() && file == T && column.is_some()
                    || p.line == line)
                && (column.is_none() || p.column.as_deref() == column)
        });
        let others = reading.report.problems.len() != 1;
        if !found || (alone && others) {
            failures.push(format!(
                "wanted {code} at {file}:{line:?} {column:?}, found:\n{}",
                listed(&reading)
            ));
        }
        let errors = reading.report.errors();
        assert_eq!(
            reading.case.is_some(),
            errors == 0,
            "{code}: {}",
            listed(&reading)
        );
        for problem in &reading.report.problems {
            assert!(
                !problem.why.is_empty() && !problem.remedy.is_empty(),
                "{problem}"
            );
            assert!(
                problem.to_string().chars().all(|c| !c.is_control()),
                "{problem:?}"
            );
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// These need a folder on a disk; see `folder.rs`.
const ON_DISK: [&str; 4] = ["no-folder", "not-a-regular-file", "unreadable", "huge-file"];

#[test]
fn every_code_has_a_case_that_shows_it() {
    let shown: BTreeSet<&str> = spoilt().iter().map(|s| s.code).chain(ON_DISK).collect();
    let listed: BTreeSet<&str> = PROBLEM_CODES.iter().map(|&(code, _)| code).collect();
    assert_eq!(shown, listed);
    assert_eq!(listed.len(), PROBLEM_CODES.len(), "a code is listed twice");
}

#[test]
fn messages_say_what_would_be_right() {
    let shown = |files: &Files| listed(&read_files(files));
    for (files, message) in [
        (
            with(C, "29,day,KOR", "29,day,KRO"),
            "chronicle.csv:7: error[unknown-actor]: column source: \"KRO\" is not in actors.csv — did you mean \"KOR\"?",
        ),
        (
            with(C, "2022-06-29", "2023-02-30"),
            "chronicle.csv:7: error[bad-date]: column date: \"2023-02-30\" is a day that does not exist: 2023-02 has 28 days — write a day from 2023-02-01 to 2023-02-28",
        ),
        (
            with(C, "true,036,cyber,Summit", "true,36,cyber,Summit"),
            "chronicle.csv:7: error[bad-cameo]: column cameo: \"36\" is a CAMEO code that does not exist — did you mean \"036\" (Express intent to meet or negotiate)? A spreadsheet may have dropped the zero",
        ),
        (
            with(I, "day,,2,source", "day,ships,2,source"),
            "initiatives.csv:2: error[prerequisite-cycle]: column prerequisites: \"ships\" makes initiatives wait for each other: mission → ships → desk → mission — take one of these prerequisites out",
        ),
        (
            with(T, "comparators", "comparator"),
            "case.toml:5: warning[unknown-key]: key case.comparator: the key is not part of this file and was not read — did you mean \"comparators\"?",
        ),
        (
            with(C, "Statement", "\"Statement"),
            "chronicle.csv:9: error[unclosed-quote]: \"\"Statement,https://example.org/e6\" opens a quote that is never closed; read literally it would swallow 1 more line(s), up to the end of the file — close the quote on this line, or delete it; the lines below were read as rows",
        ),
    ] {
        let shown = shown(&files);
        assert!(
            shown.lines().any(|l| l == message),
            "wanted\n{message}\nfound\n{shown}"
        );
    }
}

#[test]
fn all_problems_come_at_once_and_in_order() {
    let mut files = with(C, "29,day,KOR", "29,day,KRO");
    let spoil = |text: &[u8], from, to| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.replacen(from, to, 1).into_bytes()
    };
    let chronicle = spoil(&files[C], "Statement", "\"Statement");
    let chronicle = spoil(&chronicle, "2006-05-04", "2006-05-32");
    files.insert(C.to_owned(), chronicle);
    files.insert(T.to_owned(), spoil(&files[T], "draws = 100", "draws = -1"));
    files.insert(I.to_owned(), spoil(&files[I], "done", "doen"));
    let reading = read_files(&files);
    let found: Vec<(&str, usize)> = reading
        .report
        .problems
        .iter()
        .map(|p| (p.file.as_str(), p.line.unwrap()))
        .collect();
    assert_eq!(
        found,
        [(T, 15), (C, 4), (C, 7), (C, 9), (I, 2)],
        "{}",
        listed(&reading)
    );
    let rows = reading.report.rows.iter().find(|r| r.file == C).unwrap();
    assert_eq!((rows.read, rows.kept), (6, 3));
}

#[test]
fn values_in_messages_are_short_and_visible() {
    let long = "Z".repeat(5000);
    let files = with(C, "29,day,KOR", &format!("29,day,{long}"));
    let problem = &read_files(&files).report.problems[0];
    assert_eq!(problem.value.chars().count(), 61);
    let files = with(C, "29,day,KOR", "29,day,\u{1b}[31mKOR\u{202e}");
    for problem in &read_files(&files).report.problems {
        let shown = problem.to_string();
        assert!(shown.contains("\\u{1b}[31mKOR\\u{202e}"), "{shown}");
    }
}

#[test]
fn offsets_count_the_byte_order_mark() {
    let files = with_file(C, b"\xef\xbb\xbf# a\n\xff\n".to_vec());
    let shown = listed(&read_files(&files));
    assert!(
        shown.contains("byte 0xff at position 1 of the line, offset 7 in the file"),
        "{shown}"
    );
}

#[test]
fn a_case_may_do_without_the_optional_files() {
    let mut files = with(
        T,
        "from_resources = { entity = \"NATO\", measure = \"budget\" }\n",
        "",
    );
    for name in [M, O, I, P, "resources.csv", X, S, "frameworks/act.toml"] {
        files.remove(name);
    }
    let reading = read_files(&files);
    assert!(reading.case.is_some(), "{}", listed(&reading));
}

#[test]
fn columns_may_stand_in_any_order_and_quotes_around_any_field() {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(common::CHRONICLE.as_bytes());
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    let reversed = |r: &csv::StringRecord| r.iter().rev().map(str::to_owned).collect::<Vec<_>>();
    writer
        .write_record(reversed(reader.headers().unwrap()))
        .unwrap();
    for record in reader.records() {
        writer.write_record(reversed(&record.unwrap())).unwrap();
    }
    let reading = read_files(&with_file(C, writer.into_inner().unwrap()));
    let plain = read_files(&files()).case.unwrap();
    assert_eq!(reading.case.unwrap().chronicle, plain.chronicle);
}

#[test]
fn the_fingerprint_is_of_names_and_bytes() {
    let print = |files: &Files| read_files(files).case.unwrap().fingerprint;
    let plain = print(&files());
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, print(&files()));
    assert_ne!(plain, print(&with(C, "Summit", "Summits")));
    let mut renamed = files();
    let moved = renamed.remove("frameworks/act.toml").unwrap();
    renamed.insert("frameworks/bct.toml".to_owned(), moved);
    assert_ne!(plain, print(&renamed));
    // What is not part of the case does not count.
    assert_eq!(plain, print(&with_file("README.md", "words")));
    assert_eq!(plain, print(&with_file("other.csv", "words")));
}

#[test]
fn a_folder_that_is_not_there_is_said_so() {
    let reading = read(std::path::Path::new("no/such/folder"));
    assert_eq!(reading.report.problems[0].code, "no-folder");
    assert!(reading.case.is_none());
}
