//! One request and its answer.

use std::io;
use std::time::Duration;

use ureq::http::{HeaderMap, Uri, header};
use ureq::{Agent, BodyReader};

use crate::error::FetchError;
use crate::options::{Options, Redirects};
use crate::retry::{Trouble, retry_after};

/// Redirections followed for one request.
const MOST_REDIRECTS: usize = 5;

/// Asks the server.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    redirects: Redirects,
    file_timeout: Duration,
}

/// An answer that may be of use.
pub(crate) enum Answer {
    /// 200: the whole.
    Whole(Content),
    /// 206: the part from this byte on.
    Part {
        from: u64,
        total: Option<u64>,
        content: Content,
    },
    /// 304: as it was.
    Unchanged,
    /// 404 or 410: not there.
    Absent,
    /// 416: there are no such bytes.
    OutOfRange,
}

/// What an answer brings.
pub(crate) struct Content {
    /// Its length, if the server said so.
    pub length: Option<u64>,
    /// Which state of the resource this is.
    pub etag: Option<String>,
    /// When it was last changed.
    pub modified: Option<String>,
    /// Its bytes.
    pub body: BodyReader<'static>,
}

/// How long an answer may take as a whole.
#[derive(Clone, Copy)]
pub(crate) enum Patience {
    /// As long as bytes come.
    Endless,
    /// As long as one try of a file.
    File,
}

impl Client {
    pub fn new(options: &Options) -> Result<Self, FetchError> {
        let proxy = match &options.proxy {
            None => None,
            Some(proxy) => Some(proxy_of(proxy)?),
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy)
            .user_agent(&options.user_agent)
            // Compressed on the way, a file would not have the size and checksum of the list.
            .accept_encoding("identity")
            .timeout_resolve(Some(options.connect_timeout))
            .timeout_connect(Some(options.connect_timeout))
            .timeout_recv_response(Some(options.read_timeout))
            .timeout_per_read(Some(options.read_timeout))
            .timeout_per_write(Some(options.read_timeout))
            .max_idle_connections_per_host(options.jobs)
            .build()
            .new_agent();
        Ok(Self {
            agent,
            base: base_of(&options.base)?,
            redirects: options.redirects,
            file_timeout: options.file_timeout,
        })
    }

    /// The base address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address of a file.
    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// Asks for a file or list.
    pub fn get(
        &self,
        name: &str,
        headers: &[(header::HeaderName, String)],
        patience: Patience,
    ) -> Result<Answer, Trouble> {
        let mut uri: Uri = self
            .url(name)
            .parse()
            .map_err(|_| Trouble::lasting("its address is not well formed"))?;
        for _ in 0..=MOST_REDIRECTS {
            let mut request = self.agent.get(uri.clone());
            for (key, value) in headers {
                request = request.header(key, value);
            }
            if matches!(patience, Patience::File) {
                request = request
                    .config()
                    .timeout_global(Some(self.file_timeout))
                    .build();
            }
            let response = request.call().map_err(|error| trouble(&error))?;
            let status = response.status().as_u16();
            let (head, body) = response.into_parts();
            let headers = &head.headers;
            let content = |length| Content {
                length,
                etag: text(headers, &header::ETAG),
                modified: text(headers, &header::LAST_MODIFIED),
                body: body.into_reader(),
            };
            let length = text(headers, &header::CONTENT_LENGTH).and_then(|n| n.parse().ok());
            return match status {
                200 => Ok(Answer::Whole(content(length))),
                206 => {
                    let range = text(headers, &header::CONTENT_RANGE);
                    let range = range.as_deref().and_then(content_range);
                    let (from, total) = range.ok_or_else(|| {
                        Trouble::lasting("the server sent a part and did not say which")
                    })?;
                    let content = content(length);
                    Ok(Answer::Part {
                        from,
                        total,
                        content,
                    })
                }
                301 | 302 | 303 | 307 | 308 => {
                    let location = text(headers, &header::LOCATION);
                    uri = self.redirected(&uri, location.as_deref())?;
                    continue;
                }
                304 => Ok(Answer::Unchanged),
                404 | 410 => Ok(Answer::Absent),
                416 => Ok(Answer::OutOfRange),
                408 | 425 | 429 | 500..=599 => {
                    let date = text(headers, &header::DATE);
                    let asked = text(headers, &header::RETRY_AFTER);
                    Err(Trouble {
                        asked: asked.and_then(|value| retry_after(&value, date.as_deref())),
                        ..Trouble::passing(format!("the server answered {status}"))
                    })
                }
                _ => Err(Trouble::lasting(format!("the server answered {status}"))),
            };
        }
        Err(Trouble::lasting(format!(
            "more than {MOST_REDIRECTS} redirections"
        )))
    }

    fn redirected(&self, from: &Uri, location: Option<&str>) -> Result<Uri, Trouble> {
        let refused = |why: &str| Trouble::lasting(format!("redirected {why}: not followed"));
        let to = location
            .and_then(|location| resolve(from, location))
            .ok_or_else(|| refused("to an address that is none of http or https"))?;
        if from.scheme_str() == Some("https") && to.scheme_str() == Some("http") {
            return Err(refused("from https to http"));
        }
        let any = self.redirects == Redirects::AnyHost;
        if any || same_place(from, &to) {
            return Ok(to);
        }
        let host = to.host().unwrap_or_default();
        Err(refused(&format!("to another host ({host})")))
    }
}

/// Same host and port, or the step from `http` to `https` at their usual ports.
fn same_place(a: &Uri, b: &Uri) -> bool {
    let port = |uri: &Uri| match (uri.port_u16(), uri.scheme_str()) {
        (None | Some(80), Some("http")) | (None | Some(443), Some("https")) => None,
        (port, _) => port,
    };
    let host = |uri: &Uri| uri.host().map(str::to_ascii_lowercase);
    host(a) == host(b) && port(a) == port(b)
}

/// The address a redirection leads to; none if it is not one of `http` or `https`, or carries a
/// user name.
fn resolve(from: &Uri, location: &str) -> Option<Uri> {
    let scheme = from.scheme_str()?;
    let authority = from.authority()?;
    let before_query = location.split(['?', '#']).next().unwrap_or_default();
    let to = if before_query.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let folder = from
            .path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    let to: Uri = to.split('#').next()?.parse().ok()?;
    let plain = matches!(to.scheme_str(), Some("http" | "https"))
        && !to.authority()?.as_str().contains('@');
    plain.then_some(to)
}

/// The first byte of `bytes 5-9/10` and the length of the whole.
fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some((from.parse().ok()?, total.parse().ok()))
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

fn base_of(base: &str) -> Result<String, FetchError> {
    let bad = |why: &str| FetchError::Option {
        why: format!("the base address {base} {why}"),
    };
    let uri: Uri = base.parse().map_err(|_| bad("is not well formed"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(bad("does not begin with http:// or https://"));
    }
    if uri.authority().is_none_or(|a| a.as_str().contains('@')) {
        return Err(FetchError::Option {
            why: "the base address has a user name in it, which would end up in the journal".into(),
        });
    }
    if base.contains(['?', '#']) {
        return Err(bad("has a query, and names cannot be joined to it"));
    }
    Ok(base.trim_end_matches('/').to_owned())
}

fn proxy_of(proxy: &crate::options::Proxy) -> Result<ureq::Proxy, FetchError> {
    // The address of a proxy may hold a password: it is not repeated.
    let bad = |error: ureq::Error| FetchError::Option {
        why: format!("the address of the proxy is no use: {error}"),
    };
    let plain = ureq::Proxy::new(&proxy.url).map_err(bad)?;
    let Some(except) = &proxy.except else {
        return Ok(plain);
    };
    let mut built = ureq::Proxy::builder(plain.protocol())
        .host(plain.host())
        .port(plain.port())
        .no_proxy(except);
    if let Some(user) = plain.username() {
        built = built.username(user);
    }
    if let Some(password) = plain.password() {
        built = built.password(password);
    }
    built.build().map_err(bad)
}

/// What went wrong on the way, in words.
pub(crate) fn trouble(error: &ureq::Error) -> Trouble {
    use ureq::Error;
    match error {
        Error::Timeout(what) => Trouble::passing(format!("timeout ({what})")),
        Error::Io(error) => match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Trouble::passing("timeout"),
            io::ErrorKind::ConnectionRefused => Trouble::passing("the connection was refused"),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Trouble::passing("the connection was broken off"),
            _ => Trouble::passing(format!("the connection failed: {error}")),
        },
        Error::HostNotFound => Trouble::passing("the host was not found"),
        Error::ConnectionFailed | Error::BodyStalled => Trouble::passing("the connection failed"),
        Error::Protocol(error) => Trouble::passing(format!("the answer is not HTTP: {error}")),
        Error::ConnectProxyFailed(_) => Trouble::passing("the proxy made no connection"),
        _ => Trouble::lasting(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_are_resolved_and_only_http_counts() {
        let from: Uri = "http://a.example:81/x/y.zip".parse().unwrap();
        for (location, to) in [
            ("z.zip", Some("http://a.example:81/x/z.zip")),
            ("/z.zip", Some("http://a.example:81/z.zip")),
            ("//b.example/z", Some("http://b.example/z")),
            ("https://b.example/z", Some("https://b.example/z")),
            (
                "/z?u=http://b.example/",
                Some("http://a.example:81/z?u=http://b.example/"),
            ),
            ("file:///etc/passwd", None),
            ("ftp://a.example/z", None),
            ("http://me@a.example:81/z", None),
        ] {
            let to: Option<Uri> = to.map(|to| to.parse().unwrap());
            assert_eq!(resolve(&from, location), to, "{location}");
        }
    }

    #[test]
    fn the_same_place_is_the_same_host_and_port() {
        let same = |a: &str, b: &str| same_place(&a.parse().unwrap(), &b.parse().unwrap());
        assert!(same("http://a.example/1", "http://A.example:80/2"));
        assert!(same("http://a.example/1", "https://a.example/1"));
        assert!(!same("http://a.example/1", "http://a.example:8080/1"));
        assert!(!same("http://a.example/1", "http://b.example/1"));
    }

    #[test]
    fn a_base_address_is_checked() {
        assert_eq!(
            base_of("http://a.example/x/").unwrap(),
            "http://a.example/x"
        );
        for bad in [
            "a.example/x",
            "ftp://a.example",
            "http://u:p@a.example",
            "http://a.example/?x=",
            "",
        ] {
            let error = base_of(bad).unwrap_err();
            assert!(matches!(error, FetchError::Option { .. }));
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
    }

    #[test]
    fn a_content_range_has_a_first_byte_and_may_have_a_total() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(content_range("bytes */10"), None);
        assert_eq!(content_range("pages 5-9/10"), None);
    }
}
