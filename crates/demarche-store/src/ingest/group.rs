//! The distinct keys of a group of fields, and the dictionaries of the columns they fill.

use std::hash::Hasher;

use demarche_read::layout::{Fact, Fault, Group};
use demarche_read::schema::{Kind, Value};
use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// The index of a missing value.
pub(super) const MISSING: u32 = u32::MAX;

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Bytes of many texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct Arena {
    pub bytes: Vec<u8>,
    pub ends: Vec<u32>,
}

impl Arena {
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends
            .push(u32::try_from(self.bytes.len()).expect("a segment is smaller than 4 GiB"));
    }

    pub fn get(&self, i: u32) -> &[u8] {
        let i = i as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.bytes[start..self.ends[i] as usize]
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// The distinct values of a column.
#[derive(Debug)]
pub(super) enum Values {
    Text(Arena),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Date(Vec<i32>),
}

/// A column: its distinct values, found by hash.
#[derive(Debug)]
pub(super) struct Dictionary {
    pub kind: Kind,
    pub values: Values,
    table: HashTable<u32>,
}

impl Dictionary {
    pub fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Arena::default()),
            Kind::Int | Kind::Timestamp | Kind::Bool => Values::Int(Vec::new()),
            Kind::Float => Values::Float(Vec::new()),
            Kind::Date => Values::Date(Vec::new()),
        };
        Self {
            kind,
            values,
            table: HashTable::new(),
        }
    }

    fn clear(&mut self) {
        self.table.clear();
        match &mut self.values {
            Values::Text(a) => a.clear(),
            Values::Int(v) => v.clear(),
            Values::Float(v) => v.clear(),
            Values::Date(v) => v.clear(),
        }
    }

    /// The index of a value, [`MISSING`] for none.
    ///
    /// # Panics
    /// If the value is of another kind than the column: a fault of the layout.
    pub fn index(&mut self, value: &Value<'_>) -> u32 {
        fn find<T: Copy>(
            table: &mut HashTable<u32>,
            values: &mut Vec<T>,
            value: T,
            bits: impl Fn(T) -> u64,
        ) -> u32 {
            let mix = |bits: u64| hash(&bits.to_le_bytes());
            let wanted = bits(value);
            let entry = table.entry(
                mix(wanted),
                |&i| bits(values[i as usize]) == wanted,
                |&i| mix(bits(values[i as usize])),
            );
            match entry {
                hashbrown::hash_table::Entry::Occupied(e) => *e.get(),
                hashbrown::hash_table::Entry::Vacant(e) => {
                    let i = values.len() as u32;
                    e.insert(i);
                    values.push(value);
                    i
                }
            }
        }
        match (value, &mut self.values) {
            (Value::Null, _) => MISSING,
            (Value::Text(text), Values::Text(arena)) => {
                let entry = self.table.entry(
                    hash(text.as_bytes()),
                    |&i| arena.get(i) == text.as_bytes(),
                    |&i| hash(arena.get(i)),
                );
                match entry {
                    hashbrown::hash_table::Entry::Occupied(e) => *e.get(),
                    hashbrown::hash_table::Entry::Vacant(e) => {
                        let i = arena.len() as u32;
                        e.insert(i);
                        arena.push(text.as_bytes());
                        i
                    }
                }
            }
            (Value::Int(v) | Value::Timestamp(v), Values::Int(values)) => {
                find(&mut self.table, values, *v, |v| v as u64)
            }
            (Value::Bool(v), Values::Int(values)) => {
                find(&mut self.table, values, i64::from(*v), |v| v as u64)
            }
            (Value::Float(v), Values::Float(values)) => {
                find(&mut self.table, values, *v, f64::to_bits)
            }
            (Value::Date(v), Values::Date(values)) => {
                find(&mut self.table, values, *v, |v| v as u64)
            }
            (value, _) => panic!("{value:?} in a column of {:?}", self.kind),
        }
    }
}

/// What the rows need to know of a key.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// The row can't be taken.
    pub fault: Option<Fault>,
    /// A value was taken as missing.
    pub mended: Option<Fault>,
}

/// Keys of a group that repeats often.
pub(super) struct Keys {
    arena: Arena,
    hashes: Vec<u64>,
    table: HashTable<u32>,
    /// Verdicts, by key.
    pub verdicts: Vec<Verdict>,
    /// Whether any key so far is mended or at fault; most segments have none.
    pub facts: Vec<Fact>,
    /// The columns the group fills.
    pub columns: Vec<Dictionary>,
    /// By column, then key: the index of the value.
    pub maps: Vec<Vec<u32>>,
    last: u32,
}

impl Keys {
    pub fn new(group: &Group) -> Self {
        Self {
            arena: Arena::default(),
            hashes: Vec::new(),
            table: HashTable::new(),
            verdicts: Vec::new(),
            facts: Vec::new(),
            columns: group
                .columns
                .iter()
                .map(|c| Dictionary::new(c.kind))
                .collect(),
            maps: group.columns.iter().map(|_| Vec::new()).collect(),
            last: MISSING,
        }
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.hashes.clear();
        self.table.clear();
        self.verdicts.clear();
        self.facts.clear();
        self.columns.iter_mut().for_each(Dictionary::clear);
        self.maps.iter_mut().for_each(Vec::clear);
        self.last = MISSING;
    }

    /// The hash of a key: the same for the same bytes in every segment.
    pub fn hash_of(&self, id: u32) -> u64 {
        self.hashes[id as usize]
    }

    /// The number of a key if it was seen before, else its hash. Neighbouring rows often tell of
    /// one article, so the last key is tried first.
    pub fn find(&mut self, key: &[u8]) -> Result<u32, u64> {
        if self.last != MISSING && self.arena.get(self.last) == key {
            return Ok(self.last);
        }
        let hash = hash(key);
        let (arena, hashes) = (&self.arena, &self.hashes);
        let found = self
            .table
            .find(hash, |&i| hashes[i as usize] == hash && arena.get(i) == key);
        match found {
            Some(&i) => {
                self.last = i;
                Ok(i)
            }
            None => Err(hash),
        }
    }

    /// Takes in a key with what its fields say.
    pub fn add(
        &mut self,
        key: &[u8],
        hash: u64,
        group: &Group,
        fields: &[&str],
        values: &mut Vec<Value<'static>>,
    ) -> u32 {
        let id = self.arena.len() as u32;
        self.arena.push(key);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, id, |&i| hashes[i as usize]);
        let mut out = take(values);
        let told = (group.decode)(fields, &mut out);
        let (fault, mended, fact) = match told {
            Ok(told) => {
                for (i, column) in self.columns.iter_mut().enumerate() {
                    let index = out.get(i).map_or(MISSING, |v| column.index(v));
                    self.maps[i].push(index);
                }
                (None, told.mended, told.fact)
            }
            Err(fault) => {
                self.maps.iter_mut().for_each(|m| m.push(MISSING));
                (Some(fault), None, Fact::None)
            }
        };
        give_back(values, out);
        self.verdicts.push(Verdict { fault, mended });
        self.facts.push(fact);
        self.last = id;
        id
    }
}

/// Borrows the memory of an empty vector for values of a shorter life.
pub(super) fn take<'a>(values: &mut Vec<Value<'static>>) -> Vec<Value<'a>> {
    std::mem::take(values)
}

/// Gives the memory back.
pub(super) fn give_back<'a>(values: &mut Vec<Value<'static>>, mut out: Vec<Value<'a>>) {
    out.clear();
    *values = out.into_iter().map(|_| Value::Null).collect();
}
