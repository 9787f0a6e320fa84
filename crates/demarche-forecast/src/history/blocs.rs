//! What blocs and sectors do: the police of a country is near to its army, and to other police.

use rustc_hash::FxHashMap;

use super::memory::{Cell, Memory, way};
use crate::graph::{Fact, Names, bloc_and_sector};

/// Counts between blocs, sectors and single entities.
#[derive(Clone, Debug, Default)]
pub struct Blocs {
    bloc: Vec<u32>,
    sector: Vec<u32>,
    members: Vec<Vec<u32>>,
    known: FxHashMap<String, u32>,
    cells: Vec<Cell>,
    places: FxHashMap<(u8, u32, u32, u32), u32>,
}

/// What a count of [`Blocs`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A bloc's members and one entity: way of the bloc.
    BlocToOne = 0,
    /// One entity and a bloc's members.
    OneToBloc = 1,
    /// Two blocs.
    Blocs = 2,
    /// Two sectors.
    Sectors = 3,
    /// A sector and one entity.
    SectorToOne = 4,
}

/// Stands for any way.
pub const ANY: u32 = u32::MAX;

impl Blocs {
    /// Of entities with these names.
    pub fn new(entities: &Names) -> Self {
        let mut blocs = Self::default();
        blocs.make_room(entities);
        blocs
    }

    /// Takes in new names at the end.
    pub fn make_room(&mut self, entities: &Names) {
        for (number, name) in (0..).zip(entities.iter()).skip(self.bloc.len()) {
            let (bloc, sector) = bloc_and_sector(name);
            let bloc = self.label(bloc);
            let sector = self.label(sector);
            self.bloc.push(bloc);
            self.sector.push(sector);
            self.members[bloc as usize].push(number);
        }
    }

    fn label(&mut self, label: &str) -> u32 {
        if let Some(&number) = self.known.get(label) {
            return number;
        }
        let number = self.members.len() as u32;
        self.members.push(Vec::new());
        self.known.insert(label.to_owned(), number);
        number
    }

    /// How many blocs and sectors have a number.
    pub fn labels(&self) -> usize {
        self.members.len()
    }

    /// The bloc of an entity.
    pub fn bloc(&self, entity: u32) -> u32 {
        self.bloc.get(entity as usize).copied().unwrap_or(ANY)
    }

    /// The sector of an entity.
    pub fn sector(&self, entity: u32) -> u32 {
        self.sector.get(entity as usize).copied().unwrap_or(ANY)
    }

    /// The members of a bloc.
    pub fn members(&self, bloc: u32) -> &[u32] {
        self.members.get(bloc as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds the events of one step.
    pub(super) fn add(&mut self, step: i32, facts: &[Fact], memory: &Memory) {
        for fact in facts {
            for (who, other, undergone) in [
                (fact.source, fact.target, false),
                (fact.target, fact.source, true),
            ] {
                let (bw, bo) = (self.bloc(who), self.bloc(other));
                let (sw, so) = (self.sector(who), self.sector(other));
                for way in [way(fact.act, undergone), ANY] {
                    for (side, a, b) in [
                        (Side::BlocToOne, bw, other),
                        (Side::OneToBloc, who, bo),
                        (Side::Blocs, bw, bo),
                        (Side::Sectors, sw, so),
                        (Side::SectorToOne, sw, other),
                    ] {
                        self.count(side, a, way, b, step, memory);
                    }
                }
            }
        }
    }

    fn count(&mut self, side: Side, a: u32, way: u32, b: u32, step: i32, memory: &Memory) {
        let cells = &mut self.cells;
        let place = *self
            .places
            .entry((side as u8, a, way, b))
            .or_insert_with(|| {
                cells.push(Cell::default());
                cells.len() as u32 - 1
            });
        cells[place as usize].add(step, memory.fading());
    }

    /// The counts of one kind, if there are any. `a` and `b` are blocs, sectors or entities as the
    /// side says.
    pub fn find(&self, side: Side, a: u32, way: u32, b: u32) -> Option<&Cell> {
        let place = self.places.get(&(side as u8, a, way, b))?;
        Some(&self.cells[*place as usize])
    }
}
