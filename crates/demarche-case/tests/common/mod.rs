//! A small sound case in memory, to be spoilt by tests.

use std::collections::BTreeMap;

pub type Files = BTreeMap<String, Vec<u8>>;

pub const CASE: &str = r#"[case]
title = "Small case"
summary = "For tests."
partners = ["KOR", "NATO"]
comparators = ["JPN"]
as_of = 2025-12-31
start = 2005-01-01
limits = ["Thin."]

[measure]
by = "month"
body = "self"
quad = "gdelt"
min_events = 20
draws = 100
seed = 7

[sides]
third = ["IND"]

[sides.one]
name = "One"
actors = ["KOR", "NATO", "JPN"]

[sides.other]
name = "Other"
actors = ["PRK"]

[[period]]
name = "First"
from = 2005-01-01
to = 2010-12-31

[[milestone]]
label = "Start"
event = "e1"

[[area]]
id = "cyber"
name = "Cyber"

[[area]]
id = "maritime"
name = "Maritime"

[[source]]
id = "CSDS-02-2023"
citation = "Paik and Choi (2023)"
url = "https://example.org/brief"

[respond]
fitted_to = 2020-12-31
vague = "leave-out"
by = "week"
thirds = ["PRK"]
occasions = [2022-06-29]

[[stream]]
id = "own"
name = "Own steps"
role = "own"
source = ["KOR"]
target = ["NATO"]
either = true
acts = "cooperation"
areas = ["cyber"]

[plan]
quarters = 12
agreed = "must"
budget_keur = 5000
starts_per_quarter = 3

[plan.weights]
coverage = 50
recommendations = 0
lateness = 5

[[pool]]
id = "mission"
name = "Mission"
leads = ["MOFA", "NIS"]
staff = 4
growth = 2

[[pool]]
id = "other"
name = "Other"
leads = ["MND"]
staff = 9

[[ceiling]]
actor = "PRK"
most = 6

[[ceiling]]
actor = "IND"
most = 4

[futures]
count = 500
seed = 3
sample = "sobol"

[[uncertain]]
id = "people"
name = "people of the mission against plan"
what = "staff"
pools = ["mission"]
low = 0.6
likely = 0.9
high = 1.2
basis = "judgement"

[[uncertain]]
id = "delivery"
name = "the chance to deliver"
what = "delivery"
areas = ["cyber"]
values = [0.5, 0.9]
basis = "judgement"

[[scenario]]
id = "election"
name = "an election"
chance = 0.4
earliest = "2026-Q2"
latest = "2027-Q1"
basis = "judgement"

[[scenario.effect]]
what = "freeze"
quarters = 2

[[threshold]]
id = "benefit"
name = "four fifths of the benefit"
measure = "benefit"
least = 0.8

[[review]]
quarter = "2026-Q1"

[[pool]]
id = "hired"
name = "Hired"
leads = ["Navy"]
staff = 3
ramp = [{ from = 2026-07-01, staff = 5 }, { from = 2027-01-01, staff = 8 }]
from_resources = { entity = "NATO", measure = "budget" }

[[year_budget]]
year = 2026
keur = 900
"#;

pub const ACTORS: &str = "\
# all actors
code,name,short,kind,cameo,gdelt_group,icews,cow,note
KOR,Republic of Korea,Korea,state,KOR,,South Korea,732,
NATO,North Atlantic Treaty Organization,NATO,body,,NAT,,,
JPN,Japan,Japan,state,JPN,,Japan,740,
PRK,North Korea,North Korea,state,PRK,,North Korea,731,
IND,India,India,state,IND,,India,750,
BEL,Belgium,Belgium,state,BEL,,Belgium,211,
ITPP,Tailored programme,ITPP,arrangement,,,,,
";

pub const MEMBERSHIPS: &str = "\
actor,body,from,to,precision,url,note
BEL,NATO,1949-04-04,,day,https://example.org/1,
KOR,ITPP,2023-07-11,2026-12-31,day,brief:CSDS-02-2023,\"term, first\"
JPN,ITPP,2023-07-01,,month,https://example.org/2,
";

pub const OFFICES: &str = "\
person,actor,from,to,state,names,url,note
Jan Example,NATO,2014-10-01,2019-09-30,BEL,Example;J. Example,https://example.org/o1,
Mia Other,NATO,2019-10-01,,,,https://example.org/o2,\"first, woman\"
";

pub const CHRONICLE: &str = "\
# comment
# \"comment\", too
id,date,precision,source,target,mutual,cameo,area,title,url
e1,2006-05-04,day,KOR,NATO,true,036,cyber,\"Talks, the first\",https://example.org/e1
e2,2007-01-01,month,NATO,KOR,false,051,maritime,\"The \"\"second\"\" praise\",https://example.org/e2
e3,2010-01-01,year,PRK,KOR,false,190,maritime,한국 عربي =HYPERLINK(1),https://example.org/e3
e4,2022-06-29,day,KOR,NATO,true,036,cyber,Summit,brief:CSDS-02-2023
e5,2023-07-11,day,JPN,NATO,true,057,cyber,<script>$#[,https://example.org/e5?a=1
e6,2024-07-11,day,IND,PRK,false,010,maritime,Statement,https://example.org/e6
";

pub const INITIATIVES: &str = "\
id,title,recommendation,area,themes,lines_of_effort,lead,counterpart,status,start,start_precision,prerequisites,duration_quarters,duration_basis,recurring,staff_fte,staff_basis,cost_keur,cost_basis,exposure_PRK,exposure_basis,deliverable,indicator,delivered,delivered_precision,evidence,url,note,objective,objective_basis,absorption,absorption_note,absorption_basis,baseline,baseline_basis,upkeep_staff,upkeep_keur,upkeep_basis,transfer,transfer_basis,interoperability,interoperability_basis,gives,gives_basis,latest,at_review,calming,alternatives,bundle,staff_profile,cost_profile
mission,Open a mission,1;2,cyber,T1,L1,MOFA,Council,done,2022-06-29,day,,2,source,false,6,assumption,,,1,judgement,Mission,Opened,2022-11-01,month,e4,https://example.org/i1,,,,,,,,,,,,,,,,,,,,,,,,
desk,Staff a desk,2,cyber,T1,L1;L2,MOFA,,running,2023-01-01,year,mission,4,assumption,true,2.5,assumption,40,source,0,judgement,Desk,Staffed,,,e5;e6,,\"a, b\",More work done,judgement,2,Trained,judgement,No desk,source,1.5,20,assumption,none,judgement,,,other:2,assumption,,false,true,,,50;100;100;100,
ships,Exercise at sea,,maritime,,,Navy,,proposed,,,desk;mission,6,assumption,false,3,assumption,200,assumption,3,judgement,Exercise,Held,,,,,,Sail together,judgement,1,,judgement,Never sailed,judgement,,0,assumption,both,judgement,2,judgement,,,2026-12-31,true,false,sea,joint,,50;10;10;10;10;10
drill,Drill at sea,,maritime,,,Navy,,proposed,,,desk+2,2,assumption,false,3,assumption,200,assumption,1,judgement,Drill,Held,,,,,,Drill together,judgement,3,,judgement,Never drilled,judgement,,0,assumption,to-partner,judgement,1,judgement,,,,,,sea,,,
pier,Build a pier,,maritime,,,Navy,,agreed,,,,2,assumption,false,3,assumption,200,assumption,1,judgement,Pier,Built,,,,,,Moor together,judgement,3,,judgement,No pier,judgement,,0,assumption,,,,,,,,,,,joint,,
";

pub const PROGRESS: &str = "\
# how it goes
initiative,date,precision,state,note,link
desk,2024-05-01,,paused,\"no people, no money\",
desk,2024-08-01,,on-track,,brief:CSDS-02-2023
ships,2025-03-01,month,started,,https://example.org/p1
ships,2025-09-01,month,late,<b>늦음</b> =1+1,
";

pub const RESOURCES: &str = "\
entity,measure,date,value,text,unit,url,note
KOR mission,staff,2023-02-06,,,persons,brief:CSDS-02-2023,not found
NATO,budget,2025-01-01,2420.5,,EUR million,https://example.org/r,
";

pub const FRAMEWORK: &str = r#"[framework]
id = "act"
owner = "NATO"
name = "Perspectives"
date = 2022-08-02
url = "https://example.org/act"

[[element]]
id = "T1"
kind = "theme"
name = "Politics"
short = "Politics"
summary = "All."
basis = "read"
areas = ["cyber"]
"#;

pub const STRATEGY: &str = r#"[framework]
id = "ips"
owner = "KOR"
name = "Strategy"
date = "2022-12-28"
url = "brief:CSDS-02-2023"

[[element]]
id = "L1"
kind = "line"
name = "Norms"
short = "Norms"
summary = ""
basis = "brief"

[[element]]
id = "L2"
kind = "line"
name = "Law"
short = "Law"
basis = "recall"
parent = "L1"
parent_basis = "judgement"
"#;

pub const CROSSWALK: &str = r#"[crosswalk]
rows = "theme"
columns = "line"

[[policy]]
code = "CYB"
name = "Cyber"
areas = ["cyber"]

[[link]]
row = "T1"
column = "L1"
policy = "CYB"
reason = "Both."
area_source = "brief"
basis = "judgement"
"#;

pub const ALL: [(&str, &str); 11] = [
    ("case.toml", CASE),
    ("actors.csv", ACTORS),
    ("memberships.csv", MEMBERSHIPS),
    ("offices.csv", OFFICES),
    ("chronicle.csv", CHRONICLE),
    ("initiatives.csv", INITIATIVES),
    ("progress.csv", PROGRESS),
    ("resources.csv", RESOURCES),
    ("frameworks/act.toml", FRAMEWORK),
    ("frameworks/ips.toml", STRATEGY),
    ("frameworks/crosswalk.toml", CROSSWALK),
];

/// The files of the small case.
pub fn files() -> Files {
    let pairs = ALL.iter();
    pairs
        .map(|(name, text)| (name.to_string(), text.as_bytes().to_vec()))
        .collect()
}
