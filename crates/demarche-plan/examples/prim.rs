//! All boxes of the patient rule induction method in the table of Bryant and Lempert (2010), for timing:
//! `cargo run --release -p demarche-plan --example prim -- bryant-2010.csv`. The search is repeated a
//! hundred times and the time of one is printed.

use std::time::Instant;

use demarche_plan::prim::{Options, trajectory};

fn main() {
    let path = std::env::args().nth(1).expect("a CSV file");
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header = reader.headers().expect("a header").clone();
    let flag = header.iter().position(|name| name == "Greater than 90%");
    let flag = flag.expect("the column of the cases of interest");
    let mut columns = vec![Vec::new(); 9];
    let mut interest = Vec::new();
    for row in reader.records().map(|row| row.expect("a row")) {
        let number = |j: usize| row[j].trim().parse::<f64>().expect("a number");
        for (j, column) in columns.iter_mut().enumerate() {
            column.push(number(j + 2));
        }
        interest.push(number(flag) > 0.5);
    }
    let options = Options {
        peel: 0.1,
        ..Options::default()
    };
    let begun = Instant::now();
    let mut boxes = Vec::new();
    for _ in 0..100 {
        boxes = trajectory(&columns, &interest, &options).expect("boxes");
    }
    println!(
        "{:.6} s for one search",
        begun.elapsed().as_secs_f64() / 100.0
    );
    println!(
        "box 21 of {}: coverage {:.6}, density {:.6}, mass {:.7}",
        boxes.len(),
        boxes[21].coverage,
        boxes[21].density,
        boxes[21].mass
    );
}
