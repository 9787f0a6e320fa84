//! Text from a case that would like to be more than text comes out as text everywhere.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::*;

/// What titles and names may hold, each recognised by a mark of its own.
const TEXTS: [&str; 16] = [
    "M01 <script>alert(1)</script>",
    "M02 </script><script>alert(2)</script>",
    "M03 </style><style>*{display:none}</style>",
    "M04 ]]> <![CDATA[ --> <!-- &lt;b&gt; &amp; \"'",
    "M05 $#[*_ #panic(\"x\") `a` @b <c> = d",
    "M06 $ x_1 $ #set page(width: 1pt) \\u{41} // /* */",
    "M07 ] } ) #import \"x\": * ~ ---",
    "M08 שלום עולם",
    "M09 مرحبا بالعالم",
    "M10 한국과 나토",
    "M11 🇰🇷🤝 👩‍🚀",
    "M12 zero\u{200b}width\u{200d}join\u{feff}er",
    "M13 {{7*7}} ${x} %s%n",
    "M14 <img src=x onerror=alert(3)>",
    "M15 <a href=\"javascript:alert(4)\">x</a>",
    "M16 a\u{301}\u{302}\u{303} \u{1d54f}",
];

/// A field of a CSV file.
fn field(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A string of a TOML file.
fn string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// The worked case with hostile text wherever there is text.
fn hostile_case(place: &Path) -> std::path::PathBuf {
    let case = copy_of_korea(place);
    let chronicle = case.join("chronicle.csv");
    let mut titles: Vec<String> = TEXTS.iter().map(|&t| t.to_owned()).collect();
    titles.push("=HYPERLINK(\"http://x\",\"y\")".to_owned());
    titles.push("+1+cmd|' /C calc'!A0".to_owned());
    titles.push("-2 tanks".to_owned());
    titles.push("@SUM(1)".to_owned());
    titles.push(format!("M99 {}", "long".repeat(1250)));
    for (i, title) in titles.iter().enumerate() {
        let row = format!(
            "hostile-{i},2026-06-{:02},day,KOR,NATO,false,036,cyber,{},https://example.org/?q=%22#[$]*_",
            i + 1,
            field(title)
        );
        append(&chronicle, &row);
    }
    let actors = case.join("actors.csv");
    for (old, code, name, short) in [
        ("KOR,Republic of Korea,Korea,", "KOR", TEXTS[0], TEXTS[4]),
        ("JPN,Japan,Japan,", "JPN", TEXTS[7], TEXTS[2]),
        ("AUS,Australia,Australia,", "AUS", TEXTS[4], TEXTS[13]),
        ("NZL,New Zealand,New Zealand,", "NZL", TEXTS[9], TEXTS[8]),
    ] {
        edit(
            &actors,
            old,
            &format!("{code},{},{},", field(name), field(short)),
        );
    }
    let settings = case.join("case.toml");
    for (old, key, new) in [
        (
            "title = \"The Republic of Korea and NATO\"",
            "title",
            TEXTS[1],
        ),
        ("name = \"Political dialogue\"", "name", TEXTS[5]),
        ("name = \"Human resources\"", "name", TEXTS[13]),
        ("label = \"Madrid summit\"", "label", TEXTS[0]),
        ("label = \"Korea joins CCDCOE\"", "label", TEXTS[6]),
        ("name = \"China, Russia and North Korea\"", "name", TEXTS[3]),
    ] {
        edit(&settings, old, &format!("{key} = {}", string(new)));
    }
    let initiatives = case.join("initiatives.csv");
    edit(
        &initiatives,
        ",Open a Korean diplomatic mission to NATO,",
        &format!(",{},", field(TEXTS[2])),
    );
    edit(
        &initiatives,
        ",Yearly Korea-NATO policy consultation,",
        &format!(",{},", field(TEXTS[4])),
    );
    let framework = case.join("frameworks/nato-act-2022.toml");
    let text = fs::read_to_string(&framework).unwrap();
    for (i, key) in ["name", "short", "summary"].iter().enumerate() {
        let line = text
            .lines()
            .filter(|l| l.starts_with(&format!("{key} = ")))
            .nth(1)
            .unwrap();
        edit(
            &framework,
            line,
            &format!("{key} = {}", string(TEXTS[2 * i])),
        );
    }
    case
}

#[test]
fn hostile_text_stays_text() {
    let place = tempfile::tempdir().unwrap();
    let case = hostile_case(place.path());
    let check = run(["check", text(&case), "--quiet"]);
    assert_eq!(out(&check), "", "hostile is not wrong");
    let target = place.path().join("out");
    printed([
        "brief",
        text(&case),
        "--draws",
        "100",
        "--out",
        text(&target),
    ]);
    let clean = place.path().join("clean");
    printed([
        "brief",
        text(&korea()),
        "--draws",
        "100",
        "--no-pdf",
        "--out",
        text(&clean),
    ]);

    let html = |dir: &Path| fs::read_to_string(dir.join("brief.html")).unwrap();
    the_page_has_no_new_elements(&html(&target), &html(&clean));
    for (path, bytes) in files(&target) {
        if path.ends_with(".svg") {
            the_figure_is_sound(&path, &String::from_utf8(bytes).unwrap());
        } else if path.ends_with(".csv") {
            the_table_runs_no_formula(&path, &String::from_utf8(bytes).unwrap());
        }
    }

    let brief: Value =
        serde_json::from_slice(&fs::read(target.join("brief.json")).unwrap()).unwrap();
    let events = brief["brief"]["events"].as_array().unwrap();
    for title in TEXTS
        .iter()
        .copied()
        .chain(["=HYPERLINK(\"http://x\",\"y\")"])
    {
        assert!(
            events.iter().any(|e| e["title"] == title),
            "{title} in the JSON"
        );
    }
    assert_eq!(brief["brief"]["title"], TEXTS[1]);

    let table = fs::read_to_string(target.join("tables/events.csv")).unwrap();
    assert!(table.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""));
    assert!(table.contains("'@SUM(1)"));

    let Ok(pdf) = Command::new("pdftotext")
        .arg(target.join("brief.pdf"))
        .arg("-")
        .output()
    else {
        println!("the PDF was not read: there is no pdftotext here");
        return;
    };
    // Lines are broken and letters joined in print, so blanks do not count.
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    let pdf = squeeze(&String::from_utf8_lossy(&pdf.stdout));
    for shown in [
        "<script>alert(2)</script>",
        "$#[*_ #panic(\"x\")",
        "#set page(width: 1pt)",
        "</style><style>",
    ] {
        assert!(pdf.contains(&squeeze(shown)), "{shown} in the PDF");
    }
}

/// No script, style, frame or handler that a harmless case does not have, and no other scheme of
/// address.
fn the_page_has_no_new_elements(hostile: &str, clean: &str) {
    for start in [
        "<script", "<style", "<iframe", "<img", "<object", "<form", "<base", "<meta",
    ] {
        let count = |page: &str| page.to_lowercase().matches(start).count();
        assert_eq!(count(hostile), count(clean), "{start}");
    }
    for never in [
        "<script>alert",
        "href=\"javascript:",
        "<img src=x",
        "<b>",
        "<![CDATA[",
    ] {
        assert!(!hostile.contains(never), "{never}");
    }
    assert!(
        hostile.contains("&lt;script&gt;alert("),
        "it is shown as text"
    );
    assert!(
        hostile.contains("<bdi>"),
        "right-to-left text is kept apart"
    );
}

/// Every tag is one that figures have, and each is closed.
fn the_figure_is_sound(path: &str, svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest
            .find('>')
            .unwrap_or_else(|| panic!("{path}: a tag has no end"));
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{path}");
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap();
        let known = [
            "svg", "g", "a", "title", "desc", "style", "text", "tspan", "rect", "line", "path",
            "circle", "polygon", "polyline", "defs", "pattern", "clipPath", "use", "ellipse",
        ];
        assert!(known.contains(&name), "{path}: <{tag}>");
        // What stands between quotation marks is text.
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains(" on"), "{path}: <{tag}>");
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{path}: {open:?}");
}

/// No field begins as a formula does, unless it is a number.
fn the_table_runs_no_formula(path: &str, table: &str) {
    for line in table.lines() {
        // Where a field ends does not matter here, only where one may begin.
        for part in line.split(',') {
            let field = part.trim_start_matches('"');
            let formula = part.starts_with(['=', '+', '-', '@'])
                || (part.starts_with('"') && field.starts_with(['=', '+', '-', '@']));
            assert!(!formula || part.parse::<f64>().is_ok(), "{path}: {part}");
        }
    }
}

#[test]
fn odd_spellings_in_titles_reach_the_terminal_as_they_are() {
    let place = tempfile::tempdir().unwrap();
    let case = hostile_case(place.path());
    let shown = printed(["why", "volume.KOR-NATO.all", text(&case)]);
    for title in TEXTS {
        assert!(shown.contains(title), "{title}");
    }
    assert!(!shown.contains('\u{1b}'));
}

#[test]
fn text_that_would_drive_the_terminal_is_refused() {
    for bad in ["\u{1b}[2J", "\u{7}", "\u{202e}", "\u{9b}31m"] {
        let place = tempfile::tempdir().unwrap();
        let case = copy_of_korea(place.path());
        let row = format!("h,2026-06-01,day,KOR,NATO,true,036,cyber,x{bad}y,https://example.org/");
        append(&case.join("chronicle.csv"), &row);
        let check = run(["check", text(&case)]);
        assert_eq!(status(&check), 1, "{bad:?}");
        assert!(
            !out(&check).contains(bad),
            "{bad:?} is escaped in the report"
        );
    }
}
