//! `frameworks/*.toml`: what each side says it wants, and where the two meet.

use super::settings::each;
use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::row::note_url;
use crate::toml_file::{Table, TomlFile};
use crate::{Crosswalk, Element, Framework, Link, Policy};

/// The folder of the frameworks, with its slash.
pub(super) const FOLDER: &str = "frameworks/";

/// The file that links them.
pub(super) const CROSSWALK: &str = "frameworks/crosswalk.toml";

/// The crosswalk and where its parts stand.
pub(crate) struct PlacedCrosswalk {
    pub crosswalk: Crosswalk,
    pub rows: Place,
    pub columns: Place,
    /// Row and column of each link.
    pub links: Vec<(Place, Place)>,
}

pub(super) fn read(file: &str, text: &str, findings: &mut Findings) -> Option<Framework> {
    let file = TomlFile::read(file, text, &mut findings.problems);
    if !file.is_sound {
        findings.incomplete.insert(Kind::Element);
    }
    let root = file.root();
    let framework = root.table("framework", findings);
    let elements = each(&root, "element", findings, read_element);
    root.report_unknown_keys(findings);
    let framework = framework?;
    let id = framework.define(Kind::Framework, "id", findings);
    let owner = framework.refer(Kind::Actor, "owner", findings);
    let name = framework.text("name", findings);
    let date = framework.date("date", findings);
    let url = framework.text("url", findings);
    if let Some(url) = &url {
        note_url(findings, url, framework.place("url"));
    }
    framework.report_unknown_keys(findings);
    Some(Framework {
        id: id?,
        owner: owner?,
        name: name?,
        date: date?,
        url: url?,
        elements: elements?,
    })
}

fn read_element(table: &Table, findings: &mut Findings) -> Option<Element> {
    let id = table.define(Kind::Element, "id", findings);
    let kind = table.text("kind", findings);
    let name = table.text("name", findings);
    let short = table.text("short", findings);
    let summary = table.optional_text("summary", findings);
    let basis = table.choice("basis", findings);
    let url = table.url("url", findings);
    let parent = table.optional_refer(Kind::Element, "parent", findings);
    let parent_basis = match table.optional_text("parent_basis", findings) {
        Some(_) => Some(table.choice("parent_basis", findings)?),
        None => None,
    };
    if parent.is_some() && parent_basis.is_none() {
        findings.problems.warning(
            "missing-basis",
            table.place("parent"),
            "",
            "nothing says how sure it is that the element stands there",
            "add parent_basis = \"read\", \"brief\", \"judgement\" or \"recall\"",
        );
    }
    let areas = table.refer_list(Kind::Area, "areas", findings);
    Some(Element {
        id: id?,
        kind: kind?,
        name: name?,
        short: short?,
        summary: summary.unwrap_or_default(),
        basis: basis?,
        url: url.filter(|u| !u.is_empty()),
        parent,
        parent_basis,
        areas,
    })
}

pub(super) fn read_crosswalk(text: &str, findings: &mut Findings) -> Option<PlacedCrosswalk> {
    let file = TomlFile::read(CROSSWALK, text, &mut findings.problems);
    if !file.is_sound {
        findings.incomplete.insert(Kind::Policy);
    }
    let root = file.root();
    let head = root.table("crosswalk", findings);
    let policies = each(&root, "policy", findings, read_policy);
    let links = each(&root, "link", findings, read_link);
    root.report_unknown_keys(findings);
    let head = head?;
    let rows = head.text("rows", findings);
    let columns = head.text("columns", findings);
    head.report_unknown_keys(findings);
    let (links, places) = links?.into_iter().unzip();
    Some(PlacedCrosswalk {
        rows: head.place("rows"),
        columns: head.place("columns"),
        links: places,
        crosswalk: Crosswalk {
            rows: rows?,
            columns: columns?,
            policies: policies?,
            links,
        },
    })
}

fn read_policy(table: &Table, findings: &mut Findings) -> Option<Policy> {
    let code = table.define(Kind::Policy, "code", findings);
    let name = table.text("name", findings);
    let areas = table.refer_list(Kind::Area, "areas", findings);
    Some(Policy {
        code: code?,
        name: name?,
        areas,
    })
}

fn read_link(table: &Table, findings: &mut Findings) -> Option<(Link, (Place, Place))> {
    let row = table.refer(Kind::Element, "row", findings);
    let column = table.refer(Kind::Element, "column", findings);
    let policy = table.refer(Kind::Policy, "policy", findings);
    let reason = table.text("reason", findings);
    let area_source = table.optional_text("area_source", findings);
    let basis = table.choice("basis", findings);
    let link = Link {
        row: row?,
        column: column?,
        policy: policy?,
        reason: reason?,
        area_source: area_source.unwrap_or_default(),
        basis: basis?,
    };
    Some((link, (table.place("row"), table.place("column"))))
}
