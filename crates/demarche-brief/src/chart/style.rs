//! Colours for a drawing, one way for each place it is shown.
//!
//! One list of rules serves all three: in the page and in a file the colours are CSS variables,
//! so that they follow the theme; for the PDF each variable is replaced by its light colour,
//! because the library that reads SVG there knows classes but neither variables nor themes.

use super::palette::{BLOCS, COLOURS, Colour, HEAT_STEPS};
use super::{Svg, canvas::num, text};
use maud::{PreEscaped, html};

/// Fonts on a screen: a sans serif that is there, then those for Korean.
const SCREEN_FONTS: &str = "\"Noto Sans\", \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, \
    \"Noto Sans KR\", \"Noto Sans CJK KR\", \"Apple SD Gothic Neo\", \"Malgun Gothic\", NanumGothic, sans-serif";

/// Fonts in the PDF.
const PDF_FONTS: &str = "'Noto Sans', NanumGothic, 'Noto Sans Hebrew', 'Noto Sans Arabic'";

/// What each class looks like. `@name` stands for a colour.
const RULES: &[(&str, &str)] = &[
    ("text", "fill:@ink"),
    (".strong", "font-weight:700"),
    (".muted", "fill:@muted"),
    (".grid", "stroke:@grid;stroke-width:1"),
    (".zero", "stroke:@axis;stroke-width:1.2"),
    (".tick", "stroke:@axis;stroke-width:1"),
    (".frame", "fill:none;stroke:@grid;stroke-width:1"),
    (
        ".empty",
        "fill:@band-a;stroke:@axis;stroke-width:1;stroke-dasharray:4 4",
    ),
    (".hit", "fill:none;stroke:none;pointer-events:all"),
    (".hit-line", "fill:none;stroke:none;pointer-events:stroke"),
    (".band-a", "fill:@band-a"),
    (".band-b", "fill:@band-b"),
    (".break-span", "fill:@break"),
    (
        ".break-line",
        "stroke:@break-line;stroke-width:1.5;stroke-dasharray:5 3;fill:none",
    ),
    (".break-cap", "fill:@break-line"),
    (".mean", "stroke:@ink;stroke-width:1.6;fill:none"),
    (".mean-halo", "stroke:@ground;stroke-width:4;fill:none"),
    (".leader", "stroke:@axis;stroke-width:0.8;fill:none"),
    (".dot", "fill:@ink;stroke:@ground;stroke-width:1"),
    (".coop-verbal", "fill:@coop-verbal"),
    (".coop-material", "fill:@coop-material"),
    (".conf-verbal", "fill:@conf-verbal"),
    (".conf-material", "fill:@conf-material"),
    (
        ".coop-line",
        "stroke:@coop-verbal;fill:none;stroke-linecap:round",
    ),
    (
        ".conf-line",
        "stroke:@conf-verbal;fill:none;stroke-dasharray:5 4",
    ),
    (
        ".coop-area",
        "fill:@coop-verbal;stroke:@coop-material;stroke-width:1",
    ),
    (".whisker", "stroke:@axis;stroke-width:1.6;fill:none"),
    (".way", "fill:@way"),
    (".point", "fill:@bloc-5;stroke:@ground;stroke-width:1"),
    (".point-main", "fill:@bloc-0;stroke:@ground;stroke-width:1"),
    (
        ".point-before",
        "fill:@ground;stroke:@bloc-5;stroke-width:2",
    ),
    (
        ".point-before-main",
        "fill:@ground;stroke:@bloc-0;stroke-width:2",
    ),
    (".halo", "fill:none;stroke:@ink;stroke-width:1.6"),
    (".label-ground", "fill:@ground;fill-opacity:0.85"),
    (".bloc-none", "fill:@ground;stroke:@muted;stroke-width:1.5"),
    (
        ".hatch",
        "stroke:@axis;stroke-width:0.7;stroke-opacity:0.45;fill:none",
    ),
    (".gap", "fill:none;stroke:@gap;stroke-width:2.2"),
    (".gap-sign", "fill:@gap"),
    (".gap-text", "fill:@gap"),
    (".heat-low", "fill:@heat-low"),
    (".heat-high", "fill:@heat-high"),
    (".bar", "fill:@coop-verbal"),
    (".bar-soft", "fill:@coop-verbal;fill-opacity:0.35"),
    (
        ".bar-edge",
        "fill:none;stroke:@coop-material;stroke-width:1",
    ),
    (
        ".bar-open",
        "fill:none;stroke:@coop-material;stroke-width:1;stroke-dasharray:3 2",
    ),
    (".bar-idle", "fill:@bloc-5;fill-opacity:0.4"),
    (".today", "stroke:@gap;stroke-width:1.4;fill:none"),
    (".today-text", "fill:@gap"),
    (".good", "fill:@good"),
    (".good-text", "fill:@good"),
    (".late", "fill:@gap"),
    (".again", "fill:none;stroke:@coop-material;stroke-width:1.6"),
    (".again-head", "fill:@coop-material"),
    (".again-ground", "fill:@ground"),
    (".tick-sign", "stroke:@ground;stroke-width:1.6;fill:none"),
    (".key-line", "stroke-width:3"),
    (".dropped", "fill:none;stroke:@muted;stroke-width:1.8"),
    (".wait", "stroke:@axis;stroke-width:1;fill:none"),
    (".wait-head", "fill:@axis"),
    (".wait-tight", "stroke:@ink;stroke-width:1.4;fill:none"),
    (".wait-head-tight", "fill:@ink"),
    (".capacity", "stroke:@ink;stroke-width:1.8;fill:none"),
    (".load-full", "fill:@conf-material"),
    (".side-low", "fill:@conf-verbal"),
    (".side-high", "fill:@coop-material"),
    (".failure", "fill:@gap;fill-opacity:0.75"),
    (".station", "fill:@ground;stroke:@ink;stroke-width:2"),
    (".change", "stroke:@ink;stroke-width:2;fill:none"),
    (".terminal", "stroke:@ink;stroke-width:3;fill:none"),
    (
        ".reference",
        "stroke:@axis;stroke-width:1.2;stroke-dasharray:2 3;fill:none",
    ),
];

/// Dashes of series lines, so that they differ without their colours.
const DASHES: [&str; BLOCS] = ["none", "7 3", "2 2.5", "9 3 2 3", "4 2", "12 4"];

/// All rules, each selector behind `scope`, each colour written by `colour`.
fn rules(scope: &str, colour: impl Fn(&Colour) -> String) -> String {
    let mut list: Vec<(String, String)> = RULES
        .iter()
        .map(|(selector, look)| ((*selector).to_owned(), (*look).to_owned()))
        .collect();
    for (i, dash) in DASHES.iter().enumerate() {
        list.push((
            format!(".bloc-{i}"),
            format!("fill:@bloc-{i};stroke:@ground;stroke-width:1"),
        ));
        list.push((format!(".name-{i}"), format!("fill:@bloc-{i}")));
        list.push((format!(".track-{i}"), format!("stroke:@bloc-{i};fill:none")));
        list.push((
            format!(".ribbon-{i}"),
            format!("fill:@bloc-{i};fill-opacity:0.16"),
        ));
        list.push((
            format!(".line-{i}"),
            format!("stroke:@bloc-{i};fill:none;stroke-linejoin:round;stroke-dasharray:{dash}"),
        ));
    }
    for i in 0..=HEAT_STEPS {
        list.push((
            format!(".heat-{i}"),
            format!("fill:@heat-{i};stroke:@grid;stroke-width:1"),
        ));
    }
    // Longer names first, so that `@break` does not spoil `@break-line`.
    let mut colours: Vec<&Colour> = COLOURS.iter().collect();
    colours.sort_by_key(|c| std::cmp::Reverse(c.name.len()));
    let mut out = String::new();
    for (selector, mut look) in list {
        for c in &colours {
            look = look.replace(&format!("@{}", c.name), &colour(c));
        }
        out.push_str(&format!("{scope}{selector}{{{look}}}\n"));
    }
    out
}

/// The colours as variables for a selector.
fn variables(selector: &str, dark: bool) -> String {
    let list: Vec<String> = COLOURS
        .iter()
        .map(|c| format!("--c-{}:{}", c.name, if dark { c.dark } else { c.light }))
        .collect();
    format!("{selector}{{{}}}\n", list.join(";"))
}

fn variable(colour: &Colour) -> String {
    format!("var(--c-{})", colour.name)
}

/// Rules for marks that can be opened.
const POINTING: &str = "\
.chart a.mark{cursor:pointer;text-decoration:none;outline:none}\n\
.chart a.mark:hover{filter:brightness(1.12) saturate(1.2)}\n\
.chart a.mark:focus-visible{outline:2px solid var(--c-focus);outline-offset:2px}\n";

/// Style sheet for charts inside a page: light, dark by the reader's system, and either by
/// `data-theme` on the root element, which wins. On paper charts are light.
pub fn css_inline() -> String {
    let mut out = variables(".chart", false);
    out.push_str("@media (prefers-color-scheme:dark){");
    out.push_str(variables(":root:not([data-theme=light]) .chart", true).trim_end());
    out.push_str("}\n");
    out.push_str(&variables(":root[data-theme=dark] .chart", true));
    out.push_str("@media print{");
    out.push_str(variables(":root:root:root .chart", false).trim_end());
    out.push_str("}\n");
    out.push_str(&format!(
        "svg.chart{{display:block;width:100%;height:auto;font-family:{SCREEN_FONTS}}}\n"
    ));
    out.push_str(&rules(".chart ", variable));
    out.push_str(POINTING);
    out
}

/// A drawing as an element of a page that has [`css_inline`]: scales to the width of its parent.
pub fn inline(svg: &Svg) -> String {
    html! {
        svg class="chart" viewBox=(view(svg, 0.0)) width=(num(svg.width)) height=(num(svg.height))
            role="group" aria-label=(svg.title) {
            desc { (svg.description) }
            (PreEscaped(&svg.body))
        }
    }
    .into_string()
}

/// A drawing as a file of its own: with its title above, light or dark by the reader's system,
/// and links back to the brief it belongs to.
pub fn standalone(svg: &Svg) -> String {
    const SIZE: f64 = 15.0;
    const LINE: f64 = 20.0;
    let (lines, _) = text::wrap(&svg.title, svg.width - 8.0, SIZE, true, 3);
    let head = if lines.is_empty() {
        0.0
    } else {
        LINE * lines.len() as f64 + 10.0
    };
    let css = format!(
        "{}@media (prefers-color-scheme:dark){{{}}}\n{}{POINTING}",
        variables(".chart", false),
        variables(".chart", true).trim_end(),
        rules(".chart ", variable)
    );
    let body = svg.body.replace(
        "<a class=\"mark\" href=\"#ev-",
        "<a class=\"mark\" href=\"../brief.html#ev-",
    );
    let document = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox=(view(svg, head))
            width=(num(svg.width)) height=(num(svg.height + head))
            font-family=(SCREEN_FONTS) role="group" {
            title { (svg.title) }
            desc { (svg.description) }
            style { (PreEscaped(css)) }
            rect x="0" y=(num(-head)) width=(num(svg.width)) height=(num(svg.height + head))
                style="fill:var(--c-ground)" {}
            @for (i, line) in lines.iter().enumerate() {
                text class="strong" x="4" y=(num(LINE * i as f64 - head + 17.0)) font-size=(num(SIZE)) { (line) }
            }
            (PreEscaped(body))
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
        document.into_string()
    )
}

/// A drawing for the PDF: light colours written out, no links, no hover texts. The font there has
/// no minus sign, for which the dash of the same width stands.
pub fn for_pdf(svg: &Svg) -> String {
    let css = rules("", |c| c.light.to_owned());
    let document = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(view(svg, 0.0))
            width=(num(svg.width)) height=(num(svg.height)) font-family=(PDF_FONTS) {
            style { (PreEscaped(css)) }
            (PreEscaped(without_links(&svg.body).replace('\u{2212}', "\u{2013}")))
        }
    };
    document.into_string()
}

fn view(svg: &Svg, head: f64) -> String {
    format!(
        "0 {} {} {}",
        num(-head),
        num(svg.width),
        num(svg.height + head)
    )
}

/// Links become groups, titles go. Text of users cannot look like either: its `<` are escaped.
fn without_links(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<a ") {
            out.push_str("<g>");
            rest = after(rest, ">");
        } else if rest.starts_with("</a>") {
            out.push_str("</g>");
            rest = after(rest, ">");
        } else if rest.starts_with("<title>") {
            rest = after(rest, "</title>");
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// What follows the first `end`.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_in_a_rule_is_known() {
        for sheet in [css_inline(), rules("", |c| c.light.to_owned())] {
            let unknown = sheet
                .lines()
                .find(|l| l.contains('@') && !l.starts_with("@media"));
            assert_eq!(unknown, None);
        }
    }

    #[test]
    fn the_pdf_knows_no_variables_links_or_themes() {
        let svg = Svg {
            width: 10.0,
            height: 10.0,
            body: "<a class=\"mark\" href=\"#ev-x\" aria-label=\"1 &gt; 0\"><title>t</title><circle/></a>".into(),
            title: String::new(),
            description: String::new(),
        };
        let out = for_pdf(&svg);
        for word in ["var(", "@media", "<a", "href", "<title", "aria"] {
            assert!(!out.contains(word), "{word}");
        }
        assert!(out.contains("<g><circle/></g>"));
    }

    #[test]
    fn a_file_links_back_to_the_brief() {
        let svg = Svg {
            width: 10.0,
            height: 10.0,
            body: "<a class=\"mark\" href=\"#ev-x\"><circle/></a>".into(),
            title: "T".into(),
            description: "D".into(),
        };
        assert!(standalone(&svg).contains("href=\"../brief.html#ev-x\""));
        assert!(inline(&svg).contains("href=\"#ev-x\""));
    }
}
