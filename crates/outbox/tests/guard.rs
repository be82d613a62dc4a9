//! What the address guard lets through, and what it does not.

#![expect(clippy::unwrap_used, reason = "a test whose stage cannot be set has failed")]

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use callboard_outbox::guard::MAX_URL_BYTES;
use callboard_outbox::{AddressGuard, GuardedResolver, LookingUp, Lookup, Refusal, ResolveError};
use proptest::prelude::*;

const PUBLIC: [&str; 6] =
    ["1.1.1.1", "9.9.9.9", "172.15.255.255", "172.32.0.0", "2606:4700::1111", "2a00:1450::5"];

fn opened(networks: &[&str]) -> AddressGuard {
    AddressGuard {
        allow_http: true,
        allow_networks: networks.iter().map(|net| net.parse().unwrap()).collect(),
    }
}

fn permits(address: &str) -> Result<(), Refusal> {
    AddressGuard::default().permits(address.parse().unwrap())
}

#[test]
fn public_addresses_are_permitted() {
    for address in PUBLIC {
        assert_eq!(permits(address), Ok(()), "{address}");
    }
}

#[test]
fn each_closed_network_is_refused_from_its_first_address_to_its_last() {
    let closed = [
        ("0.0.0.0", "0.255.255.255"),
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.0.2.0", "192.0.2.255"),
        ("192.88.99.0", "192.88.99.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("198.51.100.0", "198.51.100.255"),
        ("203.0.113.0", "203.0.113.255"),
        ("224.0.0.0", "239.255.255.255"),
        ("240.0.0.0", "255.255.255.255"),
        ("::", "::1"),
        ("64:ff9b:1::", "64:ff9b:1:ffff::"),
        ("100::", "100::ffff"),
        ("2001:2::", "2001:2:0:ffff::"),
        ("2001:db8::", "2001:db8:ffff::"),
        ("3fff::", "3fff:fff:ffff::"),
        ("5f00::", "5f00:ffff::"),
        ("fc00::", "fdff:ffff::"),
        ("fe80::", "febf:ffff::"),
        ("fec0::", "feff:ffff::"),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("4000::", "fbff::"),
    ];
    for (first, last) in closed {
        assert!(permits(first).is_err(), "{first}");
        assert!(permits(last).is_err(), "{last}");
    }
}

#[test]
fn a_metadata_service_is_called_by_its_name() {
    for address in ["169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"] {
        let sentence = permits(address).unwrap_err().to_string();
        assert_eq!(sentence, format!("{address} is not allowed, it is a cloud's metadata service"));
    }
    assert!(permits("168.63.129.16").is_err(), "it looks public, and is a cloud's own");
}

#[test]
fn a_url_is_returned_in_normal_form() {
    let url = AddressGuard::default().check_url("HTTPS://Hooks.Example:443/a b?c=d#e").unwrap();
    assert_eq!(url, "https://hooks.example/a%20b?c=d");
    let url = AddressGuard::default().check_url("https://bücher.example/").unwrap();
    assert_eq!(url, "https://xn--bcher-kva.example/");
}

#[test]
fn a_url_that_leads_inside_is_refused_however_it_is_written() {
    let inside = [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://%31%32%37.0.0.1/",
        "https://127.0.0.1/",
        "https:/127.0.0.1/",
        "https:\\\\127.0.0.1\\",
        "https://localhost/",
        "https://LOCALHOST:8443/",
        "https://localhost./",
        "https://hub.localhost/",
        "https://0/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/",
    ];
    for url in inside {
        let refused = AddressGuard::default().check_url(url);
        assert!(matches!(refused, Err(Refusal::Address { .. })), "{url}: {refused:?}");
    }
}

#[test]
fn only_https_is_allowed_unless_opened() {
    let guard = AddressGuard::default();
    for (url, scheme) in
        [("http://hooks.example/", "http"), ("ftp://hooks.example/", "ftp"), ("file:///etc", "file")]
    {
        assert_eq!(guard.check_url(url), Err(Refusal::Scheme(scheme.to_owned())));
    }
    assert!(opened(&[]).check_url("http://hooks.example/").is_ok());
    assert!(opened(&[]).check_url("ftp://hooks.example/").is_err());
    assert!(guard.check_destination(&"http://hooks.example/".parse().unwrap()).is_err());
}

#[test]
fn a_url_that_cannot_be_used_is_refused_with_its_reason() {
    let check = |url: &str| AddressGuard::default().check_url(url).unwrap_err();
    assert_eq!(check("https://user@hooks.example/"), Refusal::Userinfo);
    assert_eq!(check("https://:secret@hooks.example/"), Refusal::Userinfo);
    assert!(matches!(check("hooks.example/path"), Refusal::Unreadable(_)));
    assert!(matches!(check("https://"), Refusal::Unreadable(_)));
    assert!(matches!(check("https://[::1"), Refusal::Unreadable(_)));

    let path = "a".repeat(MAX_URL_BYTES);
    assert_eq!(check(&format!("https://hooks.example/{path}")), Refusal::TooLong);
    assert!(AddressGuard::default().check_url(&format!("https://hooks.example/{}", &path[..2000])).is_ok());
}

#[test]
fn a_destination_with_credentials_or_without_a_host_is_refused() {
    let check = |uri: &str| AddressGuard::default().check_destination(&uri.parse().unwrap());
    assert_eq!(check("https://user@hooks.example/"), Err(Refusal::Userinfo));
    assert_eq!(check("/path"), Err(Refusal::Scheme(String::new())));
    assert_eq!(check("https://hooks.example/"), Ok(()));
}

#[test]
fn an_allowed_network_is_open_and_its_neighbours_stay_closed() {
    let guard = opened(&["127.0.0.0/8", "fd12:3456::/32"]);
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "fd12:3456::1"] {
        assert_eq!(guard.permits(address.parse().unwrap()), Ok(()), "{address}");
    }
    for address in ["10.0.0.1", "::1", "fd12:3457::1", "169.254.169.254"] {
        assert!(guard.permits(address.parse().unwrap()).is_err(), "{address}");
    }
    assert!(guard.check_url("http://localhost:8080/").is_ok());
    assert!(guard.check_url("http://[::1]:8080/").is_err());
}

/// Gives one answer after the other.
struct Answers(Mutex<VecDeque<io::Result<Vec<IpAddr>>>>);

impl Lookup for Answers {
    fn lookup(&self, _: &str) -> LookingUp {
        let answer = self.0.lock().unwrap().pop_front().expect("no more look-ups than answers");
        Box::pin(async move { answer })
    }
}

fn resolver(answers: impl IntoIterator<Item = io::Result<Vec<&'static str>>>) -> GuardedResolver {
    let addresses = |answer: Vec<&str>| answer.into_iter().map(|address| address.parse().unwrap()).collect();
    let answers = answers.into_iter().map(|answer| answer.map(addresses)).collect();
    GuardedResolver::new(Arc::default(), Arc::new(Answers(Mutex::new(answers))))
}

#[tokio::test]
async fn a_name_keeps_only_its_permitted_addresses_in_order() {
    let resolver = resolver([Ok(vec!["10.0.0.1", "1.1.1.1", "::1", "9.9.9.9"])]);
    let found = resolver.resolve("hooks.example").await.unwrap();
    assert_eq!(found, ["1.1.1.1:0".parse().unwrap(), "9.9.9.9:0".parse().unwrap()]);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_judged_by_each_answer() {
    let resolver = resolver([Ok(vec!["1.1.1.1"]), Ok(vec!["169.254.169.254"]), Ok(vec!["1.1.1.1"])]);
    assert!(resolver.resolve("rebinding.example").await.is_ok());
    let refused = resolver.resolve("rebinding.example").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "rebinding.example leads to 169.254.169.254, which is not allowed, it is a cloud's metadata service"
    );
    assert!(resolver.resolve("rebinding.example").await.is_ok());
}

#[tokio::test]
async fn a_name_without_an_address_says_so() {
    let resolver = resolver([Ok(vec![]), Err(io::Error::other("server failure"))]);
    assert_eq!(resolver.resolve("hooks.example").await, Err(ResolveError::NoAddress));
    assert_eq!(
        resolver.resolve("hooks.example").await,
        Err(ResolveError::Failed("server failure".to_owned()))
    );
}

fn closed_by_std(address: Ipv4Addr) -> bool {
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified()
}

/// Any IPv4 address, every other one from a range that is known to be closed.
fn any_ipv4() -> impl Strategy<Value = Ipv4Addr> {
    let closed = prop_oneof![Just(0u8), Just(10), Just(127), Just(169), Just(172), Just(192), 224u8..];
    let first = prop_oneof![any::<u8>(), closed];
    (first, prop_oneof![any::<u8>(), Just(168), Just(254), 16u8..32], any::<u16>()).prop_map(
        |(a, b, rest)| {
            let [c, d] = rest.to_be_bytes();
            Ipv4Addr::new(a, b, c, d)
        },
    )
}

proptest! {
    #[test]
    fn what_the_standard_library_knows_as_special_is_refused(address in any_ipv4()) {
        if closed_by_std(address) {
            prop_assert!(AddressGuard::default().permits(address.into()).is_err());
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_one_is_judged_alike(address in any_ipv4()) {
        let [a, b, c, d] = address.octets();
        let [high, low] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
        let wrapped = [
            [0, 0, 0, 0, 0, 0xffff, high, low],
            [0, 0, 0, 0, 0xffff, 0, high, low],
            [0x64, 0xff9b, 0, 0, 0, 0, high, low],
            [0x2002, high, low, 0, 0, 0, 0, 1],
            [0x2001, 0, 0x0101, 0x0101, 0, 0, !high, !low],
        ];
        let guard = AddressGuard::default();
        for segments in wrapped {
            let outer = IpAddr::from(Ipv6Addr::from(segments));
            prop_assert_eq!(guard.permits(outer).is_ok(), guard.permits(address.into()).is_ok(), "{}", outer);
        }
    }

    #[test]
    fn nothing_outside_global_unicast_is_permitted(bits in any::<u128>()) {
        let address = Ipv6Addr::from(bits);
        let global_unicast = address.segments()[0] >> 13 == 1;
        if !global_unicast && address.segments()[..6] != [0x64, 0xff9b, 0, 0, 0, 0] {
            prop_assert!(AddressGuard::default().permits(address.into()).is_err());
        }
    }

    #[test]
    fn an_address_in_a_url_is_judged_in_every_spelling(address in any_ipv4()) {
        let [a, b, c, d] = address.octets();
        let number = u32::from(address);
        let spellings = [
            format!("https://{address}/"),
            format!("https://{number}/"),
            format!("https://{number:#x}/"),
            format!("https://0{a:o}.0{b:o}.0{c:o}.0{d:o}/"),
            format!("https://{a:#x}.{}/", number & 0x00ff_ffff),
            format!("https://[::ffff:{address}]/"),
        ];
        let guard = AddressGuard::default();
        let permitted = guard.permits(address.into()).is_ok();
        for url in spellings {
            prop_assert_eq!(guard.check_url(&url).is_ok(), permitted, "{}", url);
        }
    }

    #[test]
    fn what_passes_registration_passes_as_a_destination(url in "https?://[a-z0-9.:@%\\[\\]/?#_-]{0,24}") {
        let guard = AddressGuard { allow_http: true, ..AddressGuard::default() };
        if let Ok(uri) = guard.check_url(&url) {
            prop_assert_eq!(guard.check_destination(&uri), Ok(()));
        }
    }
}
