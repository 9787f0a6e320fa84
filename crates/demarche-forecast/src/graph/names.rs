//! Names of entities and acts, and what a name says of its bearer.

use rustc_hash::FxHashMap;

/// Names with their numbers, which count from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    names: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name of a number, or an empty text.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The number of a name; a new name gets the next one.
    pub fn add(&mut self, name: &str) -> u32 {
        if let Some(number) = self.number(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Puts a name at a number that has none yet; those left out between are nameless.
    pub(super) fn put(&mut self, number: u32, name: &str) {
        let place = number as usize;
        if self.names.len() <= place {
            self.names.resize(place + 1, String::new());
        }
        self.names[place] = name.to_owned();
        self.numbers.entry(name.to_owned()).or_insert(number);
    }

    /// All names by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            all.add(name);
        }
        all
    }
}

/// What a name says of its bearer: the country or body it belongs to, and its sector.
///
/// ICEWS writes `Sector (Country)`, with blanks or underscores; a code of the CAMEO kind (`CHNMIL`)
/// is a country of three letters and then roles of three letters each. A name of neither kind is its
/// own bloc, and has no sector: for a state that is what is wanted (`China` is the bloc of
/// `Military (China)`).
///
/// ```
/// use demarche_forecast::bloc_and_sector;
/// assert_eq!(bloc_and_sector("Police_(South_Korea)"), ("South_Korea", "Police"));
/// assert_eq!(bloc_and_sector("CHNMIL"), ("CHN", "MIL"));
/// assert_eq!(bloc_and_sector("NATO"), ("NATO", ""));
/// ```
pub fn bloc_and_sector(name: &str) -> (&str, &str) {
    if let Some(open) = name.rfind('(')
        && let Some(inside) = name[open + 1..].strip_suffix(')')
        && !inside.is_empty()
    {
        return (inside, name[..open].trim_end_matches([' ', '_']));
    }
    let code = name.len() >= 6
        && name.len().is_multiple_of(3)
        && name.bytes().all(|b| b.is_ascii_uppercase());
    if code {
        return (&name[..3], &name[3..]);
    }
    (name, "")
}
