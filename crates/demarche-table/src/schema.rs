//! The description of tables for machines and people.

use serde_json::{Value, json};

use crate::Table;

/// `schema.json`: every table with its columns, their kinds, units and meanings.
pub fn schema_json(tables: &[Table]) -> Value {
    let tables: Vec<Value> = tables
        .iter()
        .map(|t| {
            let columns: Vec<Value> = t
                .columns()
                .iter()
                .map(|c| {
                    json!({
                        "name": c.name,
                        "type": c.kind.name(),
                        "unit": c.unit,
                        "description": c.description,
                    })
                })
                .collect();
            json!({
                "name": t.name,
                "csv": format!("{}.csv", t.name),
                "parquet": format!("{}.parquet", t.name),
                "description": t.description,
                "rows": t.rows().len(),
                "columns": columns,
            })
        })
        .collect();
    json!({
        "format": "demarche-tables/1",
        "missing": "an empty field in CSV, null in Parquet",
        "formula_guard": "in CSV, text that a spreadsheet would run as a formula begins with an apostrophe",
        "tables": tables,
    })
}
