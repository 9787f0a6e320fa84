//! The files read again by other eyes: an XML parser, an unzipper, and the rules of each format.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use demarche_case::Case;
use demarche_export::{Planned, calendar, files, project, workbook};
use demarche_plan::plan::Plan;
use demarche_plan::scheme::{Kind, Scheme, Wishes};
use demarche_plan::search::Effort;
use demarche_plan::tables::tables;
use demarche_table::{Kind as Type, Table};
use proptest::prelude::*;
use roxmltree::{Document, Node};

/// Text that tries to get out of its place.
const HOSTILE: &str = "=HYPERLINK(\"http://x\",\"y\") <b>&amp;</b> ]]> END:VCALENDAR\r\nEND:VCALENDAR\u{0} a;b,c\\n \u{202e}대한민국 𝄞";

struct Made {
    case: Case,
    scheme: Scheme,
    plan: Plan,
}

impl Made {
    fn planned(&self) -> Planned<'_> {
        Planned {
            case: &self.case,
            scheme: &self.scheme,
            plan: &self.plan,
        }
    }
}

/// The Korea–NATO case with a plan that took little effort.
fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
        let case = demarche_case::read(&dir).case.expect("the case is sound");
        let scheme = Scheme::of(&case, &Wishes::default());
        let effort = Effort {
            chains: 2,
            trials: 3_000,
            rounds: 1,
            ..Effort::default()
        };
        let plan = Plan::make(&case, &scheme, &effort, None).expect("there is a plan");
        Made { case, scheme, plan }
    })
}

/// The same with another title for every initiative.
fn titled(title: &str) -> Made {
    let made = made();
    let mut case = made.case.clone();
    for initiative in &mut case.initiatives {
        initiative.title = title.to_owned();
        initiative.deliverable = title.to_owned();
        initiative.url = format!("javascript:{title}");
    }
    case.settings.title = title.to_owned();
    Made {
        case,
        scheme: made.scheme.clone(),
        plan: made.plan.clone(),
    }
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    let found = node.children().find(|c| c.tag_name().name() == name)?;
    Some(found.text().unwrap_or(""))
}

fn all<'a>(document: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    let nodes = document.descendants();
    nodes.filter(|n| n.tag_name().name() == name).collect()
}

/// The elements we use, in the order of the published schema (mspdi_pj12.xsd), which is a sequence.
const ORDER: [(&str, &[&str]); 6] = [
    (
        "Project",
        &[
            "SaveVersion",
            "Name",
            "Title",
            "CreationDate",
            "LastSaved",
            "ScheduleFromStart",
            "StartDate",
            "FinishDate",
            "FYStartDate",
            "CurrencyDigits",
            "CurrencySymbol",
            "CurrencyCode",
            "CurrencySymbolPosition",
            "CalendarUID",
            "DefaultStartTime",
            "DefaultFinishTime",
            "MinutesPerDay",
            "MinutesPerWeek",
            "DaysPerMonth",
            "DefaultTaskType",
            "DurationFormat",
            "WorkFormat",
            "NewTasksEffortDriven",
            "NewTasksEstimated",
            "WeekStartDay",
            "CurrentDate",
            "Calendars",
            "Tasks",
            "Resources",
            "Assignments",
        ],
    ),
    (
        "Calendar",
        &[
            "UID",
            "Name",
            "IsBaseCalendar",
            "BaseCalendarUID",
            "WeekDays",
        ],
    ),
    (
        "Task",
        &[
            "UID",
            "ID",
            "Name",
            "Type",
            "IsNull",
            "WBS",
            "OutlineNumber",
            "OutlineLevel",
            "Priority",
            "Start",
            "Finish",
            "Duration",
            "DurationFormat",
            "EffortDriven",
            "Estimated",
            "Milestone",
            "Summary",
            "FixedCost",
            "FixedCostAccrual",
            "PercentComplete",
            "ActualDuration",
            "RemainingDuration",
            "ConstraintType",
            "CalendarUID",
            "ConstraintDate",
            "IgnoreResourceCalendar",
            "Notes",
            "PredecessorLink",
        ],
    ),
    (
        "PredecessorLink",
        &[
            "PredecessorUID",
            "Type",
            "CrossProject",
            "LinkLag",
            "LagFormat",
        ],
    ),
    (
        "Resource",
        &[
            "UID",
            "ID",
            "Name",
            "Type",
            "IsNull",
            "MaxUnits",
            "CalendarUID",
            "IsGeneric",
            "AvailabilityPeriods",
        ],
    ),
    (
        "Assignment",
        &[
            "UID",
            "TaskUID",
            "ResourceUID",
            "Finish",
            "Start",
            "Units",
            "Work",
        ],
    ),
];

#[test]
fn the_project_file_keeps_the_order_of_its_schema() {
    let xml = String::from_utf8(project::write(&made().planned())).unwrap();
    let document = Document::parse(&xml).unwrap();
    assert_eq!(
        document.root_element().tag_name().namespace(),
        Some("http://schemas.microsoft.com/project")
    );
    for (parent, order) in ORDER {
        let nodes = all(&document, parent);
        assert!(!nodes.is_empty(), "no {parent}");
        for node in nodes {
            let places: Vec<usize> = (node.children().filter(Node::is_element))
                .map(|c| {
                    let name = c.tag_name().name();
                    let at = order.iter().position(|o| *o == name);
                    at.unwrap_or_else(|| panic!("{name} in {parent}"))
                })
                .collect();
            assert!(places.is_sorted(), "{parent}: {places:?}");
        }
    }
}

#[test]
fn the_project_file_says_what_the_plan_says() {
    let made = made();
    let xml = String::from_utf8(project::write(&made.planned())).unwrap();
    let document = Document::parse(&xml).unwrap();
    let tasks: BTreeMap<&str, Node> = (all(&document, "Task").into_iter())
        .map(|t| (child(t, "UID").unwrap(), t))
        .collect();
    // One for each step, one for the whole, and one for what each leaves to be kept up.
    let upkeep = tasks.values().filter(|task| is_upkeep(**task)).count();
    assert!(upkeep > 0);
    assert_eq!(tasks.len(), made.plan.steps.len() + 1 + upkeep);
    let mut links = 0;
    let mut cost = 0;
    for task in tasks.values() {
        let (start, finish) = (
            child(*task, "Start").unwrap(),
            child(*task, "Finish").unwrap(),
        );
        assert!(start < finish);
        cost += child(*task, "FixedCost").map_or(0, |c| c.parse::<i64>().unwrap());
        for link in task
            .children()
            .filter(|c| c.tag_name().name() == "PredecessorLink")
        {
            links += 1;
            let before = tasks[child(link, "PredecessorUID").unwrap()];
            assert!(child(before, "Finish").unwrap() < start);
        }
    }
    let waits = (made.scheme.problem.precedences.iter())
        .filter(|p| made.plan.schedule[p.after].is_some())
        .count();
    assert!(waits > 0);
    assert_eq!(links, waits + upkeep);
    let money = made.scheme.kinds.iter().position(|k| *k == Kind::Money);
    let load = made.plan.loads.iter().find(|l| Some(l.resource) == money);
    // Quarters of a thousand euros, in cents.
    assert_eq!(cost, load.unwrap().taken[0] * 25_000);

    let resources: BTreeSet<&str> = (all(&document, "Resource").into_iter())
        .map(|r| child(r, "UID").unwrap())
        .collect();
    assert_eq!(resources.len(), made.case.settings.plan.pools.len());
    people_are_those_of_the_loads(made, &document);
    let mut ids = BTreeSet::new();
    for assignment in all(&document, "Assignment") {
        assert!(ids.insert(child(assignment, "UID").unwrap()));
        assert!(tasks.contains_key(child(assignment, "TaskUID").unwrap()));
        assert!(resources.contains(child(assignment, "ResourceUID").unwrap()));
        assert!(child(assignment, "Units").unwrap().parse::<f64>().unwrap() > 0.0);
    }
    assert!(ids.len() >= made.plan.steps.len() / 2);
}

/// Whether a task is what a step takes after its end.
fn is_upkeep(task: Node) -> bool {
    child(task, "WBS").unwrap().ends_with(".upkeep")
}

/// In each quarter a pool has the people that the plan says it has, given ones too; and all assignments
/// together are the hours of those whom the plan takes.
fn people_are_those_of_the_loads(made: &Made, document: &Document) {
    let quarters = &made.scheme.quarters;
    let mut given = false;
    for resource in all(document, "Resource") {
        let name = child(resource, "Name").unwrap();
        let k = (made.scheme.problem.resources.iter()).position(|r| r.name == name);
        let load = made.plan.loads.iter().find(|l| Some(l.resource) == k);
        let load = load.unwrap();
        let periods: Vec<Node> = (resource.descendants())
            .filter(|n| n.tag_name().name() == "AvailabilityPeriod")
            .collect();
        for (quarter, limit) in quarters.iter().zip(&load.limit) {
            let day = format!("{}T12:00:00", quarter.first());
            let period = periods.iter().find(|period| {
                child(**period, "AvailableFrom").unwrap() <= day.as_str()
                    && day.as_str() <= child(**period, "AvailableTo").unwrap()
            });
            let units: f64 = (child(*period.unwrap(), "AvailableUnits").unwrap())
                .parse()
                .unwrap();
            assert_eq!(units * 10.0, *limit as f64, "{name} {quarter}");
        }
        let steps = made.plan.steps.iter();
        given |= (steps.filter_map(|step| made.scheme.activity[step.initiative]))
            .any(|a| made.scheme.problem.activities[a].gives[load.resource] > 0);

        let uid = child(resource, "UID");
        let minutes: i64 = (all(document, "Assignment").into_iter())
            .filter(|a| child(*a, "ResourceUID") == uid)
            .map(|a| {
                let work = child(a, "Work").unwrap();
                let work = work.strip_prefix("PT").unwrap().strip_suffix("M0S");
                let (hours, minutes) = work.unwrap().split_once('H').unwrap();
                60 * hours.parse::<i64>().unwrap() + minutes.parse::<i64>().unwrap()
            })
            .sum();
        let working = |from: jiff::civil::Date, to: jiff::civil::Date| {
            let days = from.series(jiff::ToSpan::days(1)).take_while(|d| *d <= to);
            days.filter(|d| d.weekday().to_monday_one_offset() <= 5)
                .count() as i64
        };
        let taken: i64 = (quarters.iter().zip(&load.taken))
            .map(|(q, tenths)| tenths * working(q.first(), q.last()) * 8 * 6)
            .sum();
        assert_eq!(minutes, taken, "{name}");
    }
    assert!(given, "no step of the case gives people");
}

/// Lines that belong together put together again.
fn unfolded(calendar: &str) -> Vec<String> {
    let whole = calendar.replace("\r\n ", "");
    whole.split_terminator("\r\n").map(str::to_owned).collect()
}

/// The first line of a property, its value with the escapes undone.
fn value(lines: &[String], name: &str) -> Option<String> {
    let found = lines.iter().find_map(|l| l.strip_prefix(name))?;
    let mut out = String::new();
    let mut chars = found.strip_prefix(':').unwrap_or(found).chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => panic!("a backslash at the end"),
            },
            ';' | ',' => panic!("{name} holds {c} without a backslash"),
            _ => out.push(c),
        }
    }
    Some(out)
}

#[test]
fn the_calendar_keeps_its_rules() {
    let made = made();
    let calendar = calendar::write(&made.planned());
    for line in calendar.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
        assert!(!line.contains(['\r', '\n']));
    }
    let lines = unfolded(&calendar);
    assert_eq!(lines.first().map(String::as_str), Some("BEGIN:VCALENDAR"));
    assert_eq!(lines.last().map(String::as_str), Some("END:VCALENDAR"));
    let begins = lines.iter().filter(|l| *l == "BEGIN:VEVENT").count();
    let ends = lines.iter().filter(|l| *l == "END:VEVENT").count();
    let once = (made.plan.steps.iter())
        .filter(|s| !made.case.initiatives[s.initiative].recurring)
        .count();
    assert_eq!((begins, ends), (made.plan.steps.len() + once, begins));
    let uids: BTreeSet<&String> = lines.iter().filter(|l| l.starts_with("UID:")).collect();
    assert_eq!(uids.len(), begins);
    let stamp = made
        .case
        .settings
        .as_of
        .strftime("DTSTAMP:%Y%m%dT000000Z")
        .to_string();
    assert!(
        lines
            .iter()
            .filter(|l| l.starts_with("DTSTAMP"))
            .all(|l| *l == stamp)
    );
    let days = |name: &str| -> Vec<String> {
        let found = lines.iter().filter_map(|l| l.strip_prefix(name));
        found.map(str::to_owned).collect()
    };
    let (from, to) = (days("DTSTART;VALUE=DATE:"), days("DTEND;VALUE=DATE:"));
    assert_eq!(from.len(), begins);
    assert!(from.iter().zip(&to).all(|(a, b)| a.len() == 8 && a < b));
}

#[test]
fn hostile_text_stays_text_in_the_calendar() {
    let made = titled(HOSTILE);
    let calendar = calendar::write(&made.planned());
    let lines = unfolded(&calendar);
    assert_eq!(lines.iter().filter(|l| *l == "END:VCALENDAR").count(), 1);
    assert!(!lines.iter().any(|l| l.starts_with("URL")));
    let summary = value(&lines, "SUMMARY").unwrap();
    assert!(summary.starts_with("=HYPERLINK(\"http://x\",\"y\") <b>&amp;</b> ]]> END:VCALENDAR"));
    assert!(
        summary.contains("a;b,c\\n") && summary.contains("대한민국 𝄞"),
        "{summary}"
    );
}

/// The parts of a workbook by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn sheets(tables: &[Table]) -> BTreeMap<String, String> {
    let as_of = made().case.settings.as_of;
    parts(&workbook::write("Title", as_of, tables).unwrap())
}

#[test]
fn the_workbook_holds_the_tables_and_no_formula() {
    let made = titled(HOSTILE);
    let tables = tables(&made.case, &made.scheme, &made.plan);
    let parts = sheets(&tables);
    let count = parts
        .keys()
        .filter(|n| n.starts_with("xl/worksheets/sheet"))
        .count();
    assert_eq!(count, tables.len() + 1);
    for (name, part) in &parts {
        let document = Document::parse(part).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(all(&document, "f").is_empty(), "{name} holds a formula");
        assert!(
            all(&document, "hyperlink").is_empty(),
            "{name} holds a link"
        );
    }
    assert!(parts["xl/sharedStrings.xml"].contains("=HYPERLINK("));
    let created = made
        .case
        .settings
        .as_of
        .strftime("%Y-%m-%dT00:00:00Z")
        .to_string();
    assert!(
        parts["docProps/core.xml"].contains(&created),
        "{}",
        parts["docProps/core.xml"]
    );
    // Rows of the first sheet: the head and the steps.
    let first = Document::parse(&parts["xl/worksheets/sheet1.xml"]).unwrap();
    assert_eq!(all(&first, "row").len(), made.plan.steps.len() + 1);
}

#[test]
fn a_workbook_of_odd_cells() {
    let mut table = Table::new("odd/[name]", "Odd.")
        .column("text", Type::Text, "", "")
        .column("number", Type::Float, "", "")
        .column("whole", Type::Integer, "", "");
    for text in [
        "=1+1", "+1", "-1", "@x", "\t=1", "", "{=1}", "http://x", "x\u{1}y",
    ] {
        table.push(vec![text.into(), f64::NAN.into(), i64::MAX.into()]);
    }
    let parts = sheets(&[table]);
    let sheet = Document::parse(&parts["xl/worksheets/sheet1.xml"]).unwrap();
    assert!(all(&sheet, "f").is_empty());
    assert!(!parts["xl/worksheets/sheet1.xml"].contains("NaN"));
    assert!(parts["xl/sharedStrings.xml"].contains(">9223372036854775807<"));
}

#[test]
fn twice_the_same_bytes() {
    let made = made();
    let tables = tables(&made.case, &made.scheme, &made.plan);
    let once = files(&made.planned(), &tables).unwrap();
    assert_eq!(once, files(&made.planned(), &tables).unwrap());
    let names: Vec<&str> = once.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["plan.xlsx", "plan.ics", "plan.xml"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_title_can_be_written(title in any::<String>()) {
        let made = titled(&title);
        let xml = String::from_utf8(project::write(&made.planned())).unwrap();
        let document = Document::parse(&xml).unwrap();
        let tasks = all(&document, "Task");
        let own = tasks.into_iter().filter(|task| !is_upkeep(*task)).count();
        prop_assert_eq!(own, made.plan.steps.len() + 1);
        let calendar = calendar::write(&made.planned());
        for line in calendar.split("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']));
        }
        let ends = unfolded(&calendar).iter().filter(|l| *l == "END:VEVENT").count();
        prop_assert!(ends >= made.plan.steps.len());
    }
}
