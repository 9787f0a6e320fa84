//! The rows of a panel on their way from the cells, some at a time.

use demarche_events::QuadScheme;

use super::calendar::Timetable;
use super::cell::Cells;
use super::codes::Codes;
use super::cursor::in_order;
use super::question::{Answer, Keep, PeriodTotal, Reach, quads};
use super::{CubeError, Measure, Question};
use crate::Store;

/// How many rows are gathered before they are handed on; the source they end with is completed.
pub(crate) const BATCH: usize = 1 << 16;

/// The way to the rows of a panel.
pub(crate) struct Walk {
    /// The format of the events.
    pub(crate) format: String,
    /// The filter that events went through when they were read; empty: none.
    pub(crate) filter: String,
    answer: Answer,
    keep: Keep,
    scheme: QuadScheme,
}

/// Rows of some sources, in order, each of them with all its rows.
pub(crate) struct Rows<'a> {
    /// Who acts: a number of `codes`, or [`MISSING`](super::MISSING).
    pub(crate) source: &'a [u32],
    /// Towards whom.
    pub(crate) target: &'a [u32],
    /// Events by quad class.
    pub(crate) quad: [&'a [i64]; 4],
    /// All events of the period.
    pub(crate) all: &'a [i64],
    /// All acts of the source in the period.
    pub(crate) acts: &'a [i64],
    pub(crate) codes: &'a Codes,
    timetable: &'a Timetable,
    cells: &'a Cells,
}

impl<'a> Rows<'a> {
    pub(crate) fn len(&self) -> usize {
        self.source.len()
    }

    /// One value a row; quad classes are in `quad`.
    pub(crate) fn of(&self, measure: Measure) -> &'a [i64] {
        &self.cells.counts[measure.index()]
    }

    /// First days of the periods, one a row.
    pub(crate) fn periods(&self) -> impl Iterator<Item = i32> + 'a {
        let periods = &self.timetable.periods;
        self.cells.day.iter().map(|&place| periods[place as usize])
    }
}

/// What there is to say of a panel when its last row is handed on.
pub(crate) struct Walked {
    pub(crate) codes: Codes,
    /// Numbers of the codes that occur, in their order.
    pub(crate) actors: Vec<u32>,
    timetable: Timetable,
}

impl Walked {
    /// The codes that occur, sorted.
    pub(crate) fn actors(&self) -> Vec<String> {
        let code = |i: &u32| self.codes.all()[*i as usize].clone();
        self.actors.iter().map(code).collect()
    }

    /// The denominators by period.
    pub(crate) fn totals(&self) -> Vec<PeriodTotal> {
        let Timetable {
            periods, totals, ..
        } = &self.timetable;
        let total = |(&period, &total)| PeriodTotal { period, total };
        periods.iter().zip(totals).map(total).collect()
    }
}

impl Walk {
    /// Finds the cells that answer a question.
    pub(crate) fn of(store: &Store, question: &Question) -> Result<Self, CubeError> {
        let ends;
        let reach = match &question.dyad {
            None => Reach::All,
            // All acts of both are read for their denominators.
            Some((a, b)) => {
                ends = [(a.as_str(), None), (b.as_str(), None)];
                Reach::Of(&ends)
            }
        };
        let answer = Answer::to(question, store, &reach)?;
        Ok(Self {
            format: answer.format.clone(),
            filter: answer.filter.clone(),
            answer,
            keep: Keep::of(question),
            scheme: question.quad,
        })
    }

    /// Hands on all rows, in order of source, target and period, missing ends last. However the
    /// cells were spread over runs, the same rows come together.
    pub(crate) fn run(
        self,
        mut take: impl FnMut(&Rows<'_>) -> Result<(), CubeError>,
    ) -> Result<Walked, CubeError> {
        let Self {
            answer,
            mut keep,
            scheme,
            ..
        } = self;
        let timetable = answer.timetable;
        let mut codes = answer.codes;
        let mut gathered = Gathered::new(timetable.periods.len());
        let mut places = Vec::new();
        let mut slots = Vec::new();
        in_order(answer.cursors, &mut codes, |codes, cells, range| {
            let mut start = range.start;
            while start < range.end {
                let source = cells.source[start];
                if gathered.source != Some(source) {
                    gathered.close();
                    if gathered.cells.len() >= BATCH {
                        gathered.hand_on(codes, &timetable, scheme, &mut take)?;
                    }
                    gathered.source = Some(source);
                }
                let same = cells.source[start..range.end]
                    .iter()
                    .take_while(|s| **s == source);
                let block = start..start + same.count();
                places.clear();
                for i in block.clone() {
                    let place = timetable.place(cells.day[i])?;
                    if let Some(place) = place {
                        let acts = &mut gathered.by_place[place as usize];
                        *acts = acts.saturating_add(cells.counts[Measure::N.index()][i]);
                    }
                    places.push(place);
                }
                gathered
                    .cells
                    .fold_range(cells, block.clone(), &mut slots, |i| {
                        let kept = keep.keeps(codes, source, cells.target[i]);
                        places[i - block.start]
                            .filter(|_| kept)
                            .map(|place| place as i32)
                    });
                start = block.end;
            }
            Ok(())
        })?;
        gathered.close();
        gathered.hand_on(&codes, &timetable, scheme, &mut take)?;
        let mut actors: Vec<u32> = (0..codes.all().len() as u32).collect();
        actors.retain(|&i| gathered.occurs.get(i as usize) == Some(&true));
        actors.sort_unstable_by_key(|&i| codes.rank(i));
        Ok(Walked {
            codes,
            actors,
            timetable,
        })
    }
}

/// Rows that wait until there are enough of them.
struct Gathered {
    /// The day of a row is the place of its period.
    cells: Cells,
    /// The source that may get more rows.
    source: Option<u32>,
    /// What it did, towards anyone, by place of the period: known when its last cell is read.
    by_place: Vec<i64>,
    /// The same, one a row, for the sources before.
    acts: Vec<i64>,
    all: Vec<i64>,
    quad: [Vec<i64>; 4],
    /// Which codes occur among the rows handed on.
    occurs: Vec<bool>,
}

impl Gathered {
    fn new(periods: usize) -> Self {
        Self {
            cells: Cells::default(),
            source: None,
            by_place: vec![0; periods],
            acts: Vec::new(),
            all: Vec::new(),
            quad: [const { Vec::new() }; 4],
            occurs: Vec::new(),
        }
    }

    /// Gives the rows of the source what it did.
    fn close(&mut self) {
        let open = self.cells.day[self.acts.len()..].iter();
        self.acts.extend(open.map(|&p| self.by_place[p as usize]));
        self.by_place.fill(0);
        self.source = None;
    }

    /// Hands on what is gathered and begins anew, in the same memory.
    fn hand_on(
        &mut self,
        codes: &Codes,
        timetable: &Timetable,
        scheme: QuadScheme,
        take: &mut impl FnMut(&Rows<'_>) -> Result<(), CubeError>,
    ) -> Result<(), CubeError> {
        let cells = &self.cells;
        if cells.len() == 0 {
            return Ok(());
        }
        self.occurs.resize(codes.all().len(), false);
        for end in cells.source.iter().chain(&cells.target) {
            if let Some(occurs) = self.occurs.get_mut(*end as usize) {
                *occurs = true;
            }
        }
        self.all.clear();
        let all = cells.day.iter();
        self.all
            .extend(all.map(|&place| timetable.totals[place as usize].n));
        let of = |m: Measure| cells.counts[m.index()].as_slice();
        let quad = match scheme {
            QuadScheme::Gdelt => [Measure::Q1, Measure::Q2, Measure::Q3, Measure::Q4].map(of),
            _ => {
                self.quad.iter_mut().for_each(Vec::clear);
                for i in 0..cells.len() {
                    let values = quads(&cells.counts(i), scheme);
                    for (column, value) in self.quad.iter_mut().zip(values) {
                        column.push(value);
                    }
                }
                self.quad.each_ref().map(Vec::as_slice)
            }
        };
        take(&Rows {
            source: &cells.source,
            target: &cells.target,
            quad,
            all: &self.all,
            acts: &self.acts,
            codes,
            timetable,
            cells,
        })?;
        self.cells.clear();
        self.acts.clear();
        Ok(())
    }
}
