//! Charts as a whole: legal XML, nothing cut, no label on another, the same bytes twice.

mod chart_samples;

use chart_samples::all;
use demarche_brief::chart::place::Area;
use demarche_brief::chart::{Svg, style, text};
use roxmltree::{Document, Node};

/// The three ways of writing a drawing down.
fn forms(svg: &Svg) -> [String; 3] {
    [
        style::inline(svg),
        style::standalone(svg),
        style::for_pdf(svg),
    ]
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name)
        .and_then(|v| v.parse().ok())
        .unwrap_or(0.0)
}

/// What is written of a text element: without its title.
fn written(node: Node) -> String {
    node.children()
        .filter(Node::is_text)
        .filter_map(|t| t.text())
        .collect()
}

/// The box of a line of text by the estimate of its width, letters from ascent to baseline.
fn area(node: Node) -> Area {
    let (x, y, size) = (
        number(node, "x"),
        number(node, "y"),
        number(node, "font-size"),
    );
    let bold = node
        .attribute("class")
        .is_some_and(|c| c.split(' ').any(|c| c == "strong"));
    let wide = text::width(&written(node), size, bold);
    let before = match node.attribute("text-anchor") {
        Some("middle") => wide / 2.0,
        Some("end") => wide,
        _ => 0.0,
    };
    if node.has_attribute("transform") {
        // The only turn in use is a quarter to the left.
        assert!(
            node.attribute("transform")
                .is_some_and(|t| t.starts_with("rotate(-90 "))
        );
        return Area::new(x - size * 0.72, y - wide + before, x, y + before);
    }
    Area::new(x - before, y - size * 0.72, x - before + wide, y)
}

fn texts<'a>(document: &'a Document<'a>) -> Vec<(String, Area)> {
    document
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(|n| (written(n), area(n)))
        .collect()
}

#[test]
fn every_form_is_legal_xml() {
    for (name, svg) in all() {
        for form in forms(&svg) {
            if let Err(error) = Document::parse(&form) {
                panic!("{name}: {error}");
            }
        }
    }
}

#[test]
fn ids_and_references_are_not_used() {
    // Many drawings share one page, so a drawing must not name anything in it.
    for (name, svg) in all() {
        assert!(
            !svg.body.contains(" id=\"") && !svg.body.contains("url("),
            "{name}"
        );
    }
}

#[test]
fn no_text_leaves_the_drawing() {
    for (name, svg) in all() {
        let page = Area::new(-0.5, 0.0, svg.width + 0.5, svg.height);
        let form = style::for_pdf(&svg);
        for (words, area) in texts(&Document::parse(&form).unwrap()) {
            assert!(
                page.holds(&area),
                "{name}: {words:?} at {area:?} in {page:?}"
            );
        }
    }
}

#[test]
fn no_text_lies_on_another() {
    let mut seen = 0;
    for (name, svg) in all() {
        let form = style::for_pdf(&svg);
        let texts = texts(&Document::parse(&form).unwrap());
        seen += texts.len();
        for (i, (a, first)) in texts.iter().enumerate() {
            for (b, second) in &texts[i + 1..] {
                assert!(
                    !first.overlaps(second),
                    "{name}: {a:?} {first:?} and {b:?} {second:?}"
                );
            }
        }
    }
    assert!(seen > 500, "the samples hold text to compare");
}

#[test]
fn no_text_is_smaller_than_eleven() {
    for (name, svg) in all() {
        let form = style::for_pdf(&svg);
        for node in Document::parse(&form).unwrap().descendants() {
            if node.has_tag_name(("http://www.w3.org/2000/svg", "text")) {
                assert!(
                    number(node, "font-size") >= 11.0,
                    "{name}: {}",
                    written(node)
                );
            }
        }
    }
}

#[test]
fn every_class_has_a_rule() {
    let sheet = style::css_inline();
    for (name, svg) in all() {
        let form = style::for_pdf(&svg);
        for node in Document::parse(&form).unwrap().descendants() {
            for class in node
                .attribute("class")
                .unwrap_or_default()
                .split_whitespace()
            {
                let known = class == "mark" || sheet.contains(&format!(".chart .{class}{{"));
                assert!(known, "{name}: class {class} has no rule");
            }
        }
    }
}

#[test]
fn hostile_titles_stay_text() {
    for (name, svg) in all() {
        for form in forms(&svg) {
            let document = Document::parse(&form).unwrap();
            assert!(
                !document
                    .descendants()
                    .any(|n| n.tag_name().name() == "script"),
                "{name}"
            );
            assert!(!form.contains('\u{202e}'), "{name}");
            for node in document.descendants() {
                for attribute in node.attributes() {
                    assert!(!attribute.name().starts_with("on"), "{name}");
                    if attribute.name() == "href" {
                        let to = attribute.value();
                        assert!(
                            to.starts_with("#ev-") || to.starts_with("../brief.html#ev-"),
                            "{name}: {to}"
                        );
                    }
                }
            }
        }
    }
    let hostile: Vec<Svg> = all()
        .into_iter()
        .filter(|s| s.0.contains("hostile"))
        .map(|s| s.1)
        .collect();
    assert!(
        hostile
            .iter()
            .filter(|s| s.body.contains("&lt;script&gt;"))
            .count()
            >= 7
    );
}

#[test]
fn marks_open_their_evidence_and_say_what_they_are() {
    let (_, svg) = all().swap_remove(0);
    let form = style::inline(&svg);
    let wrapped = form.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let document = Document::parse(&wrapped).unwrap();
    let links: Vec<Node> = document
        .descendants()
        .filter(|n| n.tag_name().name() == "a")
        .collect();
    assert!(links.len() > 100);
    for link in links {
        let label = link.attribute("aria-label").unwrap();
        let title = link
            .children()
            .find(|c| c.tag_name().name() == "title")
            .unwrap();
        assert_eq!(title.text(), Some(label));
        assert!(
            link.children()
                .any(|c| c.is_element() && c.tag_name().name() != "title")
        );
    }
}

#[test]
fn nothing_to_draw_is_said() {
    let mut count = 0;
    for (name, svg) in all() {
        if name.ends_with("-none") || name.ends_with("-unknown") {
            count += 1;
            let says = ["No events", "Too few events", "No initiatives"]
                .iter()
                .any(|w| svg.body.contains(w));
            assert!(says, "{name}: {}", svg.body);
            assert!(svg.height <= 100.0, "{name}");
        }
    }
    assert_eq!(count, 20);
}

#[test]
fn every_drawing_is_told_in_words() {
    for (name, svg) in all() {
        assert!(
            !svg.title.is_empty() && svg.description.len() > 12,
            "{name}"
        );
    }
}

#[test]
fn twice_the_same_bytes_without_odd_numbers() {
    let (first, second) = (all(), all());
    for ((name, a), (_, b)) in first.iter().zip(&second) {
        assert_eq!(a, b, "{name}");
        for odd in ["NaN", "inf", "\"-0\"", " -0 ", "-0\""] {
            let found = a.body.match_indices(odd).any(|(i, _)| {
                // `10-0"` cannot occur in our attributes; a date in a text can end that way.
                !a.body[..i].ends_with(|c: char| c.is_ascii_alphanumeric())
            });
            assert!(!found, "{name}: {odd}");
        }
    }
}
