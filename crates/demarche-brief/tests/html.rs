//! The page: stands alone, opens what it says, and keeps text as text.

mod sample;

use std::collections::BTreeSet;

use demarche_brief::document::{Block, Span};
use demarche_brief::html::to_html;

/// All values of an attribute. In the page each `<`, `>` and `"` of a text is escaped, so that
/// what looks like an attribute is one; the data island is left out, being no markup.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    page.match_indices(&opening)
        .map(|(at, _)| {
            let rest = &page[at + opening.len()..];
            &rest[..rest.find('"').unwrap()]
        })
        .collect()
}

/// The markup without style, script and data, and the data.
fn parts(page: &str) -> (String, &str) {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</script>").unwrap();
    let opening = "<script id=\"evidence-data\" type=\"application/json\">";
    let (body, island) = body.split_once(opening).unwrap();
    let (island, end) = island.split_once("</script>").unwrap();
    (format!("{head}{body}{end}"), island)
}

#[test]
fn hostile_text_stays_text() {
    let page = to_html(&sample::document(60, 30));
    let (markup, island) = parts(&page);
    assert!(!page.contains("<script>alert"));
    assert!(!markup.contains("<script"));
    assert!(!markup.contains("<!-- "));
    assert!(!island.contains('<'));
    assert!(markup.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(markup.contains("윤석열 대통령"));
    for handler in ["onmouseover", "onclick", "onload"] {
        assert!(attributes(&markup, handler).is_empty());
    }
    assert!(markup.contains("<bdi>Right-to-left override"));
}

#[test]
fn links_lead_to_web_pages_or_into_the_page() {
    let page = to_html(&sample::document(60, 30));
    let (markup, _) = parts(&page);
    let ids = attributes(&markup, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    let links = attributes(&markup, "href");
    assert!(links.iter().any(|href| href.starts_with("#ev-")));
    for href in links {
        match href.strip_prefix('#') {
            Some(id) => assert!(unique.contains(id), "nothing at {href}"),
            None => assert!(
                href.starts_with("https://") || href.starts_with("http://"),
                "{href}"
            ),
        }
    }
    for name in ["aria-labelledby", "aria-describedby"] {
        for id in attributes(&markup, name) {
            assert!(unique.contains(id), "nothing at {name}={id}");
        }
    }
}

#[test]
fn a_figure_without_evidence_is_no_link() {
    let mut document = sample::document(20, 20);
    document.evidence.clear();
    document.chapters.truncate(1);
    let page = to_html(&document);
    let (markup, _) = parts(&page);
    assert!(markup.contains("<span class=\"num\">18.4 %</span>"));
    assert!(!markup.contains("href=\"#ev-"));
}

#[test]
fn nothing_is_loaded() {
    let page = to_html(&sample::document(60, 30));
    let (markup, _) = parts(&page);
    for name in [
        "src",
        "srcset",
        "data",
        "poster",
        "action",
        "background",
        "xlink:href",
    ] {
        assert!(attributes(&markup, name).is_empty(), "{name}");
    }
    for tag in [
        "<link", "<img", "<iframe", "<object", "<embed", "<base", "<use", "<image",
    ] {
        assert!(!markup.contains(tag), "{tag}");
    }
    let style = page
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    assert!(!style.contains("@import") && !style.contains("url("));
    assert!(markup.contains("default-src 'none'"));
}

#[test]
fn the_policy_allows_the_one_script_there_is() {
    let page = to_html(&sample::document(3, 20));
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("<script ").count(), 1);
    assert!(page.contains("script-src 'sha256-"));
}

#[test]
fn the_data_reads_back() {
    let document = sample::document(1512, 400);
    let page = to_html(&document);
    let (_, island) = parts(&page);
    let read: serde_json::Value = serde_json::from_str(island).unwrap();
    let written = serde_json::json!({ "events": document.events, "evidence": document.evidence });
    assert_eq!(read, written);
}

#[test]
fn a_brief_of_full_size_can_be_mailed() {
    let page = to_html(&sample::document(1512, 400));
    assert!(page.len() < 2_500_000, "{} bytes", page.len());
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(
        to_html(&sample::document(40, 25)),
        to_html(&sample::document(40, 25))
    );
}

#[test]
fn a_first_column_of_marks_takes_no_width_and_one_of_words_does() {
    let mut document = sample::document(40, 25);
    let page = to_html(&document);
    assert!(!parts(&page).0.contains("<table class=\"marked\""));
    for block in document.chapters.iter_mut().flat_map(|c| &mut c.blocks) {
        let Block::Table(table) = block else { continue };
        for (at, row) in table.rows.iter_mut().enumerate() {
            row[0] = vec![Span::Text {
                text: (at + 1).to_string(),
            }];
        }
    }
    let page = to_html(&document);
    assert!(parts(&page).0.contains("<table class=\"marked\""));
}

#[test]
fn tables_and_charts_can_be_read_aloud() {
    let page = to_html(&sample::document(40, 25));
    let (markup, _) = parts(&page);
    assert_eq!(markup.matches("<caption").count(), 2);
    assert_eq!(markup.matches("<svg").count(), 2);
    assert!(markup.contains("role=\"group\"") && markup.contains("role=\"img\""));
    assert!(markup.contains("<th class=\"n\" scope=\"col\">"));
    assert!(markup.contains("<th scope=\"row\">"));
}
