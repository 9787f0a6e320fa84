//! A plan on file, as `demarche plan --out` wrote it or somebody changed it in a spreadsheet.

use std::fmt;

use demarche_events::{Date, Period, PeriodUnit};

/// What a plan on file decided about one initiative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The id of the initiative.
    pub id: String,
    /// The quarter in which it was to start; `None` where it was left out.
    pub start: Option<Period>,
    /// The last quarter that it was to take, if the file says so.
    pub end: Option<Period>,
}

/// A plan on file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// What it decided, in the order of the file, each initiative once.
    pub decisions: Vec<Decision>,
}

/// What is wrong with a plan on file, with the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, counted from 1; 0 for the whole file.
    pub line: u64,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Unreadable {}

/// A quarter written as `2027-Q1` or `2027Q1`.
#[must_use]
pub fn quarter(text: &str) -> Option<Period> {
    let plain = text.trim().replace('-', "").to_ascii_uppercase();
    let (year, quarter) = plain.split_once('Q')?;
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(quarter, 1) {
        return None;
    }
    let quarter: i8 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
    let day = Date::new(year.parse().ok()?, 3 * quarter - 2, 1).ok()?;
    Some(Period::of(day, PeriodUnit::Quarter))
}

impl Earlier {
    /// What was decided about an initiative, if it was in the plan's view.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.id == id)
    }

    /// Adds a decision.
    ///
    /// # Errors
    /// Where there is one about that initiative, or it ends before it starts.
    pub fn push(&mut self, decision: Decision, line: u64) -> Result<(), Unreadable> {
        if decision.id.trim().is_empty() {
            return Err(Unreadable {
                line,
                what: "the row names no initiative".to_owned(),
                remedy: "write its id in the column initiative, or delete the row".to_owned(),
            });
        }
        if self.of(&decision.id).is_some() {
            return Err(Unreadable {
                line,
                what: format!("{:?} stands in the plan twice", decision.id),
                remedy: "delete one of the two rows".to_owned(),
            });
        }
        if let (Some(start), Some(end)) = (decision.start, decision.end)
            && end < start
        {
            return Err(Unreadable {
                line,
                what: format!(
                    "{:?} ends in {end} before it starts in {start}",
                    decision.id
                ),
                remedy: "put the two quarters in order".to_owned(),
            });
        }
        self.decisions.push(decision);
        Ok(())
    }

    /// Adds the decisions of a table: `initiative`, `start` and, if there is one, `end`, as in
    /// `plan.csv`; or, in a table without `start`, as `left_out.csv` is one, initiatives left out.
    ///
    /// # Errors
    /// The first line that can't be read.
    pub fn read_csv(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let broken = |line: u64, error: &csv::Error| Unreadable {
            line: error.position().map_or(line, csv::Position::line),
            what: match error.kind() {
                csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
                _ => format!("it is no CSV: {error}"),
            },
            remedy: "name a plan.csv that demarche plan --out wrote".to_owned(),
        };
        let header = reader.headers().map_err(|e| broken(1, &e))?.clone();
        let column = |name: &str| header.iter().position(|column| column.trim() == name);
        let Some(initiative) = column("initiative") else {
            return Err(Unreadable {
                line: 1,
                what: "there is no column initiative".to_owned(),
                remedy: "name a plan.csv that demarche plan --out wrote".to_owned(),
            });
        };
        let (start, end) = (column("start"), column("end"));
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(broken(0, &error)),
            }
            let line = record.position().map_or(0, csv::Position::line);
            let field = |at: usize| record.get(at).unwrap_or("").trim();
            let read = |at: Option<usize>| match at.map(field) {
                None | Some("") => Ok(None),
                Some(text) => quarter(text).map(Some).ok_or_else(|| Unreadable {
                    line,
                    what: format!("{text:?} is no quarter"),
                    remedy: "write it as 2027-Q1".to_owned(),
                }),
            };
            let decision = Decision {
                id: field(initiative).to_owned(),
                start: read(start)?,
                end: read(end)?,
            };
            self.push(decision, line)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_tables_of_a_plan_are_read() {
        let mut earlier = Earlier::default();
        earlier
            .read_csv(b"initiative,title,start,end\na,\"A, or so\",2027-Q1,2027-Q4\nb,B,2028q2,\n")
            .unwrap();
        earlier
            .read_csv(b"\xef\xbb\xbfinitiative,why\nc,no people\n")
            .unwrap();
        let shown: Vec<String> = (earlier.decisions.iter())
            .map(|d| format!("{} {:?}", d.id, d.start.map(|q| q.to_string())))
            .collect();
        assert_eq!(
            shown,
            ["a Some(\"2027-Q1\")", "b Some(\"2028-Q2\")", "c None"]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (text, line, what) in [
            ("start\n2027-Q1\n", 1, "no column initiative"),
            ("", 1, "no column initiative"),
            ("initiative,start\na,2027-Q5\n", 2, "no quarter"),
            ("initiative,start\na,\n,2027-Q1\n", 3, "names no initiative"),
            ("initiative,start\na,2027-Q1\nb,2027-Q1\na,\n", 4, "twice"),
            (
                "initiative,start,end\na,2027-Q2,2027-Q1\n",
                2,
                "before it starts",
            ),
            ("initiative,start\na,9999999-Q1\n", 2, "no quarter"),
        ] {
            let error = Earlier::default().read_csv(text.as_bytes()).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.what.contains(what), "{text}: {error}");
        }
        let error = Earlier::default()
            .read_csv(b"initiative\n\xff\n")
            .unwrap_err();
        assert!(error.what.contains("UTF-8"), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Earlier::default().read_csv(&bytes);
            let mut after = b"initiative,start,end\n".to_vec();
            after.extend(&bytes);
            let _ = Earlier::default().read_csv(&after);
        }
    }
}
