//! Everything a case says of what sets off what, worked out once.

use demarche_case::Case;
use demarche_table::Table;

use crate::triangles::{CaseTriangle, triangles, triangles_table};

/// What a case says of what sets off what.
#[derive(Clone, Debug)]
pub struct Responses {
    /// The two partners with each third actor that the case names.
    pub triangles: Vec<CaseTriangle>,
}

impl Responses {
    /// Works it out.
    pub fn of(case: &Case) -> Self {
        Self {
            triangles: triangles(case),
        }
    }

    /// All of it as tidy tables.
    pub fn tables(&self, _case: &Case) -> Vec<Table> {
        vec![triangles_table(&self.triangles)]
    }
}
