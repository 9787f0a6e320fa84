//! Tables as a workbook: a sheet each, and one that says what the columns mean.

use demarche_table::{Cell, Kind, Table};
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::text::plain;

/// The longest text of a cell.
const LONGEST: usize = 32_767;
/// The widest column, in letters.
const WIDEST: usize = 60;

/// The workbook. Text is written as text whatever it begins with; dates are dates; what is missing is
/// empty. The time of making is the day `as_of`.
///
/// # Errors
/// [`XlsxError`] where a table is too large for a sheet.
pub fn write(title: &str, as_of: Date, tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(
        u16::try_from(as_of.year()).unwrap_or(1900),
        u8::try_from(as_of.month()).unwrap_or(1),
        u8::try_from(as_of.day()).unwrap_or(1),
    )?;
    let properties = DocProperties::new()
        .set_title(cut(title, 255))
        .set_creation_datetime(&made);
    book.set_properties(&properties);
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&table.name))?;
        fill(sheet, table)?;
    }
    meanings(book.add_worksheet(), tables)?;
    book.save_to_buffer()
}

/// A name that a sheet may have: at most 31 letters and none of `[]:*?/\`.
fn sheet_name(name: &str) -> String {
    let name: String = plain(name)
        .chars()
        .map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c })
        .take(31)
        .collect();
    if name.is_empty() {
        "table".to_owned()
    } else {
        name
    }
}

/// The text, at most so long as spreadsheets count it: in units of UTF-16.
fn cut(text: &str, most: usize) -> String {
    let text = plain(text);
    if text.encode_utf16().count() <= most {
        return text;
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.len_utf16();
        if used >= most {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let dated = Format::new().set_num_format("yyyy-mm-dd");
    sheet.set_freeze_panes(1, 0)?;
    for (c, column) in table.columns().iter().enumerate() {
        let at = column_number(c)?;
        sheet.write_string_with_format(0, at, cut(&column.name, LONGEST), &bold)?;
        let longest = (table.rows().iter())
            .filter_map(|row| row.get(c))
            .map(width)
            .chain([column.name.chars().count() + 2])
            .max();
        let width = longest.unwrap_or(8).clamp(8, WIDEST);
        sheet.set_column_width(at, width as f64)?;
    }
    for (r, row) in table.rows().iter().enumerate() {
        let line = u32::try_from(r + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
        for (c, cell) in row.iter().enumerate() {
            let at = column_number(c)?;
            match cell {
                Cell::Text(text) => {
                    sheet.write_string(line, at, cut(text, LONGEST))?;
                }
                // A double holds whole numbers up to 2^53; larger ones stay exact as text.
                Cell::Integer(n) if n.unsigned_abs() <= 1 << 53 => {
                    sheet.write_number(line, at, *n as f64)?;
                }
                Cell::Integer(n) => {
                    sheet.write_string(line, at, n.to_string())?;
                }
                Cell::Float(v) if v.is_finite() => {
                    sheet.write_number(line, at, *v)?;
                }
                Cell::Date(day) => match serial(*day) {
                    Some(serial) => {
                        sheet.write_number_with_format(line, at, serial, &dated)?;
                    }
                    None => {
                        sheet.write_string(line, at, day.to_string())?;
                    }
                },
                Cell::Bool(yes) => {
                    sheet.write_boolean(line, at, *yes)?;
                }
                Cell::Float(_) | Cell::Missing => {}
            }
        }
    }
    if !table.rows().is_empty() && !table.columns().is_empty() {
        let last = u32::try_from(table.rows().len()).map_err(|_| XlsxError::RowColumnLimitError)?;
        sheet.autofilter(0, 0, last, column_number(table.columns().len() - 1)?)?;
    }
    Ok(())
}

fn column_number(c: usize) -> Result<u16, XlsxError> {
    u16::try_from(c).map_err(|_| XlsxError::RowColumnLimitError)
}

/// Days since 30 December 1899, as spreadsheets count them from March 1900 on.
fn serial(day: Date) -> Option<f64> {
    let zero = Date::constant(1899, 12, 30);
    let days = zero.until(day).ok()?.get_days();
    (days > 60).then_some(f64::from(days))
}

/// About how many letters a cell takes.
fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count() + 1,
        Cell::Date(_) => 11,
        Cell::Integer(n) => n.to_string().len() + 1,
        _ => 9,
    }
}

/// What each column of each sheet means.
fn meanings(sheet: &mut Worksheet, tables: &[Table]) -> Result<(), XlsxError> {
    let mut table = Table::new("columns", "What each column means.")
        .column("table", Kind::Text, "", "")
        .column("column", Kind::Text, "", "")
        .column("type", Kind::Text, "", "")
        .column("unit", Kind::Text, "", "")
        .column("meaning", Kind::Text, "", "");
    for of in tables {
        for column in of.columns() {
            table.push(vec![
                of.name.as_str().into(),
                column.name.as_str().into(),
                column.kind.name().into(),
                column.unit.as_deref().into(),
                column.description.as_str().into(),
            ]);
        }
    }
    sheet.set_name("columns")?;
    fill(sheet, &table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        // Published examples: 1 January 2008 is 39448; 1 March 1900 is 61.
        assert_eq!(serial(date(2008, 1, 1)), Some(39448.0));
        assert_eq!(serial(date(1900, 3, 1)), Some(61.0));
        assert_eq!(serial(date(1900, 2, 28)), None);
    }

    #[test]
    fn names_and_long_text_fit() {
        assert_eq!(sheet_name("a/b[c]"), "a_b_c_");
        assert_eq!(sheet_name(""), "table");
        assert_eq!(sheet_name(&"x".repeat(99)).len(), 31);
        let long = cut(&"한".repeat(40_000), LONGEST);
        assert!(long.encode_utf16().count() <= LONGEST && long.ends_with('…'));
        let pairs = cut(&"𝄞".repeat(20_000), LONGEST);
        assert!(pairs.encode_utf16().count() <= LONGEST);
    }
}
