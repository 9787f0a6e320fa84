//! Writes a sample brief as HTML, to look at: `cargo run --example sample -- sample.html`.

#[path = "../tests/sample/mod.rs"]
mod sample;

fn main() -> std::io::Result<()> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "sample.html".into());
    std::fs::write(
        path,
        demarche_brief::html::to_html(&sample::document(1512, 400)),
    )
}
