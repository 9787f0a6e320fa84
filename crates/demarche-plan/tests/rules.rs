//! What initiatives say of themselves, as a plan keeps to it: a small case, rule by rule.

use std::collections::BTreeMap;

use demarche_case::{Case, read_files};
use demarche_plan::check::check;
use demarche_plan::counts;
use demarche_plan::plan::{NoPlan, Plan};
use demarche_plan::problem::Limit;
use demarche_plan::scheme::{CellKind, Estimate, Kind, Scheme, Wishes};
use demarche_plan::search::Effort;

const HEAD: &str = r#"[case]
title = "Small"
summary = "For tests."
partners = ["KOR", "NATO"]
comparators = []
as_of = 2026-06-30
start = 2020-01-01
limits = []

[measure]
by = "month"
body = "self"
quad = "gdelt"
min_events = 20
draws = 10
seed = 1

[sides]
third = []

[sides.one]
name = "One"
actors = ["KOR", "NATO"]

[sides.other]
name = "Other"
actors = ["CHN"]

[[area]]
id = "cyber"
name = "Cyber"

[[area]]
id = "sea"
name = "Sea"
"#;

const ACTORS: &str = "code,name,short,kind,cameo,gdelt_group,icews,cow,note
KOR,Korea,Korea,state,KOR,,,732,
NATO,NATO,NATO,body,,NAT,,,
CHN,China,China,state,CHN,,,710,
";

/// A case with that plan and these rows: columns and values, `;` between cells of a row kept.
fn case(plan: &str, columns: &str, rows: &[&str]) -> Case {
    let mut text = format!(
        "id,title,recommendation,area,lead,status,duration_quarters,staff_fte,cost_keur,exposure_CHN{columns}\n"
    );
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    let files: BTreeMap<String, Vec<u8>> = [
        ("case.toml", format!("{HEAD}\n{plan}")),
        ("actors.csv", ACTORS.to_owned()),
        (
            "memberships.csv",
            "actor,body,from,to,precision,url,note\n".to_owned(),
        ),
        (
            "chronicle.csv",
            "id,date,precision,source,target,mutual,cameo,area,title,url\n".to_owned(),
        ),
        (
            "resources.csv",
            "entity,measure,date,value,text,unit,url,note\nDesk,people,2026-10-01,5,,persons,,\n"
                .to_owned(),
        ),
        ("initiatives.csv", text),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .collect();
    let reading = read_files(&files);
    let problems: Vec<String> = reading
        .report
        .problems
        .iter()
        .map(ToString::to_string)
        .collect();
    reading
        .case
        .unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

const PLAN: &str = r#"[plan]
quarters = 8

[[pool]]
id = "desk"
name = "Desk"
leads = ["MOFA"]
staff = 2
"#;

fn plan(case: &Case, wishes: &Wishes) -> Result<(Scheme, Plan), NoPlan> {
    let scheme = Scheme::of(case, wishes);
    let effort = Effort {
        chains: 4,
        trials: 4_000,
        ..Effort::default()
    };
    let plan = Plan::make(case, &scheme, &effort, None)?;
    assert_eq!(check(&scheme.problem, &plan.schedule), Ok(plan.value));
    Ok((scheme, plan))
}

fn made(case: &Case) -> (Scheme, Plan) {
    plan(case, &Wishes::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn start(case: &Case, plan: &Plan, id: &str) -> Option<usize> {
    let mut steps = plan.steps.iter();
    Some(
        steps
            .find(|step| case.initiatives[step.initiative].id == id)?
            .start,
    )
}

fn why_not<'a>(case: &Case, plan: &'a Plan, id: &str) -> &'a str {
    let mut left = plan.left_out.iter();
    let found = left.find(|left| case.initiatives[left.initiative].id == id);
    found.map_or("it is in the plan", |left| left.why.as_str())
}

fn why_then<'a>(case: &Case, plan: &'a Plan, id: &str) -> &'a str {
    let mut steps = plan.steps.iter();
    let found = steps.find(|step| case.initiatives[step.initiative].id == id);
    found.map_or("it is left out", |step| step.why_then.as_str())
}

#[test]
fn hiring_pays_for_itself_and_is_named_where_it_matters() {
    let rows = [
        "hire,Hire,1,cyber,MOFA,proposed,2,2,0,0,desk:3",
        "big,Big work,1;2;3,cyber,MOFA,proposed,2,5,0,0,",
    ];
    let case = case(PLAN, ",gives", &rows);
    let (scheme, plan) = made(&case);
    // Two people hire three in two quarters; five are there from the third on.
    assert_eq!(start(&case, &plan, "hire"), Some(0));
    assert_eq!(start(&case, &plan, "big"), Some(2));
    assert_eq!(
        why_then(&case, &plan, "big"),
        "not earlier: Desk: its people are all at work in 2026-Q4; hiring in hire gives 3 people from 2027-Q1"
    );
    let hire = &plan.steps[0];
    assert!(
        hire.why.contains("it gives 3 people to Desk from 2027-Q1"),
        "{}",
        hire.why
    );
    // What it is worth holds what could not be done without it.
    let both: i128 = plan.value;
    assert_eq!(hire.worth, both);
    let desk = &plan.loads[0];
    assert_eq!(desk.limit, [20, 20, 50, 50, 50, 50, 50, 50]);
    assert_eq!(scheme.kinds[0], Kind::Pool(0));
}

#[test]
fn upkeep_counts_against_people_and_money_after_the_end() {
    let rows = [
        "a,A,1;2,cyber,MOFA,proposed,2,1,100,0,1,40",
        "b,B,1,cyber,MOFA,proposed,2,2,0,0,,",
    ];
    let plan_text = format!("{PLAN}\n[[year_budget]]\nyear = 2027\nkeur = 40\n");
    let case = case(&plan_text, ",upkeep_staff,upkeep_keur", &rows);
    let (scheme, plan) = made(&case);
    // After A has ended only one of two is free: B must come before, or A be last of all.
    let (a, b) = (start(&case, &plan, "a"), start(&case, &plan, "b"));
    let taken = &plan.loads[0].taken;
    let first = scheme.activity[0].unwrap();
    assert_eq!(scheme.problem.activities[first].upkeep[0], 10);
    assert!(taken.iter().all(|&t| t <= 20), "{taken:?} {a:?} {b:?}");
    assert!(a.is_some() && b.is_some(), "{a:?} {b:?}");
    assert!(b.unwrap() + 2 <= a.unwrap());
    // In 2027 the whole upkeep of a year, 40, may be spent, but not the cost of 100.
    let year = &plan.loads[1];
    assert_eq!(scheme.kinds[1], Kind::Year(2027));
    assert_eq!(year.limit, [160]);
    assert!(year.taken[0] <= 160);
    assert!(!(2..6).contains(&a.unwrap()), "{a:?}");
}

#[test]
fn profiles_spread_people_and_money() {
    let rows = ["a,A,1,cyber,MOFA,proposed,4,2,100,0,50;100;100;25,10;20;30;40"];
    let text = format!("{PLAN}\n").replace("quarters = 8", "quarters = 8\nbudget_keur = 100");
    let case = case(&text, ",staff_profile,cost_profile", &rows);
    let scheme = Scheme::of(&case, &Wishes::default());
    assert_eq!(scheme.problem.activities[0].demand[0], [10, 20, 20, 5]);
    assert_eq!(scheme.problem.activities[0].demand[1], [40, 80, 120, 160]);
    assert_eq!(scheme.problem.resources[1].limit, Limit::Total(400));
}

#[test]
fn alternatives_and_bundles_are_kept_and_said() {
    let rows = [
        "a,A,1;2,cyber,MOFA,proposed,1,1,0,0,way,",
        "b,B,1,cyber,MOFA,proposed,1,1,0,0,way,",
        "c,C,1;2,cyber,MOFA,proposed,1,1,0,0,,pair",
        "d,D,1,cyber,MOFA,proposed,1,9,0,0,,pair",
    ];
    let case = case(PLAN, ",alternatives,bundle", &rows);
    let (scheme, plan) = made(&case);
    assert_eq!(scheme.problem.exclusions, [[0, 1]]);
    assert_eq!(scheme.problem.bundles, [[2, 3]]);
    assert!(start(&case, &plan, "a").is_some());
    assert_eq!(why_not(&case, &plan, "b"), "its alternative a is chosen");
    assert_eq!(
        why_not(&case, &plan, "c"),
        "it is done only together with d, and not all of them fit or pay"
    );
    // What is done rules its alternatives out; what is dropped takes its bundle along.
    let rows = [
        "a,A,1;2,cyber,MOFA,done,1,1,0,0,way,",
        "b,B,1,cyber,MOFA,proposed,1,1,0,0,way,",
        "c,C,1;2,cyber,MOFA,proposed,1,1,0,0,,pair",
        "d,D,1,cyber,MOFA,dropped,1,1,0,0,,pair",
    ];
    let case = self::case(PLAN, ",alternatives,bundle", &rows);
    let (_, plan) = made(&case);
    assert_eq!(why_not(&case, &plan, "b"), "its alternative a is done");
    assert_eq!(
        why_not(&case, &plan, "c"),
        "it goes together with d, which is outside the plan"
    );
}

#[test]
fn lags_latest_starts_and_reviews_are_kept_and_said() {
    let rows = [
        "a,A,1,cyber,MOFA,proposed,1,1,0,0,,,",
        "b,B,1,cyber,MOFA,proposed,1,1,0,0,a+2,,",
        "c,C,1,cyber,MOFA,proposed,1,1,0,0,a+2,2026-12-31,",
        "d,D,1,cyber,MOFA,proposed,1,1,0,0,,2026-06-30,",
        "e,E,1,cyber,MOFA,proposed,1,1,0,0,,,true",
    ];
    let text = format!("{PLAN}\n[[review]]\nquarter = \"2027-Q1\"\n");
    let case = case(&text, ",prerequisites,latest,at_review", &rows);
    let (_, plan) = made(&case);
    assert_eq!(start(&case, &plan, "a"), Some(0));
    assert_eq!(start(&case, &plan, "b"), Some(3));
    assert_eq!(
        why_then(&case, &plan, "b"),
        "not earlier: it waits for a to end"
    );
    assert_eq!(
        why_not(&case, &plan, "c"),
        "its latest start has passed once a has ended"
    );
    assert_eq!(
        why_not(&case, &plan, "d"),
        "its latest start, 2026-06-30, has passed"
    );
    assert_eq!(start(&case, &plan, "e"), Some(3));
    assert_eq!(
        why_then(&case, &plan, "e"),
        "not earlier: it starts only after the review of 2027-Q1"
    );
}

#[test]
fn confidence_comes_first_where_it_is_asked_for() {
    let rows = [
        "talk,Talk,,cyber,MOFA,proposed,2,1,0,0,true",
        "ships,Ships,1;2,cyber,MOFA,proposed,1,1,0,3,",
        "seminar,Seminar,1,cyber,MOFA,proposed,1,1,0,1,",
    ];
    let text = PLAN.replace(
        "quarters = 8",
        "quarters = 8\nconfidence_first = true\nconfidence_exposure = 3",
    );
    let case = case(&text, ",calming", &rows);
    let (_, plan) = made(&case);
    assert_eq!(start(&case, &plan, "talk"), Some(0));
    assert_eq!(start(&case, &plan, "ships"), Some(2));
    assert_eq!(start(&case, &plan, "seminar"), Some(0));
    assert_eq!(
        why_then(&case, &plan, "ships"),
        "not earlier: it is exposed, and talk must have ended first, to build confidence"
    );
    // Without anything calming nothing exposed starts, and a note says so.
    let none = self::case(&text, ",calming", &rows[1..]);
    let (scheme, plan) = made(&none);
    assert_eq!(start(&none, &plan, "ships"), None);
    assert!(scheme.notes.iter().any(|note| note.contains("calming")));
    // Not asked for, no wait.
    let free = self::case(PLAN, ",calming", &rows);
    assert_eq!(start(&free, &made(&free).1, "ships"), Some(0));
}

#[test]
fn technology_both_ways_and_levels_count_less_each_time() {
    let rows = [
        "old,Old,,cyber,MOFA,done,1,1,0,0,to-partner,1",
        "a,A,,cyber,MOFA,proposed,1,1,0,0,to-partner,2",
        "b,B,,cyber,MOFA,proposed,1,1,0,0,from-partner,3",
        "c,C,,sea,MOFA,proposed,1,1,0,0,both,",
    ];
    let text =
        format!("{PLAN}\n[plan.weights]\ncoverage = 0\ntransfer = 60\ninteroperability = 40\n");
    let case = case(&text, ",transfer,interoperability", &rows);
    let (scheme, plan) = made(&case);
    let gain = |kind: fn(&CellKind) -> bool| -> Vec<Vec<i64>> {
        let cells = scheme.cells.iter().zip(&scheme.problem.cells);
        cells
            .filter(|(k, _)| kind(k))
            .map(|(_, cell)| cell.gain.clone())
            .collect()
    };
    let ways = gain(|kind| matches!(kind, CellKind::Transfer(_)));
    assert_eq!(ways[0], [30, 20, 15, 12, 10, 8, 7]);
    assert_eq!(ways[1], [60, 30, 20, 15, 12, 10, 8, 7]);
    // The first level is reached already.
    assert_eq!(
        gain(|kind| matches!(kind, CellKind::Level(_))),
        [[20], [10]]
    );
    // To the partner 30 + 20, from it 60 + 30, levels 20 + 10.
    assert_eq!(plan.value, 170);
    let words = counts::paragraph(&case);
    assert!(
        words.contains("60 for the first initiative that brings technology to NATO"),
        "{words}"
    );
    assert!(!words.contains("pair of theme and line"), "{words}");
}

#[test]
fn earliness_counts_for_what_can_be_checked() {
    let rows = [
        "a,A,,cyber,MOFA,proposed,2,1,0,0,Report,Issued",
        "b,B,,cyber,MOFA,proposed,2,1,0,0,Report,",
    ];
    let text = format!("{PLAN}\n[plan.weights]\nearliness = 80\n");
    let case = case(&text, ",deliverable,indicator", &rows);
    let scheme = Scheme::of(&case, &Wishes::default());
    // 80 × (8 − 2 − start) / 8.
    let value = &scheme.problem.activities[0].value;
    assert_eq!(value[..3], [Some(60), Some(50), Some(40)]);
    assert_eq!(value[6..], [Some(0), None]);
    assert_eq!(scheme.problem.activities[1].value[0], Some(0));
}

#[test]
fn exposure_is_estimated_where_asked_for_and_told() {
    let rows = [
        "a,A,1,cyber,MOFA,proposed,1,1,0,2",
        "b,B,1,sea,MOFA,proposed,1,1,0,2",
    ];
    let wishes = Wishes {
        estimates: vec![Estimate {
            areas: vec!["cyber".to_owned()],
            step: "cyber".to_owned(),
            actor: "CHN".to_owned(),
            tenths: 14,
            interval: (3, 25),
        }],
        ..Wishes::default()
    };
    let text = PLAN.replace("quarters = 8", "quarters = 8\nexposure = \"estimated\"");
    let ceiling = "[[ceiling]]\nactor = \"CHN\"\nmost = 2\n";
    let case = case(&format!("{text}\n{ceiling}"), "", &rows);
    let scheme = Scheme::of(&case, &wishes);
    let said = |a: usize| scheme.exposure[a][0].1.to_string();
    assert_eq!(said(0), "estimated 1.4 (0.3 to 2.5)");
    assert_eq!(said(1), "judged 2");
    assert_eq!(scheme.problem.activities[0].demand[1], [14]);
    assert_eq!(scheme.problem.activities[1].demand[1], [20]);
    assert_eq!(
        scheme.problem.resources[1].limit,
        Limit::EachPeriod(vec![20; 8])
    );
    // 14 tenths of a level cost as much as 1.4 levels.
    let worth = |a: usize| scheme.problem.activities[a].value[0].unwrap();
    assert_eq!(worth(0) - worth(1), 20 - 14);
    // Not asked for: as judged.
    let judged = self::case(&format!("{PLAN}\n{ceiling}"), "", &rows);
    let scheme = Scheme::of(&judged, &wishes);
    assert_eq!(scheme.exposure[0][0].1.to_string(), "judged 2");
}

#[test]
fn pools_follow_dated_sizes() {
    let text = r#"[plan]
quarters = 4

[[pool]]
id = "desk"
name = "Desk"
leads = ["MOFA"]
staff = 2
growth = 4
ramp = [{ from = 2027-01-01, staff = 7 }]
from_resources = { entity = "Desk", measure = "people" }
"#;
    let case = case(text, "", &["a,A,1,cyber,MOFA,proposed,1,1,0,0"]);
    let scheme = Scheme::of(&case, &Wishes::default());
    assert_eq!(
        scheme.problem.resources[0].limit,
        Limit::EachPeriod(vec![20, 50, 70, 70])
    );
}

#[test]
fn a_year_has_its_own_money() {
    let text =
        "[plan]\nquarters = 8\nyearly_keur = 100\n\n[[year_budget]]\nyear = 2028\nkeur = 70\n";
    let case = case(text, "", &["a,A,1,cyber,MOFA,proposed,1,1,60,0"]);
    let scheme = Scheme::of(&case, &Wishes::default());
    let limits: Vec<&Limit> = scheme.problem.resources.iter().map(|r| &r.limit).collect();
    // Two quarters of 2026 have half of a year's money, in quarters of a thousand.
    let span = |first, last, amount| Limit::Span {
        first,
        last,
        amount,
    };
    assert_eq!(
        limits,
        [&span(0, 1, 200), &span(2, 5, 400), &span(6, 7, 280)]
    );
    // 60 do not fit in 2026, where there are 50.
    assert_eq!(start(&case, &made(&case).1, "a"), Some(2));
}

#[test]
fn demands_that_cannot_be_met_together_are_named_in_words() {
    let conflict = |case: &Case, wishes: &Wishes| match plan(case, wishes) {
        Err(NoPlan::Conflict(demands) | NoPlan::Impossible(demands)) => demands.join("\n"),
        other => panic!("{other:?}"),
    };
    let text = PLAN.replace("quarters = 8", "quarters = 8\nagreed = \"must\"");
    // Both agreed, and alternatives.
    let rows = [
        "a,A,1,cyber,MOFA,agreed,1,1,0,0,way,",
        "b,B,1,cyber,MOFA,agreed,1,1,0,0,way,",
    ];
    let both = case(&text, ",alternatives,bundle", &rows);
    let said = conflict(&both, &Wishes::default());
    assert_eq!(
        said,
        "at most one of a, b is done\na is carried out, since it is agreed\nb is carried out, since it is agreed"
    );
    // A bundle of which one part is too large.
    let rows = [
        "a,A,1,cyber,MOFA,agreed,1,1,0,0,,pair",
        "b,B,1,cyber,MOFA,proposed,1,9,0,0,,pair",
    ];
    let bundle = case(&text, ",alternatives,bundle", &rows);
    let said = conflict(&bundle, &Wishes::default());
    assert_eq!(
        said,
        "Desk is limited as case.toml says\na, b are done together or not at all\na is carried out, since it is agreed"
    );
    // A latest start before what comes first has ended.
    let rows = [
        "a,A,1,cyber,MOFA,proposed,3,1,0,0,,,",
        "b,B,1,cyber,MOFA,agreed,1,1,0,0,a,2026-12-31,",
    ];
    let late = case(&text, ",prerequisites,latest,at_review", &rows);
    let said = conflict(&late, &Wishes::default());
    assert_eq!(
        said,
        "b starts no later than 2026-Q4\nb waits for a to end, which takes 3 quarters\nb is carried out, since it is agreed"
    );
    // A review too late.
    let rows = ["b,B,1,cyber,MOFA,agreed,6,1,0,0,,,true"];
    let reviewed = format!("{text}\n[[review]]\nquarter = \"2027-Q2\"\n");
    let review = case(&reviewed, ",prerequisites,latest,at_review", &rows);
    let said = conflict(&review, &Wishes::default());
    assert_eq!(
        said,
        "b starts only in a quarter after a review\nb is carried out, since it is agreed"
    );
    // Confidence first, and nothing that builds it.
    let gated = text.replace("agreed =", "confidence_first = true\nagreed =");
    let rows = [
        "b,B,1,cyber,MOFA,agreed,1,1,0,3,",
        "c,C,1,cyber,MOFA,agreed,1,1,0,3,",
    ];
    let gated = gated.replace(
        "confidence_first = true",
        "confidence_first = true\nconfidence_exposure = 3",
    );
    let confidence = case(&gated, ",calming", &rows);
    let said = conflict(&confidence, &Wishes::default());
    assert!(
        said.contains("something calming must have ended first"),
        "{said}"
    );
    // Locked where it can't be.
    let rows = ["b,B,1,cyber,MOFA,proposed,6,1,0,0,,,"];
    let long = case(PLAN, ",prerequisites,latest,at_review", &rows);
    let wishes = Wishes {
        locked: vec![(0, 5)],
        ..Wishes::default()
    };
    let said = conflict(&long, &wishes);
    assert_eq!(
        said,
        "b starts in 2027-Q4, though it takes 6 quarters and could not end within the plan"
    );
}
