//! The address of a platform's API, below which everything is fetched, and nothing beside it.

use std::fmt;

use url::Url;

/// The longest address, in bytes.
const MAX_BYTES: usize = 1_024;

/// An `http` or `https` URL without credentials, query or fragment, and without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is no address of an API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`base_url` {0}")]
pub struct BadBaseUrl(&'static str);

impl BaseUrl {
    /// Reads an address, and brings it into its normal form.
    pub fn parse(written: &str) -> Result<Self, BadBaseUrl> {
        if written.len() > MAX_BYTES {
            return Err(BadBaseUrl("is too long"));
        }
        let mut url = Url::parse(written.trim()).map_err(|_| BadBaseUrl("is no URL"))?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) {
            return Err(BadBaseUrl("is no URL of a web server"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadBaseUrl("holds credentials; they belong into `credentials`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BadBaseUrl("has a query or a fragment, which an API's address has not"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL at this path below the address, or `None` if that would be anywhere else: under another host, or beside the
    /// address. The path is one that needs no escapes and stands for nothing else.
    pub fn below(&self, path: &str) -> Option<Url> {
        let written = format!("{self}{path}");
        let url = Url::parse(&written).ok()?;
        let is_as_written = path.starts_with('/') && url.as_str() == written;
        let is_here =
            url.origin() == self.0.origin() && url.username().is_empty() && url.password().is_none();
        (is_as_written && is_here && url.query().is_none() && url.fragment().is_none()).then_some(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_brought_into_one_form() {
        for (written, normal) in [
            ("https://acme.interview-suite.com", "https://acme.interview-suite.com"),
            (" HTTPS://Acme.Interview-Suite.com:443/ ", "https://acme.interview-suite.com"),
            ("http://127.0.0.1:7700/viasto//", "http://127.0.0.1:7700/viasto"),
        ] {
            assert_eq!(BaseUrl::parse(written).unwrap().to_string(), normal);
        }
    }

    #[test]
    fn what_is_no_address_of_an_api_is_refused() {
        for written in [
            "",
            "acme.interview-suite.com",
            "ftp://acme.com",
            "file:///etc",
            "javascript:alert(1)",
            "https://",
            "https://user@acme.com",
            "https://:secret@acme.com",
            "https://acme.com?x",
            "https://acme.com#x",
            "data:,x",
            "https://ac me.com",
        ] {
            assert!(BaseUrl::parse(written).is_err(), "{written}");
        }
        assert!(BaseUrl::parse(&format!("https://acme.com/{}", "x".repeat(MAX_BYTES))).is_err());
    }

    #[test]
    fn no_trick_leads_beside_the_address() {
        let base = BaseUrl::parse("https://acme.com/suite").unwrap();
        let good = base.below("/api/v3/customers/5/").unwrap();
        assert_eq!(good.as_str(), "https://acme.com/suite/api/v3/customers/5/");
        for path in [
            "",
            ".evil.com/",
            "@evil.com/",
            ":81/",
            "/../admin",
            "/a/../../admin",
            "/a/%2e%2e/b",
            "/a?b",
            "/a#b",
            "/a\\b",
            "/a b",
            "/a\tb",
            "/\u{e9}",
            "/a\n",
            "evil",
            "\\\\evil.com",
        ] {
            assert_eq!(base.below(path), None, "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_is_below_the_address(path in "\\PC{0,60}|[/.@:?#%\\\\a-z0-9]{0,60}") {
            let base = BaseUrl::parse("https://acme.com/suite").unwrap();
            if let Some(url) = base.below(&path) {
                prop_assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("acme.com"), None));
                prop_assert!(url.path().starts_with("/suite/"), "{}", url);
            }
        }
    }
}
