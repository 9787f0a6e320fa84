//! The PDF: the same bytes each time, all text as text, and errors instead of panics.

#[path = "../examples/pdf_sample.rs"]
mod pdf_sample;

use std::io::Write;
use std::process::{Command, Stdio};

use demarche_brief::document::{Block, Chapter, Document, Span};
use demarche_brief::pdf::to_pdf;
use pdf_sample::{HOSTILE, SCRIPTS, sample};
use proptest::prelude::*;

/// The text of a PDF in reading order, or nothing where `pdftotext` is not installed.
fn extracted(pdf: &[u8]) -> Option<String> {
    let child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            println!("skipped: pdftotext does not run: {error}");
            return None;
        }
    };
    // Poppler reads its input whole before it writes, so the pipe cannot fill up.
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(pdf)
        .expect("pdftotext reads");
    let output = child.wait_with_output().expect("pdftotext ends");
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// Without white space, which a line break may add or take.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether the file says that it conforms to PDF/UA; its metadata is not compressed.
fn claims_ua(pdf: &[u8]) -> bool {
    pdf.windows(13).any(|part| part == b"<pdfuaid:part")
}

/// A document of one chapter.
fn small(title: &str, blocks: Vec<Block>) -> Document {
    Document {
        chapters: vec![Chapter {
            id: "one".into(),
            title: title.into(),
            blocks,
        }],
        evidence: Vec::new(),
        events: Vec::new(),
        sources: Vec::new(),
        ..sample()
    }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph {
        spans: vec![Span::Text { text: text.into() }],
    }
}

#[test]
fn a_whole_brief_is_the_same_bytes_twice() {
    let first = to_pdf(&sample()).expect("it can be set");
    assert!(first.starts_with(b"%PDF-1.7"));
    assert!(claims_ua(&first));
    assert!(!first.windows(13).any(|part| part == b"/CreationDate"));
    assert_eq!(first, to_pdf(&sample()).expect("it can be set again"));
}

#[test]
fn all_text_comes_out_as_text() {
    let Some(text) = extracted(&to_pdf(&sample()).expect("it can be set")) else {
        return;
    };
    let text = squeezed(&text);
    for hostile in HOSTILE {
        assert!(text.contains(&squeezed(hostile)), "{hostile}");
    }
    // Right-to-left text is extracted in an order that differs between programs; its words count.
    for word in SCRIPTS
        .iter()
        .flat_map(|line| line.split(' '))
        .filter(|word| !word.contains('('))
    {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn only_web_pages_are_links() {
    let link = |url: &str| {
        let spans = vec![Span::Link {
            text: "page".into(),
            url: url.into(),
        }];
        to_pdf(&small("Links", vec![Block::Paragraph { spans }])).expect("it can be set")
    };
    let has = |pdf: &[u8], part: &[u8]| pdf.windows(part.len()).any(|window| window == part);
    assert!(has(
        &link("https://example.org/a"),
        b"https://example.org/a"
    ));
    assert!(!has(&link("javascript:alert(1)"), b"javascript:"));
    link("");
    link(&format!("https://example.org/{}", "a".repeat(9000)));
}

#[test]
fn a_broken_chart_is_an_error_that_names_it() {
    let mut document = sample();
    for block in document
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.blocks)
    {
        if let Block::Figure(figure) = block {
            figure.svg.body = "<rect x=\"1\" <g>".into();
        }
    }
    let error = to_pdf(&document).expect_err("no SVG").to_string();
    assert!(error.contains("figures/chart-1.svg"), "{error}");
}

#[test]
fn a_chart_cannot_read_files() {
    let mut document = sample();
    for block in document
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.blocks)
    {
        if let Block::Figure(figure) = block {
            figure.svg.body =
                "<image href=\"../../../../etc/hostname\" width=\"9\" height=\"9\"/>".into();
        }
    }
    let error = to_pdf(&document)
        .expect_err("there is no such file")
        .to_string();
    assert!(error.contains("hostname"), "{error}");
}

#[test]
fn characters_of_no_font_cost_the_claim_and_not_the_page() {
    assert!(claims_ua(
        &to_pdf(&small("한글", vec![paragraph("뷁 – − ≥ ✓ σ")])).expect("it can be set")
    ));
    let pdf = to_pdf(&small("ꙮ 𓀀 🫠", vec![paragraph("\u{10ffff}")])).expect("it can be set");
    assert!(!claims_ua(&pdf));
}

#[test]
fn an_empty_document_is_a_page() {
    let empty = Document {
        title: String::new(),
        subtitle: String::new(),
        as_of: String::new(),
        fingerprint: String::new(),
        options: String::new(),
        coded: None,
        chapters: Vec::new(),
        evidence: Vec::new(),
        events: Vec::new(),
        sources: Vec::new(),
    };
    assert!(to_pdf(&empty).expect("it can be set").starts_with(b"%PDF"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_set(title in any::<String>(), text in "[\\PC\\n\\t\u{202e}\u{5d0}가#$*_<>\\[\\]{}]{0,80}") {
        let mut document = small(&title, vec![
            Block::Heading { text: text.clone() },
            paragraph(&title),
            Block::Note { spans: vec![Span::Link { text: text.clone(), url: format!("https://{title}") }] },
        ]);
        document.title = title.clone();
        document.subtitle = text.clone();
        document.fingerprint = title;
        document.options = text;
        let set = to_pdf(&document);
        prop_assert!(set.is_ok(), "{}", set.unwrap_err());
    }
}
