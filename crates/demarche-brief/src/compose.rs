//! From a case to the files of a brief.

use demarche_case::Case;
use demarche_events::Event;
use demarche_forecast::watch::{self, Settings, Watch};
use demarche_measure::Analysis;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::Scheme;
use demarche_respond::responses::Responses;
use demarche_respond::triangles::CaseTriangle;
use demarche_table::{Table, schema_json, to_csv, to_parquet};
use serde_json::json;

use crate::chapters;
use crate::chart::{Svg, style};
use crate::context::Context;
use crate::direction::set_apart;
use crate::document::{Block, Document, EventRef};
use crate::html::to_html;
use crate::planned::Planned;
use crate::record::{Beside, Coded, Record, Second};
use crate::show;

/// A brief before it is written down.
#[derive(Clone, Debug)]
pub struct Brief {
    /// The brief as data.
    pub document: Document,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// Files by their path within the folder of the brief, with forward slashes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Measures a case, makes its plan where it asks for one, and writes its brief.
pub fn compose(case: &Case) -> Brief {
    let made = || Planned::of(case, &Planned::effort(), |_| {});
    let planned = Planned::asked_for(case).then(made);
    let record = Record {
        planned: planned.as_ref(),
        ..Record::default()
    };
    compose_with(case, &record)
}

/// As [`compose`], told what the events of the case are, with what is set beside them, and with the
/// plan that was made or none.
pub fn compose_with(case: &Case, record: &Record) -> Brief {
    let analysis = Analysis::of(case);
    let named = with_names_set_apart(case);
    let second = record.beside.map(|beside| Second::of(&named, beside));
    let mut cx = Context::new(&named, &analysis);
    let responses = Responses::of(&named);
    cx.coded = record.coded;
    cx.responses = Some(&responses);
    // Where no event has a day there is nothing to say it from, and the chapter is left out.
    let watch = Watch::of(&named, &Settings::of(&named)).ok();
    cx.watch = watch.as_ref();
    cx.planned = record.planned;
    cx.second = second.as_ref();
    let chapters = chapters::write(&mut cx);
    let (evidence, sources) = cx.into_parts();
    let mut events = events(&named);
    let mut tables = analysis.tables(case);
    tables.extend(responses.tables(case));
    if let Some(watch) = &watch {
        tables.extend(watch::tables(case, watch));
    }
    if let Some(planned) = record.planned {
        tables.extend(planned.tables(case));
    }
    let mut coded = record.coded.cloned();
    if let Some(second) = &second {
        coded = Some(Coded {
            name: second.beside.name.clone(),
            first: events.len(),
            why: second.beside.why.clone(),
        });
        let shown = second.shown.iter();
        events.extend(shown.map(|&at| event(&second.case, &second.case.chronicle[at as usize])));
        tables.push(chapters::two_sources_table(case, &analysis, second));
    }
    let settings = &case.settings;
    let m = &settings.measure;
    let document = Document {
        title: settings.title.clone(),
        subtitle: format!(
            "How the relationship evolved, {} to {}",
            show::month(settings.start),
            show::month(settings.as_of)
        ),
        as_of: show::day(settings.as_of),
        fingerprint: case.fingerprint.clone(),
        options: format!(
            "by {}, bodies {}, quad classes {}, at least {} observations, {} draws, seed {}",
            m.by,
            m.body.name(),
            m.quad,
            m.min_events,
            m.draws,
            m.seed
        ),
        coded,
        chapters,
        evidence,
        events,
        sources,
    };
    Brief { document, tables }
}

/// The two partners' acts by quarter in the chronicle and in the source beside it, as the brief
/// shows them side by side.
pub fn two_sources_table(case: &Case, analysis: &Analysis, beside: &Beside) -> Table {
    chapters::two_sources_table(case, analysis, &Second::of(case, beside))
}

/// The picture of a plan: what starts in which quarter, and what waits for what.
pub fn plan_picture(case: &Case, scheme: &Scheme, plan: &Plan) -> Svg {
    chapters::plan_picture(case, scheme, plan)
}

/// The picture of a triangle: the six dyads against each other; nothing where it has no figures.
pub fn triangle_picture(case: &Case, triangle: &CaseTriangle) -> Option<Svg> {
    chapters::triangle_picture(case, triangle, |_| None)
}

/// The case with names that sentences can hold: one with right-to-left letters is set apart,
/// or the figures after it would change places with it.
fn with_names_set_apart(case: &Case) -> Case {
    let mut case = case.clone();
    let actors = case.actors.iter_mut();
    let names = actors.flat_map(|a| [&mut a.short, &mut a.name]);
    let areas = case.settings.areas.iter_mut().map(|a| &mut a.name);
    let sides = [&mut case.settings.sides.one, &mut case.settings.sides.other];
    let elements = case.frameworks.iter_mut().flat_map(|f| {
        let own = std::iter::once(&mut f.name);
        own.chain(
            f.elements
                .iter_mut()
                .flat_map(|e| [&mut e.short, &mut e.name]),
        )
    });
    let names = names
        .chain(areas)
        .chain(sides.into_iter().map(|s| &mut s.name))
        .chain(elements);
    for name in names {
        set_apart(name);
    }
    case
}

/// The chronicle as the reader sees it, in file order, so that positions are event positions.
fn events(case: &Case) -> Vec<EventRef> {
    case.chronicle.iter().map(|e| event(case, e)).collect()
}

fn event(case: &Case, e: &Event) -> EventRef {
    EventRef {
        id: e.id.clone(),
        date: e.shown_date(),
        source: case.short(&e.source).to_owned(),
        target: case.short(&e.target).to_owned(),
        mutual: e.mutual,
        cameo: e.cameo.to_string(),
        act: e.cameo.label().to_owned(),
        area: case.area_name(&e.area).to_owned(),
        title: e.title.clone(),
        url: e.url.clone(),
    }
}

/// The tables as CSV and Parquet with their schema, side by side.
pub fn flat_table_files(tables: &[Table]) -> Files {
    let mut files = Files::new();
    for table in tables {
        files.push((format!("{}.csv", table.name), to_csv(table)));
        let parquet = to_parquet(table).expect("tables are plain and small");
        files.push((format!("{}.parquet", table.name), parquet));
    }
    files.push(("schema.json".to_owned(), pretty(&schema_json(tables))));
    files
}

/// The same in the folder `tables`.
pub fn table_files(tables: &[Table]) -> Files {
    let files = flat_table_files(tables).into_iter();
    files
        .map(|(path, bytes)| (format!("tables/{path}"), bytes))
        .collect()
}

/// `brief.html`, `brief.json` and the figures.
pub fn page_files(document: &Document) -> Files {
    let mut files = Files::new();
    files.push(("brief.html".to_owned(), to_html(document).into_bytes()));
    let mut value = json!({ "format": "demarche-brief/1" });
    let body = serde_json::to_value(document).expect("a document is plain data");
    value["brief"] = body;
    files.push(("brief.json".to_owned(), pretty(&value)));
    for block in document.chapters.iter().flat_map(|c| &c.blocks) {
        if let Block::Figure(figure) = block {
            let svg = style::standalone(&figure.svg);
            files.push((format!("figures/{}.svg", figure.id), svg.into_bytes()));
        }
    }
    files
}

fn pretty(value: &serde_json::Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("plain data");
    bytes.push(b'\n');
    bytes
}
