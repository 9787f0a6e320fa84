//! Text and addresses from the case, made safe to stand in a page.

use maud::{Markup, html};

use crate::direction::turns;

/// Text from the case: escaped, and isolated where it could turn the direction of what follows.
pub(super) fn text(text: &str) -> Markup {
    if text.chars().any(turns) {
        html! { bdi { (text) } }
    } else {
        html! { (text) }
    }
}

/// The address, if it is one that may be followed: `http` or `https`, with a host, in one piece.
pub(super) fn web_address(url: &str) -> Option<&str> {
    let rest = after_scheme(url)?;
    let whole = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    (whole && !host(rest).is_empty()).then_some(url)
}

/// What follows `http://` or `https://`, in whatever case that is written.
fn after_scheme(url: &str) -> Option<&str> {
    ["http://", "https://"].iter().find_map(|scheme| {
        let head = url.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme)
            .then(|| &url[scheme.len()..])
    })
}

/// The host that the rest of an address truly leads to: what stands before an `@` is no host.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    host.strip_prefix("www.").unwrap_or(host)
}

/// A link out of the brief. An address that may not be followed is written as text.
pub(super) fn out(shown: &str, url: &str) -> Markup {
    match web_address(url) {
        Some(url) => html! {
            a.out href=(url) rel="noopener noreferrer" target="_blank" { (text(shown)) }
        },
        None if url.is_empty() || shown == url => text(shown),
        None => html! { (text(shown)) " (" (text(url)) ")" },
    }
}

/// A link out of the brief that shows the host it leads to; nothing where there is no address.
pub(super) fn page(url: &str) -> Markup {
    match web_address(url).and_then(after_scheme) {
        Some(rest) => out(host(rest), url),
        None => text(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_followed() {
        assert!(web_address("https://www.nato.int/cps/en?x=1").is_some());
        assert!(web_address("HTTP://example.org").is_some());
        for bad in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "//example.org",
            "https://",
            "https:///x",
            "https://a b",
            " https://a",
            "java\nscript:x",
            "http",
        ] {
            assert!(web_address(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn the_host_shown_is_the_host_reached() {
        let shown = page("https://www.nato.int@evil.example/path").into_string();
        assert!(shown.contains(">evil.example<"), "{shown}");
    }

    #[test]
    fn text_that_turns_is_isolated() {
        assert_eq!(text("a < b").into_string(), "a &lt; b");
        assert_eq!(text("שלום").into_string(), "<bdi>שלום</bdi>");
        assert_eq!(text("x\u{202e}y").into_string(), "<bdi>x\u{202e}y</bdi>");
        assert_eq!(text("한국").into_string(), "한국");
    }
}
