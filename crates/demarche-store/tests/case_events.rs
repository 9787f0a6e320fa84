//! The events of a case out of a small store, filled by reading rows made here.

use std::fs;
use std::path::Path;

use demarche_case::{
    Actor, ActorKind, BodyMode, Case, MeasureSettings, Settings as CaseSettings, Side, Sides,
};
use demarche_events::{PeriodUnit, QuadScheme};
use demarche_read::input::{InputFile, Limits, find};
use demarche_read::layout::Party;
use demarche_store::case_events::{
    CaseEvents, CaseEventsError, Counts, LeftOut, Wanted, case_events,
};
use demarche_store::ingest::{Batch, Filter, Gauge, Options, ingest};
use demarche_store::{Dedup, Named, Resolve, Settings, Store, Writer};

/// Groups are bodies; countries stand for themselves.
struct ByCode;

impl Resolve for ByCode {
    fn resolve(&self, party: &Party) -> Named {
        match (party.group.as_ref(), party.country.as_ref()) {
            ("NAT", _) => Named::Always("NATO".to_owned()),
            (_, "") => Named::Nobody,
            (_, country) => Named::Always(country.to_owned()),
        }
    }
}

/// A row in the form of GDELT 2.0: id, day, countries (`NAT` for NATO), code, when added.
fn row(id: u32, day: &str, ends: [&str; 2], code: &str, added: &str) -> String {
    let mut fields = vec![String::new(); 61];
    fields[0] = id.to_string();
    fields[1] = day.to_owned();
    fields[2] = day[..6].to_owned();
    fields[3] = day[..4].to_owned();
    fields[4] = format!("{}.5", &day[..4]);
    for (from, end) in [5, 15].into_iter().zip(ends) {
        if end == "NAT" {
            fields[from] = "IGOWSTNAT".to_owned();
            fields[from + 1] = "NATO".to_owned();
            fields[from + 2] = "WST".to_owned();
            fields[from + 3] = "NAT".to_owned();
        } else {
            fields[from] = end.to_owned();
            fields[from + 1] = end.to_owned();
            fields[from + 2] = end.to_owned();
        }
    }
    fields[25] = "1".to_owned();
    fields[26] = code.to_owned();
    fields[27] = code[..code.len().min(3)].to_owned();
    fields[28] = code[..2].to_owned();
    fields[29] = "1".to_owned();
    fields[30] = "1.0".to_owned();
    for at in [31, 32, 33] {
        fields[at] = "1".to_owned();
    }
    fields[34] = "0.5".to_owned();
    for at in [35, 43, 51] {
        fields[at] = "0".to_owned();
    }
    if id.is_multiple_of(2) {
        fields[51] = "1".to_owned();
        fields[52] = "South Korea".to_owned();
        fields[53] = "KS".to_owned();
    }
    fields[59] = added.to_owned();
    fields[60] = format!("https://example.org/{id}");
    fields.join("\t")
}

/// A store with these files, read one after the other.
fn store(dir: &Path, dedup: Dedup, files: &[(&str, String)]) -> Store {
    let input = dir.join("input");
    fs::create_dir_all(&input).unwrap();
    for (name, text) in files {
        fs::write(input.join(name), text).unwrap();
    }
    let settings = Settings {
        dedup,
        actors: "test".to_owned(),
        filter: String::new(),
    };
    let at = dir.join("store");
    let writer = Writer::open(&at, &settings, "a test").unwrap();
    let found = find(&[input], &Limits::default()).unwrap();
    let layout = |file: &InputFile, head: &[u8]| {
        let nothing = |_: &str| None;
        demarche_read::detect(&file.name, head, &nothing).map_err(|e| e.to_string())
    };
    let options = Options {
        filter: Filter::default(),
        resolve: &ByCode,
        limits: Limits::default(),
        batch: Batch::default(),
        workers: 2,
        layout: &layout,
        parquet: &|_| Err("there is none".to_owned()),
    };
    let summary = ingest(writer, &found.files, &options, &Gauge::default()).unwrap();
    assert_eq!(summary.files.len(), files.len(), "{:?}", summary.skipped);
    Store::open(&at).unwrap()
}

fn actor(code: &str, kind: ActorKind) -> Actor {
    Actor {
        code: code.to_owned(),
        name: code.to_owned(),
        short: code.to_owned(),
        kind,
        cameo: None,
        gdelt_group: None,
        icews: None,
        cow: None,
    }
}

/// Korea and NATO, Japan beside them, 2020 to 2021.
fn case() -> Case {
    let side = || Side {
        name: "side".to_owned(),
        actors: Vec::new(),
    };
    Case {
        settings: CaseSettings {
            title: String::new(),
            summary: String::new(),
            partners: ["KOR".to_owned(), "NATO".to_owned()],
            comparators: Vec::new(),
            as_of: "2021-12-31".parse().unwrap(),
            start: "2020-01-01".parse().unwrap(),
            measure: MeasureSettings {
                by: PeriodUnit::Month,
                body: BodyMode::Itself,
                quad: QuadScheme::Gdelt,
                min_events: 1,
                draws: 10,
                seed: 1,
            },
            sides: Sides {
                one: side(),
                other: side(),
                third: Vec::new(),
            },
            periods: Vec::new(),
            milestones: Vec::new(),
            areas: Vec::new(),
            sources: Vec::new(),
            limits: Vec::new(),
            respond: demarche_case::RespondSettings::default(),
            streams: Vec::new(),
            plan: demarche_case::PlanSettings::default(),
        },
        actors: vec![
            actor("KOR", ActorKind::State),
            actor("JPN", ActorKind::State),
            actor("NATO", ActorKind::Body),
            actor("IPP", ActorKind::Arrangement),
        ],
        memberships: Vec::new(),
        offices: Vec::new(),
        frameworks: Vec::new(),
        crosswalk: None,
        initiatives: Vec::new(),
        progress: Vec::new(),
        resources: Vec::new(),
        chronicle: Vec::new(),
        fingerprint: String::new(),
    }
}

fn lines(rows: &[String]) -> String {
    rows.iter().map(|r| format!("{r}\n")).collect()
}

fn taken(store: &Store) -> CaseEvents {
    let found = case_events(store, &case(), &Wanted::default()).unwrap();
    assert!(found.counts.adds_up(), "{:?}", found.counts);
    found
}

fn mixed() -> String {
    let at = "20210102030405";
    lines(&[
        row(7, "20210101", ["NAT", "KOR"], "042", at),
        row(2, "20200301", ["KOR", "NAT"], "0311", at),
        row(3, "20200301", ["KOR", "JPN"], "1125", at),
        row(4, "20191231", ["KOR", "NAT"], "040", at), // before the case
        row(5, "20210101", ["KOR", "KOR"], "040", at), // towards itself
        row(6, "20210101", ["", "KOR"], "040", at),    // nobody known
        row(8, "20210101", ["KOR", "USA"], "040", at), // not of the case
        row(9, "20210101", ["KOR", "IPP"], "040", at), // an arrangement does not act
        row(2, "20200301", ["KOR", "NAT"], "0311", at), // the same id again
        row(10, "20210101", ["FRA", "FRA"], "040", at), // somebody else, towards itself
    ])
}

#[test]
fn the_rows_between_actors_of_the_case() {
    let dir = tempfile::tempdir().unwrap();
    let found = taken(&store(dir.path(), Dedup::Id, &[("a.export.CSV", mixed())]));
    let shown: Vec<String> = found
        .events
        .iter()
        .map(|e| {
            format!(
                "{} {} {}>{} {} {}",
                e.id, e.date, e.source, e.target, e.cameo, e.title
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "gdelt2:2 2020-03-01 KOR>NATO 0311 Express intent to cooperate economically (South Korea)",
            "gdelt2:3 2020-03-01 KOR>JPN 1125 Accuse of espionage, treason",
            "gdelt2:7 2021-01-01 NATO>KOR 042 Make a visit",
        ]
    );
    assert!(found.events.iter().all(|e| e.area.is_empty() && !e.mutual));
    assert_eq!(found.events[0].url, "https://example.org/2");
    let left = [
        (LeftOut::OutOfRange, 1),
        (LeftOut::Duplicate, 1),
        (LeftOut::Unresolved, 1),
        (LeftOut::SameActor, 2),
        (LeftOut::NotOfCase, 2),
    ];
    assert_eq!(
        found.counts,
        Counts {
            read: 10,
            kept: 3,
            left_out: left.into(),
            events: 3,
            fallback: 0,
        }
    );
}

#[test]
fn however_the_rows_came_in_the_events_are_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let whole = taken(&store(
        &dir.path().join("1"),
        Dedup::Id,
        &[("a.export.CSV", mixed())],
    ));
    let text = mixed();
    let (head, tail) = text.split_at(text.find("\n3\t").unwrap() + 1);
    let parts = [
        ("a.export.CSV", tail.to_owned()),
        ("b.export.CSV", head.to_owned()),
    ];
    let parted = taken(&store(&dir.path().join("2"), Dedup::Id, &parts));
    assert_eq!(whole, parted);
}

#[test]
fn ids_that_come_again_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let found = taken(&store(
        dir.path(),
        Dedup::None,
        &[("a.export.CSV", mixed())],
    ));
    let ids: Vec<&str> = found.events.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["gdelt2:2", "gdelt2:2/2", "gdelt2:3", "gdelt2:7"]);
}

#[test]
fn what_was_known_when() {
    let dir = tempfile::tempdir().unwrap();
    let rows = lines(&[
        row(1, "20200301", ["KOR", "NAT"], "040", "20200301120000"),
        row(2, "20200301", ["KOR", "NAT"], "040", "20210301120000"), // told a year later
    ]);
    let store = store(dir.path(), Dedup::Id, &[("a.export.CSV", rows)]);
    let on = |day: &str| {
        let moment: jiff::Timestamp = format!("{day}T23:59:59Z").parse().unwrap();
        let wanted = Wanted {
            known_on: Some(moment.as_millisecond()),
            ..Wanted::default()
        };
        let found = case_events(&store, &case(), &wanted).unwrap();
        assert!(found.counts.adds_up());
        (
            found.counts.kept,
            found.counts.left_out.get(&LeftOut::NotKnownThen).copied(),
        )
    };
    assert_eq!(on("2020-02-29"), (0, Some(2)));
    assert_eq!(on("2020-03-01"), (1, Some(1)));
    assert_eq!(on("2021-03-01"), (2, None));
}

const POLECAT: &str = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\tActor COW\tPrimary Actor Sector\tActor Sectors\tActor Title\tActor Name Raw\tWikipedia Actor ID\tRecipient Name\tRecipient Country\tRecipient COW\tPrimary Recipient Sector\tRecipient Sectors\tRecipient Title\tRecipient Name Raw\tWikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\tGeoNames ID\tRaw Placename\tFeature Type\tSource\tPublication Date\tStory People\tStory Organizations\tStory Locations\tLanguage\tVersion\n";

#[test]
fn several_formats_and_those_without_cameo_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let polecat = "P1\t2020-05-05\tCONSULT\tvisit\t4\tVERBAL COOPERATION\t\tKorea\tKOR\t732\t\t\t\tKorea\t\tJapan\tJPN\t740\t\t\t\tJapan\t".to_owned()
        + &"\t".repeat(17) + "\n";
    let files = [
        ("a.export.CSV", mixed()),
        ("ngecEvents.DV.2020.txt", POLECAT.to_owned() + &polecat),
    ];
    let store = store(dir.path(), Dedup::Id, &files);
    let refused = |format: Option<&str>| {
        let wanted = Wanted {
            format: format.map(str::to_owned),
            ..Wanted::default()
        };
        match case_events(&store, &case(), &wanted) {
            Err(CaseEventsError::Question(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(
        refused(None).contains("several formats (gdelt2, polecat)"),
        "{}",
        refused(None)
    );
    assert!(refused(Some("icews")).contains("it holds gdelt2, polecat"));
    assert!(
        refused(Some("polecat")).contains("PLOVER"),
        "{}",
        refused(Some("polecat"))
    );
    let wanted = Wanted {
        format: Some("gdelt2".to_owned()),
        ..Wanted::default()
    };
    assert_eq!(
        case_events(&store, &case(), &wanted).unwrap().counts.kept,
        3
    );
}

#[test]
fn a_source_that_does_not_say_when_it_recorded_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    // ICEWS has no date added.
    let head = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";
    let row = "11\t2020-05-05\tSeoul\tGovernment\tKOR\tConsult\t040\t1.0\tTokyo\tGovernment\tJPN\t5\t1\tYonhap\t\t\t\t\t\t\n";
    let store = store(
        dir.path(),
        Dedup::Id,
        &[("events.2020.20210101000000.tab", format!("{head}{row}"))],
    );
    assert_eq!(taken(&store).events[0].url, "5");
    let wanted = Wanted {
        known_on: Some(0),
        ..Wanted::default()
    };
    let why = case_events(&store, &case(), &wanted)
        .unwrap_err()
        .to_string();
    assert!(why.contains("does not tell when it was recorded"), "{why}");
}

#[test]
fn too_many_events_are_an_error_that_names_filters() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), Dedup::Id, &[("a.export.CSV", mixed())]);
    let wanted = |limit| Wanted {
        limit,
        ..Wanted::default()
    };
    assert_eq!(
        case_events(&store, &case(), &wanted(3))
            .unwrap()
            .events
            .len(),
        3
    );
    let why = case_events(&store, &case(), &wanted(2))
        .unwrap_err()
        .to_string();
    assert!(
        why.contains("more than 2 events") && why.contains("filter"),
        "{why}"
    );
}
