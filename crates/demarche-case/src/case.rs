//! What a case holds once it is read and found sound.

use demarche_events::{Date, Event, PeriodUnit, Precision, QuadScheme};
use serde::{Deserialize, Serialize};

/// A case: two partners, those around them, what each wants, and what happened.
#[derive(Clone, Debug)]
pub struct Case {
    /// `case.toml`.
    pub settings: Settings,
    /// `actors.csv`, in file order.
    pub actors: Vec<Actor>,
    /// `memberships.csv`, in file order.
    pub memberships: Vec<Membership>,
    /// `offices.csv`, in file order; often there is none.
    pub offices: Vec<Office>,
    /// `frameworks/*.toml` but the crosswalk, by file name.
    pub frameworks: Vec<Framework>,
    /// `frameworks/crosswalk.toml`, if there is one.
    pub crosswalk: Option<Crosswalk>,
    /// `initiatives.csv`, in file order; status, start and delivery as `progress.csv` has them, where
    /// it says something.
    pub initiatives: Vec<Initiative>,
    /// `progress.csv`, in file order; often there is none.
    pub progress: Vec<crate::ProgressEntry>,
    /// `resources.csv`, in file order.
    pub resources: Vec<Resource>,
    /// `chronicle.csv`, in file order.
    pub chronicle: Vec<Event>,
    /// SHA-256 over the names and bytes of all files read, in hexadecimal: the same files give the
    /// same fingerprint wherever they lie.
    pub fingerprint: String,
}

/// `case.toml`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Title of the case.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// The two partners, codes of `actors.csv`.
    pub partners: [String; 2],
    /// Actors compared with the first partner in their relation to the second.
    pub comparators: Vec<String>,
    /// The day as of which everything is computed and written; nothing reads a clock.
    pub as_of: Date,
    /// First day of the series.
    pub start: Date,
    /// How things are measured unless the command line says otherwise.
    pub measure: MeasureSettings,
    /// The two sides of the world as this case sees it, and those in between.
    pub sides: Sides,
    /// Named periods that people speak of, for comparison; may be empty.
    pub periods: Vec<NamedPeriod>,
    /// Dates that the timeline marks.
    pub milestones: Vec<Milestone>,
    /// The areas of policy an event or initiative can carry, in the order they are shown.
    pub areas: Vec<Area>,
    /// Works the case rests on.
    pub sources: Vec<Source>,
    /// What the reader must know before believing a number, a sentence each.
    pub limits: Vec<String>,
    /// How it is measured what sets off what.
    pub respond: RespondSettings,
    /// The kinds of events that may set each other off; may be empty.
    pub streams: Vec<Stream>,
    /// What the plan is made with.
    pub plan: crate::PlanSettings,
}

/// Defaults of measurement.
#[derive(Clone, Debug)]
pub struct MeasureSettings {
    /// Length of a period in panels.
    pub by: PeriodUnit,
    /// Who counts as a body.
    pub body: BodyMode,
    /// Split of codes into quad classes.
    pub quad: QuadScheme,
    /// Fewest observations for which a figure is given.
    pub min_events: usize,
    /// Number of bootstrap draws.
    pub draws: usize,
    /// Seed of every random draw.
    pub seed: u64,
}

/// How it is measured what sets off what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RespondSettings {
    /// Models are also fitted to what happened up to the end of this day and judged by what came
    /// after it; `None`: they are not.
    pub fitted_to: Option<Date>,
    /// What becomes of events of which only the month is known.
    pub vague: VagueDates,
    /// Length of the periods of series in which it is asked who answers whom.
    pub by: PeriodUnit,
    /// Actors of whom it is asked what they do to the two partners and these to them.
    pub thirds: Vec<String>,
    /// Days of occasions, such as summits, that may drive steps and reactions both.
    pub occasions: Vec<Date>,
}

impl Default for RespondSettings {
    fn default() -> Self {
        Self {
            fitted_to: None,
            vague: VagueDates::Spread,
            by: PeriodUnit::Month,
            thirds: Vec::new(),
            occasions: Vec::new(),
        }
    }
}

/// What becomes, on a scale of days, of events of which only the month is known. Those of which
/// only the year is known are always left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VagueDates {
    /// They are put on random days of their month, several times over, and the results pooled.
    #[default]
    Spread,
    /// They are left out.
    LeaveOut,
}

/// A kind of events that may set others off or be set off by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is to the partnership.
    pub role: StreamRole,
    /// Who acts: codes of actors, as rows name them.
    pub source: Vec<String>,
    /// Towards whom.
    pub target: Vec<String>,
    /// Do acts of the targets towards the sources count as well?
    pub either: bool,
    /// Which acts.
    pub acts: StreamActs,
    /// Only acts of these areas; empty: of all.
    pub areas: Vec<String>,
}

/// What a stream is to the partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamRole {
    /// Steps of the partnership itself: a planned step is one more event of such a stream.
    Own,
    /// Hostile acts that may answer them.
    Hostile,
    /// Acts of others that may lead or follow.
    Other,
}

/// Which acts belong to a stream, by their quad class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamActs {
    /// Cooperation, verbal and material.
    Cooperation,
    /// Conflict, verbal and material.
    Conflict,
    /// All acts.
    Any,
}

/// Whose acts are a body's acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyMode {
    /// Only rows that name the body itself.
    #[default]
    #[serde(rename = "self")]
    Itself,
    /// Only rows that name a state that is a member on the day.
    Members,
    /// Either, a joint act recorded both ways counted once.
    Both,
}

impl BodyMode {
    /// The name on the command line and in tables: `self`, `members`, `both`.
    pub fn name(self) -> &'static str {
        match self {
            BodyMode::Itself => "self",
            BodyMode::Members => "members",
            BodyMode::Both => "both",
        }
    }
}

/// The two sides and those in between.
#[derive(Clone, Debug)]
pub struct Sides {
    /// Name and actors of the partners' side.
    pub one: Side,
    /// Name and actors of the other side.
    pub other: Side,
    /// Third parties whose balance between the sides is watched.
    pub third: Vec<String>,
}

/// One side.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is called, e.g. "China, Russia and North Korea".
    pub name: String,
    /// Its actors: states and bodies; the members of a body are not added by themselves.
    pub actors: Vec<String>,
}

/// A period with a name, both days included.
#[derive(Clone, Debug)]
pub struct NamedPeriod {
    /// What it is called.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// A date that the timeline marks.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// A few words, shown beside the mark.
    pub label: String,
    /// The event of the chronicle that it points at.
    pub event: String,
}

/// An area of policy.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its id in the files, e.g. `defence-industry`.
    pub id: String,
    /// Its name in prose, e.g. "Defence industry".
    pub name: String,
}

/// A work that the case rests on.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id; a url column may hold `brief:ID` style references to it.
    pub id: String,
    /// Author, title, year, publisher.
    pub citation: String,
    /// Its page, if known.
    pub url: Option<String>,
}

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A state.
    State,
    /// A body that acts and has members: NATO, the EU, AP4.
    Body,
    /// A status or arrangement that actors hold but that does not act itself: partner status,
    /// a tailored programme, a control regime.
    Arrangement,
}

/// An actor.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Its code: ISO 3166 alpha-3 for a state.
    pub code: String,
    /// Its name in full.
    pub name: String,
    /// The name used in tables and charts.
    pub short: String,
    /// What it is.
    pub kind: ActorKind,
    /// CAMEO country code, if it has one.
    pub cameo: Option<String>,
    /// GDELT known-group code, if it is a body that has one.
    pub gdelt_group: Option<String>,
    /// Name in ICEWS, if it has one.
    pub icews: Option<String>,
    /// Correlates of War number, if it has one.
    pub cow: Option<u16>,
}

/// That an actor belongs to a body, from when to when.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The member.
    pub actor: String,
    /// The body or arrangement.
    pub body: String,
    /// First day.
    pub from: Date,
    /// Last day; `None` while it lasts.
    pub to: Option<Date>,
    /// How exactly `from` is known.
    pub precision: MembershipPrecision,
    /// Where this was read.
    pub url: String,
    /// What else is to be said.
    pub note: String,
}

/// How exactly the beginning of a membership is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipPrecision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
    /// A member no later than that day.
    By,
}

/// That a person speaks for an actor, from when to when: what the secretary general of a body does
/// is an act of the body, though event files give him the country of his passport.
#[derive(Clone, Debug)]
pub struct Office {
    /// The person's name in full, e.g. "Jens Stoltenberg".
    pub person: String,
    /// For whom the person acts: an actor's code.
    pub actor: String,
    /// First day.
    pub from: Date,
    /// Last day; `None` while it lasts.
    pub to: Option<Date>,
    /// The state the person is a national of: an actor's code.
    pub state: Option<String>,
    /// Other spellings of the name. One that is a single word, such as a surname, is taken only
    /// where the event file gives the person's state.
    pub names: Vec<String>,
    /// Where this was read.
    pub url: String,
    /// What else is to be said.
    pub note: String,
}

/// How sure a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Read on the page named beside it.
    Read,
    /// Stated in the policy brief the case comes from.
    Brief,
    /// The case's own view.
    Judgement,
    /// From general knowledge, not found on a page.
    Recall,
}

/// What one side says it wants.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Its id, e.g. `korea-ips-2022`.
    pub id: String,
    /// Whose it is: an actor's code.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The day it was published or agreed.
    pub date: Date,
    /// Where it was read.
    pub url: String,
    /// Its parts, in order.
    pub elements: Vec<Element>,
}

/// A part of a framework: a theme, a vision, a principle, a line of effort, an area.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its id, unique in the case, e.g. `T1`, `L4`.
    pub id: String,
    /// What it is: `theme`, `vision`, `principle`, `line`, `area`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// A name short enough for a chart.
    pub short: String,
    /// What it holds.
    pub summary: String,
    /// How sure that is.
    pub basis: Basis,
    /// Where it was read.
    pub url: Option<String>,
    /// The element it stands under, e.g. the vision of a line of effort.
    pub parent: Option<String>,
    /// How sure that placing is; `Some` where there is a parent.
    pub parent_basis: Option<Basis>,
    /// Areas of the case that it speaks of; may be empty.
    pub areas: Vec<String>,
}

/// Where the priorities of two sides meet.
#[derive(Clone, Debug)]
pub struct Crosswalk {
    /// Kind of the elements in the rows, e.g. `theme`.
    pub rows: String,
    /// Kind of the elements in the columns, e.g. `line`.
    pub columns: String,
    /// The policy areas that cells hold.
    pub policies: Vec<Policy>,
    /// The links, in order.
    pub links: Vec<Link>,
}

/// A policy area in which priorities meet.
#[derive(Clone, Debug)]
pub struct Policy {
    /// A few capitals, e.g. `MAR`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The areas of the case under which its events are filed.
    pub areas: Vec<String>,
}

/// That a row and a column meet in a policy area.
#[derive(Clone, Debug)]
pub struct Link {
    /// Element of the rows.
    pub row: String,
    /// Element of the columns.
    pub column: String,
    /// Code of the policy area.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// Who names the policy area for the partnership, e.g. `brief`, `ITPP 5`.
    pub area_source: String,
    /// Whether a source states the pair or it is the case's judgement.
    pub basis: Basis,
}

/// How far an initiative has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Carried out.
    Done,
    /// Under way.
    Running,
    /// Agreed by both sides.
    Agreed,
    /// Proposed by somebody.
    Proposed,
    /// Given up.
    Dropped,
}

impl Status {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Status::Done => "done",
            Status::Running => "running",
            Status::Agreed => "agreed",
            Status::Proposed => "proposed",
            Status::Dropped => "dropped",
        }
    }
}

/// Where a figure of an initiative comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureBasis {
    /// A source gives it.
    Source,
    /// Assumed.
    Assumption,
    /// Judged.
    Judgement,
}

/// Something that could be done, or is being done.
#[derive(Clone, Debug)]
pub struct Initiative {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Numbers of the recommendations of the brief it answers.
    pub recommendations: Vec<u8>,
    /// Its area of policy.
    pub area: String,
    /// Elements of the frameworks of one side it serves (`T1` …).
    pub themes: Vec<String>,
    /// Elements of the frameworks of the other side it serves (`L1` …).
    pub lines: Vec<String>,
    /// Who leads it on the first partner's side.
    pub lead: String,
    /// Who answers on the second partner's side.
    pub counterpart: String,
    /// How far it has come.
    pub status: Status,
    /// When work began or was agreed; `None` while it is only proposed.
    pub start: Option<Date>,
    /// How exactly that is known.
    pub start_precision: Option<Precision>,
    /// Initiatives that must be done or running first.
    pub prerequisites: Vec<String>,
    /// For each of them, how many quarters must lie between its end and the start of this one.
    pub lags: Vec<u32>,
    /// How long it takes, or the length of one cycle where it recurs. Quarters.
    pub duration_quarters: Option<u32>,
    /// Where that figure comes from.
    pub duration_basis: Option<FigureBasis>,
    /// Does it come round again (a yearly consultation)?
    pub recurring: bool,
    /// Staff needed. Full-time equivalents.
    pub staff_fte: Option<f64>,
    /// Where that figure comes from.
    pub staff_basis: Option<FigureBasis>,
    /// Cost. Thousand euros.
    pub cost_keur: Option<f64>,
    /// Where that figure comes from.
    pub cost_basis: Option<FigureBasis>,
    /// Exposure to hostile reactions by actor, in column order: 0 none, 1 words, 2 protest or
    /// limited steps likely, 3 strong reaction likely.
    pub exposure: Vec<(String, u8)>,
    /// Where those come from.
    pub exposure_basis: Option<FigureBasis>,
    /// What it is to produce.
    pub deliverable: String,
    /// How one can tell.
    pub indicator: String,
    /// When the deliverable was delivered, if it was and the day is known.
    pub delivered: Option<Date>,
    /// How exactly that is known.
    pub delivered_precision: Option<Precision>,
    /// Events of the chronicle that show it starting, running or delivering.
    pub evidence: Vec<String>,
    /// Where it was read.
    pub url: String,
    /// What else is to be said.
    pub note: String,
    /// What it is for, what it begins from, what it takes afterwards, and what a plan must keep to.
    pub terms: crate::Terms,
}

/// What is known of staff and money.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Whose.
    pub entity: String,
    /// Of what.
    pub measure: String,
    /// As of when.
    pub date: Date,
    /// The figure; `None` where it was looked for and not found, or where the fact is a text.
    pub value: Option<f64>,
    /// The fact where it is no figure.
    pub text: String,
    /// Unit of the figure.
    pub unit: String,
    /// Where it was read.
    pub url: String,
    /// What else is to be said.
    pub note: String,
}

impl Case {
    /// The actor of that code.
    pub fn actor(&self, code: &str) -> Option<&Actor> {
        self.actors.iter().find(|a| a.code == code)
    }

    /// The short name of an actor, or the code itself where there is none.
    pub fn short<'a>(&'a self, code: &'a str) -> &'a str {
        self.actor(code).map_or(code, |a| &a.short)
    }

    /// The name of an area, or the id itself where there is none.
    pub fn area_name<'a>(&'a self, id: &'a str) -> &'a str {
        let area = self.settings.areas.iter().find(|a| a.id == id);
        area.map_or(id, |a| &a.name)
    }

    /// Is the actor a member of the body on that day?
    pub fn is_member(&self, actor: &str, body: &str, day: Date) -> bool {
        self.memberships.iter().any(|m| {
            m.actor == actor
                && m.body == body
                && m.from <= day
                && m.to.is_none_or(|last| day <= last)
        })
    }

    /// The element of that id, with its framework.
    pub fn element(&self, id: &str) -> Option<(&Framework, &Element)> {
        self.frameworks
            .iter()
            .find_map(|f| f.elements.iter().find(|e| e.id == id).map(|e| (f, e)))
    }

    /// All elements of a kind, in order of file and place.
    pub fn elements_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Element> {
        self.frameworks
            .iter()
            .flat_map(|f| &f.elements)
            .filter(move |e| e.kind == kind)
    }
}
