//! Draws a sample of every chart into a folder, to look at: `cargo run -p demarche-brief
//! --example charts -- FOLDER` writes `ID.svg`, `ID.pdf.svg` and the pages `light.html`, `dark.html`.

#[path = "../tests/chart_samples/mod.rs"]
mod chart_samples;

use demarche_brief::chart::style;
use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "charts".into()));
    std::fs::create_dir_all(&folder)?;
    let mut figures = String::new();
    for (name, svg) in chart_samples::all() {
        std::fs::write(folder.join(format!("{name}.svg")), style::standalone(&svg))?;
        std::fs::write(folder.join(format!("{name}.pdf.svg")), style::for_pdf(&svg))?;
        let _ = write!(
            figures,
            "<figure id=\"{name}\">{}<figcaption>{name}</figcaption></figure>",
            style::inline(&svg)
        );
    }
    for theme in ["light", "dark"] {
        let ground = if theme == "light" {
            "#ffffff"
        } else {
            "#15181c"
        };
        let page = format!(
            "<!doctype html><html lang=\"en\" data-theme=\"{theme}\"><meta charset=\"utf-8\"><title>Charts</title>\
             <style>body{{background:{ground};color:#888;margin:16px;max-width:740px;font:13px sans-serif}}\
             figure{{margin:0 0 36px}}{}</style>{figures}</html>",
            style::css_inline()
        );
        std::fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    Ok(())
}
