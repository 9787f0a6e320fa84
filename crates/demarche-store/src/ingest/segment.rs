//! The rows of a segment while they are read: each group of fields as one key a row.

use std::collections::BTreeMap;
use std::sync::Arc;

use demarche_read::layout::{Act, Fact, Fault, Format, Group, Layout, Part, Repeats, Wrong};
use demarche_read::schema::Value;

use super::filter::{Numbered, Seen};
use super::group::{Keys, MISSING, give_back, hash, take};
use super::rare::Rare;
use crate::Dedup;
use crate::ledger::LogEntry;
use crate::named::{NOBODY, Numbers};
use crate::resolve::{Named, Resolve};

/// The most of a line that the log keeps.
const RAW: usize = 4096;

/// What all segments share.
pub(super) struct Shared<'a> {
    pub numbers: &'a Numbers,
    pub resolve: &'a dyn Resolve,
    pub filter: &'a Numbered,
    pub dedup: Dedup,
}

/// What became of the rows of a file in one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub lines: u64,
    pub stored: u64,
    pub duplicates: u64,
    pub rejected: BTreeMap<Fault, u64>,
    pub filtered: BTreeMap<&'static str, u64>,
    pub mended: BTreeMap<Fault, u64>,
    pub latin1: u64,
    pub quad_differs: u64,
    pub scale_differs: u64,
    pub code_fallback: u64,
    pub unresolved: u64,
    pub dyadic: u64,
    pub days: Option<(i32, i32)>,
}

/// Who a key of an actor group is.
#[derive(Clone, Debug)]
enum Who {
    Always(u32),
    Office(Vec<(i32, i32, u32)>, u32),
}

/// What rows need to know of an actor's key.
#[derive(Clone, Debug)]
struct End {
    who: Who,
    /// Does the file say nothing of it?
    empty: bool,
    /// Is its country one that the filter asks for?
    country: bool,
    /// The same for the same code, whatever else is written beside it.
    hash: u64,
}

impl End {
    fn on(&self, day: i32) -> u32 {
        match &self.who {
            Who::Always(n) => *n,
            Who::Office(terms, otherwise) => terms
                .iter()
                .find(|(from, to, _)| (*from..=*to).contains(&day))
                .map_or(*otherwise, |t| t.2),
        }
    }
}

/// What rows need to know of an act's key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Deed {
    /// Quad class, 0 for none.
    pub quad: u8,
    /// CAMEO root, 0 for none.
    pub root: u8,
    pub scale: Option<f64>,
    quad_differs: bool,
    scale_differs: bool,
    fallback: bool,
    hash: u64,
}

impl Deed {
    fn of(act: &Act) -> Self {
        let computed = act.quad.map(|q| q.number());
        // The manual of PLOVER contradicts itself over one type, so there the file's word counts.
        let quad = if act.plover.is_some() {
            act.quad_given.or(computed)
        } else {
            computed.or(act.quad_given)
        };
        let differs = |(a, b): (f64, f64)| (a - b).abs() > 1e-9;
        Self {
            quad: quad.filter(|q| (1..=4).contains(q)).unwrap_or(0),
            root: act.cameo.map_or(0, |c| c.root()),
            scale: act.scale_given.or(act.scale),
            quad_differs: act.quad_given.zip(computed).is_some_and(|(a, b)| a != b),
            scale_differs: act.scale_given.zip(act.scale).is_some_and(differs),
            fallback: act.fallback,
            hash: match (act.cameo, act.plover) {
                (Some(code), _) => hash(code.as_str().as_bytes()),
                (_, Some(kind)) => hash(kind.name().as_bytes()),
                _ => 0,
            },
        }
    }
}

pub(super) enum State {
    Often { keys: Box<Keys>, ids: Vec<u32> },
    Rarely(Rare),
}

/// The places of the groups that rows ask about.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    id: Option<usize>,
    when: Option<usize>,
    source: Option<usize>,
    target: Option<usize>,
    act: Option<usize>,
    count: Option<usize>,
    mentions: Option<usize>,
    root: Option<usize>,
    url: Option<usize>,
}

/// Rows of one layout, read in order.
pub(super) struct Builder {
    pub layout: Arc<Layout>,
    pub states: Vec<State>,
    places: Places,
    ends: [Vec<End>; 2],
    deeds: Vec<Deed>,
    /// Numbers of the resolved source and target of each row.
    pub source: Vec<u32>,
    pub target: Vec<u32>,
    pub day: Vec<i32>,
    pub file: Vec<u32>,
    pub line: Vec<u64>,
    /// Keys by which duplicates are found, a row each, unless they are not looked for.
    pub keys: Vec<(i32, u64)>,
    pub counts: BTreeMap<u32, Counts>,
    pub log: Vec<LogEntry>,
    ids: Vec<u32>,
    key: Vec<u8>,
    values: Vec<Value<'static>>,
}

/// A row cut into fields.
pub(super) struct Row<'a> {
    /// What the spans are of.
    pub text: &'a [u8],
    /// Start and end of each field.
    pub spans: &'a [(u32, u32)],
    /// Do neighbouring fields stand side by side in `text`, one byte between them?
    pub adjacent: bool,
    pub file: u32,
    pub line: u64,
    /// The line as it was read.
    pub raw: &'a [u8],
}

impl Builder {
    pub fn new(layout: Arc<Layout>) -> Self {
        let states = layout
            .groups
            .iter()
            .map(|g| match g.repeats {
                Repeats::Often => State::Often {
                    keys: Box::new(Keys::new(g)),
                    ids: Vec::new(),
                },
                Repeats::Rarely => State::Rarely(Rare::new(g.columns[0].kind)),
            })
            .collect();
        let places = Places {
            id: layout.group(Part::Id),
            when: layout.group(Part::When),
            source: layout.group(Part::Source),
            target: layout.group(Part::Target),
            act: layout.group(Part::Act),
            count: layout.group(Part::Count),
            mentions: layout.group(Part::Mentions),
            root: layout.group(Part::Root),
            url: layout.group(Part::Url).or(layout.group(Part::Story)),
        };
        let groups = layout.groups.len();
        Self {
            layout,
            states,
            places,
            ends: [Vec::new(), Vec::new()],
            deeds: Vec::new(),
            source: Vec::new(),
            target: Vec::new(),
            day: Vec::new(),
            file: Vec::new(),
            line: Vec::new(),
            keys: Vec::new(),
            counts: BTreeMap::new(),
            log: Vec::new(),
            ids: vec![MISSING; groups],
            key: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Forgets the rows but keeps the memory, for the next segment of the same layout.
    pub fn clear(&mut self) {
        for state in &mut self.states {
            match state {
                State::Often { keys, ids } => {
                    keys.clear();
                    ids.clear();
                }
                State::Rarely(rare) => rare.clear(),
            }
        }
        self.ends.iter_mut().for_each(Vec::clear);
        self.deeds.clear();
        self.source.clear();
        self.target.clear();
        self.day.clear();
        self.file.clear();
        self.line.clear();
        self.keys.clear();
        self.counts.clear();
        self.log.clear();
    }

    pub fn rows(&self) -> usize {
        self.day.len()
    }

    /// What a row's act says.
    pub fn deed(&self, row: usize) -> Deed {
        self.fact_id(self.places.act, row)
            .map_or(Deed::default(), |id| self.deeds[id])
    }

    /// How many events a row stands for, and its mentions.
    pub fn weight(&self, row: usize) -> (i64, i64) {
        let number = |place| match self.fact(place, row) {
            Some(Fact::Count(n)) => Some(*n),
            _ => None,
        };
        (
            number(self.places.count).unwrap_or(1),
            number(self.places.mentions).unwrap_or(0),
        )
    }

    /// The roles or sectors of an end, by key; for the column that layouts leave to us.
    pub fn sectors(&self, source: bool) -> Option<(&Keys, &[u32])> {
        let place = if source {
            self.places.source
        } else {
            self.places.target
        }?;
        match &self.states[place] {
            State::Often { keys, ids } => Some((keys, ids)),
            State::Rarely(_) => None,
        }
    }

    fn fact_id(&self, place: Option<usize>, row: usize) -> Option<usize> {
        match &self.states[place?] {
            State::Often { ids, .. } => Some(ids[row] as usize),
            State::Rarely(_) => None,
        }
    }

    fn fact(&self, place: Option<usize>, row: usize) -> Option<&Fact> {
        match &self.states[place?] {
            State::Often { keys, ids } => keys.facts.get(ids[row] as usize),
            State::Rarely(_) => None,
        }
    }

    /// Notes a line that is none of the rows, for example one that is too long.
    pub fn reject(&mut self, file: u32, line: u64, fault: Fault, raw: &[u8], length: u64) {
        let counts = self.counts.entry(file).or_default();
        counts.lines += 1;
        *counts.rejected.entry(fault).or_default() += 1;
        self.note(file, line, fault, false, raw, length);
    }

    fn note(&mut self, file: u32, line: u64, fault: Fault, stored: bool, raw: &[u8], length: u64) {
        let head = &raw[..raw.len().min(RAW)];
        self.log.push(LogEntry {
            file,
            line,
            fault: fault.to_string(),
            stored,
            raw: match std::str::from_utf8(head) {
                Ok(text) => text.to_owned(),
                // Cut within a character, or not UTF-8 at all.
                Err(e) if e.error_len().is_none() => {
                    String::from_utf8_lossy(&head[..e.valid_up_to()]).into_owned()
                }
                Err(_) => head.iter().map(|&b| char::from(b)).collect(),
            },
            length,
        });
    }

    /// Notes that a line was not UTF-8.
    pub fn latin1(&mut self, file: u32) {
        self.counts.entry(file).or_default().latin1 += 1;
    }

    /// Takes a row in, or says in the counts and the log why not.
    pub fn row(&mut self, row: &Row<'_>, shared: &Shared<'_>) {
        let rows = self.rows();
        match self.keys_of(row, shared) {
            Ok(()) => self.accept(row, shared),
            Err(fault) => self.reject(row.file, row.line, fault, row.raw, row.raw.len() as u64),
        }
        if self.rows() == rows {
            for state in &mut self.states {
                if let State::Rarely(rare) = state {
                    rare.truncate(rows);
                }
            }
        }
    }

    /// Finds the key of each group; the fields of new keys are looked at.
    fn keys_of(&mut self, row: &Row<'_>, shared: &Shared<'_>) -> Result<(), Fault> {
        let fault = |what| Fault { what, column: "" };
        let layout = Arc::clone(&self.layout);
        let n = row.spans.len();
        if n < layout.min_fields {
            return Err(fault(Wrong::TooFewFields));
        }
        if n > layout.max_fields {
            let empty =
                |&(a, b): &(u32, u32)| row.text[a as usize..b as usize].trim_ascii().is_empty();
            if !layout.extra_empty || !row.spans[layout.max_fields..].iter().all(empty) {
                return Err(fault(Wrong::TooManyFields));
            }
        }
        for (g, group) in layout.groups.iter().enumerate() {
            match &mut self.states[g] {
                State::Often { keys, .. } => {
                    let key = key_of(row, group, &mut self.key);
                    let id = match keys.find(key) {
                        Ok(id) => id,
                        Err(hash) => {
                            let fields = fields_of(row, group)?;
                            let id = keys.add(key, hash, group, &fields, &mut self.values);
                            let fact = &keys.facts[id as usize];
                            match group.part {
                                Part::Source => self.ends[0].push(end(fact, shared)),
                                Part::Target => self.ends[1].push(end(fact, shared)),
                                Part::Act => self.deeds.push(match fact {
                                    Fact::Act(act) => Deed::of(act),
                                    _ => Deed::default(),
                                }),
                                _ => {}
                            }
                            id
                        }
                    };
                    if let Some(fault) = keys.verdicts[id as usize].fault {
                        return Err(fault);
                    }
                    self.ids[g] = id;
                }
                State::Rarely(rare) => {
                    let mut out = take(&mut self.values);
                    let field = fields_of(row, group)?;
                    let told = (group.decode)(&field, &mut out);
                    if told.is_ok() {
                        rare.push(out.first().unwrap_or(&Value::Null));
                    }
                    give_back(&mut self.values, out);
                    if let Some(fault) = told?.mended {
                        *self
                            .counts
                            .entry(row.file)
                            .or_default()
                            .mended
                            .entry(fault)
                            .or_default() += 1;
                        self.note(
                            row.file,
                            row.line,
                            fault,
                            true,
                            row.raw,
                            row.raw.len() as u64,
                        );
                    }
                }
            }
        }
        Ok(())
    }

    fn accept(&mut self, row: &Row<'_>, shared: &Shared<'_>) {
        let fact = |place: Option<usize>| match &self.states[place?] {
            State::Often { keys, .. } => keys.facts.get(self.ids[place?] as usize),
            State::Rarely(_) => None,
        };
        let day = match fact(self.places.when) {
            Some(Fact::When { day, .. }) => *day,
            _ => 0,
        };
        let place = |place: Option<usize>| place.map(|p| self.ids[p] as usize);
        let ends = [
            place(self.places.source).map(|i| &self.ends[0][i]),
            place(self.places.target).map(|i| &self.ends[1][i]),
        ];
        let [source, target] = ends.map(|e| e.map_or(NOBODY, |e| e.on(day)));
        let deed = place(self.places.act).map_or(Deed::default(), |i| self.deeds[i]);
        let seen = Seen {
            day,
            source,
            target,
            country: ends.iter().flatten().any(|e| e.country),
            root: deed.root,
            root_event: match fact(self.places.root) {
                Some(Fact::Count(n)) => Some(*n == 1),
                _ => None,
            },
        };
        let refused = shared.filter.refuses(&seen);
        let unresolved = [source, target]
            .iter()
            .zip(&ends)
            .any(|(&n, e)| n == NOBODY && e.is_some_and(|e| !e.empty));
        let key = match shared.dedup {
            Dedup::None => None,
            Dedup::Id if self.places.id.is_some() => {
                let at = self.places.id.expect("just looked");
                let whole = match &self.states[at] {
                    State::Rarely(rare) => id_number(rare.text.get(rare.valid.len() as u32 - 1)),
                    State::Often { keys, .. } => keys.hash_of(self.ids[at]),
                };
                // ICEWS gives an id twice, on different days.
                let by_day = self.layout.format == Format::Icews;
                Some((if by_day { day } else { 0 }, whole))
            }
            // Formats without ids, and the other ways.
            way => {
                let hash = |e: Option<&End>| e.map_or(0, |e| e.hash);
                let mut h = mix(mix(hash(ends[0]), hash(ends[1])), deed.hash);
                if way == Dedup::Url {
                    h = mix(h, self.places.url.map_or(0, |g| self.key_hash(g)));
                }
                Some((day, h))
            }
        };
        let counts = self.counts.entry(row.file).or_default();
        counts.lines += 1;
        if let Some(why) = refused {
            *counts.filtered.entry(why).or_default() += 1;
            return;
        }
        counts.stored += 1;
        counts.unresolved += u64::from(unresolved);
        counts.dyadic += u64::from(source != NOBODY && target != NOBODY && source != target);
        counts.quad_differs += u64::from(deed.quad_differs);
        counts.scale_differs += u64::from(deed.scale_differs);
        counts.code_fallback += u64::from(deed.fallback);
        counts.days = Some(match counts.days {
            Some((a, b)) => (a.min(day), b.max(day)),
            None => (day, day),
        });
        let mut mended: Vec<Fault> = Vec::new();
        for (state, &id) in self.states.iter_mut().zip(&self.ids) {
            if let State::Often { keys, ids } = state {
                ids.push(id);
                mended.extend(keys.verdicts[id as usize].mended);
            }
        }
        self.source.push(source);
        self.target.push(target);
        self.day.push(day);
        self.file.push(row.file);
        self.line.push(row.line);
        self.keys.extend(key);
        for fault in mended {
            let counts = self.counts.entry(row.file).or_default();
            *counts.mended.entry(fault).or_default() += 1;
            self.note(
                row.file,
                row.line,
                fault,
                true,
                row.raw,
                row.raw.len() as u64,
            );
        }
    }

    fn key_hash(&self, group: usize) -> u64 {
        match &self.states[group] {
            State::Often { keys, .. } => keys.hash_of(self.ids[group]),
            State::Rarely(rare) => hash(rare.text.get(rare.valid.len() as u32 - 1)),
        }
    }
}

/// Mixes a hash into another; the order matters.
fn mix(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// An id as a number; text is hashed into the upper half, where no number of an event file lies.
fn id_number(text: &[u8]) -> u64 {
    match demarche_read::value::int(text) {
        Some(n) if n >= 0 => n as u64,
        _ => hash(text) | 1 << 63,
    }
}

fn end(fact: &Fact, shared: &Shared<'_>) -> End {
    let Fact::Party(party) = fact else {
        return End {
            who: Who::Always(NOBODY),
            empty: true,
            country: false,
            hash: 0,
        };
    };
    let number = |code: &String| shared.numbers.of(code);
    let name = if party.code.is_empty() {
        &party.name
    } else {
        &party.code
    };
    End {
        who: match shared.resolve.resolve(party) {
            Named::Nobody => Who::Always(NOBODY),
            Named::Always(code) => Who::Always(number(&code)),
            Named::Office { terms, otherwise } => Who::Office(
                terms.iter().map(|(a, b, c)| (*a, *b, number(c))).collect(),
                otherwise.as_ref().map_or(NOBODY, number),
            ),
        },
        empty: party.is_empty(),
        country: shared.filter.countries.contains(&party.country),
        hash: hash(name.as_bytes()),
    }
}

/// The fields of a group as text, trimmed.
fn fields_of<'a>(row: &Row<'a>, group: &Group) -> Result<Fields<'a>, Fault> {
    let mut fields = Fields::default();
    for &f in &group.fields {
        let text = match row.spans.get(f) {
            Some(&(a, b)) => &row.text[a as usize..b as usize],
            None => b"",
        };
        // Lines are made UTF-8 before they are cut, and cuts are at ASCII bytes.
        let text = std::str::from_utf8(text).map_err(|_| Fault {
            what: Wrong::BadCode,
            column: "",
        })?;
        fields.push(text.trim());
    }
    Ok(fields)
}

/// A few texts without an allocation.
#[derive(Default)]
struct Fields<'a> {
    few: [&'a str; 16],
    n: usize,
    many: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn push(&mut self, text: &'a str) {
        if self.many.is_empty() && self.n < self.few.len() {
            self.few[self.n] = text;
            self.n += 1;
        } else {
            if self.many.is_empty() {
                self.many.extend_from_slice(&self.few);
            }
            self.many.push(text);
        }
    }
}

impl<'a> std::ops::Deref for Fields<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &Self::Target {
        if self.many.is_empty() {
            &self.few[..self.n]
        } else {
            &self.many
        }
    }
}

/// The key of a group: where its fields stand side by side, just the stretch of the line.
fn key_of<'a>(row: &Row<'a>, group: &Group, scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let (first, last) = (group.fields[0], group.fields[group.fields.len() - 1]);
    let beside = last - first + 1 == group.fields.len();
    if beside && (row.adjacent || first == last) {
        if last < row.spans.len() {
            return &row.text[row.spans[first].0 as usize..row.spans[last].1 as usize];
        }
        if first >= row.spans.len() {
            return b"";
        }
    }
    scratch.clear();
    // No stretch of a line begins with this byte, so the two kinds of key never meet.
    scratch.push(0xff);
    for &f in &group.fields {
        if let Some(&(a, b)) = row.spans.get(f) {
            scratch.extend_from_slice(&(b - a).to_le_bytes());
            scratch.extend_from_slice(&row.text[a as usize..b as usize]);
        } else {
            scratch.extend_from_slice(&0u32.to_le_bytes());
        }
    }
    scratch
}
