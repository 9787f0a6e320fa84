//! A document with all kinds of blocks, hostile text and as many events as a real case.

use demarche_brief::chart::Svg;
use demarche_brief::document::{
    Block, Chapter, DocTable, Document, EventRef, Evidence, Figure, RowRef, SourceRef, Span,
};

/// Text that must stay text.
pub const HOSTILE: [&str; 10] = [
    "</script><script>alert(1)</script>",
    "<!-- <script> \" onmouseover=\"alert(1)",
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "$#[ *_ #import \"x\" `raw` \\ ~",
    "הודעה משותפת of Korea and NATO (2022)",
    "بيان مشترك بين كوريا وحلف الناتو",
    "Right-to-left override \u{202e}txet neddih\u{2066} and more",
    "윤석열 대통령, 나토 정상회의 참석: 한국과 나토의 새로운 동반자 관계",
    "&amp; &lt;b&gt; stays as it is & so does this \u{2028} line",
    "An uncommonly long unbrokenwordthatgoesonandonandonandonandonandonandonandonandonandonandonandon",
];

fn text(text: &str) -> Span {
    Span::Text { text: text.into() }
}

fn number(shown: &str, evidence: usize) -> Span {
    Span::Number {
        text: shown.into(),
        evidence: evidence_id(evidence),
    }
}

fn evidence_id(i: usize) -> String {
    format!("share.KOR-NATO.{i}")
}

/// The sample, with this many events and entries of evidence.
pub fn document(events: usize, evidence: usize) -> Document {
    Document {
        title: "The Republic of Korea and NATO".into(),
        subtitle: "How the partnership has evolved, what it has delivered, and where both sides want the same and nothing happens".into(),
        as_of: "30 September 2026".into(),
        fingerprint: "5f2c9e0b7a41d38866e0c1f2a9b4d7735f2c9e0b7a41d38866e0c1f2a9b4d773".into(),
        options: "by quarter; NATO itself and its members; GDELT quad classes; 1,000 bootstrap samples, seed 20230201".into(),
        coded: None,
        chapters: chapters(evidence),
        evidence: (0..evidence).map(|i| entry(i, events)).collect(),
        events: (0..events).map(event).collect(),
        sources: vec![
            SourceRef {
                text: "Paik, W. and Choi, J. (2023) Evolving Korea–NATO Relations: Global, Indo-Pacific and Korean Perspectives. CSDS Policy Brief 02/2023.".into(),
                url: "https://csds.vub.be/publication/evolving-korea-nato-relations".into(),
            },
            SourceRef { text: HOSTILE[0].into(), url: "javascript:alert(1)".into() },
            SourceRef { text: HOSTILE[5].into(), url: String::new() },
        ],
    }
}

fn event(i: usize) -> EventRef {
    let actors = [
        "Korea",
        "NATO",
        "Japan",
        "China",
        "Russia",
        "United States",
        "Poland",
    ];
    let areas = [
        "Political dialogue",
        "Cyber defence",
        "Arms transfer",
        "Interoperability",
    ];
    let acts = [
        ("030", "Express intent to cooperate"),
        ("057", "Sign formal agreement"),
        ("112", "Accuse"),
        ("040", "Consult"),
    ];
    let (cameo, act) = acts[i % acts.len()];
    let (year, month, day) = (2005 + i * 21 / 1512, i % 12 + 1, i % 28 + 1);
    EventRef {
        id: format!("{year}-{month:02}-{day:02}-kor-nato-{i}"),
        date: match i % 9 {
            0 => format!("{year}"),
            1 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        },
        source: actors[i % actors.len()].into(),
        target: actors[(i / 3 + 1) % actors.len()].into(),
        mutual: i.is_multiple_of(3),
        cameo: cameo.into(),
        act: act.into(),
        area: areas[i % areas.len()].into(),
        title: match i {
            _ if i < HOSTILE.len() => HOSTILE[i].into(),
            _ => format!(
                "Foreign ministers meet for the {i}th time and agree to deepen practical cooperation"
            ),
        },
        url: match i % 40 {
            0 => "javascript:alert(1)".into(),
            1 => String::new(),
            2 => "https://www.nato.int@evil.example/\"><script>alert(1)</script>".into(),
            _ => format!("https://www.nato.int/cps/en/natohq/news_{i}.htm?selectedLocale=en"),
        },
    }
}

fn entry(i: usize, events: usize) -> Evidence {
    let rows = vec![
        RowRef {
            file: "initiatives.csv".into(),
            id: "cyber-ccdcoe".into(),
            text: HOSTILE[i % HOSTILE.len()].into(),
            url: "https://ccdcoe.org/news/".into(),
        },
        RowRef {
            file: "memberships.csv".into(),
            id: "fin-nato".into(),
            text: "Finland is a member of NATO from 2023-04-04".into(),
            url: "javascript:alert(1)".into(),
        },
    ];
    Evidence {
        id: evidence_id(i),
        label: match i {
            0 => "Share of all of Korea's events that involve NATO, 2022–2026".into(),
            1 => HOSTILE[0].into(),
            _ => format!("Share of Korea's events in quarter {i}"),
        },
        value: "18.4 %".into(),
        interval: if i % 4 == 3 {
            String::new()
        } else {
            "95 % interval 15.2 to 21.9 %".into()
        },
        formula: format!(
            "events between Korea and NATO / all events of Korea = {i} / 1,512 = 18.4 %"
        ),
        note: if i.is_multiple_of(5) {
            "Coverage of the chronicle grows over time; a share is not hit by that, a count is."
                .into()
        } else {
            String::new()
        },
        more: 0,
        events: match i {
            0 => (0..events).collect(),
            1 => (0..events.min(11)).collect(),
            2 => Vec::new(),
            _ => (0..events).skip(i % 7).step_by(3 + i % 11).collect(),
        },
        rows: if i.is_multiple_of(3) {
            rows
        } else {
            Vec::new()
        },
    }
}

fn chapters(evidence: usize) -> Vec<Chapter> {
    let caveat = vec![
        text(
            "The chronicle has grown denser since 2022: read the share beside the count. Without the rows that are known to the month only it is ",
        ),
        number("17.9 %", 3),
        text("."),
    ];
    let mut all = vec![
        Chapter {
            id: "key-findings".into(),
            title: "Key findings".into(),
            blocks: vec![
                Block::Paragraph {
                    spans: vec![
                        text(
                            "This brief describes the relationship between the Republic of Korea (대한민국) and NATO from ",
                        ),
                        number("1,512", 0),
                        text(" dated events"),
                        Span::Cite { source: 0 },
                        text(". Numbers are "),
                        Span::Strong {
                            text: "measured, not judged".into(),
                        },
                        text("; each opens what stands behind it. See also "),
                        Span::Link {
                            text: "NATO's own page".into(),
                            url: "https://www.nato.int/en/korea".into(),
                        },
                        text(" and "),
                        Span::Link {
                            text: "a hostile link".into(),
                            url: "javascript:alert(1)".into(),
                        },
                        text("."),
                        Span::Cite { source: 1 },
                        Span::Cite { source: 99 },
                    ],
                },
                Block::Finding {
                    spans: vec![
                        text("Of all of Korea's recorded events, "),
                        number("18.4 %", 0),
                        text(" involve NATO since 2022, against "),
                        number("6.1 %", 4),
                        text(" before (95 % interval of the difference 8.0 to 16.2 points)."),
                    ],
                    caveat,
                },
                Block::Finding {
                    spans: vec![
                        text("Cooperation is mostly verbal: the material share is "),
                        number("0.21", 5),
                        text(" (0.17 to 0.26), lower than that of Japan, "),
                        number("0.29", 6),
                        text("."),
                    ],
                    caveat: vec![],
                },
                Block::Finding {
                    spans: vec![
                        text("Hostile title inside: "),
                        text(HOSTILE[0]),
                        text(" "),
                        text(HOSTILE[4]),
                        text(", then plain text goes on from left to right."),
                    ],
                    caveat: vec![text(HOSTILE[6])],
                },
            ],
        },
        Chapter {
            id: "over-time".into(),
            title: "The relationship over time and its phases".into(),
            blocks: vec![
                Block::Paragraph {
                    spans: vec![
                        text("The monthly series has "),
                        number("three", 7),
                        text(" breaks under the Poisson likelihood. The earliest is dated to "),
                        number("June 2022", 8),
                        text(
                            ", with an interval from April to September 2022. A second paragraph of some length shows what the measure of the text is like, and whether it is pleasant to read over several lines, with commas, brackets (such as these) and dashes – such as this one.",
                        ),
                    ],
                },
                Block::Figure(figure("timeline", 720.0, 420.0, true, evidence)),
                Block::Heading {
                    text: "Phases".into(),
                },
                Block::List {
                    items: vec![
                        vec![
                            Span::Strong {
                                text: "Before 2022. ".into(),
                            },
                            text("Dialogue without programme, "),
                            number("0.4", 9),
                            text(" events a month."),
                        ],
                        vec![
                            Span::Strong {
                                text: "From 2022. ".into(),
                            },
                            text("Summits, a mission and a programme, "),
                            number("5.2", 10),
                            text(" events a month."),
                        ],
                    ],
                },
                Block::Note {
                    spans: vec![text(
                        "A break says that the rate differs before and after. It does not say why.",
                    )],
                },
                Block::Table(table("phases", 12, 5)),
            ],
        },
        Chapter {
            id: "comparators".into(),
            title: "Japan, Australia and New Zealand on the same axes".into(),
            blocks: vec![
                Block::Figure(figure("plain", 480.0, 240.0, false, evidence)),
                Block::Table(table("comparators", 60, 9)),
            ],
        },
    ];
    let rest = (11..evidence)
        .map(|i| vec![text("Quarter: "), number("18.4 %", i)])
        .collect();
    all.push(Chapter {
        id: "data".into(),
        title: "Data, method, limits".into(),
        blocks: vec![Block::List { items: rest }],
    });
    all
}

fn table(id: &str, rows: usize, columns: usize) -> DocTable {
    DocTable {
        id: id.into(),
        caption: format!(
            "Events, shares and intervals by partner and area: {rows} rows of {columns} columns"
        ),
        head: (0..columns)
            .map(|c| {
                if c == 0 {
                    "Partner".into()
                } else {
                    format!("Measure {c}")
                }
            })
            .collect(),
        numeric: (0..columns).map(|c| c > 0).collect(),
        rows: (0..rows)
            .map(|r| {
                (0..columns)
                    .map(|c| match c {
                        0 => vec![text(if r < HOSTILE.len() {
                            HOSTILE[r]
                        } else {
                            "United Kingdom"
                        })],
                        2 if r % 4 == 1 => vec![text("too few events (n = 7)")],
                        _ => vec![number(
                            &format!("{}.{c}", (r * 37 + c * 11) % 100),
                            (r + c) % 20,
                        )],
                    })
                    .collect()
            })
            .collect(),
        note: "Intervals: percentile bootstrap over events, 1,000 samples.".into(),
    }
}

/// A chart of bars by hand; the drawing of charts has its own tests.
fn figure(id: &str, width: f64, height: f64, marks: bool, evidence: usize) -> Figure {
    let mut body = String::new();
    for i in 0..40 {
        let x = 20.0 + f64::from(i) * (width - 40.0) / 40.0;
        let tall = 30.0 + f64::from(i * 53 % 97) * (height - 80.0) / 97.0;
        let bar = format!(
            "<rect class=\"coop-material\" x=\"{x:.1}\" y=\"{:.1}\" width=\"8\" height=\"{tall:.1}\"/>",
            height - 30.0 - tall
        );
        if marks {
            let open = i as usize % evidence.max(1);
            body.push_str(&format!("<a class=\"mark\" href=\"#ev-{}\" aria-label=\"Quarter {i}: {tall:.0} events\"><title>Quarter {i}: {tall:.0} events</title>{bar}</a>", evidence_id(open)));
        } else {
            body.push_str(&bar);
        }
    }
    body.push_str(&format!(
        "<text x=\"20\" y=\"{}\" font-size=\"12\">2005</text>",
        height - 10.0
    ));
    Figure {
        id: id.into(),
        caption: "Events between Korea and NATO by quarter, with the phases found".into(),
        alt: "Bars by quarter: few before 2022, many after.".into(),
        svg: Svg {
            width,
            height,
            body,
            title: "Events by quarter".into(),
            description: "Bars".into(),
        },
        note: "Rows known to the year only are left out.".into(),
    }
}
