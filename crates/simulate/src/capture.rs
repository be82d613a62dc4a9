//! A request as someone captured it: from a proxy's log, a terminal, or an editor.

use callboard_dialects::{Headers, Request};

/// A captured request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// The path and the query of its first line, if it has one.
    pub target: Option<String>,
    /// Its headers, in their order, as they are written.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// The capture is not a whole request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// There are headers, but no empty line after them.
    #[error("the headers do not end: there is no empty line between them and the body")]
    NoBody,
    /// A line among the headers is none.
    #[error("line {0} is no header: it has no `:`")]
    Header(usize),
    /// What stands before the body is not text.
    #[error("line {0} is not text")]
    Text(usize),
    /// The body ends before `Content-Length` says it does.
    #[error("the body has {has} bytes, but its `Content-Length` says {says}: it was cut short")]
    CutShort {
        /// How long it should be.
        says: usize,
        /// How long it is.
        has: usize,
    },
    /// The body is captured as chunks.
    #[error("the body is in chunks (`Transfer-Encoding: chunked`): capture it put together")]
    Chunked,
}

impl Capture {
    /// Reads a request: a request line or none, headers, an empty line, a body; lines end in LF or CRLF. What begins
    /// like JSON is a body alone. A line that an editor added after the `Content-Length` is taken off again.
    pub fn read(raw: &[u8]) -> Result<Self, CaptureError> {
        if raw.trim_ascii_start().first().is_none_or(|byte| matches!(byte, b'{' | b'[')) {
            return Ok(Self { body: raw.to_vec(), ..Self::default() });
        }
        let mut capture = Self::default();
        let mut rest = raw;
        for number in 1.. {
            let (line, after) = split_line(rest).ok_or(CaptureError::NoBody)?;
            rest = after;
            let line = std::str::from_utf8(line).map_err(|_| CaptureError::Text(number))?;
            if line.is_empty() {
                break;
            }
            match request_target(line) {
                Some(target) if number == 1 => capture.target = Some(target.to_owned()),
                _ => capture.headers.push(header(line).ok_or(CaptureError::Header(number))?),
            }
        }
        capture.body = capture.delimited(rest)?.to_vec();
        Ok(capture)
    }

    /// Puts headers beside a body that was captured alone: `Name: value` each.
    pub fn with_headers<'a>(
        mut self,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, CaptureError> {
        for (number, line) in (1..).zip(lines) {
            self.headers.push(header(line).ok_or(CaptureError::Header(number))?);
        }
        Ok(self)
    }

    /// The secret part of its URL, if it was sent to `/in/{source}/{token}`.
    pub fn token(&self) -> Option<&str> {
        let path = self.target.as_deref()?.split('?').next()?;
        let mut segments = path.trim_start_matches('/').split('/');
        match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some("in"), Some(_), Some(token), None) if !token.is_empty() => Some(token),
            _ => None,
        }
    }

    /// The request, as a dialect verifies it.
    pub fn request(&self) -> Request<'_> {
        Request { headers: &self.headers, token: self.token(), body: &self.body }
    }

    fn delimited<'b>(&self, body: &'b [u8]) -> Result<&'b [u8], CaptureError> {
        let chunked = self.headers.header("transfer-encoding").is_some_and(|it| it.contains("chunked"));
        if chunked {
            return Err(CaptureError::Chunked);
        }
        match self.headers.header("content-length").and_then(|length| length.parse().ok()) {
            None => Ok(body),
            Some(says) => body.get(..says).ok_or(CaptureError::CutShort { says, has: body.len() }),
        }
    }
}

/// The next line without its end, and what comes after it.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let line = &text[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..]))
}

/// The second word of `POST /in/src_1 HTTP/1.1`; a request may have been sent to a whole URL.
fn request_target(line: &str) -> Option<&str> {
    let mut words = line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_request = words.next().is_none()
        && version.starts_with("HTTP/")
        && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let path =
        target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    is_request.then_some(path)
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let named = !name.is_empty() && !name.contains(char::is_whitespace);
    named.then(|| (name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "{\n  \"event\": \"State\"\n}";

    fn raw(line_end: &str, extra_header: &str) -> Vec<u8> {
        let lines = ["POST /in/src_1/s3cret?x=1 HTTP/1.1", "Host: hub.example.org", extra_header, "", BODY];
        lines.iter().filter(|it| **it != "-").copied().collect::<Vec<_>>().join(line_end).into_bytes()
    }

    #[test]
    fn a_request_is_read_with_either_end_of_line_and_its_body_stays_as_it_is() {
        for line_end in ["\n", "\r\n"] {
            let capture = Capture::read(&raw(line_end, "Authorization: Bearer a.b.c")).unwrap();
            assert_eq!(capture.target.as_deref(), Some("/in/src_1/s3cret?x=1"));
            assert_eq!(capture.token(), Some("s3cret"));
            assert_eq!(capture.request().headers.header("authorization"), Some("Bearer a.b.c"));
            assert_eq!(capture.body, BODY.as_bytes());
        }
    }

    #[test]
    fn what_an_editor_added_at_the_end_is_taken_off_and_what_was_lost_is_noticed() {
        let mut whole = raw("\n", &format!("Content-Length: {}", BODY.len()));
        whole.push(b'\n');
        assert_eq!(Capture::read(&whole).unwrap().body, BODY.as_bytes());

        let cut = &whole[..whole.len() - 3];
        let error = CaptureError::CutShort { says: BODY.len(), has: BODY.len() - 2 };
        assert_eq!(Capture::read(cut), Err(error));
    }

    #[test]
    fn a_bare_body_takes_headers_from_beside_it() {
        let capture = Capture::read(BODY.as_bytes()).unwrap().with_headers(["webhook-id: msg_1"]).unwrap();
        assert_eq!(capture.body, BODY.as_bytes());
        assert_eq!(capture.request().headers.header("Webhook-Id"), Some("msg_1"));
        assert_eq!(capture.token(), None);
    }

    #[test]
    fn headers_without_a_request_line_are_enough() {
        let capture = Capture::read(b"webhook-id: msg_1\n\n{}").unwrap();
        assert_eq!((capture.target, capture.body), (None, b"{}".to_vec()));
    }

    #[test]
    fn a_whole_url_in_the_request_line_is_a_path_too() {
        let capture = Capture::read(b"POST https://hub.example.org/in/src_1/tok HTTP/1.1\n\n{}").unwrap();
        assert_eq!(capture.token(), Some("tok"));
    }

    #[test]
    fn what_is_no_request_is_said_to_be_none() {
        assert_eq!(Capture::read(b"hello"), Err(CaptureError::NoBody));
        assert_eq!(Capture::read(b"POST / HTTP/1.1\nhello\n\n"), Err(CaptureError::Header(2)));
        assert_eq!(Capture::read(b"POST / HTTP/1.1\nx: \xff\n\n"), Err(CaptureError::Text(2)));
        let chunked = b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2\r\n{}\r\n0\r\n\r\n";
        assert_eq!(Capture::read(chunked), Err(CaptureError::Chunked));
        assert_eq!(Capture::read(b"").unwrap(), Capture::default());
    }
}
