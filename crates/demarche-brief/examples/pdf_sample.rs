//! Writes a sample brief with every kind of block to the PDF named on the command line.

use demarche_brief::chart::Svg;
use demarche_brief::document::{
    Block, Chapter, DocTable, Document, EventRef, Evidence, Figure, RowRef, SourceRef, Span,
};

/// Texts that would do harm if they were taken for markup, formulas or commands.
pub const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://example.org\")",
    "$#[*_`~@<label>]#let x = 1; #panic()",
    "\\ // /* -- --- ... 'quoted' \"quoted\"",
    "&amp; &lt; <svg onload=x>",
    "#import \"@preview/cetz:0.1.0\" #read(\"/etc/passwd\")",
];

/// Texts in other scripts.
pub const SCRIPTS: [&str; 5] = [
    "대한민국과 북대서양 조약 기구의 개별 맞춤형 파트너십 프로그램",
    "שותפות בין קוריאה לנאט״ו (2023)",
    "الشراكة بين كوريا وحلف الناتو (2023)",
    "Συνεργασία Κορέας και ΝΑΤΟ",
    "Партнёрство Кореи и НАТО",
];

fn text(text: &str) -> Span {
    Span::Text {
        text: text.to_owned(),
    }
}

fn number(shown: &str, at: usize) -> Span {
    Span::Number {
        text: shown.to_owned(),
        evidence: format!("share.KOR-NATO.{at}"),
    }
}

fn drawing(at: usize) -> Svg {
    let (width, height) = (720.0, 300.0 + 30.0 * (at % 4) as f64);
    let mut body = format!(
        r##"<rect width="{width}" height="{height}" fill="#ffffff"/><g font-family="Noto Sans" font-size="12" fill="#333333">"##
    );
    for step in 0..24 {
        let x = 50.0 + 27.0 * f64::from(step);
        let tall = 20.0 + (f64::from(step) * 0.7 + at as f64).sin().abs() * (height - 110.0);
        let y = height - 50.0 - tall;
        body += &format!(
            r##"<rect x="{x}" y="{y:.1}" width="18" height="{tall:.1}" fill="#0072b2"/><text x="{x}" y="{}">{}</text>"##,
            height - 30.0,
            step + 1,
        );
    }
    body += &format!(r#"<text x="50" y="24">Events a month, 한국 and NATO, chart {at}</text></g>"#);
    Svg {
        width,
        height,
        body,
        title: format!("Chart {at}"),
        description: String::new(),
    }
}

fn evidence(at: usize) -> Evidence {
    Evidence {
        id: format!("share.KOR-NATO.{at}"),
        label: format!("Share of all of Korea's events that involve NATO, period {at}"),
        value: format!("{}.{} %", at % 40, at % 10),
        interval: if at.is_multiple_of(3) {
            String::new()
        } else {
            "95 % interval 10.2 % to 35.8 %".into()
        },
        formula: format!(
            "events with NATO ÷ all events of Korea = {at} ÷ {}",
            at * 4 + 7
        ),
        note: if at.is_multiple_of(7) {
            "Rows known to the month are left out".into()
        } else {
            String::new()
        },
        more: 0,
        events: (0..(at * 13 % 41)).map(|k| (at * 5 + k) % 400).collect(),
        rows: if at.is_multiple_of(11) {
            vec![RowRef {
                file: "initiatives.csv".into(),
                id: format!("ini-{at}"),
                text: "Join the cyber defence exercise Locked Shields".into(),
                url: "https://ccdcoe.org/exercises/locked-shields/".into(),
            }]
        } else {
            Vec::new()
        },
    }
}

fn event(at: usize) -> EventRef {
    let hosts = [
        "www.nato.int/cps/en/natohq",
        "www.mofa.go.kr/eng/brd/m_5676",
        "en.yna.co.kr/view",
        "www.mnd.go.kr",
        "www.reuters.com/world/asia-pacific",
    ];
    let title = match at % 9 {
        0 => SCRIPTS[at % SCRIPTS.len()].to_owned(),
        4 => HOSTILE[at % HOSTILE.len()].to_owned(),
        _ => format!("Ministers meet in Brussels and agree to continue the dialogue, round {at}"),
    };
    EventRef {
        id: format!("ev-{at:04}"),
        date: format!("20{:02}-{:02}-{:02}", 5 + at % 20, 1 + at % 12, 1 + at % 28),
        source: "Korea".into(),
        target: "NATO".into(),
        mutual: at.is_multiple_of(2),
        cameo: "036".into(),
        act: "Express intent to meet".into(),
        area: "dialogue".into(),
        title,
        url: if at == 4 {
            "javascript:alert(1)".into()
        } else {
            format!(
                "https://{}/news_{at}_a-rather-long-name-of-a-page.htm?selectedLocale=en",
                hosts[at % hosts.len()]
            )
        },
    }
}

/// A sentence with figures and a work cited.
fn sentence(at: usize) -> Vec<Span> {
    vec![
        text("Of all events that Korea took part in, NATO was a party to "),
        number(&format!("{} %", at % 40), at),
        text(" (95 % interval 21 % to 35 %), against "),
        number("0.42", at + 1),
        text(" in the years before. "),
        Span::Strong {
            text: "The rise lies outside the interval".into(),
        },
        text("; most of it falls in the area of dialogue, and the record of the "),
        Span::Link {
            text: "partnership programme".into(),
            url: "https://www.nato.int/cps/en/natohq/topics_50098.htm".into(),
        },
        text(" lists what was agreed in 2023 "),
        Span::Cite { source: at % 5 },
        text("."),
    ]
}

fn table(id: &str, rows: usize, columns: usize, from: usize) -> Block {
    Block::Table(DocTable {
        id: id.to_owned(),
        caption: format!("Share, depth and breadth by period and partner ({rows} rows)"),
        head: (0..columns)
            .map(|at| match at {
                0 => "Partner".to_owned(),
                1 => "What was done, and in which area".to_owned(),
                at => format!("Net cooperation {at}"),
            })
            .collect(),
        numeric: (0..columns).map(|at| at > 1).collect(),
        rows: (0..rows)
            .map(|row| {
                (0..columns)
                    .map(|at| match at {
                        0 => vec![text(["Japan", "Australia", "New Zealand", "대한민국"][row % 4])],
                        1 if row % 10 == 3 => vec![text(HOSTILE[row % HOSTILE.len()])],
                        1 if row % 10 == 6 => vec![text(SCRIPTS[row % SCRIPTS.len()])],
                        1 => vec![text("Political dialogue at the level of ministers; staff talks on cyber defence")],
                        at => vec![number(&format!("{}.{at}", row % 90), from + (row + at) % 120)],
                    })
                    .collect()
            })
            .collect(),
        note: "Figures below 30 events are left out. A bar means that there is no figure.".into(),
    })
}

fn figure(at: usize) -> Block {
    Block::Figure(Figure {
        id: format!("chart-{at}"),
        caption: format!(
            "Events between Korea and NATO by month, seen from perspective {at}: the level rises in 2022 and stays"
        ),
        alt: "A column for each month; the columns are higher from June 2022.".into(),
        svg: drawing(at),
        note: if at.is_multiple_of(2) {
            "Coverage of the press grows over time; read the share beside the count.".into()
        } else {
            String::new()
        },
    })
}

/// A whole brief with hostile texts, several scripts and all kinds of blocks.
pub fn sample() -> Document {
    let mut chapters = Vec::new();
    let names = [
        "Key findings",
        "The relationship over time",
        "The global perspective",
        "The Indo-Pacific perspective",
        "Korea's own ledger",
        "Shared threats",
        "Frameworks and their gaps <script> $#[ 한국",
        "Data, method, limits",
    ];
    for (at, name) in names.iter().enumerate() {
        let mut blocks = Vec::new();
        if at == 0 {
            for k in 0..6 {
                blocks.push(Block::Finding {
                    spans: sentence(2 * k),
                    caveat: if k % 2 == 0 {
                        vec![text("Coverage of events with NATO grows; the share is the safer measure. It rests on "), number("57 events", 200 + k), text(".")]
                    } else {
                        Vec::new()
                    },
                });
            }
        } else {
            blocks.push(Block::Paragraph {
                spans: sentence(12 * at),
            });
            blocks.push(Block::Heading {
                text: format!("How it changed, part {at}"),
            });
            blocks.push(figure(at));
            blocks.push(Block::Paragraph {
                spans: [
                    sentence(12 * at + 2),
                    vec![text(" ")],
                    sentence(12 * at + 4),
                ]
                .concat(),
            });
            blocks.push(Block::List {
                items: (0..4).map(|k| sentence(12 * at + 2 * k)).collect(),
            });
            blocks.push(Block::Note {
                spans: vec![
                    text("Bodies count through their members; a joint row counts once. "),
                    text(SCRIPTS[at % SCRIPTS.len()]),
                    text(". And as text: "),
                    text(HOSTILE[at % HOSTILE.len()]),
                ],
            });
            blocks.push(table(
                &format!("table-{at}"),
                if at == 4 { 120 } else { 8 },
                match at {
                    3 => 10,
                    6 => 8,
                    _ => 5,
                },
                180,
            ));
            if at < 4 {
                blocks.push(figure(at + 10));
            }
            blocks.push(Block::Paragraph {
                spans: sentence(12 * at + 6),
            });
        }
        chapters.push(Chapter {
            id: format!("chapter-{at}"),
            title: (*name).to_owned(),
            blocks,
        });
    }
    Document {
        title: "Korea and NATO: how the partnership is evolving".into(),
        subtitle: "A brief from dated events, with the evidence behind every figure".into(),
        as_of: "31 October 2026".into(),
        fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        options: "by month; NATO as itself and its members; GDELT's quad classes; seed 20260101".into(),
        coded: None,
        chapters,
        evidence: (0..300).map(evidence).collect(),
        events: (0..400).map(event).collect(),
        sources: (0..5)
            .map(|at| SourceRef {
                text: format!("Paik, W. and Choi, S. (2023). Evolving Korea–NATO Relations: Global, Indo-Pacific and Korean Perspectives, part {at}. CSDS Policy Brief 02/2023."),
                url: if at == 2 { String::new() } else { "https://csds.vub.be/publication/evolving-korea-nato-relations".into() },
            })
            .collect(),
    }
}

#[allow(dead_code)] // Tests include this file for its sample.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: pdf_sample FILE.pdf")?;
    std::fs::write(path, demarche_brief::pdf::to_pdf(&sample())?)?;
    Ok(())
}
